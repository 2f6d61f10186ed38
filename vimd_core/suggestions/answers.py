"""What the teacher is told, and what it answers.

Sizes: L labels, N captures, K classes that have labels, T classes that are named for each capture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vimd_core.errors import DatasetError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class KnownLabels:
    """The labels so far.

    Captures without features may be among them; they teach nothing. A capture may come twice, with two classes.

    Attributes:
        ids: (L,) labelled captures.
        classes: (L,) their classes, by any numbers.
        groups: (L,) what must not be separated, by any numbers: captures of one thing have the same one.
        none_class: the class of what is none of the others, if there is one.
    """

    ids: Ints
    classes: Ints
    groups: Ints
    none_class: int | None = None

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.classes) == len(self.groups):
            raise DatasetError(
                "{ids} captures, {classes} classes and {groups} groups do not fit each other.",
                ids=len(self.ids),
                classes=len(self.classes),
                groups=len(self.groups),
            )


@dataclass(frozen=True)
class EstimatedShare:
    """A share that was estimated from captures of some groups, and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class ExpectedAccuracy:
    """How many of the teacher's answers are right, found on the labels without the group that is asked for.

    Attributes:
        in_project: of the project's unlabelled captures, of which some resemble labelled ones.
        elsewhere: of captures of other things, such as those of tomorrow.
        labels: how many labels there were.
    """

    in_project: EstimatedShare
    elsewhere: EstimatedShare
    labels: int


@dataclass(frozen=True)
class Suggestions:
    """A class for each capture, labelled ones too.

    Attributes:
        ids: (N,) captures, ascending.
        top_classes: (N, T) the likeliest classes, the likeliest first; T is K when there are fewer than five.
        top_probabilities: (N, T) calibrated.
        novelty: (N,) probability that it is of none of the classes that have labels, or of "none", in [0, 1].
        method: what answered, such as "linear 0.6, spreading 0.4".
        expected_accuracy: None before cross-validation has looked at the labels, and with too few of them.
        soft: (N, K) all probabilities, if they were asked for.
        soft_classes: (K,) the classes of `soft`, ascending.
    """

    ids: Ints
    top_classes: Ints
    top_probabilities: Floats
    novelty: Floats
    method: str
    expected_accuracy: ExpectedAccuracy | None
    soft: Floats | None
    soft_classes: Ints

    @property
    def classes(self) -> Ints:
        """(N,) the likeliest class of each capture."""
        return self.top_classes[:, 0]

    @property
    def probabilities(self) -> Floats:
        """(N,) how likely that is, calibrated."""
        return self.top_probabilities[:, 0]
