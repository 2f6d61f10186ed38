"""Captures: adding, listing, reading."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, text, update

from app.domain.capture_query import CaptureList, CaptureQuery, query_of
from app.domain.records import (
    AddedCaptures,
    BringBack,
    CaptureCounts,
    CaptureFilter,
    CaptureRow,
    ClassCounts,
    ExportRow,
    NewCapture,
    Removal,
    ReviewState,
)
from app.storage.database import schema
from app.storage.database.capture_index import CaptureColumns
from app.storage.database.paths import StoredPaths, natural_key
from app.storage.database.statements import in_chunks, insert_id, now_ms
from vimd_core.user_messages import Sentence

_captures = schema.captures
_all = schema.all_captures
_label_class = schema.classes.alias("label_class")
_predicted_class = schema.classes.alias("predicted_class")
_ROW_COLUMNS: Final = (
    _captures.c.id,
    _captures.c.path,
    _captures.c.width_px,
    _captures.c.height_px,
    _captures.c.state,
    _label_class.c.name.label("label"),
    _label_class.c.colour.label("label_colour"),
    _predicted_class.c.name.label("predicted"),
    _predicted_class.c.colour.label("predicted_colour"),
    _captures.c.probability,
    _captures.c.disagreement,
    _captures.c.sr_changed,
    _captures.c.problem,
    _captures.c.content_hash,
    _captures.c.changed,
    _captures.c.file_size_bytes,
    _captures.c.modified_ns,
    _captures.c.notice,
)
_MANY: Final = 50_000
# Answered by an index of the few that there are.
_COUNT_CHANGED: Final = select(func.count()).where(_all.c.changed != text("0"), _all.c.removed == 0)
_WITH_CLASSES: Final = _captures.outerjoin(
    _label_class, _captures.c.label_class_id == _label_class.c.id
).outerjoin(_predicted_class, _captures.c.predicted_class_id == _predicted_class.c.id)


class Captures:
    """The captures of a project, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths, columns: CaptureColumns) -> None:
        self._connection = connection
        self._paths = paths
        self._columns = columns

    def add_source(self, path: Path, *, is_folder: bool) -> int:
        """The id of a dropped folder or file, which is added when it is new; one that was removed is back."""
        stored = self._paths.to_stored(path)
        table = schema.sources
        known = self._connection.scalar(select(table.c.id).where(table.c.path == stored))
        if known is not None:
            self._connection.execute(
                update(table).where(table.c.id == known, table.c.removed.is_(True)).values(removed=False)
            )
            return int(known)
        return insert_id(
            self._connection, insert(table).values(path=stored, is_folder=is_folder, added_ms=now_ms())
        )

    def add(
        self,
        source_id: int,
        found: Sequence[NewCapture],
        *,
        bring_back: BringBack = BringBack.NOTHING,
    ) -> AddedCaptures:
        """Add those files that the project has neither by path nor by content.

        Args:
            source_id: where they come from.
            found: the files.
            bring_back: which of them that were removed are in the project again, with all that is known of them.
        """
        stored = {self._paths.to_stored(capture.path): capture for capture in found}
        by_path = self._known(_all.c.path, list(stored))
        fresh = {path: capture for path, capture in stored.items() if path not in by_path}
        by_hash = self._known(_all.c.content_hash, list({c.content_hash for c in fresh.values()}))
        rows: list[dict[str, Any]] = []
        duplicates: list[tuple[Path, Path]] = []
        gone = [(known, path) for path, known in by_path.items() if known.removed]
        returning: dict[int, str] = {}  # and where each one is now
        new_content: dict[bytes, str] = {}
        added_ms = now_ms()
        for path, capture in fresh.items():
            known = by_hash.get(capture.content_hash)
            if known is not None and known.removed and capture.content_hash not in new_content:
                gone.append((known, path))
                new_content[capture.content_hash] = path
                continue
            kept = new_content.get(capture.content_hash) or (known.path if known is not None else None)
            if kept is not None:
                duplicates.append((capture.path, self._paths.to_absolute(kept)))
                continue
            new_content[capture.content_hash] = path
            rows.append(
                {
                    "source_id": source_id,
                    "path": path,
                    "name_key": natural_key(path),
                    "content_hash": capture.content_hash,
                    "file_size_bytes": capture.file_size_bytes,
                    "modified_ns": capture.modified_ns,
                    "width_px": capture.width_px,
                    "height_px": capture.height_px,
                    "problem": capture.problem,
                    "notice": capture.notice,
                    "added_ms": added_ms,
                }
            )
        for known, path in gone:
            if bring_back is BringBack.EVERYTHING or (
                bring_back is BringBack.WITH_SOURCE and known.removed == Removal.WITH_SOURCE
            ):
                returning[known.id] = path
        self._return(source_id, returning)
        ids: tuple[int, ...] = ()
        if rows:
            # This is the only writer and ids only grow, so the chunk's ids follow the last one.
            last = self._connection.scalar(select(func.max(_all.c.id))) or 0
            ids = tuple(range(last + 1, last + 1 + len(rows)))
            self._connection.execute(
                insert(_all),
                [row | {"id": capture_id} for capture_id, row in zip(ids, rows, strict=True)],
            )
        readable = tuple(i for i, row in zip(ids, rows, strict=True) if row["problem"] is None)
        return AddedCaptures(
            ids,
            readable,
            sum(not known.removed for known in by_path.values()),
            tuple(duplicates),
            tuple(returning),
            len(gone) - len(returning),
            incomplete=sum(row["notice"] is not None for row in rows),
        )

    def _return(self, source_id: int, places: Mapping[int, str]) -> None:
        """Let removed captures be in the project again, as captures of the source that has them now."""
        if places:
            self._columns.note_names_changed()
            self._connection.execute(
                update(_all)
                .where(_all.c.id == bindparam("capture"))
                .values(
                    removed=int(Removal.IN_PROJECT),
                    source_id=source_id,
                    path=bindparam("place"),
                    name_key=bindparam("place_key"),
                ),
                [
                    {"capture": capture_id, "place": path, "place_key": natural_key(path)}
                    for capture_id, path in places.items()
                ],
            )

    def ids(self, which: CaptureFilter) -> array[int]:
        """The captures that a quick filter lets through, in the order in which they were added."""
        return self.find(query_of(which)).ids

    def find(self, query: CaptureQuery) -> CaptureList:
        """The captures that a query asks for."""
        if query.is_everything and not self._columns.is_loaded:
            # What a window shows first must not wait for the columns.
            return CaptureList(self._all_ids())
        return self._columns.query(query, self._connection)

    def _all_ids(self) -> array[int]:
        """In the order in which they were added; a million of them in some milliseconds if none was ever taken away."""
        ends = select(func.count(), func.min(_all.c.id), func.max(_all.c.id))
        count, first, last = self._connection.execute(ends.select_from(_all)).one()
        if not count:
            return array("q")
        is_some_removed = select(_all.c.id).where(_all.c.removed != text("0")).limit(1)
        if last - first + 1 == count and self._connection.scalar(is_some_removed) is None:
            return _range(first, last)
        return array("q", self._connection.scalars(select(_captures.c.id).order_by(_captures.c.id)))

    def class_counts(self) -> ClassCounts:
        """How many captures have each class as their label, and as the model's answer."""
        columns = self._columns
        labelled = columns.counts("label", self._connection)
        predicted = columns.counts("predicted", self._connection)
        shown = columns.counts("shown", self._connection)
        sources = columns.counts("source", self._connection)
        for counts in (labelled, predicted, shown):
            counts.pop(0, None)
        return ClassCounts(labelled, predicted, shown, sources)

    def shown_classes(self) -> tuple[array[int], array[int]]:
        """All captures and the class that each is shown with, 0 for none; int64."""
        return self._columns.shown_classes(self._connection)

    def unclassified_ids(self, model_id: int) -> array[int]:
        """The readable captures that a model has not answered for as it is now, oldest first."""
        answered = select(schema.predictions.c.id).where(
            schema.predictions.c.capture_id == _captures.c.id,
            schema.predictions.c.model_id == model_id,
            schema.predictions.c.is_outdated.is_(False),
        )
        statement = select(_captures.c.id).where(_captures.c.problem.is_(None), ~answered.exists())
        return array("q", self._connection.execute(statement.order_by(_captures.c.id)).scalars())

    def rows(self, ids: Sequence[int]) -> list[CaptureRow]:
        """What the gallery shows of some captures, in the order of `ids`; unknown ids are left out."""
        found: dict[int, CaptureRow] = {}
        for chunk in in_chunks(ids):
            statement = select(*_ROW_COLUMNS).select_from(_WITH_CLASSES).where(_captures.c.id.in_(chunk))
            found.update((row.id, self._row(row)) for row in self._connection.execute(statement))
        return [found[capture_id] for capture_id in ids if capture_id in found]

    def paths(self, ids: Sequence[int]) -> list[tuple[int, Path]]:
        """Where the originals of some captures are, in the order of `ids`."""
        found: dict[int, Path] = {}
        for chunk in in_chunks(ids):
            statement = select(_captures.c.id, _captures.c.path).where(_captures.c.id.in_(chunk))
            found.update(
                (row.id, self._paths.to_absolute(row.path)) for row in self._connection.execute(statement)
            )
        return [(capture_id, found[capture_id]) for capture_id in ids if capture_id in found]

    def set_problems(self, problems: Sequence[tuple[int, Sentence | None]]) -> None:
        """Say why some captures can't be read, or that nothing is wrong with them any more."""
        if problems:
            self._connection.execute(
                update(_all).where(_all.c.id == bindparam("capture")).values(problem=bindparam("reason")),
                [{"capture": capture_id, "reason": reason} for capture_id, reason in problems],
            )

    def clear_problems(self) -> list[int]:
        """Forget why captures can't be read.

        Returns:
            The captures that had a problem.
        """
        has_problem = _captures.c.problem.is_not(None)
        ids = list(
            self._connection.scalars(select(_captures.c.id).where(has_problem).order_by(_captures.c.id))
        )
        self._connection.execute(update(_all).where(_all.c.problem.is_not(None)).values(problem=None))
        return ids

    def counts(self) -> CaptureCounts:
        """How many captures there are, and of each kind."""
        by_state, unreadable, unreadable_unreviewed = self._counted()
        return CaptureCounts(
            total=sum(by_state.values()),
            unreviewed=by_state.get(ReviewState.UNREVIEWED, 0) - unreadable_unreviewed,
            accepted=by_state.get(ReviewState.ACCEPTED, 0),
            corrected=by_state.get(ReviewState.CORRECTED, 0),
            unsure=by_state.get(ReviewState.UNSURE, 0),
            rejected=by_state.get(ReviewState.REJECTED, 0),
            unreadable=unreadable,
            changed=self._connection.scalar(_COUNT_CHANGED) or 0,
        )

    def _counted(self) -> tuple[dict[int, int], int, int]:
        """Captures by state, and how many can't be read, of all and of the unreviewed ones."""
        columns = self._columns
        if columns.is_loaded:
            return columns.counts("state", self._connection), *columns.unreadable_counts(
                ReviewState.UNREVIEWED, self._connection
            )
        states = select(_captures.c.state, func.count()).group_by(_captures.c.state)
        by_state: dict[int, int] = dict(self._connection.execute(states).all())
        # A sum is in no index: else SQLite walks through all states to find the few captures with a problem.
        state = _captures.c.state + 0
        of_problems = select(state, func.count()).where(_captures.c.problem.is_not(None)).group_by(state)
        unreadable: dict[int, int] = dict(self._connection.execute(of_problems).all())
        return by_state, sum(unreadable.values()), unreadable.get(ReviewState.UNREVIEWED, 0)

    def export_rows(self, ids: Sequence[int]) -> list[ExportRow]:
        """Lines of the exported table, in the order of `ids`; unknown ids are left out."""
        page = [
            row
            for chunk in in_chunks(ids)
            for row in self._connection.execute(_export_statement().where(_captures.c.id.in_(chunk)))
        ]
        names = {
            row.id: row.name
            for row in self._connection.execute(select(schema.classes.c.id, schema.classes.c.name))
        }
        indices = {
            (row.model_id, row.class_index): names[row.class_id]
            for row in self._connection.execute(select(schema.model_classes))
        }
        rows: dict[int, ExportRow] = {}
        for row in page:
            bicubic = row.bicubic_top[0] if row.bicubic_top else None
            rows[row.id] = ExportRow(
                id=row.id,
                path=self._paths.to_absolute(row.path),
                width_px=row.width_px,
                height_px=row.height_px,
                state=ReviewState(row.state),
                label=row.label,
                labelled_by=row.author if row.state else None,
                labelled_ms=row.created_ms if row.state else None,
                predicted=row.predicted,
                probability=row.probability,
                bicubic_predicted=indices.get((row.prediction_model_id, bicubic[0])) if bicubic else None,
                bicubic_probability=bicubic[1] if bicubic else None,
                disagreement=row.disagreement,
                model_name=row.model_name,
                problem=row.problem,
                notice=row.notice,
            )
        return [rows[i] for i in ids if i in rows]

    def _known(self, column: ColumnElement[Any], values: Sequence[Any]) -> dict[Any, Any]:
        """Rows (id, path, removed) by the value of a column; what is in the project comes before what was removed."""
        known: dict[Any, Any] = {}
        for chunk in in_chunks(values):
            statement = (
                select(column.label("value"), _all.c.id, _all.c.path, _all.c.removed)
                .where(column.in_(chunk))
                .order_by(_all.c.removed.desc())
            )
            known.update((row.value, row) for row in self._connection.execute(statement))
        return known

    def _row(self, row: Any) -> CaptureRow:
        return CaptureRow(
            id=row.id,
            file=self._paths.to_absolute_text(row.path),
            width_px=row.width_px,
            height_px=row.height_px,
            state=ReviewState(row.state),
            label=row.label,
            label_colour=row.label_colour,
            predicted=row.predicted,
            probability=row.probability,
            disagreement=row.disagreement,
            sr_changed=bool(row.sr_changed),
            problem=row.problem,
            predicted_colour=row.predicted_colour,
            content_hash=row.content_hash,
            changed=bool(row.changed),
            file_size_bytes=row.file_size_bytes,
            modified_ns=row.modified_ns,
            notice=row.notice,
        )


def _range(first: int, last: int) -> array[int]:
    """All numbers from one to another. Python alone would hold its lock for 35 ms to list a million of them."""
    if last - first < _MANY:
        return array("q", range(first, last + 1))
    import numpy as np

    return array("q", np.arange(first, last + 1, dtype=np.int64).tobytes())


def _export_statement() -> Any:
    events, actions, predictions = schema.label_events, schema.label_actions, schema.predictions
    last_event = (
        select(func.max(events.c.id))
        .where(events.c.capture_id == _captures.c.id)
        .correlate(_captures)
        .scalar_subquery()
    )
    joined = (
        _WITH_CLASSES.outerjoin(schema.models, schema.models.c.id == _captures.c.prediction_model_id)
        .outerjoin(
            predictions,
            (predictions.c.capture_id == _captures.c.id)
            & (predictions.c.model_id == _captures.c.prediction_model_id),
        )
        .outerjoin(events, events.c.id == last_event)
        .outerjoin(actions, actions.c.id == events.c.action_id)
    )
    return (
        select(
            *_ROW_COLUMNS,
            _captures.c.prediction_model_id,
            schema.models.c.name.label("model_name"),
            predictions.c.bicubic_top,
            actions.c.author,
            actions.c.created_ms,
        )
        .select_from(joined)
        .order_by(_captures.c.id)
    )
