"""Reads a list of captures: CSV, or one JSON object a line. Torch-free.

Columns, or keys: `path` and `label`, and where there are any `split`, `hr` (path of a high-resolution view) and
`group`. Relative paths start at the manifest's folder; other columns are ignored.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Final

from vimd_core.data.dataset import Capture, Dataset, Split
from vimd_core.data.folders import natural_key
from vimd_core.errors import DatasetError

JSON_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
MANIFEST_SUFFIXES: Final = JSON_LINES_SUFFIXES | {".csv", ".tsv", ".txt"}
_REQUIRED: Final = ("path", "label")
_OPTIONAL: Final = ("split", "hr", "group")
_DELIMITERS: Final = (",", ";", "\t")
_SPLIT_NAMES: Final[Mapping[str, Split]] = {
    "": "",
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}


def read_manifest(path: Path) -> Dataset:
    """Read a manifest; the files that it names are not opened.

    Args:
        path: a .csv, .tsv or .txt file with a header and commas, semicolons or tabs between its columns, or a .jsonl
            or .ndjson file; UTF-8, with or without a byte-order mark, or UTF-16 with one.

    Returns:
        Captures in the manifest's order, classes sorted naturally. A capture without a group is its own.

    Raises:
        DatasetError: the manifest can't be read, or a line of it is wrong; the message has the line's number.
    """
    text = _read_text(path)
    rows = _json_rows(path, text) if path.suffix.lower() in JSON_LINES_SUFFIXES else _csv_rows(path, text)
    captures: list[Capture] = []
    labels: list[str] = []
    line_of: dict[Path, int] = {}
    for line, row in rows:
        capture, label = _capture(path, line, row)
        if capture.path in line_of:
            raise DatasetError(
                f"Line {line} of {path} names {capture.path} again, after line {line_of[capture.path]}: "
                "remove one of them."
            )
        line_of[capture.path] = line
        captures.append(capture)
        labels.append(label)
    if not captures:
        raise DatasetError(f"{path} lists no captures: give it one line for each.")
    classes = tuple(sorted(set(labels), key=lambda name: (natural_key(name), name)))
    index_of = {name: index for index, name in enumerate(classes)}
    labelled = tuple(
        replace(capture, label=index_of[label]) for capture, label in zip(captures, labels, strict=True)
    )
    return Dataset(path, classes, labelled, _views(path, labelled, line_of, classes))


def _capture(manifest: Path, line: int, row: Mapping[str, str]) -> tuple[Capture, str]:
    for column in _REQUIRED:
        if not row[column]:
            raise DatasetError(f"Line {line} of {manifest} has no {column}: fill it in, or remove the line.")
    split = _SPLIT_NAMES.get(row["split"].casefold())
    if split is None:
        raise DatasetError(
            f"Line {line} of {manifest} has the split {row['split']!r}: use train, validation or test, or nothing."
        )
    path = _resolve(manifest, line, row["path"])
    hr = _resolve(manifest, line, row["hr"]) if row["hr"] else None
    return Capture(path, 0, row["group"] or str(path), split, hr), row["label"]


def _views(
    manifest: Path, captures: tuple[Capture, ...], line_of: Mapping[Path, int], classes: tuple[str, ...]
) -> tuple[Capture, ...]:
    views: dict[Path, Capture] = {}
    for capture in captures:
        if capture.hr is None or capture.hr == capture.path:
            continue
        view = views.setdefault(capture.hr, Capture(capture.hr, capture.label, capture.group, capture.split))
        if view.label != capture.label:
            raise DatasetError(
                f"Line {line_of[capture.path]} of {manifest} says that {capture.hr} shows {classes[capture.label]}, "
                f"and a line before it says {classes[view.label]}: correct one of them."
            )
    return tuple(views.values())


def _resolve(manifest: Path, line: int, text: str) -> Path:
    if "\0" in text:
        raise DatasetError(f"Line {line} of {manifest} has a path with a zero byte: correct it.")
    # Lists made on Windows are read elsewhere too, if their paths are relative.
    if "\\" in text and "/" not in text and not PureWindowsPath(text).is_absolute():
        text = text.replace("\\", "/")
    return Path(manifest.parent, text)  # an absolute path stays as it is


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as e:
        raise DatasetError(f"The manifest {path} can't be read ({e.strerror}): check its path.") from e
    # Spreadsheets save "Unicode text" as UTF-16.
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as e:
        line = content[: e.start].count(b"\n") + 1
        raise DatasetError(f"Line {line} of {path} is not UTF-8: save it as UTF-8.") from e


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    # The header tells the delimiter: names of columns hold none of them.
    delimiter = max(_DELIMITERS, key=first.count)
    # `strict` makes a quote that is never closed an error instead of one endless field.
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    header: list[str] | None = None
    line = 1
    try:
        for fields in reader:
            # A field in quotes may hold line ends: a row begins after the one before it.
            begins, line = line, reader.line_num + 1
            if not any(field.strip() for field in fields):
                continue
            if header is None:
                header = _header(path, fields)
                continue
            if len(fields) > len(header):
                raise DatasetError(
                    f"Line {begins} of {path} has {len(fields)} columns, and the header {len(header)}: "
                    f"put values that hold {_NAMES[delimiter]} in quotes."
                )
            values = dict(zip(header, (field.strip() for field in fields), strict=False))
            yield begins, {name: values.get(name, "") for name in (*_REQUIRED, *_OPTIONAL)}
    except csv.Error as e:
        raise DatasetError(f"Line {line} of {path} is no CSV ({e}): check its quotes.") from e
    if header is None:
        raise DatasetError(f"{path} is empty: it needs a header with the columns path and label.")


_NAMES: Final[Mapping[str, str]] = {",": "a comma", ";": "a semicolon", "\t": "a tab"}


def _header(path: Path, fields: list[str]) -> list[str]:
    names = [field.strip().casefold() for field in fields]
    for name in _REQUIRED:
        if name not in names:
            raise DatasetError(
                f"The header of {path} has no column {name!r} (it has {', '.join(filter(None, names))}): it needs "
                "path and label, and may have split, hr and group."
            )
    for name in (*_REQUIRED, *_OPTIONAL):
        if names.count(name) > 1:
            raise DatasetError(f"The header of {path} has the column {name!r} twice: rename one of them.")
    return names


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    # Not `splitlines`, which also ends a line at characters that may stand in a name.
    for line, content in enumerate(text.split("\n"), start=1):
        if not content.strip():
            continue
        try:
            values = json.loads(content)
        except (ValueError, RecursionError) as e:
            raise DatasetError(f"Line {line} of {path} is no JSON object ({e}): correct it.") from e
        if not isinstance(values, dict):
            raise DatasetError(
                f'Line {line} of {path} is no JSON object: write {{"path": ..., "label": ...}}.'
            )
        yield (
            line,
            {name: _json_text(path, line, name, values.get(name)) for name in (*_REQUIRED, *_OPTIONAL)},
        )


def _json_text(path: Path, line: int, name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise DatasetError(f"Line {line} of {path} has a {name} that is no text: put it in quotes.")
    return str(value).strip()
