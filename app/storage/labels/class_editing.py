"""Changing classes: each change is a step of the ledger, so that it can be undone and nothing is overwritten.

A class that was merged or deleted is retired, not removed: old lines of the ledger speak of it, under a name that
says what became of it. What a change did stands in its action as JSON, from which it is taken back or done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, case, delete, insert, literal, null, or_, select, update

from app.domain.errors import ProjectError
from app.domain.records import ActionKind, ReviewState
from app.storage.database import schema
from app.storage.database.class_lookup import ClassLookup
from app.storage.database.statements import insert_id, now_ms
from vimd_core.data.classes.class_identity import class_key, tidy_class_name

_classes = schema.classes
_captures = schema.all_captures  # what is removed follows, for when it comes back
_events = schema.label_events
_mapping = schema.model_classes


class ClassEditing:
    """Changes of classes within one transaction; each gives the id of its action, whose events are then applied."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._names = ClassLookup(connection)

    def made(self, class_ids: Sequence[int]) -> dict[str, Any] | None:
        """What an action that has made classes remembers of them; None when it has made none."""
        if not class_ids:
            return None
        return {"made": [{"id": class_id, "name": self._row(class_id).name} for class_id in class_ids]}

    def add(self, name: str, author: str) -> int:
        """Make a class.

        Raises:
            ProjectError: the name is empty, or means a class that is there.
        """
        classes = self._names.ensure([name])
        detail = self.made(classes.made)
        if detail is None:
            raise ProjectError(
                "A class named {name} already exists: choose another name.",
                name=self._row(classes.ids[name]).name,
            )
        return self._start(ActionKind.ADD_CLASS, detail, author)

    def rename(self, class_id: int, name: str, author: str) -> int:
        """Give a class another name.

        Raises:
            ProjectError: the name is empty or belongs to another class.
        """
        name = tidy_class_name(name)
        if not class_key(name):
            raise ProjectError("Enter a class name.")
        holder = self._names.holder(name, other_than=class_id)
        if holder is not None:
            raise ProjectError(
                "A class named {holder} already exists: merge the two instead, or choose another name.",
                holder=self._row(holder).name,
            )
        self._names.clear_the_way(name)
        detail = {"class_id": class_id, "field": "name", "before": self._row(class_id).name, "after": name}
        return self._start(ActionKind.RENAME_CLASS, detail, author)

    def recolour(self, class_id: int, colour: str, author: str) -> int:
        """Give a class another colour, as "#rrggbb"."""
        detail = {
            "class_id": class_id,
            "field": "colour",
            "before": self._row(class_id).colour,
            "after": colour,
        }
        return self._start(ActionKind.RECOLOUR_CLASS, detail, author)

    def merge(self, class_ids: Sequence[int], into_id: int, author: str) -> int:
        """Turn classes into another one: labels, and what models mean by them, follow.

        Raises:
            ProjectError: the class is among those that shall vanish.
        """
        if into_id in class_ids or not class_ids:
            raise ProjectError("A class can't be merged into itself: choose another class.")
        into = self._row(into_id).name
        action_id = self._start(
            ActionKind.RETIRE_CLASSES, self._retirement(class_ids, into_id, f"merged into {into}"), author
        )
        gone = list(class_ids)
        agrees = _captures.c.predicted_class_id.in_([*gone, into_id])
        is_labelled = _captures.c.state.in_([int(ReviewState.ACCEPTED), int(ReviewState.CORRECTED)])
        state = case(
            (is_labelled, case((agrees, int(ReviewState.ACCEPTED)), else_=int(ReviewState.CORRECTED))),
            else_=_captures.c.state,
        )
        touched = or_(
            _captures.c.label_class_id.in_(gone),
            # The model said one of them, the label says the other: now they agree.
            (_captures.c.label_class_id == into_id) & _captures.c.predicted_class_id.in_(gone),
        )
        self._add_events(action_id, state, literal(into_id, Integer), touched)
        return action_id

    def delete(self, class_id: int, author: str) -> int:
        """Take a class away; captures that are labelled with it become unreviewed.

        Raises:
            ProjectError: a model can answer with it.
        """
        row = self._row(class_id)
        if self._connection.scalar(
            select(_mapping.c.class_id).where(_mapping.c.class_id == class_id).limit(1)
        ):
            raise ProjectError(
                "A model of this project can predict {name}: merge it into another class instead of "
                "deleting it.",
                name=row.name,
            )
        action_id = self._start(
            ActionKind.RETIRE_CLASSES, self._retirement([class_id], None, "deleted"), author
        )
        unreviewed = literal(int(ReviewState.UNREVIEWED))
        self._add_events(action_id, unreviewed, null(), _captures.c.label_class_id == class_id)
        return action_id

    def apply(self, detail: Mapping[str, Any], *, forward: bool) -> None:
        """Do what an action's detail says, or take it back; labels are the ledger's own matter."""
        if "field" in detail:
            value, class_id = detail["after" if forward else "before"], detail["class_id"]
            if detail["field"] == "name":
                value = self._names.free(value, class_id)
            self._connection.execute(
                update(_classes).where(_classes.c.id == class_id).values({detail["field"]: value})
            )
            return
        if "made" in detail:
            self._bring_back(detail["made"]) if forward else self._take_away(detail["made"])
            return
        for entry in detail["classes"]:
            name = self._names.free(entry["retired_name"] if forward else entry["name"], entry["id"])
            self._connection.execute(
                update(_classes)
                .where(_classes.c.id == entry["id"])
                .values(name=name, retired=forward, key=None if forward else entry["key"])
            )
        if detail["into"] is None:
            return
        if forward:
            self._join_answers([entry["id"] for entry in detail["classes"]], detail["into"])
        else:
            self._part_answers(detail["model_classes"], detail["into"])

    def _retirement(self, class_ids: Sequence[int], into_id: int | None, fate: str) -> dict[str, Any]:
        rows = [self._row(class_id) for class_id in class_ids]
        mapped = self._connection.execute(select(_mapping).where(_mapping.c.class_id.in_(class_ids))).all()
        return {
            "classes": [
                {
                    "id": row.id,
                    "name": row.name,
                    "key": row.key,
                    "retired_name": f"{row.name} ({fate})",
                }
                for row in rows
            ],
            "into": into_id,
            "model_classes": [[row.model_id, row.class_index, row.class_id] for row in mapped],
        }

    def _take_away(self, made: Sequence[Mapping[str, Any]]) -> None:
        """Retire classes that an action has made, but for those that something else uses by now."""
        for entry in made:
            class_id = entry["id"]
            uses = (
                select(literal(1)).where(_captures.c.label_class_id == class_id),
                select(literal(1)).where(_mapping.c.class_id == class_id),
            )
            if not any(self._connection.scalar(use.limit(1)) for use in uses):
                gone = {"name": self._names.free(f"{entry['name']} (undone)", class_id), "retired": True}
                self._connection.execute(update(_classes).where(_classes.c.id == class_id).values(gone))

    def _bring_back(self, made: Sequence[Mapping[str, Any]]) -> None:
        for entry in made:
            class_id = entry["id"]
            is_gone = select(_classes.c.retired).where(_classes.c.id == class_id)
            if self._connection.scalar(is_gone):
                back = {"name": self._names.free(entry["name"], class_id), "retired": False}
                self._connection.execute(update(_classes).where(_classes.c.id == class_id).values(back))

    def _join_answers(self, gone: list[int], into_id: int) -> None:
        self._connection.execute(
            update(_mapping).where(_mapping.c.class_id.in_(gone)).values(class_id=into_id)
        )
        self._connection.execute(
            update(_captures)
            .where(_captures.c.predicted_class_id.in_(gone))
            .values(predicted_class_id=into_id)
        )

    def _part_answers(self, mapped: list[list[int]], into_id: int) -> None:
        predictions = schema.predictions
        for model_id, class_index, class_id in mapped:
            self._connection.execute(
                delete(_mapping).where(_mapping.c.model_id == model_id, _mapping.c.class_index == class_index)
            )
            self._connection.execute(
                insert(_mapping).values(model_id=model_id, class_index=class_index, class_id=class_id)
            )
            said = schema.first_index(predictions.c.top) == class_index
            of_capture = (
                select(predictions.c.id)
                .where(predictions.c.capture_id == _captures.c.id, predictions.c.model_id == model_id, said)
                .exists()
            )
            self._connection.execute(
                update(_captures)
                .where(
                    _captures.c.predicted_class_id == into_id,
                    _captures.c.prediction_model_id == model_id,
                    of_capture,
                )
                .values(predicted_class_id=class_id)
            )

    def _row(self, class_id: int) -> Any:
        row = self._connection.execute(
            select(_classes).where(_classes.c.id == class_id, _classes.c.retired.is_(False))
        ).one_or_none()
        if row is None:
            raise ProjectError("This class no longer exists: it was merged or deleted.")
        return row

    def _start(self, kind: ActionKind, detail: Mapping[str, Any], author: str) -> int:
        return insert_id(
            self._connection,
            insert(schema.label_actions).values(
                kind=str(kind), target_action_id=None, author=author, created_ms=now_ms(), detail=dict(detail)
            ),
        )

    def _add_events(self, action_id: int, state: Any, class_id: Any, touched: Any) -> None:
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
        ).where(touched)
        self._connection.execute(insert(_events).from_select(schema.EVENT_COLUMNS, chosen))
