"""Records of watched sources: what storage takes and gives of them. No SQL here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One source that is watched.

    Attributes:
        source_id: the source of its captures.
        folder: where its captures are written.
        name: what the user calls it.
        kind: how frames are got from it.
        url: address without credentials.
        settings: how it is read, and what is made of its frames.
        has_credentials: whether it needs a user name or password.
        is_enabled: whether it is started with the project.
        has_ended: whether it is a video that was watched to its end.
    """

    id: int
    source_id: int
    folder: Path
    name: str
    kind: str
    url: str
    settings: Mapping[str, Any]
    has_credentials: bool
    is_enabled: bool
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class SeenCapture:
    """Where in its stream a capture was seen.

    Attributes:
        region: name of the region; empty for the whole frame.
        reason: why it was captured.
        frame_number: of the stream since it was started.
        taken_ms: when.
        looks: frames of the same thing that it was chosen from.
        near_path: the same thing from nearer by.
        near_bytes: size of that file.
        votes: how many of the looks name the same class; None when the model was not asked.
        is_agreed: whether as many agree as were wanted.
    """

    region: str
    reason: str
    frame_number: int
    taken_ms: int
    looks: int
    near_path: Path | None
    near_bytes: int = 0
    votes: int | None = None
    is_agreed: bool | None = None


@dataclass(frozen=True, slots=True)
class StreamCapture:
    """A capture of a stream, as the limits on what is kept see it.

    Attributes:
        path: of its file.
        near_path: of its near view, if it has one.
        size_bytes: of both.
        taken_ms: when.
        is_labelled: whether a person gave it a label or marked it, now or before, or a training learnt from it.
    """

    id: int
    path: Path
    near_path: Path | None
    size_bytes: int
    taken_ms: int
    is_labelled: bool
