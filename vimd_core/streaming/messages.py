"""What a source's child process and its supervisor say to each other, in the frames of `vimd_core.processes.protocol`.

Requests (supervisor to child)
    open       {settings, credentials, max_frames}   first of all; credentials go this way only, never as arguments
    configure  {capture}         other capture settings, without a new connection
    take       {count}           so many more sightings may be sent; none is sent unasked, so the pipe never fills
    look       {max_side_px, with_looks}   answered by `frame`, or by `failed` while there is none
    snap       {}                a sighting of each region of the last frame
    pause      {is_paused}       frames are read and shown, and no sightings made of them
    shutdown   {}                the child ends with exit code 0

Answers (child to supervisor)
    heartbeat  {status}          at least twice a second and at each change of state
    sighting   {region, reason, path, content_hash, looks}   payload: RGB bytes of each look
    frame      {number, age_s, taken_ns, width_px, height_px, frame_width_px, frame_height_px, names, looks}
                                 payload: RGB bytes, shrunk to max_side_px, then those of each look
    failed     {message}         a request was malformed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import WorkerError
from vimd_core.processes.protocol import Message
from vimd_core.streaming.sightings.sightings import Look, look_fields, looks_from
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.settings import StreamSettings, to_fields

HEARTBEAT_INTERVAL_S: Final = 0.4


@dataclass(frozen=True, eq=False)
class ShownFrame:
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


def open_message(settings: StreamSettings, credentials: Credentials, max_frames: int) -> Message:
    """The request that begins everything."""
    secret = {
        "user": credentials.user,
        "password": credentials.password,
        "parameters": [list(pair) for pair in credentials.parameters],
    }
    return Message("open", {"settings": to_fields(settings), "credentials": secret, "max_frames": max_frames})


def shown_frame_message(frame: ShownFrame) -> Message:
    """A frame for the pipe."""
    fields = {
        "number": frame.number,
        "age_s": frame.age_s,
        "taken_ns": frame.taken_ns,
        "width_px": frame.image.shape[1],
        "height_px": frame.image.shape[0],
        "frame_width_px": frame.frame_width_px,
        "frame_height_px": frame.frame_height_px,
        "names": [name for name, _ in frame.looks],
        "looks": [look_fields(look) for _, look in frame.looks],
    }
    pixels = [frame.image.tobytes(), *(look.image.tobytes() for _, look in frame.looks)]
    return Message("frame", fields, payload=b"".join(pixels))


def shown_frame_from(message: Message) -> ShownFrame:
    """A frame from the pipe.

    Raises:
        WorkerError: it is none.
    """
    fields: dict[str, Any] = message.fields
    try:
        shape = (int(fields["height_px"]), int(fields["width_px"]), 3)
        pixels = memoryview(message.payload)
        size = shape[0] * shape[1] * 3
        looks = looks_from(fields["looks"], pixels[size:])
        return ShownFrame(
            np.frombuffer(pixels[:size], np.uint8).reshape(shape),
            int(fields["number"]),
            float(fields["age_s"]),
            int(fields["frame_width_px"]),
            int(fields["frame_height_px"]),
            int(fields["taken_ns"]),
            tuple(zip(map(str, fields["names"]), looks, strict=True)),
        )
    except (KeyError, TypeError, ValueError) as e:
        raise WorkerError("The child process of a source sent a damaged frame.") from e
