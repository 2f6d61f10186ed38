"""File of suggestions (cache): they are shown at once when a project is opened, before anything is computed.

A line of JSON, then the arrays of `Suggestions` one after the other, little-endian. The line says of which labels they
are and what the arrays sum up to; with other labels, or damaged, the file is as good as none.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from array import array
from pathlib import Path
from typing import Any, Final

import msgspec

from app.domain.suggestions import CurrentSuggestions
from vimd_core.processes.atomic_files import atomic_write

_FORMAT: Final = "vimd-suggestions-1"
_LONGEST_LINE: Final = 4096

_log = logging.getLogger(__name__)


class _Header(msgspec.Struct, frozen=True):
    format: str
    labels_key: str
    count: int
    named: int
    num_labels: int
    accuracy: float | None
    accuracy_interval: tuple[float, float]
    digest: str


def suggestion_file(project_folder: Path) -> Path:
    """Where a project's suggestions are kept: beside the features that they were made of."""
    return project_folder / "embeddings" / "suggestions.cache"


def keep_suggestions(path: Path, suggestions: CurrentSuggestions, labels_key: str) -> None:
    """Write them, whole or not at all. A full disk costs nothing but the time to compute them again."""
    arrays = _in_file_order(
        [suggestions.ids, suggestions.class_ids, suggestions.probabilities, suggestions.novelty]
    )
    header = _Header(
        format=_FORMAT,
        labels_key=labels_key,
        count=len(suggestions),
        named=suggestions.named,
        num_labels=suggestions.num_labels,
        accuracy=suggestions.accuracy,
        accuracy_interval=suggestions.accuracy_interval,
        digest=_digest(arrays),
    )
    try:
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path) as temporary, temporary.open("wb") as file:
            file.write(msgspec.json.encode(header) + b"\n")
            for values in arrays:
                file.write(memoryview(values))
    except OSError as e:
        _log.warning("Suggestions can't be kept in %s: %s", path, e)


def read_suggestions(path: Path, labels_key: str) -> CurrentSuggestions | None:
    """The suggestions that were kept; None when there are none, they are of other labels, or damaged."""
    try:
        with path.open("rb") as file:
            header = msgspec.json.decode(file.readline(_LONGEST_LINE), type=_Header)
            if (header.format, header.labels_key) != (_FORMAT, labels_key):
                return None
            named = header.count * header.named
            sizes = (("q", header.count), ("q", named), ("f", named), ("f", header.count))
            arrays = [_read_array(file, typecode, size) for typecode, size in sizes]
        if _digest(arrays) != header.digest:
            return None
        ids, class_ids, probabilities, novelty = _in_file_order(arrays)
        return CurrentSuggestions(
            ids,
            class_ids,
            probabilities,
            novelty,
            header.named,
            header.num_labels,
            header.accuracy,
            header.accuracy_interval,
        )
    except (OSError, EOFError, ValueError, OverflowError, MemoryError, msgspec.MsgspecError):
        return None


def _read_array(file: Any, typecode: str, size: int) -> array[Any]:
    values: array[Any] = array(typecode)
    values.fromfile(file, size)
    return values


def _in_file_order(arrays: list[array[Any]]) -> list[array[Any]]:
    """Little-endian for the file, or back; copies where that is another order than the computer's."""
    if sys.byteorder == "little":
        return arrays
    swapped = [array(one.typecode, one) for one in arrays]
    for values in swapped:
        values.byteswap()
    return swapped


def _digest(arrays: list[array[Any]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for values in arrays:
        digest.update(memoryview(values))
    return digest.hexdigest()
