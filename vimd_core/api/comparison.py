"""Paired comparison of a new model with the one before: the gate of a retraining."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from vimd_core.evaluation.gate import Verdict


@dataclass(frozen=True, slots=True)
class ClassComparison:
    """How both models do on the images of one class.

    Attributes:
        name: of the class.
        n: images of it.
        before_top1: fraction that the model before got right, in [0, 1].
        after_top1: the same of the new one.
        fixed: images that only the new one got right.
        broken: images that only the one before got right.
    """

    name: str
    n: int
    before_top1: float
    after_top1: float
    fixed: int
    broken: int


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A new model against the one before, on images that neither has learnt from.

    Attributes:
        n: images.
        before_top1: fraction that the model before got right, in [0, 1].
        after_top1: the same of the new one.
        fixed: images that only the new one got right.
        broken: images that only the one before got right.
        before_interval: where the former lies with 95 % confidence.
        after_interval: the same of the latter.
        things: physical things that the images show; those of one thing count as one observation.
        p_value: how likely so large a difference is by chance, in [0, 1]: McNemar's exact test (Psychometrika 12, 1947)
            where each image shows another thing, otherwise the exact sign-flip test over things.
        is_better: whether the new one is better by more than chance (p below 0.05).
        is_worse: whether it is worse by more than chance.
        before_calibration_error: expected calibration error (ECE) of the model before, in [0, 1].
        after_calibration_error: the same of the new one.
        speed_ratio: time of the new one for an image, divided by that of the one before.
        classes: each class that has images, the one that loses most first.
    """

    n: int
    before_top1: float
    after_top1: float
    fixed: int
    broken: int
    before_interval: tuple[float, float]
    after_interval: tuple[float, float]
    things: int
    p_value: float
    is_better: bool
    is_worse: bool
    before_calibration_error: float
    after_calibration_error: float
    speed_ratio: float
    classes: tuple[ClassComparison, ...]

    def to_dict(self) -> dict[str, Any]:
        """All of it, JSON-ready."""
        return asdict(self)

    @classmethod
    def of(cls, verdict: Verdict, names: Mapping[int, str]) -> Comparison:
        """What the gate says, with classes by name.

        Args:
            verdict: of the gate.
            names: of classes, by the numbers that the gate knows them by.
        """
        outcome = verdict.outcome
        return cls(
            n=outcome.n,
            before_top1=outcome.first_top1,
            after_top1=outcome.second_top1,
            fixed=outcome.fixed,
            broken=outcome.broken,
            before_interval=verdict.intervals[0],
            after_interval=verdict.intervals[1],
            things=len(verdict.things),
            p_value=verdict.p_value,
            is_better=verdict.is_better,
            is_worse=verdict.is_worse,
            before_calibration_error=verdict.baseline_error,
            after_calibration_error=verdict.candidate_error,
            speed_ratio=verdict.speed_ratio,
            classes=tuple(
                ClassComparison(
                    names.get(one.class_id, str(one.class_id)),
                    one.outcome.n,
                    one.outcome.first_top1,
                    one.outcome.second_top1,
                    one.outcome.fixed,
                    one.outcome.broken,
                )
                for one in verdict.classes
            ),
        )
