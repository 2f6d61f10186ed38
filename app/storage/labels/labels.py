"""The label ledger: each decision of a human is appended, with what it replaced and what was said of the capture.

Where a user has accepted a suggestion, the event has its class and its probability and no model.

An action is what the human did (one key, on one capture or ten thousand), its events are the captures that
it changed. Undo appends an action too, whose events bring the previous labels back. The current label stands
on the capture as well, written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from app.domain.records import ActionKind, LabelResult, LedgerEntry, ReviewState
from app.domain.suggestions import ShownClass
from app.storage.captures.removal import Removing
from app.storage.database import schema
from app.storage.database.statements import in_chunks, insert_id, now_ms
from app.storage.labels.class_editing import ClassEditing
from app.storage.labels.decisions import LabelDecision, accepted, accepted_as, grouped, labelled, marked
from app.storage.labels.undo import UndoStacks

_captures = schema.captures
_all = schema.all_captures
_events = schema.label_events
_CHANGED_FILES: Final = "changed_files"  # in the detail of an action: captures whose mark it has taken away
_PREDICTED: Final = (
    _captures.c.prediction_model_id,
    _captures.c.predicted_class_id,
    _captures.c.probability,
)


class Labels:
    """The labels of a project, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def label(
        self, capture_ids: Sequence[int], class_id: int, author: str, made: Sequence[int] = ()
    ) -> LabelResult:
        """Say what captures show; it counts as accepted where the model had said the same.

        Args:
            capture_ids: those that have this label already are left as they are.
            class_id: what they show.
            author: who says so.
            made: classes that were made for this; undoing it takes them away again.
        """
        return self._act(ActionKind.LABEL, [labelled(capture_ids, class_id)], author, made)

    def accept(
        self,
        capture_ids: Sequence[int],
        author: str,
        shown: Sequence[ShownClass] = (),
        *,
        keeps_labels: bool = False,
    ) -> LabelResult:
        """Agree with what captures are shown with.

        Args:
            capture_ids: those that nothing was predicted or suggested for are skipped.
            author: who agrees.
            shown: the classes that those of them were shown with whose user has seen them: these are taken, whatever
                is predicted or suggested by now. Of all others the prediction that stands is taken.
            keeps_labels: whether captures keep labels that say otherwise, as where suggestions are shown, which a
                label outranks.
        """
        wanted = set(capture_ids)
        seen = [one for one in shown if one.capture_id in wanted]
        unseen = wanted.difference(one.capture_id for one in seen)
        decisions = []
        if unseen:
            decisions.append(
                accepted([one for one in capture_ids if one in unseen], keeps_labels=keeps_labels)
            )
        groups: dict[tuple[int, bool], list[ShownClass]] = {}
        for one in seen:
            groups.setdefault((one.class_id, one.is_suggestion), []).append(one)
        decisions += [
            accepted_as(class_id, group, is_suggestion=is_suggestion, keeps_labels=keeps_labels)
            for (class_id, is_suggestion), group in groups.items()
        ]
        return self._act(ActionKind.ACCEPT, decisions, author)

    def mark(self, kind: ActionKind, capture_ids: Sequence[int], author: str) -> LabelResult:
        """Set captures aside without a class: unsure, rejected, or back to unreviewed (clear)."""
        states = {
            ActionKind.UNSURE: ReviewState.UNSURE,
            ActionKind.REJECT: ReviewState.REJECTED,
            ActionKind.CLEAR: ReviewState.UNREVIEWED,
        }
        return self._act(kind, [marked(capture_ids, states[kind])], author)

    def take_over(
        self,
        decisions: Sequence[tuple[int, ReviewState, int | None]],
        author: str,
        made: Sequence[int] = (),
    ) -> LabelResult:
        """Take decisions over that were made elsewhere, as one step: capture, state, class.

        Args:
            decisions: those that hold already are left out.
            author: who takes them over.
            made: classes that were made for this; undoing it takes them away again.
        """
        return self._act(ActionKind.IMPORT, grouped(decisions), author, made)

    def keep_earlier(
        self, decisions: Sequence[tuple[int, ReviewState, int | None]], marked: Sequence[int], author: str
    ) -> LabelResult:
        """Say that what was decided about captures holds for what their files hold now.

        Args:
            decisions: as `Contents.earlier_labels` gives them.
            marked: all captures whose change has been seen by that.
            author: who says so.
        """
        return self._act(ActionKind.KEEP_LABELS, grouped(decisions), author, seen=marked)

    def drop_earlier(self, marked: Sequence[int], author: str) -> LabelResult:
        """Say that what was decided about captures does not hold for what their files hold now."""
        return self._act(ActionKind.DROP_LABELS, [], author, seen=marked)

    def add_class(self, name: str, author: str) -> LabelResult:
        """Make a class that no capture has yet.

        Raises:
            ProjectError: the name is empty, or means a class that is there.
        """
        action_id = self._classes.add(name, author)
        return replace(self._result(ActionKind.ADD_CLASS, action_id), classes_changed=True)

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

    def remove(self, capture_ids: Sequence[int], author: str) -> LabelResult:
        """Take captures out of the project; their files and their history stay."""
        return self._removed(self._removing.remove_captures(capture_ids, author))

    def remove_sources(self, source_ids: Sequence[int], author: str) -> LabelResult:
        """Take sources out of the project, with all that came from them."""
        return self._removed(self._removing.remove_sources(source_ids, author))

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
        self._show_labels_of(action_id)
        self._apply_to_classes(action_id, forward=True)
        return replace(self._result(kind, action_id), classes_changed=True)

    def _apply_to_classes(self, action_id: int, *, forward: bool) -> bool:
        """Do what an action does to classes, or take it back; whether it does anything to them."""
        table = schema.label_actions
        detail = self._connection.scalar(select(table.c.detail).where(table.c.id == action_id))
        of_classes = {key: value for key, value in (detail or {}).items() if key != _CHANGED_FILES}
        if not of_classes:
            return False
        self._classes.apply(of_classes, forward=forward)
        return True

    def _changed_files(self, capture_ids: Sequence[int]) -> list[int]:
        """Those of some captures that are marked as changed."""
        return [
            capture_id
            for chunk in in_chunks(list(dict.fromkeys(capture_ids)))
            for capture_id in self._connection.scalars(
                select(_all.c.id).where(_all.c.id.in_(chunk), _all.c.changed != literal(0))
            )
        ]

    def _mark_changed(self, capture_ids: Sequence[int], *, is_changed: bool) -> None:
        for chunk in in_chunks(capture_ids):
            self._connection.execute(update(_all).where(_all.c.id.in_(chunk)).values(changed=is_changed))

    def _reverse_marks(self, action_id: int, *, forward: bool) -> tuple[int, ...]:
        """Take marks of changed files away again as an action did, or bring them back; the captures."""
        table = schema.label_actions
        detail = self._connection.scalar(select(table.c.detail).where(table.c.id == action_id)) or {}
        ids = tuple(detail.get(_CHANGED_FILES, ()))
        self._mark_changed(ids, is_changed=not forward)
        return ids

    def _stacks(self) -> UndoStacks:
        return UndoStacks.replay(self._connection)

    def _act(
        self,
        kind: ActionKind,
        decisions: Sequence[LabelDecision],
        author: str,
        made: Sequence[int] = (),
        seen: Sequence[int] = (),
    ) -> LabelResult:
        """Write down those decisions that say something new; without any the ledger stays as it is.

        Captures that are decided about, or `seen`, are no longer marked as changed.
        """
        changing: list[tuple[LabelDecision, list[int]]] = []
        unchanged, asked = 0, 0
        for decision in decisions:
            asked += len(decision.capture_ids)
            changes, same = self._changing(decision)
            unchanged += same
            if changes:
                changing.append((decision, changes))
        decided = [capture_id for _, ids in changing for capture_id in ids]
        changed_files = self._changed_files([*decided, *seen])
        if not changing and not made and not changed_files:
            skipped = asked - unchanged
            return LabelResult(kind, (), skipped, self._stacks().state, unchanged=unchanged)
        detail = dict(self._classes.made(made) or {})
        if changed_files:
            detail[_CHANGED_FILES] = changed_files
        action_id = self._start_action(kind, author, None, detail or None)
        for decision, ids in changing:
            self._add_events(action_id, ids, decision)
        self._show_labels_of(action_id)
        self._mark_changed(changed_files, is_changed=False)
        result = self._result(kind, action_id)
        skipped = asked - unchanged - len(result.capture_ids)
        others = set(changed_files).difference(result.capture_ids)
        result = replace(result, capture_ids=(*result.capture_ids, *sorted(others)))
        return replace(result, skipped=skipped, unchanged=unchanged, classes_changed=bool(made))

    def _changing(self, decision: LabelDecision) -> tuple[list[int], int]:
        """The captures that a decision says something new of, and of how many it holds already."""
        changing: list[int] = []
        same = 0
        table = _captures.c
        for chunk in in_chunks(decision.capture_ids):
            chosen = select(table.id, func.coalesce(decision.is_so, literal(False))).where(
                table.id.in_(chunk)
            )
            if decision.is_possible is not None:
                chosen = chosen.where(decision.is_possible)
            for capture_id, is_so in self._connection.execute(chosen):
                if is_so:
                    same += 1
                else:
                    changing.append(capture_id)
        return changing, same

    def _add_events(self, action_id: int, capture_ids: Sequence[int], decision: LabelDecision) -> None:
        for chunk in in_chunks(capture_ids):
            chosen = select(
                literal(action_id, Integer),
                _captures.c.id,
                decision.state,
                decision.class_id,
                _captures.c.state,
                _captures.c.label_class_id,
                *(_PREDICTED if decision.suggested is None else decision.suggested.columns(chunk)),
            ).where(_captures.c.id.in_(chunk))
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
        actions = schema.label_actions
        target_kind = self._connection.scalar(select(actions.c.kind).where(actions.c.id == target_action_id))
        if target_kind == ActionKind.REMOVE:
            ids = self._removing.apply(target_action_id, forward=kind is ActionKind.REDO)
            return LabelResult(kind, ids, 0, self._stacks().state, is_membership_changed=True)
        said: tuple[ColumnElement[Any], ...] = (
            _all.c.prediction_model_id,
            _all.c.predicted_class_id,
            _all.c.probability,
        )
        if kind is ActionKind.REDO:
            # A suggestion that was accepted stays one: done again, it says nothing about the model.
            events = _events.c
            then = (events.model_id, events.model_class_id, events.model_probability)
            was_suggested = and_(events.model_id.is_(None), events.model_class_id.is_not(None))
            said = tuple(case((was_suggested, one), else_=now) for one, now in zip(then, said, strict=True))
        chosen = (
            select(
                literal(action_id, Integer),
                _all.c.id,
                state,
                class_id,
                _all.c.state,
                _all.c.label_class_id,
                *said,
            )
            .select_from(_events.join(_all, _all.c.id == _events.c.capture_id))
            .where(_events.c.action_id == target_action_id)
        )
        self._connection.execute(insert(_events).from_select(schema.EVENT_COLUMNS, chosen))
        self._show_labels_of(action_id)
        # Afterwards, since only then it is known which of the classes that it had made are still in use.
        changed = self._apply_to_classes(target_action_id, forward=kind is ActionKind.REDO)
        marked = self._reverse_marks(target_action_id, forward=kind is ActionKind.REDO)
        result = self._result(kind, action_id)
        ids = tuple(dict.fromkeys((*result.capture_ids, *marked)))
        return replace(result, capture_ids=ids, classes_changed=changed)

    def _removed(self, action_id: int | None) -> LabelResult:
        table = schema.removed_captures
        ids = self._connection.scalars(
            select(table.c.capture_id).where(table.c.action_id == action_id).order_by(table.c.capture_id)
        )
        return LabelResult(
            ActionKind.REMOVE,
            tuple(ids),
            0,
            self._stacks().state,
            is_membership_changed=action_id is not None,
        )

    @property
    def _removing(self) -> Removing:
        return Removing(self._connection)

    def _start_action(
        self,
        kind: ActionKind,
        author: str,
        target_action_id: int | None,
        detail: dict[str, Any] | None = None,
    ) -> int:
        return insert_id(
            self._connection,
            insert(schema.label_actions).values(
                kind=str(kind),
                target_action_id=target_action_id,
                author=author,
                created_ms=now_ms(),
                detail=detail,
            ),
        )

    def _show_labels_of(self, action_id: int) -> None:
        """Write the labels of an action's events on the captures."""
        self._connection.execute(
            update(_all)
            .where(_all.c.id == _events.c.capture_id, _events.c.action_id == action_id)
            .values(state=_events.c.state, label_class_id=_events.c.class_id)
        )

    def _result(self, kind: ActionKind, action_id: int) -> LabelResult:
        of_action = select(_events.c.capture_id).where(_events.c.action_id == action_id)
        changed = tuple(self._connection.scalars(of_action.order_by(_events.c.id)))
        return LabelResult(kind, changed, 0, self._stacks().state)
