"""Predictions of models in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from app.domain.records import ClassProbability, ModelAnswer, ModelRecord
from app.storage.database import schema
from app.storage.database.statements import now_ms


class Predictions:
    """The answers of models, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def store(self, model: ModelRecord, answers: Sequence[ModelAnswer]) -> None:
        """Keep a model's answers, in place of its earlier ones for the same captures."""
        if not answers:
            return
        table, captures = schema.predictions, schema.captures
        # A source's limits, or the user, may have taken a capture away while the model looked at it.
        asked = select(captures.c.id).where(captures.c.id.in_([answer.capture_id for answer in answers]))
        known = set(self._connection.scalars(asked))
        answers = [answer for answer in answers if answer.capture_id in known]
        if not answers:
            return
        upsert = insert(table)
        upsert = upsert.on_conflict_do_update(
            index_elements=[table.c.capture_id, table.c.model_id],
            set_={
                name: upsert.excluded[name]
                for name in ("top", "bicubic_top", "disagreement", "created_ms", "is_outdated")
            },
        )
        created_ms = now_ms()
        self._connection.execute(
            upsert,
            [
                {
                    "capture_id": answer.capture_id,
                    "model_id": model.id,
                    "top": answer.top,
                    "bicubic_top": answer.bicubic_top,
                    "disagreement": answer.disagreement,
                    "created_ms": created_ms,
                    "is_outdated": False,
                }
                for answer in answers
            ],
        )
        is_active = self._connection.scalar(select(schema.project.c.active_model_id)) == model.id
        values: dict[str, Any] = {
            "width_px": bindparam("width"),
            "height_px": bindparam("height"),
            "problem": None,
        }
        if is_active:
            values |= {
                "predicted_class_id": bindparam("class_id"),
                "prediction_model_id": model.id,
                "probability": bindparam("first_probability"),
                "disagreement": bindparam("difference"),
                "sr_changed": bindparam("is_changed"),
            }
        self._connection.execute(
            update(schema.all_captures)
            .where(schema.all_captures.c.id == bindparam("capture"))
            .values(values),
            [_capture_values(model, answer, is_active=is_active) for answer in answers],
        )

    def of_capture(
        self, capture_id: int
    ) -> tuple[str | None, tuple[ClassProbability, ...], ClassProbability | None]:
        """The active model's answer for one capture.

        Returns:
            The model's name, its most likely classes, and its first choice on the bicubic view.
        """
        table = schema.predictions
        row = self._connection.execute(
            select(table.c.model_id, table.c.top, table.c.bicubic_top, schema.models.c.name)
            .join(schema.project, schema.project.c.active_model_id == table.c.model_id)
            .join(schema.models, schema.models.c.id == table.c.model_id)
            .where(table.c.capture_id == capture_id)
        ).one_or_none()
        if row is None:
            return None, (), None
        mapping = schema.model_classes
        wanted = {index for index, _ in [*row.top, *row.bicubic_top[:1]]}
        classes = {
            c.class_index: c
            for c in self._connection.execute(
                select(
                    mapping.c.class_index, schema.classes.c.id, schema.classes.c.name, schema.classes.c.colour
                )
                .join(schema.classes, schema.classes.c.id == mapping.c.class_id)
                .where(mapping.c.model_id == row.model_id, mapping.c.class_index.in_(wanted))
            )
        }
        answers = [
            ClassProbability(classes[index].id, classes[index].name, classes[index].colour, probability)
            for index, probability in [*row.top, *row.bicubic_top[:1]]
        ]
        # Several outputs may mean one class, as after a merge: it stands there once, with the likeliest of them.
        top: dict[int, ClassProbability] = {}
        for answer in answers[: len(row.top)]:
            top.setdefault(answer.class_id, answer)
        return row.name, tuple(top.values()), answers[-1] if row.bicubic_top else None


def _capture_values(model: ModelRecord, answer: ModelAnswer, *, is_active: bool) -> dict[str, Any]:
    values: dict[str, Any] = {
        "capture": answer.capture_id,
        "width": answer.width_px,
        "height": answer.height_px,
    }
    if is_active:
        class_index, probability = answer.top[0]
        values |= {
            "class_id": model.class_ids[class_index],
            "first_probability": probability,
            "difference": answer.disagreement,
            "is_changed": model.class_ids[class_index] != model.class_ids[answer.bicubic_top[0][0]],
        }
    return values
