"""Held-out predictions of models: on captures that they have not learnt from, by all predictions that were kept."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select

from app.domain.training_records import ModelComparison
from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from app.storage.groups.capture_groups import Groups
from app.storage.models.judging import Judging
from app.storage.models.revisions import Revisions
from app.storage.models.training_runs import TrainingRuns
from vimd_core.evaluation.gate import ComparedCapture

_comparisons = schema.model_comparisons
_Answers = dict[int, tuple[int, float]]


class ModelAnswers:
    """Kept answers of models, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._revisions = Revisions(connection, paths)
        self._runs = TrainingRuns(connection)
        self._groups = Groups(connection, paths)
        self._judging = Judging(connection, self._groups)

    def compare(self, baseline_id: int, candidate_id: int) -> ModelComparison:
        """Two models side by side on labelled captures that neither has learnt from.

        A model has answered where it was in use, and where it was compared after its training. What was merged since
        counts as what it was merged into; speeds are 0 where the two were never timed together.

        Args:
            baseline_id: the one that counts as the one before.
            candidate_id: the other one.
        """
        truth = self._truth(baseline_id, candidate_id)
        said, others = self._of(baseline_id), self._of(candidate_id)
        shared = [capture_id for capture_id in truth if capture_id in said and capture_id in others]
        today = self._runs.present_classes({found[one][0] for one in shared for found in (said, others)})
        things = self._groups.keys(shared)
        answers = [
            ComparedCapture(
                one,
                truth[one],
                today[said[one][0]] or said[one][0],
                said[one][1],
                today[others[one][0]] or others[one][0],
                others[one][1],
                things[one],
            )
            for one in shared
        ]
        first_ms, second_ms = self._speeds(baseline_id, candidate_id)
        return ModelComparison(0, baseline_id, candidate_id, 0, first_ms, second_ms, tuple(answers))

    def right_of(self, model_id: int) -> tuple[int, int]:
        """How many labelled captures a model got right, and of how many that it has answered for and not learnt from.

        What a model was not asked about counts neither way, so that two models' figures stand on different captures:
        `compare` puts them side by side.
        """
        truth, said = self._truth(model_id), self._of(model_id)
        shared = truth.keys() & said.keys()
        today = self._runs.present_classes({said[one][0] for one in shared})
        right = sum((today[said[one][0]] or said[one][0]) == truth[one] for one in shared)
        return right, len(shared)

    def _truth(self, *model_ids: int) -> dict[int, int]:
        """The label of each capture that may judge these models."""
        learnt_from = self._judging.learnt_from(*model_ids)
        return {one.id: one.class_id for one in self._revisions.verified() if one.id not in learnt_from}

    def _of(self, model_id: int) -> _Answers:
        """(class, probability) of each capture that a model has answered for."""
        answers: _Answers = {}
        predictions, mapping = schema.predictions, schema.model_classes
        class_of = dict(
            self._connection.execute(
                select(mapping.c.class_index, mapping.c.class_id).where(mapping.c.model_id == model_id)
            ).all()
        )
        captures = schema.captures
        for capture_id, top in self._connection.execute(
            select(predictions.c.capture_id, predictions.c.top)
            .join(captures, captures.c.id == predictions.c.capture_id)
            .where(predictions.c.model_id == model_id, captures.c.label_class_id.is_not(None))
        ):
            index, probability = top[0]
            answers[capture_id] = (class_of[index], probability)
        # Last, for these probabilities do not flatter: each has a temperature that was found without its capture.
        rows = self._connection.execute(
            select(_comparisons)
            .where(
                or_(
                    _comparisons.c.baseline_model_id == model_id,
                    _comparisons.c.candidate_model_id == model_id,
                )
            )
            .order_by(_comparisons.c.id)
        )
        for row in rows:
            # Rows are [capture, label, class and probability of the baseline, the same of the candidate].
            first = 2 if row.baseline_model_id == model_id else 4
            answers |= {answer[0]: (answer[first], answer[first + 1]) for answer in row.answers}
        return answers

    def _speeds(self, first_id: int, second_id: int) -> tuple[float, float]:
        """Milliseconds of each for a capture, from the newest comparison of just these two."""
        pair = {first_id, second_id}
        rows = self._connection.execute(
            select(_comparisons)
            .where(
                _comparisons.c.baseline_model_id.in_(pair),
                _comparisons.c.candidate_model_id.in_(pair),
            )
            .order_by(_comparisons.c.id.desc())
            .limit(1)
        )
        for row in rows:
            speeds = {row.baseline_model_id: row.speeds[0], row.candidate_model_id: row.speeds[1]}
            if pair <= set(speeds):
                return speeds[first_id], speeds[second_id]
        return 0.0, 0.0
