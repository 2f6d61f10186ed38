"""Label imports in the database: what they have to know of a project, and writing labels as one step of the ledger."""

from __future__ import annotations

import os
from collections.abc import Sequence

from sqlalchemy import Connection, select

from app.domain.label_records import MarkedCapture, ProjectMarks, TakenLabel
from app.domain.records import LabelResult, ReviewState
from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from app.storage.labels.catalogue import Catalogue
from app.storage.labels.labels import Labels

_captures = schema.captures


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
        classes = Catalogue(self._connection).make_missing(names)
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
