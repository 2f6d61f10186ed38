"""How a source is read, and what is made of its frames. They travel to the child process as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from vimd_core.errors import SourceError
from vimd_core.processes.backoff import Delays
from vimd_core.streaming.sources.addresses import Credentials, SourceAddress, SourceKind
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.retention import Retention

Transport = Literal["tcp", "udp"]
Pace = Literal["fast", "real time"]
Trigger = Literal["interval", "change", "demand"]
HASH_BITS: Final = 64
# Short: a camera is one machine in the same building, and its picture has to be back within 5 s of its return.
RECONNECT_DELAYS: Final = Delays(first_s=0.25, longest_s=1.6)
REFUSED_DELAY_S: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class ReadSettings:
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
        _require(self.transport in get_args(Transport), f"There is no transport {self.transport!r}.")
        _require(self.pace in get_args(Pace), f"There is no pace {self.pace!r}.")
        times = (self.connect_timeout_s, self.read_timeout_s, self.stall_after_s, self.hang_after_s)
        _require(min(times) > 0 and self.settle_s >= 0, "Time-outs of a source must be more than 0 s.")


@dataclass(frozen=True, kw_only=True)
class MotionSettings:
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
        _require(self.min_size_px >= 2, "The smallest size of what moves must be at least 2 px.")
        _require(
            self.cool_down_s >= 0 and self.threshold > 0 and self.max_track_s > 0,
            "The times and the threshold of motion must not be negative.",
        )


@dataclass(frozen=True, kw_only=True)
class CaptureSettings:
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
        _require(len(set(names)) == len(names), "Two regions of a source have the same name.")
        _require(self.tile_px == 0 or self.tile_px >= 8, "Tiles must be at least 8 px wide.")
        _require(self.trigger in get_args(Trigger), f"There is no trigger {self.trigger!r}.")
        _require(self.interval_s >= 0, "The interval between captures must not be negative.")
        _require(0 < self.change <= 1, "The change that makes a capture must be above 0 and at most 1.")
        distance = self.duplicate_distance
        _require(
            distance is None or 0 <= distance <= HASH_BITS,
            f"The distance of duplicates must be from 0 to {HASH_BITS}.",
        )
        _require(
            1 <= self.agreeing_frames <= self.track_frames <= 32,
            "Of a track, from 1 to 32 frames are classified, and no more of them can agree.",
        )


@dataclass(frozen=True, kw_only=True)
class StreamSettings:
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
    read: ReadSettings = field(default_factory=ReadSettings)
    capture: CaptureSettings = field(default_factory=CaptureSettings)
    keep_below: float | None = None
    retention: Retention = field(default_factory=Retention)
    starts_with_project: bool = True

    def __post_init__(self) -> None:
        below = self.keep_below
        _require(
            below is None or 0 < below <= 1,
            "The confidence below which is kept must be above 0 and at most 1.",
        )


def to_fields(settings: StreamSettings | ReadSettings | CaptureSettings) -> dict[str, Any]:
    """Settings as JSON."""
    return dataclasses.asdict(settings)


def read_settings(fields: Mapping[str, Any]) -> ReadSettings:
    """Settings from JSON; what is missing has its default.

    Raises:
        SourceError: they are no such settings.
    """
    try:
        return ReadSettings(**fields)
    except TypeError as e:
        raise _malformed(e) from e


def capture_settings(fields: Mapping[str, Any]) -> CaptureSettings:
    """Settings from JSON; what is missing has its default.

    Raises:
        SourceError: they are no such settings.
    """
    try:
        values = dict(fields)
        values["regions"] = tuple(Region(**region) for region in values.get("regions", ()))
        motion = values.get("motion")
        values["motion"] = None if motion is None else MotionSettings(**motion)
        return CaptureSettings(**values)
    except (TypeError, AttributeError) as e:
        raise _malformed(e) from e


def stream_settings(fields: Mapping[str, Any]) -> StreamSettings:
    """Settings from JSON.

    Raises:
        SourceError: they are no such settings.
    """
    try:
        address = SourceAddress(SourceKind(fields["address"]["kind"]), str(fields["address"]["url"]))
        return StreamSettings(
            address=address,
            read=read_settings(fields.get("read", {})),
            capture=capture_settings(fields.get("capture", {})),
            keep_below=fields.get("keep_below"),
            retention=Retention(**fields.get("retention", {})),
            starts_with_project=bool(fields.get("starts_with_project", True)),
        )
    except (TypeError, KeyError, ValueError, AttributeError) as e:
        raise _malformed(e) from e


def credentials_from(fields: Mapping[str, Any]) -> Credentials:
    """Credentials from JSON.

    Raises:
        SourceError: they are none.
    """
    try:
        parameters = tuple((str(name), str(value)) for name, value in fields.get("parameters", ()))
        return Credentials(str(fields.get("user", "")), str(fields.get("password", "")), parameters)
    except (TypeError, ValueError, AttributeError):
        # Without the cause, whose text could hold a part of them.
        raise SourceError("The credentials of a source are malformed.") from None


def _malformed(e: Exception) -> SourceError:
    return SourceError("The settings of a source are malformed ({reason}).", reason=e)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise SourceError(message)
