"""Classes and models of a project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import ClassRecord, EnsuredClasses, ModelRecord
from app.domain.training_records import ModelState
from app.storage.database import schema
from app.storage.database.clock import now_ms
from app.storage.database.inserting import insert_id
from app.storage.database.paths import StoredPaths
from app.storage.labels.class_names import ClassNames


class Catalogue:
    """The classes and models of a project, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def classes(self) -> list[ClassRecord]:
        """All classes in their order."""
        table = schema.classes
        statement = select(table).where(table.c.retired.is_(False)).order_by(table.c.position, table.c.id)
        return [
            ClassRecord(row.id, row.name, row.colour, row.key, row.position, row.pinned)
            for row in self._connection.execute(statement)
        ]

    def headings(self, group: GroupField) -> dict[int, tuple[str, str | None]]:
        """Name and colour of what captures can be grouped by, by the group's key."""
        if group is GroupField.SOURCE:
            rows = self._connection.execute(select(schema.sources.c.id, schema.sources.c.path))
            return {row.id: (row.path, None) for row in rows}
        table = schema.classes
        return {
            row.id: (row.name, row.colour)
            for row in self._connection.execute(select(table.c.id, table.c.name, table.c.colour))
        }

    def stream_names(self) -> dict[int, str]:
        """What the user calls the cameras and streams that captures came from, by the source's id."""
        table = schema.streams
        return {
            row.source_id: row.name
            for row in self._connection.execute(select(table.c.source_id, table.c.name))
        }

    def model_class_ids(self) -> frozenset[int]:
        """Classes that a model of the project can answer."""
        return frozenset(self._connection.scalars(select(schema.model_classes.c.class_id).distinct()))

    def set_key(self, class_id: int, key: str | None) -> None:
        """Give a class a key of its own, or none; another class that had it loses it."""
        table = schema.classes
        if key is not None:
            self._connection.execute(update(table).where(table.c.key == key).values(key=None))
        self._connection.execute(update(table).where(table.c.id == class_id).values(key=key))

    def set_pinned(self, class_id: int, pinned: bool) -> None:
        """Put a class among those that digits choose whatever the model says, or take it out."""
        table = schema.classes
        self._connection.execute(update(table).where(table.c.id == class_id).values(pinned=pinned))

    def saved_filters(self) -> list[tuple[str, CaptureQuery]]:
        """Filters that the user has saved, by name, in their order."""
        table = schema.saved_filters
        rows = self._connection.execute(select(table).order_by(table.c.position, table.c.id))
        return [(row.name, CaptureQuery.from_dict(row.query)) for row in rows]

    def save_filter(self, name: str, query: CaptureQuery) -> None:
        """Keep a filter under a name; one of the same name is replaced."""
        table = schema.saved_filters
        place = self._connection.scalar(select(table.c.position).where(table.c.name == name))
        if place is None:
            last = self._connection.scalar(select(func.max(table.c.position)))
            place = 0 if last is None else last + 1
        self.delete_filter(name)
        self._connection.execute(insert(table).values(name=name, query=query.to_dict(), position=place))

    def delete_filter(self, name: str) -> None:
        """Forget a saved filter."""
        table = schema.saved_filters
        self._connection.execute(delete(table).where(table.c.name == name))

    def ensure_classes(self, names: Sequence[str]) -> dict[str, int]:
        """The ids of classes by name; those that are missing are added at the end.

        Raises:
            ProjectError: a name is empty.
        """
        return self.make_missing(names).ids

    def make_missing(self, names: Sequence[str]) -> EnsuredClasses:
        """The same, with which of them are new: the action that they are for takes them away when it is undone.

        Raises:
            ProjectError: a name is empty.
        """
        return ClassNames(self._connection).ensure(names)

    def activate_model(self, sha256: str, name: str, path: Path, class_names: Sequence[str]) -> ModelRecord:
        """Make a model the one whose answers are shown; it and its classes are added when they are new.

        Answers that it gave earlier come back at once; captures that it has not seen show none.
        """
        table = schema.models
        stored = self._paths.to_stored(path)
        model_id = self._connection.scalar(select(table.c.id).where(table.c.sha256 == sha256))
        if model_id is None:
            class_ids = self.ensure_classes(class_names)
            model_id = insert_id(
                self._connection,
                insert(table).values(
                    sha256=sha256, name=name, path=stored, classes=list(class_names), added_ms=now_ms()
                ),
            )
            self._connection.execute(
                insert(schema.model_classes),
                [
                    {"model_id": model_id, "class_index": index, "class_id": class_ids[class_name]}
                    for index, class_name in enumerate(class_names)
                ],
            )
        else:
            # Found by its content: wherever it was, this is where it is now.
            self._connection.execute(update(table).where(table.c.id == model_id).values(path=stored))
        return self.activate(model_id)

    def note_settings(self, model_id: int, settings: Mapping[str, Any]) -> bool:
        """Write down what of a model's file decides its answers beside its tensors.

        Where that has changed, each capture keeps the answer that it has until the model gives it another.

        Returns:
            Whether the model has to be asked again.
        """
        table, predictions = schema.models, schema.predictions
        before = self._connection.scalar(select(table.c.settings).where(table.c.id == model_id))
        if before == settings:
            return False
        self._connection.execute(update(table).where(table.c.id == model_id).values(settings=dict(settings)))
        if before is None:
            return False
        self._connection.execute(
            update(predictions).where(predictions.c.model_id == model_id).values(is_outdated=True)
        )
        return True

    def activate(self, model_id: int) -> ModelRecord:
        """Make a model that the project knows the one whose answers are shown."""
        record = self._model(model_id)
        if self._active_model_id() != record.id:
            self._connection.execute(update(schema.project).values(active_model_id=record.id))
            self._connection.execute(
                insert(schema.model_activations).values(model_id=record.id, activated_ms=now_ms())
            )
            kept = update(schema.models).where(schema.models.c.id == record.id).values(state=ModelState.KEPT)
            self._connection.execute(kept)
            self._show_answers_of(record.id)
        return record

    def active_model(self) -> ModelRecord | None:
        """The model whose answers are shown, if there is one."""
        model_id = self._active_model_id()
        return None if model_id is None else self._model(model_id)

    def _active_model_id(self) -> int | None:
        return self._connection.scalar(select(schema.project.c.active_model_id))

    def _model(self, model_id: int) -> ModelRecord:
        row = self._connection.execute(select(schema.models).where(schema.models.c.id == model_id)).one()
        table = schema.model_classes
        class_ids = self._connection.scalars(
            select(table.c.class_id).where(table.c.model_id == model_id).order_by(table.c.class_index)
        )
        return ModelRecord(row.id, row.sha256, row.name, tuple(class_ids))

    def _show_answers_of(self, model_id: int) -> None:
        captures, predictions, mapping = schema.all_captures, schema.predictions, schema.model_classes
        self._connection.execute(
            update(captures)
            .where(captures.c.prediction_model_id.is_not(None))
            .values(
                predicted_class_id=None,
                prediction_model_id=None,
                probability=None,
                disagreement=None,
                sr_changed=None,
            )
        )
        first = schema.first_index(predictions.c.top)
        plain = mapping.alias("plain")
        plain_class = (
            select(plain.c.class_id)
            .where(
                plain.c.model_id == model_id,
                plain.c.class_index == schema.first_index(predictions.c.bicubic_top),
            )
            .scalar_subquery()
        )
        self._connection.execute(
            update(captures)
            .where(
                captures.c.id == predictions.c.capture_id,
                predictions.c.model_id == model_id,
                mapping.c.model_id == model_id,
                mapping.c.class_index == first,
            )
            .values(
                predicted_class_id=mapping.c.class_id,
                prediction_model_id=predictions.c.model_id,
                probability=func.json_extract(predictions.c.top, "$[0][1]"),
                disagreement=predictions.c.disagreement,
                sr_changed=mapping.c.class_id != plain_class,
            )
        )
