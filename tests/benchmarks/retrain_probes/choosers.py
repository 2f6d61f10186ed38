"""Who chooses what is labelled: chance, or the program's queue "Most worth a label"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.coverage import worth_labelling
from vimd_core.embeddings.features import CaptureFeatures

Order = npt.NDArray[np.int64]
Chooser = Callable[["Choice"], Order]


class Choice:
    """What there is to choose from.

    Args:
        own: (N, M) what our own network sees in the captures of the project.
        classes: (N,) class of each, which is known once it is labelled.
        most: labels that are wanted.
        seed: of what is left to chance.
    """

    def __init__(
        self, own: npt.NDArray[np.float32], classes: npt.NDArray[np.int64], most: int, seed: int
    ) -> None:
        self.own = own
        self.classes = classes
        self.most = min(most, len(classes))
        self.seed = seed


def by_chance(choice: Choice) -> Order:
    """(L,) rows in the order in which they are labelled."""
    return np.random.default_rng(choice.seed).permutation(len(choice.classes))[: choice.most]


def by_queue(choice: Choice) -> Order:
    """(L,) rows in the order in which the queue shows them, each label known before the next is chosen."""
    nothing = np.empty((len(choice.own), 0), np.float16)
    features = CaptureFeatures(np.arange(1, len(choice.classes) + 1), choice.own.astype(np.float16), nothing)
    found = worth_labelling(features, np.zeros(0, np.int64), choice.most, seed=choice.seed)
    return np.asarray(found - 1, np.int64)


CHOOSERS: Final[Mapping[str, Chooser]] = {"chance": by_chance, "queue": by_queue}
