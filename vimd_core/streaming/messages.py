"""What a source's child process and its supervisor say to each other, in the frames of `vimd_core.worker.protocol`.

Requests (supervisor to child)
    open       {settings, credentials, max_frames}   first of all; credentials go this way only, never as arguments
    configure  {capture}         other capture settings, without a new connection
    take       {count}           so many more sightings may be sent; none is sent unasked, so the pipe never fills
    look       {max_side_px}     answered by `frame`, when there is one
    snap       {}                a sighting of each region of the last frame
    pause      {is_paused}       frames are read and shown, and no sightings made of them
    shutdown   {}                the child ends with exit code 0

Answers (child to supervisor)
    heartbeat  {status}          at least twice a second and at each change of state
    sighting   {region, reason, path, looks}          payload: RGB bytes of each look
    frame      {number, age_s, at_s, width_px, height_px, frame_width_px, frame_height_px}
                                 payload: RGB bytes, shrunk to max_side_px
    failed     {message}         a request was malformed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import WorkerError
from vimd_core.streaming.addresses import Credentials
from vimd_core.streaming.settings import StreamSettings, to_fields
from vimd_core.worker.protocol import Message

HEARTBEAT_INTERVAL_S: Final = 0.4
EXIT_PARENT_GONE: Final = 3
EXIT_BAD_REQUEST: Final = 4
EXIT_HUNG: Final = 5


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """The last frame, to be looked at.

    Attributes:
        image: (H, W, 3) uint8 RGB, perhaps shrunk.
        number: of the frame.
        age_s: since it arrived, when it was sent.
        frame_width_px: of the frame itself.
        frame_height_px: of the frame itself.
    """

    image: npt.NDArray[np.uint8]
    number: int
    age_s: float
    frame_width_px: int
    frame_height_px: int


def open_message(settings: StreamSettings, credentials: Credentials, max_frames: int) -> Message:
    """The request that begins everything."""
    secret = {
        "user": credentials.user,
        "password": credentials.password,
        "parameters": [list(pair) for pair in credentials.parameters],
    }
    return Message("open", {"settings": to_fields(settings), "credentials": secret, "max_frames": max_frames})


def shown_frame_from(message: Message) -> ShownFrame:
    """A frame from the pipe.

    Raises:
        WorkerError: it is none.
    """
    fields: dict[str, Any] = message.fields
    try:
        shape = (int(fields["height_px"]), int(fields["width_px"]), 3)
        return ShownFrame(
            np.frombuffer(message.payload, np.uint8).reshape(shape),
            int(fields["number"]),
            float(fields["age_s"]),
            int(fields["frame_width_px"]),
            int(fields["frame_height_px"]),
        )
    except (KeyError, TypeError, ValueError) as e:
        raise WorkerError("The child process of a source sent a damaged frame.") from e
