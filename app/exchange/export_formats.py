"""Writes the export formats (CSV, class folders, COCO). Qt-free; each is written whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from app.domain.errors import ProjectError
from app.domain.export_format import ExportFormat
from app.domain.records import ExportRow, ReviewState
from app.locations import DATABASE_NAME
from vimd_core.data.datasets.class_folders import CLASS_NAMES_FILE, CLASS_NAMES_HEADER, can_be_class_folder
from vimd_core.data.files.passed_over import is_passed_over
from vimd_core.data.tables.csv_tables import CsvWriter
from vimd_core.data.tables.label_documents import STATE_KEY
from vimd_core.processes.atomic_files import atomic_write

COLUMNS: Final = (
    "path",
    "width_px",
    "height_px",
    "state",
    "label",
    "labelled_by",
    "labelled_at_utc",
    "model_label",
    "model_probability",
    "bicubic_label",
    "bicubic_probability",
    "sr_disagreement",
    "model",
    "problem",
    "notice",
)
GROUP_COLUMN: Final = "group"
"""Stands behind the others where a table has once said what belongs together, and is read again."""
_NOT_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LONGEST_BYTES: Final = 200  # with a number behind it, below what file systems allow
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_RESERVED: Final = re.compile(
    r"(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE
)


def write_export(
    form: ExportFormat, target: Path, rows: Iterable[ExportRow], *, with_groups: bool = False
) -> int:
    """Write captures in one of the forms.

    Args:
        form: which one.
        target: a file, which is replaced; for folders a folder that is not there yet, or empty.
        rows: what to write; whatever they raise leaves everything as it was.
        with_groups: whether a table says what belongs together.

    Returns:
        How many captures were written.

    Raises:
        ProjectError: the target can't be written, or an original can't be read.
    """
    writers: dict[ExportFormat, Callable[[Path, Iterable[ExportRow]], int]] = {
        ExportFormat.CSV: partial(_write_csv, with_groups=with_groups),
        ExportFormat.FOLDERS: _write_folders,
        ExportFormat.COCO: _write_coco,
    }
    _check_place(target)
    try:
        return writers[form](target, _other_than(target, rows))
    except OSError as e:
        raise ProjectError(
            "{target} can't be written ({reason}): choose another folder or free some disk space.",
            target=target,
            reason=e.strerror,
        ) from e


def _check_place(target: Path) -> None:
    """Keep an export from taking the place of the database, or of captures that a project keeps."""
    place = target.resolve()
    if any((folder / DATABASE_NAME).is_file() for folder in (place, *place.parents)):
        raise ProjectError("{target} is inside a project folder: choose another location.", target=target)


def _other_than(target: Path, rows: Iterable[ExportRow]) -> Iterator[ExportRow]:
    places = {target.absolute(), target.resolve()}
    for row in rows:
        if row.path in places:
            raise ProjectError("{target} is one of the captures: choose another name.", target=target)
        yield row


def folder_name(class_name: str) -> str:
    """A class's name as a folder's, on every system, and one that is taken for a class's folder again."""
    name = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", class_name)).strip(" .")
    while len(name.encode()) > _LONGEST_BYTES:
        name = name[:-1].rstrip(" .")
    is_taken = _RESERVED.fullmatch(name) or is_passed_over(name) or name.casefold() == CLASS_NAMES_FILE
    return f"{name}_" if not name or is_taken else name


def _write_csv(target: Path, rows: Iterable[ExportRow], *, with_groups: bool) -> int:
    """UTF-8 with BOM, so that spreadsheets read it."""
    count = 0
    with atomic_write(target) as unfinished, unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        writer = CsvWriter(file, "\r\n")
        writer.writerow((*COLUMNS, GROUP_COLUMN) if with_groups else COLUMNS)
        for row in rows:
            writer.writerow((*_cells(row), row.group) if with_groups else _cells(row))
            count += 1
    return count


def _write_coco(target: Path, rows: Iterable[ExportRow]) -> int:
    """COCO with one category for each image; captures without a label have no annotation.

    What is unsure or no capture of anything is said in a field of its own, which other programs pass over.
    """
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    categories: dict[str, int] = {}
    for row in rows:
        images.append(
            {
                "id": row.id,
                "file_name": _relative(row.path, target.parent),
                "width": row.width_px,
                "height": row.height_px,
            }
        )
        if row.state in (ReviewState.UNSURE, ReviewState.REJECTED):
            images[-1][STATE_KEY] = ReviewState(row.state).name.lower()
        if row.label is not None and row.problem is None:  # nobody can see what is not there
            category = categories.setdefault(row.label, len(categories) + 1)
            annotations.append({"id": len(annotations) + 1, "image_id": row.id, "category_id": category})
    document = {
        "info": {"description": "Labels from ViMD Studio", "date_created": datetime.now(UTC).isoformat()},
        "images": images,
        "categories": [{"id": number, "name": name} for name, number in categories.items()],
        "annotations": annotations,
    }
    with atomic_write(target) as unfinished:
        unfinished.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(images)


def _write_folders(target: Path, rows: Iterable[ExportRow]) -> int:
    """A folder for each class with copies of its captures; what has no label or can't be read is left out.

    Classes whose name no folder can have stand in a table beside the folders, so that they come back whole.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ProjectError("{target} is not empty: choose a new folder for the captures.", target=target)
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    count = 0
    renamed: dict[str, str] = {}
    try:
        unfinished.mkdir(parents=True)
        for row, folder, name in _places(rows):
            (unfinished / folder).mkdir(exist_ok=True)
            try:
                shutil.copyfile(row.path, unfinished / folder / name)
            except FileNotFoundError as e:
                raise ProjectError(
                    "{path} no longer exists: restore it or exclude it, then export again.",
                    path=row.path,
                ) from e
            except OSError as e:
                # Where the system copies by itself, the error names the original whichever of the two is at fault.
                if e.filename != os.fspath(row.path) or e.errno in _NO_ROOM:
                    raise
                raise ProjectError(
                    "{path} can't be read ({reason}): check its permissions and its drive.",
                    path=row.path,
                    reason=e.strerror,
                ) from e
            if row.label is not None and (row.label != folder or not can_be_class_folder(folder)):
                renamed[folder] = row.label
            count += 1
        if renamed:
            with (unfinished / CLASS_NAMES_FILE).open("w", encoding="utf-8-sig", newline="") as file:
                CsvWriter(file, "\r\n").writerows([CLASS_NAMES_HEADER, *sorted(renamed.items())])
        if target.exists():
            target.rmdir()
        unfinished.replace(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return count


def _places(rows: Iterable[ExportRow]) -> Iterator[tuple[ExportRow, str, str]]:
    """Folder and file name of each labelled capture; no two get the same, whatever the case of letters means."""
    folders: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    for row in rows:
        if row.label is None or row.problem is not None:  # nothing can be learnt from what can't be read
            continue
        if row.label not in folders:
            used = {name.casefold() for name in folders.values()}
            wanted, number, folder = folder_name(row.label), 1, folder_name(row.label)
            while folder.casefold() in used:
                number += 1
                folder = f"{wanted} {number}"
            folders[row.label] = folder
        folder = folders[row.label]
        name, number = row.path.name, 1
        while (folder, name.casefold()) in taken:
            number += 1
            name = f"{row.path.stem} {number}{row.path.suffix}"
        taken.add((folder, name.casefold()))
        yield row, folder, name


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else os.fspath(path)


def _cells(row: ExportRow) -> Iterable[object]:
    labelled_at = None
    if row.labelled_ms is not None:
        labelled_at = datetime.fromtimestamp(row.labelled_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return (
        row.path,
        row.width_px,
        row.height_px,
        ReviewState(row.state).name.lower(),
        row.label,
        row.labelled_by,
        labelled_at,
        row.predicted,
        _rounded(row.probability),
        row.bicubic_predicted,
        _rounded(row.bicubic_probability),
        _rounded(row.disagreement),
        row.model_name,
        None if row.problem is None else str(row.problem),
        None if row.notice is None else str(row.notice),
    )


def _rounded(value: float | None) -> str | None:
    return None if value is None else f"{value:.6f}"
