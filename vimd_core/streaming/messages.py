"""Messages between a source's child process and its supervisor. Loads numpy, not OpenCV."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.processes.messages import Message, MessageSet, NonNegativeInt, PositiveInt
from vimd_core.streaming.sightings.sightings import Look, Sighting
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamStatus
from vimd_core.user_messages import Sentence

HEARTBEAT_INTERVAL_S: Final = 0.4
_DEFAULT_SIDE_PX: Final = 960


class FromSupervisor(Message, frozen=True):
    """Base of all that the supervisor says."""


class Open(FromSupervisor, frozen=True):
    """The first of all. Credentials go this way only, never as arguments of the process.

    Attributes:
        max_frames: after which the source ends; 0 for none.
    """

    settings: StreamSettings
    credentials: Credentials
    max_frames: NonNegativeInt = 0


class Configure(FromSupervisor, frozen=True):
    """Other capture settings, without a new connection."""

    capture: CaptureSettings


class Take(FromSupervisor, frozen=True):
    """So many more sightings may be sent; none is sent unasked, so the pipe never fills."""

    count: NonNegativeInt


class Show(FromSupervisor, frozen=True):
    """Answered by `ShownFrame`, or by `Refused` while there is no frame."""

    max_side_px: PositiveInt = _DEFAULT_SIDE_PX
    with_looks: bool = False


class Snap(FromSupervisor, frozen=True):
    """A sighting of each region of the last frame is wanted."""


class Pause(FromSupervisor, frozen=True):
    """Frames are read and shown, and no sightings made of them; or go on."""

    is_paused: bool


class StopSource(FromSupervisor, frozen=True):
    """The child ends with exit code 0."""


class FromSource(Message, frozen=True):
    """Base of all that the child says."""


class StatusHeartbeat(FromSource, frozen=True):
    """Comes at least twice a second and at each change of state."""

    status: StreamStatus


class Sighted(FromSource, frozen=True, eq=False):
    """Something was seen."""

    sighting: Sighting

    def __post_init__(self) -> None:
        if not self.sighting.looks:
            raise ValueError("a sighting without looks")
        for look in self.sighting.looks:
            _require_rgb(look.image)


class ShownFrame(FromSource, frozen=True, eq=False):
    """The last frame, to be looked at.

    Attributes:
        image: (H, W, 3) uint8 RGB, perhaps shrunk.
        number: of the frame.
        age_s: since it arrived, when it was sent.
        frame_width_px: of the frame itself.
        frame_height_px: of the frame itself.
        taken_ns: monotonic clock of this machine at its arrival.
        looks: what is in its regions now, or what moves there, by the regions' names.
    """

    image: npt.NDArray[np.uint8]
    number: int
    age_s: float
    frame_width_px: int
    frame_height_px: int
    taken_ns: int = 0
    looks: tuple[tuple[str, Look], ...] = ()

    def __post_init__(self) -> None:
        for image in (self.image, *(look.image for _, look in self.looks)):
            _require_rgb(image)


class Refused(FromSource, frozen=True):
    """A request could not be done; `reason` is None where there is merely no frame yet."""

    reason: Sentence | None = None


def _require_rgb(image: npt.NDArray[np.uint8]) -> None:
    if image.ndim != 3 or 0 in image.shape or image.shape[2] != 3:
        raise ValueError(f"{image.shape} is not the shape of an RGB image")


FROM_SUPERVISOR: Final = MessageSet(FromSupervisor)
FROM_SOURCE: Final = MessageSet(FromSource)
