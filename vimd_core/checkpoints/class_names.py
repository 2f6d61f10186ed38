"""Reads the names of classes from a text or CSV file. Torch-free."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.errors import CheckpointError

_NAME_COLUMNS: Final = ("name", "class")
_ID_COLUMN: Final = "id"


@dataclass(frozen=True)
class ClassNames:
    """Classes in the order of the head's outputs.

    Attributes:
        names: what people read.
        folders: the ids, which name the folders of data sets; empty when the file has none.
    """

    names: tuple[str, ...]
    folders: tuple[str, ...] = ()


def read_class_names(path: Path) -> ClassNames:
    """Read a text file with one name a line, or a .csv file with the columns id and name.

    Ids that are exactly 0 to n - 1 give the order; otherwise the lines do. A CSV file may lack its header.

    Args:
        path: the file, in UTF-8.

    Raises:
        CheckpointError: the file is missing, not text, empty or lacks a column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CheckpointError(f"There is no file of class names {path}.") from None
    except OSError as e:
        raise CheckpointError(f"The file of class names {path} can't be read ({e.strerror or e}).") from e
    except UnicodeDecodeError as e:
        raise CheckpointError(f"The file of class names {path} is not text in UTF-8.") from e
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise CheckpointError(f"The file of class names {path} is empty: write one name a line.")
    if path.suffix.lower() != ".csv":
        return ClassNames(tuple(line.strip() for line in lines))
    return _from_rows(path, [[cell.strip() for cell in row] for row in csv.reader(lines)])


def _from_rows(path: Path, rows: list[list[str]]) -> ClassNames:
    header = [cell.lower() for cell in rows[0]]
    name_column = next((header.index(name) for name in _NAME_COLUMNS if name in header), None)
    if name_column is not None:
        id_column = header.index(_ID_COLUMN) if _ID_COLUMN in header else None
        rows = rows[1:]
    else:
        id_column = 0 if len(header) > 1 else None
        name_column = 0 if id_column is None else 1
    needed = max(name_column, id_column or 0) + 1
    for row in rows:
        if len(row) < needed:
            raise CheckpointError(f"A line of {path} has too few columns: {','.join(row)!r}.")
    if id_column is None:
        return ClassNames(tuple(row[name_column] for row in rows))
    ids = [row[id_column] for row in rows]
    if all(text.isdecimal() for text in ids) and {int(text) for text in ids} == set(range(len(ids))):
        rows = sorted(rows, key=lambda row: int(row[id_column]))
    return ClassNames(tuple(row[name_column] for row in rows), tuple(row[id_column] for row in rows))
