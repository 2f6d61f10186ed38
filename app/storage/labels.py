"""The label ledger: each decision of a human is appended, with what it replaced and what the model had said.

An action is what the human did (one key, on one capture or ten thousand), its events are the captures that
it changed. Undo appends an action too, whose events bring the previous labels back. The current label stands
on the capture as well, written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, case, insert, literal, null, select, update

from app.storage import schema
from app.storage.chunks import in_chunks
from app.storage.class_editing import ClassEditing
from app.storage.clock import now_ms
from app.storage.inserting import insert_id
from app.storage.records import ActionKind, LabelResult, LedgerEntry, ReviewState
from app.storage.undo import UndoStacks

_captures = schema.captures
_events = schema.label_events


class Labels:
    """The labels of a project, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def label(self, capture_ids: Sequence[int], class_id: int, author: str) -> LabelResult:
        """Say what captures show; it counts as accepted where the model had said the same."""
        agrees = _captures.c.predicted_class_id == class_id
        state = case((agrees, int(ReviewState.ACCEPTED)), else_=int(ReviewState.CORRECTED))
        return self._act(ActionKind.LABEL, capture_ids, author, state, literal(class_id, Integer))

    def accept(self, capture_ids: Sequence[int], author: str) -> LabelResult:
        """Agree with the model; captures that it has no answer for are skipped."""
        return self._act(
            ActionKind.ACCEPT,
            capture_ids,
            author,
            literal(int(ReviewState.ACCEPTED)),
            _captures.c.predicted_class_id,
            only=_captures.c.predicted_class_id.is_not(None),
        )

    def mark(self, kind: ActionKind, capture_ids: Sequence[int], author: str) -> LabelResult:
        """Set captures aside without a class: unsure, rejected, or back to unreviewed (clear)."""
        states = {
            ActionKind.UNSURE: ReviewState.UNSURE,
            ActionKind.REJECT: ReviewState.REJECTED,
            ActionKind.CLEAR: ReviewState.UNREVIEWED,
        }
        return self._act(kind, capture_ids, author, literal(int(states[kind])), null())

    def take_over(self, decisions: Sequence[tuple[int, ReviewState, int | None]], author: str) -> LabelResult:
        """Take decisions over that were made elsewhere, as one step: capture, state, class."""
        groups: dict[tuple[ReviewState, int | None], list[int]] = {}
        for capture_id, state, class_id in decisions:
            groups.setdefault((state, class_id), []).append(capture_id)
        action_id = self._start_action(ActionKind.IMPORT, author, None)
        for (state, class_id), ids in groups.items():
            agrees = _captures.c.predicted_class_id == class_id
            decided = (
                literal(int(state))
                if class_id is None
                else case((agrees, int(ReviewState.ACCEPTED)), else_=int(ReviewState.CORRECTED))
            )
            self._add_events(
                action_id, ids, decided, null() if class_id is None else literal(class_id, Integer)
            )
        return self._finish_action(ActionKind.IMPORT, action_id, None)

    def rename_class(self, class_id: int, name: str, author: str) -> LabelResult:
        """Give a class another name.

        Raises:
            ProjectError: the name is empty or belongs to another class.
        """
        return self._change_classes(ActionKind.RENAME_CLASS, self._classes.rename(class_id, name, author))

    def recolour_class(self, class_id: int, colour: str, author: str) -> LabelResult:
        """Give a class another colour, as "#rrggbb"."""
        return self._change_classes(
            ActionKind.RECOLOUR_CLASS, self._classes.recolour(class_id, colour, author)
        )

    def merge_classes(self, class_ids: Sequence[int], into_id: int, author: str) -> LabelResult:
        """Turn classes into another one: their labels and what models mean by them follow.

        Raises:
            ProjectError: the class is among those that shall vanish.
        """
        return self._change_classes(
            ActionKind.RETIRE_CLASSES, self._classes.merge(class_ids, into_id, author)
        )

    def delete_class(self, class_id: int, author: str) -> LabelResult:
        """Take a class away that no model knows; captures labelled with it become unreviewed.

        Raises:
            ProjectError: a model can answer with it.
        """
        return self._change_classes(ActionKind.RETIRE_CLASSES, self._classes.delete(class_id, author))

    def undo(self, author: str) -> LabelResult | None:
        """Take back the last action that stands; None when there is none."""
        target = self._stacks().undo_target
        if target is None:
            return None
        return self._reverse(
            ActionKind.UNDO, target, author, _events.c.previous_state, _events.c.previous_class_id
        )

    def redo(self, author: str) -> LabelResult | None:
        """Do again what was last undone; None when there is nothing."""
        target = self._stacks().redo_target
        if target is None:
            return None
        return self._reverse(ActionKind.REDO, target, author, _events.c.state, _events.c.class_id)

    def history(self, capture_id: int, limit: int = 50) -> tuple[LedgerEntry, ...]:
        """What humans have said of one capture, newest first."""
        new, old, said = (schema.classes.alias(name) for name in ("new_class", "old_class", "said_class"))
        actions, models = schema.label_actions, schema.models
        statement = (
            select(
                actions.c.kind,
                actions.c.author,
                actions.c.created_ms,
                _events.c.state,
                new.c.name.label("label"),
                old.c.name.label("previous_label"),
                said.c.name.label("model_said"),
                models.c.name.label("model_name"),
                _events.c.model_probability,
            )
            .select_from(
                _events.join(actions, actions.c.id == _events.c.action_id)
                .outerjoin(new, new.c.id == _events.c.class_id)
                .outerjoin(old, old.c.id == _events.c.previous_class_id)
                .outerjoin(said, said.c.id == _events.c.model_class_id)
                .outerjoin(models, models.c.id == _events.c.model_id)
            )
            .where(_events.c.capture_id == capture_id)
            .order_by(_events.c.id.desc())
            .limit(limit)
        )
        return tuple(
            LedgerEntry(
                kind=ActionKind(row.kind),
                state=ReviewState(row.state),
                label=row.label,
                previous_label=row.previous_label,
                model_name=row.model_name,
                model_said=row.model_said,
                model_probability=row.model_probability,
                author=row.author,
                created_ms=row.created_ms,
            )
            for row in self._connection.execute(statement)
        )

    @property
    def _classes(self) -> ClassEditing:
        return ClassEditing(self._connection)

    def _change_classes(self, kind: ActionKind, action_id: int) -> LabelResult:
        self._apply_to_classes(action_id, forward=True)
        return replace(self._finish_action(kind, action_id, None), classes_changed=True)

    def _apply_to_classes(self, action_id: int, *, forward: bool) -> bool:
        """Do what an action does to classes, or take it back; whether it does anything to them."""
        table = schema.label_actions
        detail = self._connection.scalar(select(table.c.detail).where(table.c.id == action_id))
        if detail is None:
            return False
        self._classes.apply(detail, forward=forward)
        return True

    def _stacks(self) -> UndoStacks:
        return UndoStacks.replay(self._connection)

    def _act(
        self,
        kind: ActionKind,
        capture_ids: Sequence[int],
        author: str,
        state: ColumnElement[Any],
        class_id: ColumnElement[Any],
        only: ColumnElement[bool] | None = None,
    ) -> LabelResult:
        action_id = self._start_action(kind, author, None)
        self._add_events(action_id, capture_ids, state, class_id, only)
        return self._finish_action(kind, action_id, len(capture_ids))

    def _add_events(
        self,
        action_id: int,
        capture_ids: Sequence[int],
        state: ColumnElement[Any],
        class_id: ColumnElement[Any],
        only: ColumnElement[bool] | None = None,
    ) -> None:
        for chunk in in_chunks(capture_ids):
            chosen = select(
                literal(action_id, Integer),
                _captures.c.id,
                state,
                class_id,
                _captures.c.state,
                _captures.c.label_class_id,
                _captures.c.prediction_model_id,
                _captures.c.predicted_class_id,
                _captures.c.probability,
            ).where(_captures.c.id.in_(chunk))
            if only is not None:
                chosen = chosen.where(only)
            self._connection.execute(insert(_events).from_select(schema.EVENT_COLUMNS, chosen))

    def _reverse(
        self,
        kind: ActionKind,
        target_action_id: int,
        author: str,
        state: ColumnElement[Any],
        class_id: ColumnElement[Any],
    ) -> LabelResult:
        action_id = self._start_action(kind, author, target_action_id)
        chosen = (
            select(
                literal(action_id, Integer),
                _captures.c.id,
                state,
                class_id,
                _captures.c.state,
                _captures.c.label_class_id,
                _captures.c.prediction_model_id,
                _captures.c.predicted_class_id,
                _captures.c.probability,
            )
            .select_from(_events.join(_captures, _captures.c.id == _events.c.capture_id))
            .where(_events.c.action_id == target_action_id)
        )
        self._connection.execute(insert(_events).from_select(schema.EVENT_COLUMNS, chosen))
        changed = self._apply_to_classes(target_action_id, forward=kind is ActionKind.REDO)
        return replace(self._finish_action(kind, action_id, None), classes_changed=changed)

    def _start_action(self, kind: ActionKind, author: str, target_action_id: int | None) -> int:
        return insert_id(
            self._connection,
            insert(schema.label_actions).values(
                kind=str(kind), target_action_id=target_action_id, author=author, created_ms=now_ms()
            ),
        )

    def _finish_action(self, kind: ActionKind, action_id: int, asked: int | None) -> LabelResult:
        of_action = _events.c.action_id == action_id
        self._connection.execute(
            update(_captures)
            .where(_captures.c.id == _events.c.capture_id, of_action)
            .values(state=_events.c.state, label_class_id=_events.c.class_id)
        )
        changed = tuple(
            self._connection.scalars(select(_events.c.capture_id).where(of_action).order_by(_events.c.id))
        )
        skipped = 0 if asked is None else asked - len(changed)
        return LabelResult(kind, changed, skipped, self._stacks().state)
