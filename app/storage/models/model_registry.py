"""The models that a project knows: where they come from, what was decided about them, which ones were active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from app.domain.errors import ProjectError
from app.domain.records import ModelRecord
from app.domain.training_records import ModelState, NewModel, RegisteredModel
from app.storage.database import schema
from app.storage.database.class_lookup import ClassLookup
from app.storage.database.paths import StoredPaths
from app.storage.database.statements import insert_id, now_ms
from vimd_core.checkpoints import identity
from vimd_core.checkpoints.bundled_model import GENERAL_MODEL, models_folder
from vimd_core.embeddings.feature_ids import OwnNetwork

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

    def first_ancestor(self, model_id: int) -> RegisteredModel:
        """The model that one was first made from, which has learnt from no label of the project; it may be itself."""
        found, seen = self.get(model_id), {model_id}
        while found.parent_id is not None and found.parent_id not in seen:
            seen.add(found.parent_id)
            found = self.get(found.parent_id)
        return found

    def active(self) -> RegisteredModel | None:
        """The model whose answers are shown, if there is one."""
        model_id = self._active_id()
        return None if model_id is None else self.get(model_id)

    def own_network(self, model_id: int) -> OwnNetwork:
        """The network whose features of captures are kept: the first ancestor of a model.

        Where its file is gone, as that of a model which came with an earlier version may be, the file of that name
        which comes with the program, or else the general model, stands for it.

        Raises:
            CheckpointError: not even that is there.
        """
        model = self.first_ancestor(model_id)
        if model.path.is_file():
            return OwnNetwork(model.sha256, model.path)
        bundled = models_folder() / model.path.name
        path = bundled if bundled.is_file() else models_folder() / GENERAL_MODEL
        return OwnNetwork(identity.model_id(path), path)

    def identities(self) -> list[str]:
        """What all models are known by, discarded ones too."""
        return list(self._connection.scalars(select(_models.c.sha256)))

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

    def activate_file(self, sha256: str, name: str, path: Path, class_names: Sequence[str]) -> ModelRecord:
        """Make a model the one whose answers are shown; it and its classes are added when they are new.

        Answers that it gave earlier come back at once; captures that it has not seen show none.
        """
        table = _models
        stored = self._paths.to_stored(path)
        model_id = self._connection.scalar(select(table.c.id).where(table.c.sha256 == sha256))
        if model_id is None:
            class_ids = ClassLookup(self._connection).ensure(class_names).ids
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
        table, predictions = _models, schema.predictions
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
        record = self._record(model_id)
        if self._active_id() != record.id:
            self._connection.execute(update(schema.project).values(active_model_id=record.id))
            self._connection.execute(
                insert(schema.model_activations).values(model_id=record.id, activated_ms=now_ms())
            )
            kept = update(_models).where(_models.c.id == record.id).values(state=ModelState.KEPT)
            self._connection.execute(kept)
            self._show_answers_of(record.id)
        return record

    def active_record(self) -> ModelRecord | None:
        """The model whose answers are shown, if there is one."""
        model_id = self._active_id()
        return None if model_id is None else self._record(model_id)

    def all_class_ids(self) -> frozenset[int]:
        """Classes that any model of the project can answer."""
        return frozenset(self._connection.scalars(select(schema.model_classes.c.class_id).distinct()))

    def set_state(self, model_id: int, state: ModelState) -> None:
        """Keep or discard a model.

        Raises:
            ProjectError: it is the active one and would be discarded.
        """
        if state is ModelState.DISCARDED and model_id == self._active_id():
            raise ProjectError("The model in use can't be discarded: use another model first.")
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

    def _record(self, model_id: int) -> ModelRecord:
        row = self._connection.execute(select(_models).where(_models.c.id == model_id)).one()
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
