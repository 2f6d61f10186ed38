"""Training runs, and comparisons of the models that came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from sqlalchemy import Connection, insert, select, update

from app.domain.errors import ProjectError
from app.domain.records import ActionKind
from app.domain.training_records import ModelComparison, RunState, TrainingRun, TrainingRunChanges
from app.storage.database import schema
from app.storage.database.statements import in_chunks, insert_id, now_ms
from vimd_core.evaluation.gate import ComparedCapture

_runs = schema.training_runs
_comparisons = schema.model_comparisons


class TrainingRuns:
    """The trainings of a project, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self, revision_id: int, parent_model_id: int, effort: str, config: Mapping[str, Any], author: str
    ) -> TrainingRun:
        """Queue a run; its folder is named after its id."""
        run_id = insert_id(
            self._connection,
            insert(_runs).values(
                state=RunState.QUEUED,
                revision_id=revision_id,
                parent_model_id=parent_model_id,
                effort=effort,
                config=dict(config),
                folder="",
                progress={},
                problem=None,
                author=author,
                created_ms=now_ms(),
            ),
        )
        self._connection.execute(
            update(_runs).where(_runs.c.id == run_id).values(folder=f"runs/{run_id:06d}")
        )
        return self.get(run_id)

    def get(self, run_id: int) -> TrainingRun:
        """One run.

        Raises:
            ProjectError: there is none with this number.
        """
        found = self._read(_runs.c.id == run_id)
        if not found:
            raise ProjectError("This project has no training run {run_id}.", run_id=run_id)
        return found[0]

    def open(self) -> list[TrainingRun]:
        """Those that can still lead to a model, oldest first."""
        return self._read(_runs.c.state.in_([state for state in RunState if state.is_open]))

    def all(self) -> list[TrainingRun]:
        """All of them, oldest first."""
        return self._read(_runs.c.id > 0)

    def note(self, run_id: int, **changes: Unpack[TrainingRunChanges]) -> None:
        """Change properties of a run."""
        self._connection.execute(update(_runs).where(_runs.c.id == run_id).values(**changes))

    def add_comparison(
        self,
        baseline_model_id: int,
        candidate_model_id: int,
        revision_id: int,
        speeds_ms: tuple[float, float],
        answers: Sequence[ComparedCapture],
    ) -> int:
        """Keep what two models say of the same captures."""
        return insert_id(
            self._connection,
            insert(_comparisons).values(
                baseline_model_id=baseline_model_id,
                candidate_model_id=candidate_model_id,
                revision_id=revision_id,
                speeds=list(speeds_ms),
                answers=[
                    [
                        one.capture_id,
                        one.class_id,
                        one.baseline_class_id,
                        round(one.baseline_probability, 4),
                        one.candidate_class_id,
                        round(one.candidate_probability, 4),
                    ]
                    for one in answers
                ],
                created_ms=now_ms(),
            ),
        )

    def comparison_of(self, candidate_model_id: int) -> ModelComparison | None:
        """The newest comparison of a model with the one that it was to improve, in the classes of today.

        A label that was changed since counts as it is now, what was merged since as what it was merged into, and
        captures of deleted classes are left out.
        """
        row = self._connection.execute(
            select(_comparisons)
            .where(_comparisons.c.candidate_model_id == candidate_model_id)
            .order_by(_comparisons.c.id.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        today = self.present_classes({answer[place] for answer in row.answers for place in (1, 2, 4)})
        label_of = self._labels_of([answer[0] for answer in row.answers])
        members = schema.revision_captures
        thing_of = dict(
            self._connection.execute(
                select(members.c.capture_id, members.c.group_key).where(
                    members.c.revision_id == row.revision_id
                )
            ).all()
        )
        answers = [
            ComparedCapture(
                capture_id,
                label_of.get(capture_id) or today[class_id],
                today.get(baseline) or baseline,
                baseline_probability,
                today.get(candidate) or candidate,
                candidate_probability,
                thing_of.get(capture_id, ""),
            )
            for capture_id, class_id, baseline, baseline_probability, candidate, candidate_probability in row.answers
            if label_of.get(capture_id) or today[class_id]
        ]
        return ModelComparison(
            row.id,
            row.baseline_model_id,
            row.candidate_model_id,
            row.revision_id,
            row.speeds[0],
            row.speeds[1],
            tuple(answers),
            row.created_ms,
        )

    def present_classes(self, class_ids: set[int]) -> dict[int, int]:
        """For each class the one that it was merged into since, itself when it still stands, 0 when it was deleted."""
        table, actions = schema.classes, schema.label_actions
        retired = set(self._connection.scalars(select(table.c.id).where(table.c.retired.is_(True))))
        if not retired & class_ids:
            return {class_id: class_id for class_id in class_ids}
        into: dict[int, int] = {}
        details = self._connection.scalars(
            select(actions.c.detail).where(actions.c.kind == ActionKind.RETIRE_CLASSES).order_by(actions.c.id)
        )
        for detail in details:
            # A later action on the same class counts: the one before must have been undone.
            into |= {entry["id"]: detail["into"] or 0 for entry in detail["classes"]}
        present: dict[int, int] = {}
        for class_id in class_ids:
            now = class_id
            for _ in range(len(retired) + 1):
                if now not in retired:
                    break
                now = into.get(now, 0)
            present[class_id] = now
        return present

    def _labels_of(self, capture_ids: Sequence[int]) -> dict[int, int]:
        """The class that captures are labelled with now; those without a label are left out."""
        table = schema.captures
        labels: dict[int, int] = {}
        for part in in_chunks(capture_ids):
            labels |= dict(
                self._connection.execute(
                    select(table.c.id, table.c.label_class_id).where(
                        table.c.id.in_(part), table.c.label_class_id.is_not(None)
                    )
                ).all()
            )
        return labels

    def _read(self, condition: Any) -> list[TrainingRun]:
        rows = self._connection.execute(select(_runs).where(condition).order_by(_runs.c.id))
        return [TrainingRun(**{**row._mapping, "state": RunState(row.state)}) for row in rows]
