"""The models that a project knows: where they come from, what was decided about them, which ones were active."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.domain.errors import ProjectError
from app.domain.training_records import ModelState, NewModel, RegisteredModel
from app.storage.database import schema
from app.storage.database.clock import now_ms
from app.storage.database.inserting import insert_id
from app.storage.database.paths import StoredPaths

_models = schema.models


class ModelRegistry:
    """The models of a project, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def all(self) -> list[RegisteredModel]:
        """All models that were not discarded, newest first."""
        return self._read(_models.c.state != ModelState.DISCARDED)

    def get(self, model_id: int) -> RegisteredModel:
        """One model, discarded or not.

        Raises:
            ProjectError: there is none with this number.
        """
        found = self._read(_models.c.id == model_id)
        if not found:
            raise ProjectError(
                "This project has no model {model_id}: `vimd project models` lists them.", model_id=model_id
            )
        return found[0]

    def active(self) -> RegisteredModel | None:
        """The model whose answers are shown, if there is one."""
        model_id = self._active_id()
        return None if model_id is None else self.get(model_id)

    def add(self, model: NewModel) -> int:
        """Add a candidate; the same tensors and class names again are the same model.

        Returns:
            Its id.
        """
        known = self._connection.scalar(select(_models.c.id).where(_models.c.sha256 == model.sha256))
        if known is not None:
            return int(known)
        model_id = insert_id(
            self._connection,
            insert(_models).values(
                sha256=model.sha256,
                name=model.name,
                path=self._paths.to_stored(model.path),
                classes=[name for _, name in model.classes],
                added_ms=now_ms(),
                parent_id=model.parent_id,
                state=ModelState.CANDIDATE,
                config=dict(model.config),
                metrics=dict(model.metrics),
                author=model.author,
            ),
        )
        self._connection.execute(
            insert(schema.model_classes),
            [
                {"model_id": model_id, "class_index": index, "class_id": class_id}
                for index, (class_id, _) in enumerate(model.classes)
            ],
        )
        return model_id

    def set_state(self, model_id: int, state: ModelState) -> None:
        """Keep or discard a model.

        Raises:
            ProjectError: it is the active one and would be discarded.
        """
        if state is ModelState.DISCARDED and model_id == self._active_id():
            raise ProjectError("The active model can't be discarded: make another one active first.")
        self._connection.execute(update(_models).where(_models.c.id == model_id).values(state=state))

    def set_notes(self, model_id: int, notes: str) -> None:
        """Keep what a human wants to remember about a model."""
        self._connection.execute(update(_models).where(_models.c.id == model_id).values(notes=notes))

    def previous(self) -> RegisteredModel | None:
        """The model that was active before the present one and was not discarded; None when there was none."""
        return next(iter(self.active_before()), None)

    def active_before(self) -> list[RegisteredModel]:
        """All models that have been active and were not discarded, the last one first; the present one is left out."""
        table = schema.model_activations
        order = self._connection.scalars(select(table.c.model_id).order_by(table.c.id.desc()))
        models = {model.id: model for model in self.all() if not model.is_active}
        return [models[model_id] for model_id in dict.fromkeys(order) if model_id in models]

    def _active_id(self) -> int | None:
        return self._connection.scalar(select(schema.project.c.active_model_id))

    def _read(self, condition: Any) -> list[RegisteredModel]:
        active = self._active_id()
        rows = self._connection.execute(select(_models).where(condition).order_by(_models.c.id.desc())).all()
        mapping = schema.model_classes
        class_ids: dict[int, list[int]] = {}
        for model_id, class_id in self._connection.execute(
            select(mapping.c.model_id, mapping.c.class_id).order_by(mapping.c.model_id, mapping.c.class_index)
        ):
            class_ids.setdefault(model_id, []).append(class_id)
        return [
            RegisteredModel(
                id=row.id,
                sha256=row.sha256,
                name=row.name,
                path=Path(self._paths.to_absolute(row.path)),
                state=ModelState(row.state),
                is_active=row.id == active,
                parent_id=row.parent_id,
                class_ids=tuple(class_ids.get(row.id, ())),
                class_names=tuple(row.classes),
                metrics=row.metrics or {},
                config=row.config,
                author=row.author,
                notes=row.notes,
                added_ms=row.added_ms,
            )
            for row in rows
        ]
