"""Revisions of training data: what a model can learn from in a project, and what was frozen for a training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.domain.records import ReviewState
from app.domain.training_records import (
    CaptureOrigin,
    ModelLabelled,
    Revision,
    RevisionCapture,
    RevisionClass,
    VerifiedCapture,
)
from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from app.storage.database.statements import insert_id, now_ms
from vimd_core.training.retraining.split import CaptureSplit

_captures = schema.captures
_revisions = schema.dataset_revisions
_members = schema.revision_captures
_LABELLED = (ReviewState.ACCEPTED, ReviewState.CORRECTED)
_NOT_LABELLED = (_captures.c.state == ReviewState.UNREVIEWED, _captures.c.problem.is_(None))
# Spreads ids evenly (Knuth's multiplicative hash), so that a choice by it is a sample and always the same one.
_SPREAD = 2654435761
_SPREAD_RANGE = 2**32


class Revisions:
    """Captures to learn from, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def verified(self) -> list[VerifiedCapture]:
        """All readable captures that a human has given a class, oldest first."""
        statement = (
            select(_captures)
            .where(
                _captures.c.state.in_(_LABELLED),
                _captures.c.label_class_id.is_not(None),
                _captures.c.problem.is_(None),
            )
            .order_by(_captures.c.id)
        )
        return [
            VerifiedCapture(
                id=row.id,
                path=self._paths.to_absolute(row.path),
                class_id=row.label_class_id,
                shorter_px=min(row.width_px or 0, row.height_px or 0),
                is_accepted=row.state == ReviewState.ACCEPTED,
                predicted_class_id=row.predicted_class_id,
                probability=row.probability or 0.0,
            )
            for row in self._connection.execute(statement)
        ]

    def model_labelled(self, least_probability: float, most_per_class: int) -> list[ModelLabelled]:
        """A sample of the captures that no human has looked at and of which the active model is sure.

        Args:
            least_probability: of its answer.
            most_per_class: how many at most; always the same ones of the same captures.
        """
        spread = (_captures.c.id * _SPREAD) % _SPREAD_RANGE
        place = func.row_number().over(partition_by=_captures.c.predicted_class_id, order_by=spread)
        sure = (
            select(
                _captures.c.id,
                _captures.c.path,
                _captures.c.predicted_class_id,
                _captures.c.probability,
                place.label("place"),
            )
            .where(
                _captures.c.state == ReviewState.UNREVIEWED,
                _captures.c.problem.is_(None),
                _captures.c.predicted_class_id.is_not(None),
                _captures.c.probability >= least_probability,
            )
            .subquery()
        )
        rows = self._connection.execute(
            select(sure).where(sure.c.place <= most_per_class).order_by(sure.c.id)
        )
        return [
            ModelLabelled(row.id, self._paths.to_absolute(row.path), row.predicted_class_id, row.probability)
            for row in rows
        ]

    def unlabelled(self, most: int) -> list[tuple[int, Path]]:
        """A sample of the readable captures that nobody has given a class, with their files, oldest first.

        Args:
            most: how many at most; always the same ones of the same captures.
        """
        spread = (_captures.c.id * _SPREAD) % _SPREAD_RANGE
        chosen = (
            select(_captures.c.id, _captures.c.path)
            .where(*_NOT_LABELLED)
            .order_by(spread)
            .limit(most)
            .subquery()
        )
        rows = self._connection.execute(select(chosen).order_by(chosen.c.id))
        return [(row.id, self._paths.to_absolute(row.path)) for row in rows]

    def count_unlabelled(self) -> int:
        """How many readable captures nobody has given a class."""
        return int(self._connection.scalar(select(func.count()).where(*_NOT_LABELLED)) or 0)

    def mean_confidence(self) -> float | None:
        """How sure the active model is on average of what nobody has looked at; None where there is nothing."""
        mean = self._connection.scalar(
            select(func.avg(_captures.c.probability)).where(
                _captures.c.state == ReviewState.UNREVIEWED,
                _captures.c.problem.is_(None),
                _captures.c.predicted_class_id.is_not(None),
            )
        )
        return None if mean is None else float(mean)

    def earlier_splits(self) -> dict[int, CaptureSplit]:
        """What captures were for in any revision: learnt from once counts more than held back."""
        statement = select(_members.c.capture_id, _members.c.split).distinct()
        splits: dict[int, CaptureSplit] = {}
        for capture_id, split in self._connection.execute(statement):
            if splits.get(capture_id) in (None, CaptureSplit.HELD_BACK):
                splits[capture_id] = CaptureSplit(split)
        return splits

    def learnt_before(self) -> set[int]:
        """The verified captures of the newest revision."""
        newest = select(func.max(_revisions.c.id)).scalar_subquery()
        statement = select(_members.c.capture_id).where(
            _members.c.revision_id == newest, _members.c.origin == CaptureOrigin.HUMAN
        )
        return set(self._connection.scalars(statement))

    def fresh_count(self) -> int:
        """How many verified captures the newest revision did not have."""
        newest = select(func.max(_revisions.c.id)).scalar_subquery()
        known = select(_members.c.capture_id).where(
            _members.c.revision_id == newest, _members.c.origin == CaptureOrigin.HUMAN
        )
        count = self._connection.scalar(
            select(func.count())
            .select_from(_captures)
            .where(
                _captures.c.state.in_(_LABELLED),
                _captures.c.label_class_id.is_not(None),
                _captures.c.problem.is_(None),
                _captures.c.id.not_in(known),
            )
        )
        return count or 0

    def freeze(
        self,
        model_id: int,
        classes: Sequence[RevisionClass],
        captures: Sequence[RevisionCapture],
        settings: Mapping[str, Any],
        author: str,
    ) -> int:
        """Write a revision down for good.

        Returns:
            Its id.
        """
        revision_id = insert_id(
            self._connection,
            insert(_revisions).values(
                model_id=model_id,
                classes=[[one.class_id, one.name, list(one.outputs)] for one in classes],
                settings=dict(settings),
                author=author,
                created_ms=now_ms(),
            ),
        )
        if captures:
            self._connection.execute(
                insert(_members),
                [
                    {
                        "revision_id": revision_id,
                        "capture_id": one.capture_id,
                        "class_id": one.class_id,
                        "split": str(one.split),
                        "origin": str(one.origin),
                        "group_key": one.group,
                    }
                    for one in captures
                ],
            )
        return revision_id

    def get(self, revision_id: int) -> Revision:
        """A revision, without its captures."""
        row = self._connection.execute(select(_revisions).where(_revisions.c.id == revision_id)).one()
        return Revision(
            id=row.id,
            model_id=row.model_id,
            classes=tuple(
                RevisionClass(class_id, name, tuple(outputs)) for class_id, name, outputs in row.classes
            ),
            settings=row.settings,
            author=row.author,
            created_ms=row.created_ms,
        )

    def captures(self, revision_id: int) -> list[RevisionCapture]:
        """The captures of a revision."""
        statement = select(_members).where(_members.c.revision_id == revision_id)
        return [
            RevisionCapture(
                row.capture_id,
                row.class_id,
                CaptureSplit(row.split),
                CaptureOrigin(row.origin),
                row.group_key,
            )
            for row in self._connection.execute(statement.order_by(_members.c.capture_id))
        ]
