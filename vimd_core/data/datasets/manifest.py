"""Reads a list of captures as a data set: a table of labels, such as CSV or one JSON object a line. Torch-free.

Columns, or keys: `path` and `label`, and where there are any `split`, `hr` (path of a high-resolution view) and
`group`; the names that other programs give them are known too (see `label_columns`). Relative paths start at the
manifest's folder; other columns are ignored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from vimd_core.data.classes.class_identity import class_key, first_of_each
from vimd_core.data.datasets.dataset import Capture, Dataset, Split
from vimd_core.data.datasets.manifest_paths import ManifestPaths
from vimd_core.data.files.folders import natural_key
from vimd_core.data.tables.csv_tables import DELIMITERS
from vimd_core.data.tables.label_rows import LabelRow, LabelTable, TableForm
from vimd_core.data.tables.label_tables import TABLE_SUFFIXES, read_label_table
from vimd_core.errors import DatasetError

MANIFEST_SUFFIXES: Final = TABLE_SUFFIXES
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

# Exports of programs that hand out tasks: what nobody has labelled yet is in them too.
_UNFINISHED: Final = (TableForm.LABEL_STUDIO, TableForm.FIFTYONE, TableForm.VOTT)


def read_manifest(path: Path) -> Dataset:
    """Read a manifest; the files that it names are not opened.

    A capture that is named twice with the same class counts once; one with several classes is left out and listed in
    the data set. Rows without a label are left out of this program's own tables and of exports of labelling programs,
    where they are what nobody has looked at yet.

    Args:
        path: a table (see `label_tables`).

    Returns:
        Captures in the manifest's order, classes sorted naturally. A capture without a group is its own.

    Raises:
        DatasetError: the manifest can't be read, or a line of it is wrong; the message has the line's number.
    """
    table = read_label_table(path)
    paths = ManifestPaths(path.parent)
    found: dict[Path, Capture] = {}
    labels: dict[Path, list[str]] = {}
    line_of: dict[Path, int] = {}
    for row in table.rows:
        is_partial = table.has_states or table.form in _UNFINISHED
        if is_partial and not row.labels and row.path.strip():
            continue
        capture = _capture(table, row, paths)
        known = found.setdefault(capture.path, capture)
        if (known.split, known.group, known.hr) != (capture.split, capture.group, capture.hr):
            raise DatasetError(
                "Line {line} of {path} names {capture_path} again, after line {earlier}, with another "
                "split, group or view: remove one of them.",
                line=row.line,
                path=path,
                capture_path=capture.path,
                earlier=line_of[capture.path],
            )
        line_of.setdefault(capture.path, row.line)
        labels.setdefault(capture.path, []).extend(row.labels)
    several = {one for one, names in labels.items() if len({class_key(name) for name in names}) > 1}
    captures = [capture for capture in found.values() if capture.path not in several]
    if not captures:
        if several:
            raise DatasetError("{path} gives each capture several labels: one is needed.", path=path)
        raise DatasetError("{path} lists no captures: give it one line for each.", path=path)
    names = first_of_each(labels[capture.path][0] for capture in captures)
    classes = tuple(sorted(names.values(), key=lambda name: (natural_key(name), name)))
    index_of = {class_key(name): index for index, name in enumerate(classes)}
    labelled = tuple(
        replace(capture, label=index_of[class_key(labels[capture.path][0])]) for capture in captures
    )
    return Dataset(
        path,
        classes,
        labelled,
        _views(path, labelled, line_of, classes),
        several_labels=tuple(one for one in found if one in several),
    )


def _capture(table: LabelTable, row: LabelRow, paths: ManifestPaths) -> Capture:
    manifest, line = table.path, row.line
    if row.extra_cells:
        raise DatasetError(
            "Line {line} of {manifest} has {found} columns, and the header {columns}: put values that "
            "hold {delimiter} in quotes.",
            line=line,
            manifest=manifest,
            found=table.columns + row.extra_cells,
            columns=table.columns,
            delimiter=DELIMITERS.get(table.delimiter, table.delimiter),
        )
    for column, value in (("path", row.path.strip()), ("label", row.labels)):
        if not value:
            raise DatasetError(
                "Line {line} of {manifest} has no {column}: fill it in, or remove the line.",
                line=line,
                manifest=manifest,
                column=column,
            )
    split = _SPLIT_NAMES.get(row.split.casefold())
    if split is None:
        raise DatasetError(
            "Line {line} of {manifest} has the split {split}: use train, validation or test, or nothing.",
            line=line,
            manifest=manifest,
            split=repr(row.split),
        )
    path = paths.resolve(row.path)
    hr = paths.resolve(row.hr) if row.hr.strip() else None
    return Capture(path, 0, row.group or str(path), split, hr)


def _views(
    manifest: Path, captures: Iterable[Capture], line_of: Mapping[Path, int], classes: tuple[str, ...]
) -> tuple[Capture, ...]:
    views: dict[Path, Capture] = {}
    for capture in captures:
        if capture.hr is None or capture.hr == capture.path:
            continue
        view = views.setdefault(capture.hr, Capture(capture.hr, capture.label, capture.group, capture.split))
        if view.label != capture.label:
            raise DatasetError(
                "Line {earlier} of {manifest} says that {hr} shows {first_class}, and a line before it "
                "says {second_class}: correct one of them.",
                earlier=line_of[capture.path],
                manifest=manifest,
                hr=capture.hr,
                first_class=classes[capture.label],
                second_class=classes[view.label],
            )
    return tuple(views.values())
