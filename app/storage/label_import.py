"""What an import of labels has to know of a project, and taking labels over as one step of the ledger."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from app.storage import schema
from app.storage.catalogue import Catalogue
from app.storage.labels import Labels
from app.storage.paths import StoredPaths
from app.storage.records import ImportedLabel, LabelImportReport, LabelResult, ReviewState

if TYPE_CHECKING:
    from app.storage.unit import Unit

_captures = schema.captures


@dataclass(frozen=True, slots=True)
class MarkedCapture:
    """A capture and what a person has said of it.

    Attributes:
        file: its path, absolute, with forward slashes.
        label: id of its class.
        is_readable: whether the file was an image when it was last read.
    """

    id: int
    source_id: int
    file: str
    state: ReviewState
    label: int | None
    is_readable: bool


@dataclass(frozen=True)
class ProjectMarks:
    """All captures of a project and what people have said of them.

    Attributes:
        classes: names by id.
        folders: the folders that were added, by the id of their source, with forward slashes. Single files, and
            sources whose pictures the program has stored itself, have none.
    """

    captures: tuple[MarkedCapture, ...]
    classes: dict[int, str]
    folders: dict[int, str]


@dataclass(frozen=True, slots=True)
class TakenLabel:
    """What shall be written down of a capture.

    Attributes:
        capture_id: the capture.
        state: CORRECTED with a class; UNSURE or REJECTED without.
        label: name of the class.
        before: what it was when this was decided; one that is another by now is left alone.
    """

    capture_id: int
    state: ReviewState
    label: str | None
    before: tuple[ReviewState, int | None]


class LabelImport:
    """Reads marks and takes labels over, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def marks(self) -> ProjectMarks:
        """All captures, in the order in which they were added, by few queries whatever their number."""
        rows = self._connection.execute(
            select(
                _captures.c.id,
                _captures.c.source_id,
                _captures.c.path,
                _captures.c.state,
                _captures.c.label_class_id,
                _captures.c.problem.is_(None),
            ).order_by(_captures.c.id)
        )
        states = list(ReviewState)  # much faster than to call it
        captures = tuple(
            MarkedCapture(
                i,
                source,
                self._text(path),
                states[state],
                label,
                bool(is_readable),
            )
            for i, source, path, state, label, is_readable in rows
        )
        table = schema.classes
        classes = {
            row.id: row.name
            for row in self._connection.execute(
                select(table.c.id, table.c.name).where(table.c.retired.is_(False))
            )
        }
        return ProjectMarks(captures, classes, self._folders())

    def take(self, labels: Sequence[TakenLabel], author: str) -> LabelResult:
        """Write labels down as one step; classes that are new are made, and go when it is undone."""
        now = {
            i: (state, label)
            for i, state, label in self._connection.execute(
                select(_captures.c.id, _captures.c.state, _captures.c.label_class_id)
            )
        }
        still = [one for one in labels if now.get(one.capture_id) == one.before]
        names = list(dict.fromkeys(one.label for one in still if one.label is not None))
        classes = Catalogue(self._connection, self._paths).make_missing(names)
        decisions = [
            (one.capture_id, one.state, None if one.label is None else classes.ids[one.label])
            for one in still
        ]
        return Labels(self._connection).take_over(decisions, author, classes.made)

    def _text(self, stored: str) -> str:
        text = self._paths.to_absolute_text(stored)
        return text if os.sep == "/" else text.replace(os.sep, "/")

    def _folders(self) -> dict[int, str]:
        sources, streams = schema.sources, schema.streams
        stored_by_program = select(streams.c.source_id).where(streams.c.kind != "folder")
        return {
            row.id: self._paths.to_absolute(row.path).as_posix()
            for row in self._connection.execute(
                select(sources.c.id, sources.c.path).where(
                    sources.c.is_folder.is_(True), sources.c.id.not_in(stored_by_program)
                )
            )
        }


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
