"""Statistics of the review: the model's accuracy on labels, whether it is enough, what to label next. Qt-free.

What the model has learnt from says nothing of how good it is, and is left out of every figure (`judging`).

Sizes: n captures, k of them right.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the window must not load SQLAlchemy for it
    from app.storage.labels.insights import AnsweredCaptures, Decision

_Z_95: Final = 1.959964
WINDOW: Final = 100
MAX_POINTS: Final = 200
ENOUGH_WIDTH: Final = 0.05
"""Half the width of the interval below which more labels would hardly change the figure."""
FEWEST_TO_JUDGE: Final = 20
"""With fewer captures a share would say next to nothing: its interval would be 40 points wide."""


@dataclass(frozen=True)
class Share:
    """A share of captures, and where the true one lies with 95 % confidence.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 1927.
    """

    right: int
    total: int

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing."""
        return self.right / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound in [0, 1]; everything is possible of nothing."""
        n = self.total
        if not n:
            return 0.0, 1.0
        z2 = _Z_95**2
        centre = (self.value + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z_95 / (1 + z2 / n) * math.sqrt(self.value * (1 - self.value) / n + z2 / (4 * n * n))
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True)
class CurvePoint:
    """The model's accuracy on the latest labels, after so many of them."""

    labels: int
    share: Share
    model_changed: bool


@dataclass(frozen=True)
class ClassStanding:
    """How one class stands.

    Attributes:
        labelled: captures that a human gave this class.
        recalled: how many of those with an answer the active model gives this class too.
        waiting: captures nobody has looked at that the model holds for this class.
        gain: about how many of those that wait are wrong, at worst: what labelling this class would find.
    """

    class_id: int
    labelled: int
    recalled: Share
    precise: Share
    waiting: int

    @property
    def gain(self) -> float:
        """About how many of those that wait may be wrong, at worst."""
        return self.waiting * (1.0 - self.precise.interval[0])


@dataclass(frozen=True)
class ReviewStatistics:
    """All of it.

    Attributes:
        accuracy: of the active model on what humans have labelled and it has not learnt from.
        learnt: labelled captures with an answer that are left out, because it has learnt from them.
        recent: of the models of the time, on the latest labels.
        curve: the same after each so many labels.
        classes: in the order of the class ids that were given, those that have any captures first.
        next_class: the class whose captures are most worth a look; None when none wait.
        confusion: captures by (label, answer of the active model), without those that it has learnt from.
        confusion_with_learnt: the same with them.
        answered: what these are counted from.
        learnt_from: captures that may not judge the active model.
    """

    accuracy: Share
    learnt: int
    recent: Share
    curve: tuple[CurvePoint, ...]
    classes: tuple[ClassStanding, ...]
    next_class: ClassStanding | None
    confusion: Mapping[tuple[int, int], int]
    confusion_with_learnt: Mapping[tuple[int, int], int]
    answered: AnsweredCaptures
    learnt_from: Set[int]

    def captures_of(self, label: int, answer: int, *, with_learnt: bool) -> tuple[int, ...]:
        """The captures that a cell of the confusion counts."""
        answered = self.answered
        return tuple(
            capture_id
            for capture_id, given, said in zip(answered.ids, answered.labels, answered.answers, strict=True)
            if (given, said) == (label, answer) and (with_learnt or capture_id not in self.learnt_from)
        )

    @property
    def can_judge(self) -> bool:
        """Whether there are captures enough for a share to mean something."""
        return self.accuracy.total >= FEWEST_TO_JUDGE

    @property
    def is_enough(self) -> bool:
        """Whether the accuracy is known so well that more labels would hardly move it."""
        low, high = self.accuracy.interval
        return self.accuracy.total > 0 and (high - low) / 2 <= ENOUGH_WIDTH

    @property
    def missing_labels(self) -> int:
        """About how many more labels make it known that well, if the accuracy stays as it is."""
        if self.is_enough:
            return 0
        p = self.accuracy.value if self.accuracy.total else 0.5
        total = self.accuracy.total or 1
        while True:
            total = math.ceil(total * 1.02) + 1
            low, high = Share(round(p * total), total).interval
            if (high - low) / 2 <= ENOUGH_WIDTH:
                return total - self.accuracy.total


def review_statistics(
    class_ids: Sequence[int],
    answered: AnsweredCaptures,
    learnt_from: Set[int],
    waiting: Mapping[int, int],
    labelled: Mapping[int, int],
    decisions: Sequence[Decision],
) -> ReviewStatistics:
    """Put the figures together.

    Args:
        class_ids: the project's classes.
        answered: labelled captures that the active model has answered for.
        learnt_from: captures that may not judge it.
        waiting: captures nobody has looked at, by the active model's answer.
        labelled: captures by label.
        decisions: the last word on each labelled capture that its model had not learnt from then, oldest first.
    """
    everything = Counter(zip(answered.labels, answered.answers, strict=True))
    confusion = everything
    if learnt_from:
        confusion = Counter(
            (label, answer)
            for capture_id, label, answer in zip(answered.ids, answered.labels, answered.answers, strict=True)
            if capture_id not in learnt_from
        )
    by_label: dict[int, int] = {}
    by_answer: dict[int, int] = {}
    for (label, answer), count in confusion.items():
        by_label[label] = by_label.get(label, 0) + count
        by_answer[answer] = by_answer.get(answer, 0) + count
    right = sum(count for (label, answer), count in confusion.items() if label == answer)
    standings = tuple(
        ClassStanding(
            class_id=class_id,
            labelled=labelled.get(class_id, 0),
            recalled=Share(confusion.get((class_id, class_id), 0), by_label.get(class_id, 0)),
            precise=Share(confusion.get((class_id, class_id), 0), by_answer.get(class_id, 0)),
            waiting=waiting.get(class_id, 0),
        )
        for class_id in class_ids
    )
    # A model may know hundreds of classes that the project has nothing of.
    standings = tuple(sorted(standings, key=lambda one: not (one.labelled or one.waiting)))
    curve = _curve(decisions)
    best = max(standings, key=lambda standing: standing.gain, default=None)
    return ReviewStatistics(
        accuracy=Share(right, sum(confusion.values())),
        learnt=sum(everything.values()) - sum(confusion.values()),
        recent=curve[-1].share if curve else Share(0, 0),
        curve=curve,
        classes=standings,
        next_class=best if best is not None and best.gain > 0 else None,
        confusion=dict(confusion),
        confusion_with_learnt=dict(everything),
        answered=answered,
        learnt_from=learnt_from,
    )


def _curve(decisions: Sequence[Decision]) -> tuple[CurvePoint, ...]:
    sums = [0]
    for decision in decisions:
        sums.append(sums[-1] + (decision.label_id == decision.model_class_id))
    count = len(decisions)
    step = max(1, math.ceil(count / MAX_POINTS))
    points = []
    before = 0
    for end in sorted({*range(step, count + 1, step), *([count] if count else [])}):
        start = max(0, end - WINDOW)
        models = {decision.model_id for decision in decisions[max(0, before - 1) : end]}
        points.append(CurvePoint(end, Share(sums[end] - sums[start], end - start), len(models) > 1))
        before = end
    return tuple(points)
