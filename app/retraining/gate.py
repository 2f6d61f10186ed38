"""The gate: whether a new model is better than the one before, on captures that neither has learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.domain.training_records import ComparedCapture, ModelComparison
from vimd_core.evaluation.paired import PairedOutcome

SIGNIFICANT: Final = 0.05


@dataclass(frozen=True)
class ClassChange:
    """How both models do in one class."""

    class_id: int
    outcome: PairedOutcome


@dataclass(frozen=True)
class Verdict:
    """What the comparison says.

    Attributes:
        outcome: of all captures.
        classes: of each class that has captures, the one that loses most first.
        baseline_error: expected calibration error of the model before, a fraction.
        candidate_error: the same of the new one.
        speed_ratio: time of the new one for a capture, divided by that of the one before.
    """

    outcome: PairedOutcome
    classes: tuple[ClassChange, ...]
    baseline_error: float
    candidate_error: float
    speed_ratio: float

    @property
    def is_significant(self) -> bool:
        """Whether the difference is more than noise."""
        return self.outcome.p_value < SIGNIFICANT

    @property
    def is_better(self) -> bool:
        """Whether the new model is better, by more than noise."""
        return self.is_significant and self.outcome.fixed > self.outcome.broken

    @property
    def is_worse(self) -> bool:
        """Whether it is worse, by more than noise."""
        return self.is_significant and self.outcome.fixed < self.outcome.broken

    def may_promote_itself(self, margin: float) -> bool:
        """Whether it is significantly better and no class loses more than a margin.

        Args:
            margin: in accuracy, a fraction.
        """
        return self.is_better and all(
            one.outcome.first_top1 - one.outcome.second_top1 <= margin for one in self.classes
        )


def judge(comparison: ModelComparison) -> Verdict:
    """What a comparison says; all is 0 without captures."""
    class_ids = sorted({one.class_id for one in comparison.answers})
    classes = [ClassChange(class_id, comparison.outcome(class_id)) for class_id in class_ids]
    classes.sort(key=lambda one: one.outcome.fixed - one.outcome.broken)
    ratio = comparison.candidate_ms / comparison.baseline_ms if comparison.baseline_ms else 1.0
    return Verdict(
        comparison.outcome(),
        tuple(classes),
        _error(
            [(one.baseline_probability, one.baseline_class_id == one.class_id) for one in comparison.answers]
        ),
        _error(
            [
                (one.candidate_probability, one.candidate_class_id == one.class_id)
                for one in comparison.answers
            ]
        ),
        ratio,
    )


def fixed(comparison: ModelComparison) -> list[ComparedCapture]:
    """Captures that only the new model gets right, the surest first."""
    return sorted(
        (one for one in comparison.answers if one.is_fixed), key=lambda one: -one.candidate_probability
    )


def broken(comparison: ModelComparison) -> list[ComparedCapture]:
    """Captures that only the model before gets right, those first where the new one is surest."""
    return sorted(
        (one for one in comparison.answers if one.is_broken), key=lambda one: -one.candidate_probability
    )


def wrong_in_both(comparison: ModelComparison) -> list[ComparedCapture]:
    """Captures that neither model gets right, those first where the new one is surest."""
    return sorted(
        (one for one in comparison.answers if one.is_wrong_in_both),
        key=lambda one: -one.candidate_probability,
    )


def _error(answers: list[tuple[float, bool]]) -> float:
    if not answers:
        return 0.0
    # Not before it is needed: numpy takes longer to load than the window to open.
    import numpy as np

    from vimd_core.evaluation.metrics import reliability

    confidence = np.array([probability for probability, _ in answers])
    correct = np.array([is_right for _, is_right in answers])
    return reliability(confidence, correct).error
