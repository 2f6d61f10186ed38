"""The list of a project's captures in the folder of a run, with or without a label: JSON lines. Torch-free.

Captures that are held back for the gate are not in it, so that nothing can be learnt from them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vimd_core.errors import DatasetError
from vimd_core.processes.atomic_files import atomic_write


@dataclass(frozen=True, slots=True)
class ListedCapture:
    """A capture of a project.

    Attributes:
        key: what the project knows it by; its features have it too.
        path: its file.
    """

    key: int
    path: Path


def write_listed(file: Path, captures: Iterable[ListedCapture]) -> None:
    """Write a list.

    Raises:
        OSError: it can't be written.
    """
    with atomic_write(file) as temporary, temporary.open("w", encoding="utf-8") as lines:
        for one in captures:
            row = {"key": one.key, "path": str(one.path)}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_listed(file: Path) -> tuple[ListedCapture, ...]:
    """Read a list, in its order.

    Raises:
        DatasetError: it is missing or damaged.
    """
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        return tuple(ListedCapture(int(row["key"]), Path(row["path"])) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise DatasetError(
            "The list of captures {file} can't be read ({reason}): start the training again.",
            file=file,
            reason=e,
        ) from e
