"""Finds the captures that imported labels speak of, and takes the labels over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from app.storage.records import ImportedLabel, LabelImportReport, ReviewState

if TYPE_CHECKING:
    from app.storage.unit import Unit


def import_labels(
    unit: Unit, labels: Sequence[ImportedLabel], base_folder: Path, author: str
) -> LabelImportReport:
    """Take labels over as one step of the ledger; classes that are new are made.

    A capture is known by its whole path, by its path below `base_folder`, or by the end of its path if that fits
    one capture only.
    """
    find = _Finder(unit.captures.all_paths(), base_folder)
    decisions: dict[int, tuple[ReviewState, str | None]] = {}
    unknown, ambiguous, first_unknown = 0, 0, ""
    for line in labels:
        found = find(line.capture)
        if len(found) == 1:
            decisions[found[0]] = (line.state, line.label)
        elif found:
            ambiguous += 1
        else:
            unknown += 1
            first_unknown = first_unknown or line.capture
    names = sorted({label for _, label in decisions.values() if label is not None})
    classes = unit.catalogue.make_missing(names)
    result = None
    if decisions:
        taken = [
            (i, state, None if label is None else classes.ids[label])
            for i, (state, label) in decisions.items()
        ]
        result = unit.labels.take_over(taken, author, classes.made)
    return LabelImportReport(result, len(decisions), unknown, first_unknown, ambiguous)


class _Finder:
    def __init__(self, captures: Sequence[tuple[int, Path]], base_folder: Path) -> None:
        self._base = base_folder
        self._by_path = {path.as_posix(): capture_id for capture_id, path in captures}
        self._by_name: dict[str, list[tuple[str, int]]] = {}
        for path, capture_id in self._by_path.items():
            self._by_name.setdefault(path.rpartition("/")[2], []).append((path, capture_id))

    def __call__(self, text: str) -> list[int]:
        wanted = text.replace("\\", "/")
        for path in (wanted, (self._base / wanted).as_posix()):
            if path in self._by_path:
                return [self._by_path[path]]
        ending = PurePosixPath(wanted).as_posix().lstrip("./")
        return [
            capture_id
            for path, capture_id in self._by_name.get(ending.rpartition("/")[2], [])
            if path == ending or path.endswith("/" + ending)
        ]
