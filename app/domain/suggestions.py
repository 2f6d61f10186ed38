"""Suggestions (transductive predictions): what the project's own labels say of every capture. No numpy, no SQL here.

A suggestion is learnt from the labels of the project alone and follows each of them at once; a prediction is what a
trained model says. A user's label outranks both.

Sizes: N captures, T classes that are named for each of them.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is suggested for one capture.

    Attributes:
        probability: that the class is right, calibrated, in [0, 1].
        novelty: probability that the capture is of none of the labelled classes, in [0, 1].
    """

    class_id: int
    name: str
    colour: str
    probability: float
    novelty: float


@dataclass(frozen=True)
class CurrentSuggestions:
    """Suggestions for the captures of a project.

    Attributes:
        ids: (N,) captures, ascending, int64.
        class_ids: (N x T) the likeliest classes of each capture, the likeliest first; int64.
        probabilities: (N x T) that they are right, calibrated, float32 in [0, 1].
        novelty: (N,) probability that the capture is of none of the labelled classes, float32 in [0, 1].
        named: T.
        num_labels: how many labels they were learnt from.
        accuracy: share of the suggestions that is expected to be right; None where that is not known.
        accuracy_interval: where that share lies with 95 % confidence.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    class_ids: array[int] = field(default_factory=lambda: array("q"))
    probabilities: array[float] = field(default_factory=lambda: array("f"))
    novelty: array[float] = field(default_factory=lambda: array("f"))
    named: int = 1
    num_labels: int = 0
    accuracy: float | None = None
    accuracy_interval: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        count = len(self.ids)
        named = count * self.named
        lengths = (len(self.class_ids), len(self.probabilities), len(self.novelty))
        if self.named < 1 or lengths != (named, named, count):
            raise ValueError(f"suggestions for {count} captures in arrays of the lengths {lengths}")

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, capture_id: int) -> int | None:
        """Where a capture stands in the arrays, or None."""
        place = bisect_left(self.ids, capture_id)
        return place if place < len(self.ids) and self.ids[place] == capture_id else None

    def top_of(self, capture_id: int) -> tuple[tuple[int, float], ...]:
        """The likeliest classes of a capture and how likely they are; nothing where it has no suggestion."""
        row = self.row_of(capture_id)
        if row is None:
            return ()
        part = slice(row * self.named, (row + 1) * self.named)
        return tuple(zip(self.class_ids[part], self.probabilities[part], strict=True))


@dataclass(frozen=True, slots=True)
class ShownClass:
    """The class that a capture was shown with, when its user agreed.

    Attributes:
        probability: how sure that was said to be.
        is_suggestion: whether it was a suggestion, and not the model's prediction.
    """

    capture_id: int
    class_id: int
    probability: float
    is_suggestion: bool
