"""Reads labels from tables that this program or others have written. Qt-free."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from app.storage.records import ImportedLabel, ReviewState
from vimd_core.errors import DatasetError

_PATH_COLUMNS: Final = ("path", "file", "filename", "file_name", "image", "name")
_LABEL_COLUMNS: Final = ("label", "class", "class_name", "category")
_STATES: Final = {state.name.lower(): state for state in ReviewState}
_MAX_BYTES: Final = 2 * 2**30
_MAX_CLASS_NAMES_BYTES: Final = 16 * 2**20

CLASS_NAMES_FILE: Final = "classes.csv"
"""Lies beside class folders, and says the names of classes that no folder can have."""
CLASS_NAMES_HEADER: Final = ("folder", "class")
STATE_KEY: Final = "review_state"
"""Says in COCO's list of images what is unsure or no capture of anything."""


def read_label_table(path: Path) -> list[ImportedLabel]:
    """Read a CSV with a header, or a COCO JSON whose images each have one category.

    Raises:
        DatasetError: it can't be read or says no labels, and what to do.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DatasetError(f"{path} is too large for a table of labels.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise DatasetError(f"{path} is not UTF-8 text: save it as CSV in UTF-8.") from e
    except OSError as e:
        raise DatasetError(f"{path} can't be read ({e.strerror}): check the file.") from e
    labels = _from_coco(path, text) if path.suffix.lower() == ".json" else _from_csv(path, text)
    if not labels:
        raise DatasetError(f"{path} holds no labels.")
    return labels


def labels_of_folders(paths: Iterable[Path]) -> list[ImportedLabel]:
    """The name of the folder that each capture lies in, as its label, or what a table beside the folders calls it."""
    names: dict[Path, Mapping[str, str]] = {}
    labels = []
    for path in paths:
        folder = path.parent
        if folder.parent not in names:
            names[folder.parent] = _class_names(folder.parent / CLASS_NAMES_FILE)
        name = names[folder.parent].get(folder.name, folder.name)
        labels.append(ImportedLabel(str(path), ReviewState.CORRECTED, name))
    return labels


def _class_names(path: Path) -> Mapping[str, str]:
    """What folders stand for; nothing when there is no such table, or it is of another kind."""
    try:
        if path.stat().st_size > _MAX_CLASS_NAMES_BYTES:
            return {}
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    if not rows or tuple(rows[0]) != CLASS_NAMES_HEADER:
        return {}
    return {row[0]: row[1].strip() for row in rows[1:] if len(row) == 2 and row[1].strip()}


def _from_csv(path: Path, text: str) -> list[ImportedLabel]:
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(text[:4096], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), dialect=dialect))
    except csv.Error as e:
        raise DatasetError(f"{path} is no CSV table ({e}).") from e
    columns = {str(name).strip().lower(): name for name in (rows[0] if rows else {}) if name is not None}
    path_column = next((columns[name] for name in _PATH_COLUMNS if name in columns), None)
    label_column = next((columns[name] for name in _LABEL_COLUMNS if name in columns), None)
    if path_column is None or label_column is None:
        raise DatasetError(
            f"{path} needs a first line with the columns path and label: add it and import the table again."
        )
    return [
        found
        for row in rows
        if (found := _line(row[path_column], row[label_column], row.get(columns.get("state", ""))))
    ]


def _line(capture: str | None, label: str | None, state: str | None) -> ImportedLabel | None:
    name = (label or "").strip()
    decided = _STATES.get((state or "").strip().lower())
    if not capture or not capture.strip():
        return None
    if name:
        return ImportedLabel(capture.strip(), ReviewState.CORRECTED, name)
    if decided in (ReviewState.UNSURE, ReviewState.REJECTED):
        return ImportedLabel(capture.strip(), decided, None)
    return None


def _from_coco(path: Path, text: str) -> list[ImportedLabel]:
    try:
        data: Mapping[str, Any] = json.loads(text)
        names = {entry["id"]: str(entry["name"]) for entry in data["categories"]}
        files = {entry["id"]: str(entry["file_name"]) for entry in data["images"]}
        labels = [
            ImportedLabel(files[entry["image_id"]], ReviewState.CORRECTED, names[entry["category_id"]])
            for entry in data["annotations"]
        ]
        labels += [
            found
            for entry in data["images"]
            if (found := _line(str(entry["file_name"]), None, str(entry.get(STATE_KEY, ""))))
        ]
        return labels
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise DatasetError(
            f"{path} is no COCO table of labels: it needs images, categories and annotations ({e!r})."
        ) from e
