"""Contents (hashes) of captures' files, and what becomes of a capture whose file holds something else now.

Its label was given to another picture, so it is set aside until somebody says that it still fits: everything that reads
labels is right without knowing of this. What was said of the old picture, by whom and by which model, stays in the
ledger as an action of its own, and `capture_contents` says by its hash which picture that was. Such an action is no
step of the user's, so undo passes over it; the answer to it, keeping the labels or letting them go, is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    case,
    delete,
    insert,
    literal,
    null,
    select,
    text,
    update,
)

from app.domain.records import ActionKind, NewCapture, ReviewState, SetAside
from app.storage.captures.feature_files import forget_features
from app.storage.database import schema
from app.storage.database.capture_index import CaptureColumns
from app.storage.database.paths import StoredPaths, natural_key
from app.storage.database.statements import in_chunks, insert_id, now_ms
from app.storage.groups.capture_groups import Groups
from app.storage.models.training_runs import TrainingRuns
from vimd_core.user_messages import Sentence

_captures = schema.captures
_all = schema.all_captures
_events = schema.label_events
_actions = schema.label_actions
_contents = schema.capture_contents
_KNOWN: Final = select(
    _captures.c.id,
    _captures.c.path,
    _captures.c.file_size_bytes,
    _captures.c.modified_ns,
    _captures.c.content_hash,
    _captures.c.problem,
)
_is_open = (_all.c.changed != literal(0)) & (_all.c.state == int(ReviewState.UNREVIEWED))
_NO_ANSWER: Final = {
    "predicted_class_id": None,
    "prediction_model_id": None,
    "probability": None,
    "disagreement": None,
    "sr_changed": None,
}


@dataclass(frozen=True, slots=True)
class KnownContent:
    """A capture's file as the project knows it.

    Attributes:
        content_hash: of what it held when it was read last.
        problem: why it can't be read, or None.
    """

    capture_id: int
    path: Path
    file_size_bytes: int
    modified_ns: int
    content_hash: bytes
    problem: Sentence | None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Captures whose files hold something else now, and those whose files have other names."""

    changed: tuple[int, ...]
    moved: tuple[int, ...]


class Contents:
    """The contents of files, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths, columns: CaptureColumns) -> None:
        self._connection = connection
        self._paths = paths
        self._columns = columns

    def page(self, after_id: int, count: int) -> list[KnownContent]:
        """The files of the next captures by id."""
        statement = _KNOWN.where(_captures.c.id > after_id).order_by(_captures.c.id).limit(count)
        return [self._known(row) for row in self._connection.execute(statement)]

    def of(self, ids: Sequence[int]) -> list[KnownContent]:
        """The files of some captures; unknown ids are left out."""
        return [
            self._known(row)
            for chunk in in_chunks(ids)
            for row in self._connection.execute(_KNOWN.where(_captures.c.id.in_(chunk)))
        ]

    def at(self, path: Path) -> KnownContent | None:
        """The capture of a file."""
        row = self._connection.execute(
            _KNOWN.where(_captures.c.path == self._paths.to_stored(path))
        ).one_or_none()
        return None if row is None else self._known(row)

    def note_times(self, times: Sequence[tuple[int, int]]) -> None:
        """Files that hold what they held and have another time: capture, nanoseconds."""
        if times:
            self._connection.execute(
                update(_all).where(_all.c.id == bindparam("capture")).values(modified_ns=bindparam("time")),
                [{"capture": capture_id, "time": modified_ns} for capture_id, modified_ns in times],
            )

    def note_changed(self, changed: Sequence[tuple[int, NewCapture]]) -> None:
        """Captures whose files hold something else now: their labels are set aside and no answer stands any more."""
        if not changed:
            return
        ids = [capture_id for capture_id, _ in changed]
        Groups(self._connection, self._paths).forget_look(ids)
        forget_features(self._paths.folder, ids)
        action_id = insert_id(
            self._connection,
            insert(_actions).values(kind=str(ActionKind.FILE_CHANGED), author="", created_ms=now_ms()),
        )
        for chunk in in_chunks(ids):
            is_one = _all.c.id.in_(chunk)
            event = select(
                literal(action_id, Integer),
                _all.c.id,
                literal(int(ReviewState.UNREVIEWED)),
                null(),
                _all.c.state,
                _all.c.label_class_id,
                _all.c.prediction_model_id,
                _all.c.predicted_class_id,
                _all.c.probability,
            ).where(is_one)
            self._connection.execute(insert(_events).from_select(schema.EVENT_COLUMNS, event))
            columns = ("action_id", "capture_id", "content_hash", "file_size_bytes", "modified_ns")
            old = select(
                literal(action_id), _all.c.id, _all.c.content_hash, _all.c.file_size_bytes, _all.c.modified_ns
            ).where(is_one)
            self._connection.execute(insert(_contents).from_select(columns, old))
            predictions = schema.predictions
            self._connection.execute(delete(predictions).where(predictions.c.capture_id.in_(chunk)))
        self._connection.execute(
            update(_all)
            .where(_all.c.id == bindparam("capture"))
            .values(
                content_hash=bindparam("hash"),
                file_size_bytes=bindparam("size"),
                modified_ns=bindparam("time"),
                width_px=bindparam("width"),
                height_px=bindparam("height"),
                problem=bindparam("reason"),
                notice=bindparam("incomplete"),
                # A second change before somebody has answered leaves the label of before the first one aside.
                earlier_state=case((_is_open, _all.c.earlier_state), else_=_all.c.state),
                earlier_class_id=case((_is_open, _all.c.earlier_class_id), else_=_all.c.label_class_id),
                state=int(ReviewState.UNREVIEWED),
                label_class_id=None,
                changed=True,
                **_NO_ANSWER,
            ),
            [
                {
                    "capture": capture_id,
                    "hash": new.content_hash,
                    "size": new.file_size_bytes,
                    "time": new.modified_ns,
                    "width": new.width_px,
                    "height": new.height_px,
                    "reason": new.problem,
                    "incomplete": new.notice,
                }
                for capture_id, new in changed
            ],
        )

    def reconcile(self, source_id: int, found: Sequence[NewCapture]) -> Reconciled:
        """Compare files that were found anew with the captures at their paths; to be called before they are added.

        A file whose former content lies under another, new name was renamed, and its capture goes with it: what has its
        old name is a new capture.
        """
        by_path = {self._paths.to_stored(capture.path): capture for capture in found}
        rows = {
            row.path: row
            for chunk in in_chunks(list(by_path))
            for row in self._connection.execute(_KNOWN.where(_captures.c.path.in_(chunk)))
        }
        altered = {path: row for path, row in rows.items() if row.content_hash != by_path[path].content_hash}
        self.note_times(
            [
                (row.id, by_path[path].modified_ns)
                for path, row in rows.items()
                if path not in altered and row.modified_ns != by_path[path].modified_ns
            ]
        )
        fresh = {capture.content_hash: capture.path for path, capture in by_path.items() if path not in rows}
        moved = self.move(
            [(row.id, fresh.pop(row.content_hash)) for row in altered.values() if row.content_hash in fresh],
            source_id,
        )
        changed = [(row.id, by_path[path]) for path, row in altered.items() if row.id not in set(moved)]
        self.note_changed(changed)
        return Reconciled(tuple(capture_id for capture_id, _ in changed), tuple(moved))

    def follow(self, places: Sequence[tuple[Path, Path]], source_id: int) -> tuple[int, ...]:
        """Files that are not where they were, and others of the same content that were found: the captures go there.

        Args:
            places: (where it was, where it is now).
            source_id: the source that has them now.
        """
        stored = {self._paths.to_stored(old): new for old, new in places}
        ids = [
            (row.id, stored[row.path])
            for chunk in in_chunks(list(stored))
            for row in self._connection.execute(_KNOWN.where(_captures.c.path.in_(chunk)))
        ]
        return tuple(self.move(ids, source_id))

    def move(self, places: Sequence[tuple[int, Path]], source_id: int | None = None) -> list[int]:
        """Let captures go with their files, but not where another capture is already.

        Args:
            places: capture, and where its file is now.
            source_id: the source that has them now; None where that stays.

        Returns:
            The captures that went.
        """
        stored = {self._paths.to_stored(path): capture_id for capture_id, path in places}
        for chunk in in_chunks(list(stored)):
            for path in self._connection.scalars(select(_all.c.path).where(_all.c.path.in_(chunk))):
                del stored[path]
        if not stored:
            return []
        self._columns.note_names_changed()
        source = {} if source_id is None else {"source_id": source_id}
        self._connection.execute(
            update(_all)
            .where(_all.c.id == bindparam("capture"))
            .values(path=bindparam("place"), name_key=bindparam("key"), problem=None, **source),
            [
                {"capture": capture_id, "place": path, "key": natural_key(path)}
                for path, capture_id in stored.items()
            ],
        )
        return list(stored.values())

    def read_otherwise(self, read: Sequence[tuple[int, int, int]]) -> set[int]:
        """Captures whose files were read as something else than the project knows: capture, size, nanoseconds."""
        stamps = {capture_id: (size, modified_ns) for capture_id, size, modified_ns in read}
        return {
            row.id
            for chunk in in_chunks(list(stamps))
            for row in self._connection.execute(_KNOWN.where(_captures.c.id.in_(chunk)))
            if (row.file_size_bytes, row.modified_ns) != stamps[row.id]
        }

    def set_aside(self) -> SetAside:
        """What is marked as changed."""
        found = self._connection.execute(
            select(_all.c.id, _all.c.earlier_state)
            .where(_all.c.changed != text("0"), _all.c.removed == 0)
            .order_by(_all.c.id)
        ).all()
        return SetAside(
            tuple(row.id for row in found), tuple(row.id for row in found if row.earlier_state != 0)
        )

    def earlier_labels(self, ids: Sequence[int]) -> list[tuple[int, ReviewState, int | None]]:
        """What had been decided about changed captures before their files changed: capture, state, class.

        A class that was merged meanwhile is the other one; labels of one that was deleted are gone with it.
        """
        rows = [
            row
            for chunk in in_chunks(ids)
            for row in self._connection.execute(
                select(_all.c.id, _all.c.earlier_state, _all.c.earlier_class_id)
                .where(_all.c.id.in_(chunk), _all.c.changed != text("0"), _all.c.earlier_state != 0)
                .order_by(_all.c.id)
            )
        ]
        classes = {row.earlier_class_id for row in rows if row.earlier_class_id is not None}
        present = TrainingRuns(self._connection).present_classes(classes)
        found = [(row.id, ReviewState(row.earlier_state), present.get(row.earlier_class_id)) for row in rows]
        return [one for one in found if one[2] != 0]

    def _known(self, row: Any) -> KnownContent:
        return KnownContent(
            row.id,
            self._paths.to_absolute(row.path),
            row.file_size_bytes,
            row.modified_ns,
            row.content_hash,
            row.problem,
        )
