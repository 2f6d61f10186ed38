"""Reads the class names of a model from a text or CSV file. Torch-free."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.data.tables.csv_tables import KNOWN, parse_csv
from vimd_core.data.tables.table_text import read_table_text
from vimd_core.errors import CheckpointError, DatasetError

_NAME_COLUMNS: Final = ("name", "class")
_ID_COLUMN: Final = "id"
_TABLE_SUFFIXES: Final = (".csv", ".tsv")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")


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
        path: the file; a table may have commas, semicolons, tabs or bars between its columns.

    Raises:
        CheckpointError: the file is missing, not text, empty or lacks a column.
    """
    if not path.exists():
        raise CheckpointError("There is no file of class names {path}.", path=path)
    try:
        text = read_table_text(path).text
        if not text.strip():
            raise CheckpointError(
                "The file of class names {path} is empty: write one name per line.", path=path
            )
        if path.suffix.lower() not in _TABLE_SUFFIXES:
            return ClassNames(tuple(line.strip() for line in _LINE_END.split(text) if line.strip()))
        records = parse_csv(path, text, _rank).records
    except DatasetError as e:
        raise CheckpointError("The file of class names can't be used: {reason}", reason=e) from e
    return _from_rows(path, [[cell.strip() for cell in record.cells] for record in records])


def _rank(header: Sequence[str]) -> int:
    names = [cell.strip().lower() for cell in header]
    return KNOWN if any(name in names for name in _NAME_COLUMNS) else 0


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
            raise CheckpointError(
                "A line of {path} has too few columns: {row}.", path=path, row=repr(",".join(row))
            )
    if id_column is None:
        return ClassNames(tuple(row[name_column] for row in rows))
    ids = [row[id_column] for row in rows]
    if all(text.isdecimal() for text in ids) and {int(text) for text in ids} == set(range(len(ids))):
        rows = sorted(rows, key=lambda row: int(row[id_column]))
    return ClassNames(tuple(row[name_column] for row in rows), tuple(row[id_column] for row in rows))
