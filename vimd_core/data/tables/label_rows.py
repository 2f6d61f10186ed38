"""Rows of tables of labels, whatever program has written them. Torch-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from vimd_core.data.classes.class_identity import first_of_each


class TableForm(StrEnum):
    """What a table is."""

    CSV = "csv"
    JSON = "json"
    JSON_LINES = "json-lines"
    COCO = "coco"
    LABEL_STUDIO = "label-studio"
    FIFTYONE = "fiftyone"
    VOTT = "vott"


@dataclass(frozen=True, slots=True)
class LabelRow:
    """What a table says of one capture in one place.

    Attributes:
        line: of the file; of a JSON document the number of the entry.
        path: as it stands there; "" where it is missing.
        labels: none, one, or several.
        state: a word for what a person decided, where the table has it.
        extra_cells: how many values the line has that belong to no column; then it was parted wrongly.
    """

    line: int
    path: str
    labels: tuple[str, ...]
    state: str = ""
    split: str = ""
    hr: str = ""
    group: str = ""
    extra_cells: int = 0


@dataclass(frozen=True)
class LabelTable:
    """What a file says of captures.

    Attributes:
        delimiter: what separates columns of a CSV; "" in other forms.
        encoding: of the text.
        columns: how many a CSV has.
        has_states: whether it says of captures without a label what they are.
    """

    path: Path
    form: TableForm
    rows: tuple[LabelRow, ...]
    delimiter: str = ""
    encoding: str = "UTF-8"
    columns: int = 0
    has_states: bool = False


def distinct_labels(labels: Iterable[str]) -> tuple[str, ...]:
    """Each class once, as it is spelt first: names that differ only in case, Unicode form or blanks are one class."""
    return _distinct(tuple(labels))


@lru_cache(maxsize=4096)  # a table names few classes, on hundreds of thousands of lines
def _distinct(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(first_of_each(labels).values())
