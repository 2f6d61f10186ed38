"""Writes what was seen as lossless PNG, under names that say when and where."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from vimd_core.errors import SourceError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.streaming.sightings.sightings import Look
from vimd_core.user_messages import Sentence, sentence

# Underscores separate a thing's name from the rest where near views are looked for.
_NOT_IN_NAMES: Final = re.compile(r"[^\w.-]+|_")
_NAME_CHARACTERS: Final = 60
_TRY_AGAIN_S: Final = 0.5
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class SavedSighting:
    """Where a capture lies.

    Attributes:
        path: the capture.
        near_path: its near view, where there is one.
    """

    path: Path
    near_path: Path | None


def file_name(text: str) -> str:
    """A name for files and folders that every system accepts."""
    return _NOT_IN_NAMES.sub("-", text).strip("-.")[:_NAME_CHARACTERS] or "source"


def save_sighting(folder: Path, region: str, best: Look, nearest: Look | None) -> SavedSighting:
    """Write a capture, and its near view under the same name in the folder beside it that ends in `_near`.

    Each file is whole or not there; the near view comes first, so that a capture never lacks it.

    Args:
        folder: of the source; a sub-folder for each day is made in it.
        region: name of the region.
        best: what becomes the capture.
        nearest: what becomes its near view, if any.

    Raises:
        OSError: it can't be written, such as when the disk is full; nothing is left half-written.
    """
    moment = datetime.fromtimestamp(best.time_ms / 1000, tz=UTC)
    day = folder / f"{moment:%Y-%m-%d}"
    stem = f"{moment:%H%M%S}-{moment.microsecond // 1000:03d}-f{best.frame_number:06d}"
    if region:
        stem += f"-{file_name(region)}"
    day.mkdir(parents=True, exist_ok=True)
    path = day / f"{stem}.png"
    count = 1
    while path.exists():  # several things in one region of one frame
        count += 1
        path = day / f"{stem}-{count}.png"
    near_path = None
    if nearest is not None:
        near_path = folder / f"{day.name}_near" / path.name
        near_path.parent.mkdir(exist_ok=True)
        _write_png(near_path, nearest.image)
    _write_png(path, best.image)
    return SavedSighting(path, near_path)


def patiently(
    write: Callable[[], _Result],
    *,
    on_trouble: Callable[[Sentence], None],
    must_stop: Callable[[], bool],
    wait: Callable[[float], object] = time.sleep,
) -> _Result | None:
    """Write, and while the disk is full or away try again until it can be done.

    Meanwhile nothing more is taken from the sources, which keep their captures as long as they can.

    Args:
        write: writes; may raise OSError, and then leaves nothing half-written.
        on_trouble: told once, in a sentence.
        must_stop: asked before each further attempt.
        wait: between attempts.

    Returns:
        What `write` returned; None when it was told to stop first.

    Raises:
        BrokenPipeError: nobody reads what is written any more.
    """
    is_told = False
    while True:
        try:
            return write()
        except BrokenPipeError:
            raise  # whoever reads what is written has gone for good
        except OSError as e:
            if not is_told:
                on_trouble(_unwritten(e))
                is_told = True
        if must_stop():
            return None
        wait(_TRY_AGAIN_S)


def _write_png(path: Path, image: npt.NDArray[np.uint8]) -> None:
    is_encoded, encoded = cv2.imencode(".png", image[:, :, ::-1])
    if not is_encoded:
        raise SourceError("The capture {name} can't be encoded.", name=path.name)
    with atomic_write(path) as temporary:
        temporary.write_bytes(encoded.tobytes())


def _unwritten(error: OSError) -> Sentence:
    reason = error.strerror or error
    if isinstance(error.filename, str):
        return sentence(
            "Captures can't be saved to {path} ({reason}): waiting to retry.",
            path=error.filename,
            reason=reason,
        )
    return sentence("Captures can't be saved ({reason}): waiting to retry.", reason=reason)
