"""Filters, sorting and groups of captures over arrays in memory (index): a million in some milliseconds.

SQLite needs half a second and more to filter or sort a million rows and to hand them over one by one. So the
few numbers that lists depend on are held in numpy arrays beside the database, about 40 bytes a capture. They are
read once, as text that SQLite joins (its own code, without Python's lock, so that the window stays free), and then
follow the writer: temporary triggers note which captures a transaction touched, and those are read again after its
commit. Nothing here is a second truth; it can be thrown away and read anew at any time.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from app.domain.capture_query import CaptureGroup, CaptureList, CaptureQuery, GroupField, SortField
from app.domain.suggestions import CurrentSuggestions
from app.storage.database.suggestion_columns import PARTS_PER_MILLION, SuggestionColumns

Int32 = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int64]

_CHUNK: Final = 50_000
# Reading this share again costs more than reading everything anew.
_RELOAD_SHARE: Final = 0.3
_EXPRESSIONS: Final = {
    "id": "c.id",
    "state": "c.state",
    "label": "ifnull(c.label_class_id, 0)",
    "predicted": "ifnull(c.predicted_class_id, 0)",
    "source": "c.source_id",
    "size": "max(ifnull(c.width_px, 0), ifnull(c.height_px, 0))",
    "confidence": f"cast(ifnull(c.probability, -1) * {PARTS_PER_MILLION} as integer)",
    "disagreement": f"cast(ifnull(c.disagreement, -1) * {PARTS_PER_MILLION} as integer)",
    "sr_changed": "ifnull(c.sr_changed, 0)",
    "unreadable": "c.problem is not null",
    "changed": "c.changed",
}
_NAMES: Final = tuple(_EXPRESSIONS)
_SELECT: Final = "SELECT " + ", ".join(f"group_concat({sql})" for sql in _EXPRESSIONS.values())


class ColumnArrays:
    """The columns of one project. Queries may come from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._columns: dict[str, Int32] = {name: np.empty(0, np.int32) for name in _NAMES}
        self._name_rank: Int32 | None = None
        self._are_names_changed = False  # by a transaction that is not yet caught up with
        self._suggestions = SuggestionColumns()

    def set_suggestions(self, suggestions: CurrentSuggestions | None, *, are_shown: bool) -> None:
        """Filter and sort by these from now on.

        Args:
            suggestions: None when there are none.
            are_shown: whether captures without a label are shown with them, and not with the model's predictions.
        """
        with self._lock:
            self._suggestions = SuggestionColumns(suggestions, are_shown=are_shown)

    def load(self, connection: Connection) -> None:
        """Read everything; what is written meanwhile is noted by the triggers and read afterwards."""
        last = connection.exec_driver_sql("SELECT max(id) FROM captures").scalar() or 0
        parts = []
        for start in range(0, last, _CHUNK):
            statement = f"{_SELECT} FROM captures c WHERE c.id > ? AND c.id <= ?"
            parts.append(_parse(connection.exec_driver_sql(statement, (start, start + _CHUNK)).one()))
        columns = {
            name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0, np.int32)
            for name in _NAMES
        }
        with self._lock:
            self._columns = columns
            self._name_rank = None

    def catch_up(self, connection: Connection) -> None:
        """Read again what the writer has touched; to be called on its connection, after a commit."""
        touched = connection.exec_driver_sql("SELECT count(*) FROM touched_captures").scalar() or 0
        if self._are_names_changed:
            with self._lock:
                self._name_rank = None
            self._are_names_changed = False
        if not touched:
            return
        if touched > _CHUNK and touched > _RELOAD_SHARE * len(self._columns["id"]):
            connection.exec_driver_sql("DELETE FROM touched_captures")
            self.load(connection)
            return
        places = "SELECT id FROM touched_captures"
        fresh = _parse(
            connection.exec_driver_sql(
                f"{_SELECT} FROM (SELECT * FROM captures WHERE id IN ({places}) ORDER BY id) c"
            ).one()
        )
        ids = np.fromstring(
            connection.exec_driver_sql(f"SELECT group_concat(id) FROM ({places} ORDER BY id)").scalar() or "",
            dtype=np.int32,
            sep=",",
        )
        connection.exec_driver_sql("DELETE FROM touched_captures")
        self._merge(ids, fresh)

    def note_names_changed(self) -> None:
        """Sort by name anew, once the transaction that calls this is on disk."""
        self._are_names_changed = True

    def query(self, query: CaptureQuery, connection: Connection) -> CaptureList:
        """Answer a query.

        Args:
            query: what to list.
            connection: for what is not in the columns: paths and names.
        """
        columns = self._with_suggestions()
        rows = self._filtered(query, columns, connection)
        rows = self._sorted(rows, query, columns, connection)
        groups: tuple[CaptureGroup, ...] = ()
        if query.group is not GroupField.NONE:
            rows, groups = _grouped(rows, query.group, columns)
        ids = columns["id"][rows].astype(np.int64)
        return CaptureList(array("q", ids.tobytes()), groups)

    def counts(self, column: str, *, state: int | None = None) -> dict[int, int]:
        """How many captures have each value.

        Args:
            column: state, label, predicted, shown (the label, or else the suggestion or prediction that is shown) or
                source; 0 stands for no class.
            state: only captures in this state.
        """
        columns = self._with_suggestions()
        values = _shown_classes(columns) if column == "shown" else columns[column]
        if state is not None:
            values = values[columns["state"] == state]
        counts = np.bincount(values)  # small numbers: no need to sort a million of them
        found = np.flatnonzero(counts)
        return dict(zip(found.tolist(), counts[found].tolist(), strict=True))

    def unreadable_counts(self, state: int) -> tuple[int, int]:
        """How many captures can't be read, and how many of these are in a state."""
        with self._lock:
            columns = self._columns
        unreadable = columns["unreadable"] > 0
        in_state = unreadable & (columns["state"] == state)
        return int(np.count_nonzero(unreadable)), int(np.count_nonzero(in_state))

    def shown_classes(self) -> tuple[array[int], array[int]]:
        """All captures and the class that each is shown with, 0 for none; int64."""
        columns = self._with_suggestions()
        ids, classes = (v.astype(np.int64).tobytes() for v in (columns["id"], _shown_classes(columns)))
        return array("q", ids), array("q", classes)

    def _with_suggestions(self) -> dict[str, Int32]:
        """The columns as they are now, and those that the suggestions add to them."""
        with self._lock:
            columns, suggestions = self._columns, self._suggestions
        return columns | suggestions.beside(columns)

    def _filtered(self, query: CaptureQuery, columns: dict[str, Int32], connection: Connection) -> Rows:
        passes = np.ones(len(columns["id"]), dtype=bool)
        for name, wanted in (
            ("state", query.states),
            ("predicted", query.predicted_class_ids),
            ("suggested", query.suggested_class_ids),
            ("label", query.label_class_ids),
            ("source", query.source_ids),
        ):
            if wanted is not None:
                passes &= _is_one_of(columns[name], wanted)
        if query.class_ids is not None:
            passes &= _is_one_of(_shown_classes(columns), query.class_ids)
        for name, value in (
            ("sr_changed", query.sr_changed),
            ("unreadable", query.unreadable),
            ("changed", query.changed),
        ):
            if value is not None:
                passes &= columns[name] == int(value)
        if query.sr_changed is False:
            passes &= columns["predicted"] > 0
        least = {
            "shown_confidence": query.min_confidence,
            "novelty": query.min_novelty,
            "disagreement": query.min_disagreement,
        }
        for name, share in least.items():
            if share is not None:
                passes &= columns[name] >= round(share * PARTS_PER_MILLION)
        if query.max_confidence is not None:
            passes &= columns["shown_confidence"] <= round(query.max_confidence * PARTS_PER_MILLION)
            passes &= columns["shown_confidence"] >= 0
        if query.min_size_px is not None:
            passes &= columns["size"] >= query.min_size_px
        if query.max_size_px is not None:
            passes &= (columns["size"] <= query.max_size_px) & (columns["size"] > 0)
        if query.text:
            found = np.zeros(len(passes), dtype=bool)
            found[self._rows_with_text(query.text, columns, connection)] = True
            passes &= found
        if query.within is None:
            return np.flatnonzero(passes)
        rows = _rows_of(np.array(query.within, dtype=np.int64), columns)
        rows = rows[passes[rows]]
        return rows if query.sort is SortField.GIVEN else np.sort(rows)

    def _rows_with_text(self, text: str, columns: dict[str, Int32], connection: Connection) -> Rows:
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        joined = connection.exec_driver_sql(
            "SELECT group_concat(id) FROM all_captures WHERE path LIKE ? ESCAPE '\\'", (pattern,)
        ).scalar()
        return _rows_of(np.fromstring(joined or "", dtype=np.int64, sep=","), columns)

    def _sorted(
        self, rows: Rows, query: CaptureQuery, columns: dict[str, Int32], connection: Connection
    ) -> Rows:
        if query.sort in (SortField.ADDED, SortField.GIVEN):
            return rows[::-1] if query.descending else rows
        if query.sort is SortField.NAME:
            values = self._names_in_order(columns, connection)[rows]
        elif query.sort in (SortField.LABEL, SortField.PREDICTED):
            values = _class_places(connection)[columns[query.sort.value][rows]]
        elif query.sort is SortField.CONFIDENCE:
            values = columns["shown_confidence"][rows]
        else:
            values = columns[query.sort.value][rows]
        # What has no value comes last either way.
        missing = values < 0 if query.sort is not SortField.SIZE else values == 0
        keys = -values if query.descending else values.copy()
        keys[missing] = np.iinfo(np.int32).max
        return rows[np.argsort(_narrow(keys), kind="stable")]

    def _names_in_order(self, columns: dict[str, Int32], connection: Connection) -> Int32:
        """For each row its place among all names."""
        with self._lock:
            known = self._name_rank
        if known is not None and len(known) == len(columns["id"]):
            return known
        joined = connection.exec_driver_sql(
            "SELECT group_concat(id) FROM (SELECT id FROM all_captures ORDER BY name_key, id)"
        ).scalar()
        rows = _rows_of(np.fromstring(joined or "", dtype=np.int64, sep=","), columns)
        rank = np.full(len(columns["id"]), len(rows), dtype=np.int32)
        rank[rows] = np.arange(len(rows), dtype=np.int32)
        with self._lock:
            self._name_rank = rank
        return rank

    def _merge(self, ids: Int32, fresh: dict[str, Int32]) -> None:
        """Put fresh values into new arrays: a query that is under way goes on with the old ones.

        Args:
            ids: captures that were touched, ascending.
            fresh: those of them that are still there.
        """
        with self._lock:
            columns = dict(self._columns)
            known = columns["id"]
            if len(fresh["id"]) < len(ids):
                gone = _rows_of(np.setdiff1d(ids, fresh["id"]).astype(np.int64), columns)
                columns = {name: np.delete(values, gone) for name, values in columns.items()}
                known = columns["id"]
            places = np.searchsorted(known, fresh["id"])
            is_known = np.zeros(len(places), dtype=bool)
            inside = places < len(known)
            is_known[inside] = known[places[inside]] == fresh["id"][inside]
            rows = places[is_known]
            for name in _NAMES:
                values = fresh[name][is_known]
                if not np.array_equal(columns[name][rows], values):
                    columns[name] = columns[name].copy()
                    columns[name][rows] = values
            if not bool(is_known.all()):
                # Ids only grow, so what is new belongs at the end; what comes back belongs in between.
                fresh_places = places[~is_known]
                columns = {
                    name: np.insert(columns[name], fresh_places, fresh[name][~is_known]) for name in _NAMES
                }
            if len(columns["id"]) != len(self._columns["id"]) or not bool(is_known.all()):
                self._name_rank = None
            self._columns = columns


def _narrow(keys: Int32) -> npt.NDArray[Any]:
    """The same keys, in 16 bits where they fit: those are sorted by counting."""
    is_small = len(keys) > 0 and int(keys.min()) >= -0x8000
    largest = np.iinfo(np.int16).max
    missing = keys == np.iinfo(np.int32).max
    if is_small and (missing.all() or int(keys[~missing].max()) < largest):
        return np.where(missing, largest, keys).astype(np.int16)
    return keys


def _is_one_of(values: Int32, wanted: Iterable[int]) -> npt.NDArray[np.bool_]:
    return np.isin(values, np.array(sorted(wanted), dtype=np.int32))


def _shown_classes(columns: dict[str, Int32]) -> Int32:
    """The label of each capture, or else the suggestion or prediction that is shown, or else 0."""
    return np.where(columns["label"] > 0, columns["label"], columns["answer"])


def _parse(row: Any) -> dict[str, Int32]:
    return {
        name: np.fromstring(text or "", dtype=np.int32, sep=",")
        for name, text in zip(_NAMES, row, strict=True)
    }


def _rows_of(ids: npt.NDArray[np.int64], columns: dict[str, Int32]) -> Rows:
    """Where captures are in the columns, in the order of `ids`; unknown ones are left out."""
    known = columns["id"]
    if not len(known):
        return np.empty(0, np.int64)
    rows: Rows = np.searchsorted(known, ids).astype(np.int64)
    rows[rows == len(known)] = 0
    found: Rows = rows[known[rows] == ids]
    return found


def _class_places(connection: Connection) -> Int32:
    """For each class id its place in the alphabet; -1 for none."""
    classes = connection.exec_driver_sql("SELECT id FROM classes ORDER BY name COLLATE NOCASE, id").all()
    ids = [row[0] for row in classes]
    places = np.full(max(ids, default=0) + 1, -1, dtype=np.int32)
    places[ids] = np.arange(len(ids), dtype=np.int32)
    return places


def _grouped(
    rows: Rows, group: GroupField, columns: dict[str, Int32]
) -> tuple[Rows, tuple[CaptureGroup, ...]]:
    """Bring what stands under one heading together; headings in the order of their first capture."""
    keys = columns["source"][rows] if group is GroupField.SOURCE else _shown_classes(columns)[rows]
    # Keys are small numbers, so that tables over them do what `np.unique` needs a sort for.
    found = np.bincount(keys, minlength=1)
    first = np.full(len(found), len(rows), dtype=np.int64)
    first[keys[::-1]] = np.arange(len(rows) - 1, -1, -1)  # the last one written is the first one in the list
    values = np.flatnonzero(found)
    values = values[np.argsort(first[values], kind="stable")]
    place = np.zeros(len(found), dtype=np.min_scalar_type(len(values)))  # few bits are sorted by counting
    place[values] = np.arange(len(values))
    rows = rows[np.argsort(place[keys], kind="stable")]
    counts = found[values].tolist()
    starts = np.cumsum([0, *counts[:-1]]).tolist() if counts else []
    groups = tuple(
        CaptureGroup(int(value), start, count)
        for value, start, count in zip(values.tolist(), starts, counts, strict=True)
    )
    return rows, groups
