"""Who chooses what is labelled: chance, or the program's queue "Most worth a label"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.queue import worth_labelling
from vimd_core.suggestions.teacher import ProjectTeacher

Order = npt.NDArray[np.int64]
Chooser = Callable[["Choice"], Order]
# So many are labelled before the queue is asked again, as somebody would who opens it now and then.
_AT_ONCE: Final = 25


@dataclass(frozen=True)
class Choice:
    """What there is to choose from.

    Attributes:
        captures: of the project, N.
        classes: (N,) class of each, which is known once it is labelled.
        things: gives the thing of each labelled capture, from their rows.
        most: labels that are wanted.
        seed: of what is left to chance.
    """

    captures: CaptureFeatures
    classes: npt.NDArray[np.int64]
    things: Callable[[Order], npt.NDArray[np.int64]]
    most: int
    seed: int


def by_chance(choice: Choice) -> Order:
    """(L,) rows in the order in which they are labelled."""
    return np.random.default_rng(choice.seed).permutation(len(choice.classes))[: choice.most]


def by_queue(choice: Choice) -> Order:
    """(L,) rows in the order in which the queue shows them; suggestions follow the labels so far."""
    teacher = ProjectTeacher(choice.captures)
    ids = choice.captures.ids
    labelled = np.zeros(0, np.int64)
    while len(labelled) < min(choice.most, len(choice.classes)):
        doubt = None
        if len(set(choice.classes[labelled].tolist())) > 1:
            known = KnownLabels(ids[labelled], choice.classes[labelled], choice.things(labelled))
            teacher.reconsider(known)
            doubt = 1.0 - teacher.suggest(known).probabilities
        count = min(_AT_ONCE, choice.most - len(labelled))
        more = worth_labelling(teacher.whitened, labelled, count, doubt=doubt, seed=choice.seed)
        labelled = np.concatenate([labelled, more])
    return labelled


CHOOSERS: Final[Mapping[str, Chooser]] = {"chance": by_chance, "queue": by_queue}
