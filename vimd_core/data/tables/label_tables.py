"""Reads labels from tables: the one reader of imports, manifests and everything else that names captures. Torch-free.

CSV with a comma, semicolon, tab or bar between its columns, JSON lines, and the JSON of COCO, Label Studio, FiftyOne
and VoTT. A row may have several labels, and several rows may speak of one capture: what that means is for who asks.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vimd_core.data.images.formats import IMAGE_EXTENSIONS
from vimd_core.data.tables.csv_tables import CsvTable, parse_csv
from vimd_core.data.tables.label_columns import (
    LabelColumns,
    find_columns,
    find_one_hot,
    is_yes,
    name_twice,
    rank_header,
)
from vimd_core.data.tables.label_documents import labels_in, rows_of_document, rows_of_objects
from vimd_core.data.tables.label_rows import LabelRow, LabelTable, TableForm, distinct_labels
from vimd_core.data.tables.table_text import TableText, read_table_text
from vimd_core.errors import DatasetError

JSON_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
TABLE_SUFFIXES: Final = JSON_LINES_SUFFIXES | {".csv", ".tsv", ".txt", ".json"}
_SHOWN_HEADER: Final = 200
_SPACED: Final = re.compile(
    rf"(?P<path>.+?(?:{'|'.join(map(re.escape, sorted(IMAGE_EXTENSIONS)))}))[ ]+(?P<label>\S.*)",
    re.IGNORECASE,
)


def read_label_table(path: Path) -> LabelTable:
    """Read a table of labels, whatever program has written it; no image is opened.

    Raises:
        DatasetError: it can't be read, or says nothing of captures; what to do.
    """
    table = _read(path)
    for row in table.rows:  # JSON can write what text can't hold
        if "\0" in row.path or any("\0" in label for label in row.labels):
            raise DatasetError(
                "Line {line} of {path} holds a zero byte: save the table again as text in UTF-8.",
                line=row.line,
                path=path,
            )
    return table


def _read(path: Path) -> LabelTable:
    text = read_table_text(path)
    first = text.text.lstrip()[:1]
    if path.suffix.lower() in JSON_LINES_SUFFIXES:
        return _json_lines(path, text)
    if first not in ("[", "{"):
        return _csv(path, text)
    try:
        return _json(path, text)
    except DatasetError:
        with contextlib.suppress(DatasetError):
            return _csv(path, text)  # a name may begin so, too
        raise


def _csv(path: Path, text: TableText) -> LabelTable:
    if not text.text.strip():
        raise DatasetError("{path} is empty: it needs a header with the columns path and label.", path=path)
    table = parse_csv(path, text.text, rank_header)
    if not table.records:
        raise DatasetError("{path} is empty: it needs a header with the columns path and label.", path=path)
    header = table.records[0].cells
    columns = find_columns(header)
    if columns is None:
        rows = _one_hot_rows(table) or _spaced_rows(table)
        if not rows:
            raise _no_columns(path, header)
        return LabelTable(path, TableForm.CSV, rows, table.delimiter, text.encoding, len(header))
    twice = name_twice(header, columns) if columns.has_header else None
    if twice is not None:
        raise DatasetError(
            "The header of {path} has the column {twice} twice: rename one of them.",
            path=path,
            twice=repr(twice),
        )
    records = table.records[1:] if columns.has_header else table.records
    return LabelTable(
        path,
        TableForm.LABEL_STUDIO if columns.holds_documents else TableForm.CSV,
        tuple(_row(record.line, record.cells, columns, len(header)) for record in records),
        table.delimiter,
        text.encoding,
        len(header),
        columns.state is not None,
    )


def _one_hot_rows(table: CsvTable) -> tuple[LabelRow, ...]:
    found = find_one_hot([record.cells for record in table.records])
    if found is None:
        return ()
    path, classes = found
    width = len(table.records[0].cells)
    return tuple(
        LabelRow(
            record.line,
            record.cells[path] if path < len(record.cells) else "",
            distinct_labels(
                name
                for place, name in classes.items()
                if place < len(record.cells) and is_yes(record.cells[place])
            ),
            extra_cells=max(0, len(record.cells) - width),
        )
        for record in table.records[1:]
    )


def _spaced_rows(table: CsvTable) -> tuple[LabelRow, ...]:
    """Lines such as `val/0001.jpg 65`: the name of an image, blanks, and its class."""
    found = [(record.line, _SPACED.fullmatch(record.cells[0].strip())) for record in table.records]
    if any(len(record.cells) != 1 for record in table.records):
        return ()
    rows = tuple(
        LabelRow(line, match["path"], distinct_labels([match["label"]])) for line, match in found if match
    )
    return rows if len(rows) == len(found) else ()


def _row(line: int, cells: Sequence[str], columns: LabelColumns, width: int) -> LabelRow:
    def cell(place: int | None) -> str:
        return cells[place] if place is not None and place < len(cells) else ""

    extra = len(cells) - width
    if extra > 0 and not any(map(str.strip, cells[width:])):
        extra = 0  # a separator at the end of the line
    label = cell(columns.label)
    if columns.holds_documents and label[:1] in ("{", "["):
        try:
            labels = labels_in(json.loads(label))
        except (ValueError, RecursionError):
            labels = (label,)
    else:
        labels = (label,)
    return LabelRow(
        line,
        cell(columns.path),
        distinct_labels(labels),
        cell(columns.state).strip(),
        cell(columns.split).strip(),
        cell(columns.hr),
        cell(columns.group).strip(),
        max(0, extra),
    )


def _json_lines(path: Path, text: TableText) -> LabelTable:
    objects: list[tuple[int, object]] = []
    # Not `splitlines`, which also ends a line at characters that may stand in a name.
    for line, content in enumerate(text.text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            objects.append((line, json.loads(content)))
        except (ValueError, RecursionError) as e:
            raise DatasetError(
                "Line {line} of {path} is no JSON object ({reason}): correct it.",
                line=line,
                path=path,
                reason=e,
            ) from e
    form, rows, has_states = rows_of_objects(path, objects, TableForm.JSON_LINES)
    return LabelTable(path, form, rows, encoding=text.encoding, has_states=has_states)


def _json(path: Path, text: TableText) -> LabelTable:
    try:
        document = json.loads(text.text)
    except RecursionError as e:
        raise DatasetError("{path} is not a JSON label file ({reason}).", path=path, reason=e) from e
    except ValueError as e:
        try:  # one object a line, whatever the file is called
            return _json_lines(path, text)
        except DatasetError:
            raise DatasetError("{path} is not a JSON label file ({reason}).", path=path, reason=e) from e
    form, rows, has_states = rows_of_document(path, document)
    return LabelTable(path, form, rows, encoding=text.encoding, has_states=has_states)


def _no_columns(path: Path, header: Sequence[str]) -> DatasetError:
    shown = ", ".join(filter(None, map(str.strip, header)))
    if len(shown) > _SHOWN_HEADER:
        shown = shown[:_SHOWN_HEADER] + " ..."
    missing = "path" if "path" not in (name.strip().casefold() for name in header) else "label"
    return DatasetError(
        "The header of {path} has no column {missing} (it has {shown}): it needs path and label, and "
        "may have split, hr and group.",
        path=path,
        missing=repr(missing),
        shown=shown,
    )
