"""The gate: whether a new model is better than the one before, on captures that neither has learnt from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from vimd_core.evaluation.clustered import ThingOutcome, paired_p_value, share_interval
from vimd_core.evaluation.paired import PairedOutcome

SIGNIFICANT: Final = 0.05


@dataclass(frozen=True, slots=True)
class ComparedCapture:
    """What two models say of one capture, by the number of their classes."""

    capture_id: int
    class_id: int
    baseline_class_id: int
    baseline_probability: float
    candidate_class_id: int
    candidate_probability: float
    thing: str = field(default="", compare=False)
    """What it shows, as other captures may too; empty for one that is alone."""

    @property
    def is_fixed(self) -> bool:
        """Whether only the candidate is right."""
        return self.baseline_class_id != self.class_id == self.candidate_class_id

    @property
    def is_broken(self) -> bool:
        """Whether only the baseline is right."""
        return self.baseline_class_id == self.class_id != self.candidate_class_id

    @property
    def is_wrong_in_both(self) -> bool:
        """Whether neither is right."""
        return self.class_id not in (self.baseline_class_id, self.candidate_class_id)


class PairedPredictions(Protocol):
    """The predictions of two models on the same captures, and milliseconds that each takes for one."""

    @property
    def baseline_ms(self) -> float: ...  # noqa: D102
    @property
    def candidate_ms(self) -> float: ...  # noqa: D102
    @property
    def answers(self) -> Sequence[ComparedCapture]: ...  # noqa: D102


def outcome_of(answers: Iterable[ComparedCapture], class_id: int | None = None) -> PairedOutcome:
    """How often which model was right, in all captures or in those of one class."""
    rows = [one for one in answers if class_id in (None, one.class_id)]
    fixed = sum(one.is_fixed for one in rows)
    broken = sum(one.is_broken for one in rows)
    both = sum(one.baseline_class_id == one.class_id == one.candidate_class_id for one in rows)
    return PairedOutcome(both, fixed, broken, len(rows) - both - fixed - broken)


def things_of(answers: Iterable[ComparedCapture]) -> list[ThingOutcome]:
    """How both models did on each thing."""
    by_thing: dict[str | int, list[ComparedCapture]] = defaultdict(list)
    for one in answers:
        by_thing[one.thing or one.capture_id].append(one)
    return [
        ThingOutcome(
            len(rows),
            sum(one.baseline_class_id == one.class_id for one in rows),
            sum(one.candidate_class_id == one.class_id for one in rows),
        )
        for rows in by_thing.values()
    ]


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
        things: how both did on each thing that the captures show.
    """

    outcome: PairedOutcome
    classes: tuple[ClassChange, ...]
    baseline_error: float
    candidate_error: float
    speed_ratio: float
    things: tuple[ThingOutcome, ...]

    @property
    def p_value(self) -> float:
        """How likely so large a difference is by chance, where captures of one thing are not independent."""
        return paired_p_value(self.things)

    @property
    def intervals(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where the accuracy of the model before, and that of the new one, lie with 95 % confidence."""
        return (
            share_interval([(one.captures, one.first) for one in self.things]),
            share_interval([(one.captures, one.second) for one in self.things]),
        )

    @property
    def is_significant(self) -> bool:
        """Whether the difference is more than noise."""
        return self.p_value < SIGNIFICANT

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


def judge(comparison: PairedPredictions) -> Verdict:
    """What a comparison says; all is 0 without captures."""
    class_ids = sorted({one.class_id for one in comparison.answers})
    classes = [ClassChange(class_id, outcome_of(comparison.answers, class_id)) for class_id in class_ids]
    classes.sort(key=lambda one: one.outcome.fixed - one.outcome.broken)
    ratio = comparison.candidate_ms / comparison.baseline_ms if comparison.baseline_ms else 1.0
    return Verdict(
        outcome_of(comparison.answers),
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
        tuple(things_of(comparison.answers)),
    )


def fixed(comparison: PairedPredictions) -> list[ComparedCapture]:
    """Captures that only the new model gets right, the surest first."""
    return sorted(
        (one for one in comparison.answers if one.is_fixed), key=lambda one: -one.candidate_probability
    )


def broken(comparison: PairedPredictions) -> list[ComparedCapture]:
    """Captures that only the model before gets right, those first where the new one is surest."""
    return sorted(
        (one for one in comparison.answers if one.is_broken), key=lambda one: -one.candidate_probability
    )


def wrong_in_both(comparison: PairedPredictions) -> list[ComparedCapture]:
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
