"""Status of a source, in the words that its row shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vimd_core.user_messages import Sentence


class StreamState(StrEnum):
    """What a source is doing."""

    CONNECTING = "connecting"
    LIVE = "live"
    STALLED = "stalled"
    RECONNECTING = "reconnecting"
    PAUSED = "paused"
    STOPPED = "stopped"
    REFUSED = "refused"
    MISSING = "no such device"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True)
class StreamStatus:
    """How a source is doing.

    Attributes:
        state: what it is doing.
        retry_in_s: until it connects again, while it waits for that.
        frames: frames read since it was started.
        frames_per_s: over the last seconds.
        age_s: since the last frame; None before the first.
        width_px: of the frames.
        height_px: of the frames.
        sightings: things seen that were passed on.
        lost: damaged frames of a file, or files of a folder, that were left out.
        missed: sightings given up because nobody took them in time.
        waiting: sightings that nobody has taken yet.
        notice: what is wrong with the regions of the frames that come, or which file could not be read, in a sentence.
        last_error: what went wrong last, in a sentence without credentials; stays after recovery.
        reconnections: how often the connection was lost.
        restarts: how often its process had to be ended or died.
    """

    state: StreamState = StreamState.STOPPED
    retry_in_s: float | None = None
    frames: int = 0
    frames_per_s: float = 0.0
    age_s: float | None = None
    width_px: int = 0
    height_px: int = 0
    sightings: int = 0
    lost: int = 0
    missed: int = 0
    waiting: int = 0
    notice: Sentence | None = None
    last_error: Sentence | None = None
    reconnections: int = 0
    restarts: int = 0
