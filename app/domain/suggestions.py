"""Suggestions (transductive predictions): what the project's own labels say of every capture. No numpy, no SQL here.

A suggestion is learnt from the labels of the project alone and follows each of them at once; a prediction is what a
trained model says. A user's label outranks both.
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
class Suggestions:
    """Suggestions for the captures of a project, in arrays of one length.

    Attributes:
        ids: captures, ascending, int64.
        class_ids: what is suggested for each, int64.
        probabilities: that it is right, calibrated, float32 in [0, 1].
        novelty: probability that the capture is of none of the labelled classes, float32 in [0, 1].
        num_labels: how many labels they were learnt from.
        method: how they were found, in a few words.
        expected_accuracy: share of suggestions that is expected to be right, by cross-validation; None where there are
            too few labels to say.
        accuracy_interval: where that share lies with 95 % confidence.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    class_ids: array[int] = field(default_factory=lambda: array("q"))
    probabilities: array[float] = field(default_factory=lambda: array("f"))
    novelty: array[float] = field(default_factory=lambda: array("f"))
    num_labels: int = 0
    method: str = ""
    expected_accuracy: float | None = None
    accuracy_interval: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        lengths = {len(one) for one in (self.ids, self.class_ids, self.probabilities, self.novelty)}
        if len(lengths) != 1:
            raise ValueError(f"arrays of one length were expected, and their lengths are {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, capture_id: int) -> int | None:
        """Where a capture stands in the arrays, or None."""
        place = bisect_left(self.ids, capture_id)
        return place if place < len(self.ids) and self.ids[place] == capture_id else None


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
