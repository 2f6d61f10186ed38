"""The interface of all grabbers, and a frame."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from vimd_core.errors import SourceError
from vimd_core.user_messages import Sentence


class RefusedError(SourceError):
    """The source is there and does not let us in."""


class MissingError(SourceError):
    """There is no such device, file or stream."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        image: (H, W, 3) uint8, in OpenCV's order blue, green, red.
        at_s: its time within the source: a video's own time, the clock for everything live.
        path: the file that it came from, where it is one.
        content_hash: of that file, as `vimd_core.data.files.hashing.content_hash` gives it.
        notice: of a frame of no pixels: what could not be read.
        taken_ns: monotonic clock of this machine at its arrival.
        time_ms: milliseconds since 1970 UTC at its arrival.
        number: counts from 1 since the source was started.
    """

    image: npt.NDArray[np.uint8]
    at_s: float
    path: str = ""
    content_hash: str = ""
    notice: Sentence | None = None
    taken_ns: int = field(default_factory=time.monotonic_ns)
    time_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    number: int = 0


class Grabber(Protocol):
    """Gets frames. All its methods may take as long as its time-outs say, and are called from one thread."""

    @property
    def is_live(self) -> bool:
        """Whether frames that are not taken at once are lost; those of files wait."""

    @property
    def lost_frames(self) -> int:
        """Damaged frames that were left out since it was opened."""

    def open(self) -> None:
        """Connect.

        Raises:
            RefusedError: not let in.
            MissingError: nothing is there, and trying again soon is of no use.
            SourceError: anything else that may be over soon.
        """

    def read(self) -> Frame | None:
        """The next frame; None at the end of a file.

        Raises:
            SourceError: the connection is lost.
        """

    def close(self) -> None:
        """Let go of everything; harmless when nothing is open."""
