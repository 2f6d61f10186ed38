"""What a source saw of one thing: the frames from which one capture is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from vimd_core.errors import WorkerError
from vimd_core.processes.protocol import Message

Reason = Literal["interval", "change", "demand", "motion", "file"]
_REASONS: Final = frozenset({"interval", "change", "demand", "motion", "file"})


@dataclass(frozen=True, eq=False)
class Look:
    """One look at the thing.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        frame_number: of the source's frame.
        at_s: the frame's time within the source.
        time_ms: milliseconds since 1970 UTC at its arrival.
        taken_ns: monotonic clock of this machine at its arrival.
        box: left, top, width and height of the box in the frame, in px.
        sharpness: variance of its Laplacian.
        thing: number of what is seen, as long as it is the same; 0 where nobody followed it.
        still_s: for how long nothing has changed there.
        is_plain: whether it is an even surface.
    """

    image: npt.NDArray[np.uint8]
    frame_number: int
    at_s: float
    time_ms: int
    taken_ns: int
    box: tuple[int, int, int, int]
    sharpness: float = 0.0
    thing: int = 0
    still_s: float = 0.0
    is_plain: bool = False

    @property
    def size_px(self) -> int:
        """Its larger side."""
        height, width = self.image.shape[:2]
        return int(max(height, width))


@dataclass(frozen=True, eq=False)
class Sighting:
    """One thing that was seen.

    Attributes:
        region: name of the region; empty for the whole frame.
        reason: why it was captured.
        looks: in the order of their frames; at least one.
        path: the file it came from, where it is one.
        content_hash: of that file, as `vimd_core.data.files.hashing.content_hash` gives it.
    """

    region: str
    reason: Reason
    looks: tuple[Look, ...]
    path: str = ""
    content_hash: str = ""


def look_fields(look: Look) -> dict[str, Any]:
    """A look for the pipe, but for its pixels."""
    return {
        "width_px": look.image.shape[1],
        "height_px": look.image.shape[0],
        "frame_number": look.frame_number,
        "at_s": look.at_s,
        "time_ms": look.time_ms,
        "taken_ns": look.taken_ns,
        "box": list(look.box),
        "sharpness": look.sharpness,
        "thing": look.thing,
        "still_s": look.still_s,
        "is_plain": look.is_plain,
    }


def looks_from(fields: Iterable[Mapping[str, Any]], pixels: memoryview) -> tuple[Look, ...]:
    """Looks from the pipe.

    Args:
        fields: of each look.
        pixels: theirs, one after the other and nothing else.

    Raises:
        KeyError, TypeError, ValueError: they are damaged.
    """
    looks: list[Look] = []
    offset = 0
    for look in fields:
        shape = (int(look["height_px"]), int(look["width_px"]), 3)
        image = np.frombuffer(pixels, np.uint8, shape[0] * shape[1] * 3, offset)
        offset += image.size
        left, top, width, height = (int(value) for value in look["box"])
        looks.append(
            Look(
                image.reshape(shape),
                int(look["frame_number"]),
                float(look["at_s"]),
                int(look["time_ms"]),
                int(look["taken_ns"]),
                (left, top, width, height),
                float(look["sharpness"]),
                int(look["thing"]),
                float(look["still_s"]),
                bool(look["is_plain"]),
            )
        )
    if offset != len(pixels):
        raise ValueError("pixels and looks do not fit")
    return tuple(looks)


def sighting_message(sighting: Sighting) -> Message:
    """A sighting for the pipe: its looks' pixels one after the other as payload."""
    fields = {
        "region": sighting.region,
        "reason": sighting.reason,
        "path": sighting.path,
        "content_hash": sighting.content_hash,
        "looks": [look_fields(look) for look in sighting.looks],
    }
    return Message("sighting", fields, payload=b"".join(look.image.tobytes() for look in sighting.looks))


def sighting_from(message: Message) -> Sighting:
    """A sighting from the pipe.

    Raises:
        WorkerError: it is none.
    """
    fields: dict[str, Any] = message.fields
    try:
        looks = looks_from(fields["looks"], memoryview(message.payload))
        reason = fields["reason"]
        if not looks or reason not in _REASONS:
            raise ValueError("no looks, or no reason")
        return Sighting(
            str(fields["region"]), reason, looks, str(fields["path"]), str(fields["content_hash"])
        )
    except (KeyError, TypeError, ValueError) as e:
        raise WorkerError("The child process of a source sent a damaged capture.") from e
