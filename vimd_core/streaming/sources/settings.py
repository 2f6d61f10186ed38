"""Settings of a source: how it is read, and what is made of its frames.

The names and defaults of the fields are those under which projects keep settings: one that is renamed needs an alias
(`msgspec.field(name=...)`), or projects of before can't be opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import msgspec

from vimd_core.errors import SourceError, VimdError
from vimd_core.streaming.sources.addresses import SourceAddress
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.retention import Retention
from vimd_core.user_messages import Sentence, sentence

Transport = Literal["tcp", "udp"]
Pace = Literal["fast", "real time"]
Trigger = Literal["interval", "change", "demand"]
HASH_BITS: Final = 64
REFUSED_DELAY_S: Final = 60.0


class ReadSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How patient the reader of a source is.

    Attributes:
        transport: how RTSP brings its packets.
        pace: whether a video file is read as fast as it decodes, or in the time that it was taken in.
        connect_timeout_s: for connecting, until the first picture can be decoded.
        read_timeout_s: without a frame, after which the connection counts as lost.
        stall_after_s: without a frame, after which the source is called stalled.
        hang_after_s: inside one call of a driver beyond its own time-out, after which the process is ended.
        settle_s: a file in a watched folder must not have grown for so long.
        verify_certificate: for https, whether the server must prove who it is.
    """

    transport: Transport = "tcp"
    pace: Pace = "fast"
    connect_timeout_s: float = 4.0
    read_timeout_s: float = 4.0
    stall_after_s: float = 1.5
    hang_after_s: float = 5.0
    settle_s: float = 1.0
    verify_certificate: bool = True

    def __post_init__(self) -> None:
        _require(
            self.transport in get_args(Transport),
            sentence("There is no transport {transport}.", transport=repr(self.transport)),
        )
        _require(self.pace in get_args(Pace), sentence("There is no pace {pace}.", pace=repr(self.pace)))
        times = (self.connect_timeout_s, self.read_timeout_s, self.stall_after_s, self.hang_after_s)
        _require(
            min(times) > 0 and self.settle_s >= 0, sentence("Time-outs of a source must be more than 0 s.")
        )


class MotionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as something that moves.

    Attributes:
        min_size_px: smallest side of its box.
        cool_down_s: after something went, how long nothing new is reported at its place.
        threshold: how far a pixel must be from the background, in grey levels' variances.
        max_track_s: after which something that stays is reported and begins anew.
    """

    min_size_px: int = 12
    cool_down_s: float = 2.0
    threshold: float = 25.0
    max_track_s: float = 4.0

    def __post_init__(self) -> None:
        _require(self.min_size_px >= 2, sentence("The minimum size of moving objects must be at least 2 px."))
        _require(
            self.cool_down_s >= 0 and self.threshold > 0 and self.max_track_s > 0,
            sentence("The times and the threshold of motion must not be negative."),
        )


class CaptureSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is made of a source's frames.

    Attributes:
        regions: looked at each by itself; the whole frame when there are none.
        tile_px: side of the tiles that regions are cut into; 0 leaves them whole.
        motion: report what moves in the regions, instead of the regions themselves.
        trigger: when a region that is not searched for motion becomes a capture.
        interval_s: at least so much time between two captures of a region.
        change: for the trigger "change": mean difference to the last capture, as a share of full scale.
        duplicate_distance: bits of the perceptual hash in which two captures of a region may differ and count
            as the same; None keeps all.
        track_frames: n, frames of one moving thing that are classified.
        agreeing_frames: k, how many of them must agree for the answer to count as sure.
    """

    regions: tuple[Region, ...] = ()
    tile_px: int = 0
    motion: MotionSettings | None = None
    trigger: Trigger = "interval"
    interval_s: float = 1.0
    change: float = 0.04
    duplicate_distance: int | None = 3
    track_frames: int = 5
    agreeing_frames: int = 3

    def __post_init__(self) -> None:
        names = [region.name for region in self.regions]
        _require(len(set(names)) == len(names), sentence("Two regions of a source have the same name."))
        _require(self.tile_px == 0 or self.tile_px >= 8, sentence("Tiles must be at least 8 px wide."))
        _require(
            self.trigger in get_args(Trigger),
            sentence("There is no trigger {trigger}.", trigger=repr(self.trigger)),
        )
        _require(self.interval_s >= 0, sentence("The interval between captures must not be negative."))
        _require(
            0 < self.change <= 1, sentence("The change that makes a capture must be above 0 and at most 1.")
        )
        distance = self.duplicate_distance
        _require(
            distance is None or 0 <= distance <= HASH_BITS,
            sentence("The duplicate distance must be from 0 to {most}.", most=HASH_BITS),
        )
        _require(
            1 <= self.agreeing_frames <= self.track_frames <= 32,
            sentence("Of a track, from 1 to 32 frames are classified, and no more of them can agree."),
        )


class StreamSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One source.

    Attributes:
        address: where it is.
        read: how it is read.
        capture: what is made of its frames.
        keep_below: only what the model is less sure of than this, in 0 to 1, or what looks do not agree on, is
            kept; None keeps all.
        retention: for how long what was kept stays.
        starts_with_project: whether it is started when the project is opened.
    """

    address: SourceAddress
    read: ReadSettings = msgspec.field(default_factory=ReadSettings)
    capture: CaptureSettings = msgspec.field(default_factory=CaptureSettings)
    keep_below: float | None = None
    retention: Retention = msgspec.field(default_factory=Retention)
    starts_with_project: bool = True

    def __post_init__(self) -> None:
        below = self.keep_below
        _require(
            below is None or 0 < below <= 1,
            sentence("The maximum confidence of kept captures must be above 0 and at most 1."),
        )


def to_stored(settings: StreamSettings) -> dict[str, Any]:
    """Settings as a project keeps them: plain values, ready for JSON."""
    plain: dict[str, Any] = msgspec.to_builtins(settings)
    return plain


def from_stored(stored: Mapping[str, Any]) -> StreamSettings:
    """Settings as a project keeps them; what is missing has its default.

    Raises:
        SourceError: they are no such settings.
    """
    try:
        return msgspec.convert(stored, StreamSettings, strict=False)
    except VimdError:
        raise
    except msgspec.ValidationError as e:
        raise SourceError("The settings of a source are malformed ({reason}).", reason=e) from e


def _require(holds: bool, said: Sentence) -> None:
    if not holds:
        raise SourceError.of(said)
