"""Likely label errors (confident learning): what a simple classifier says of each capture out of sample.

Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 2021,
section 3: a label is doubted when the out-of-fold probability of another class is above that class's threshold, the
mean probability of the class among the captures that are labelled with it.

Sizes: N labelled captures, K classes, M numbers of one, F folds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

FOLDS: Final = 5
ENOUGH_LABELS: Final = 50
ENOUGH_EACH: Final = 5
_SHRINKAGE: Final = 1e-4
_ITERATIONS: Final = 60
_SPREAD: Final = 8.0
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class DoubtedLabels:
    """Labels that are likely wrong, the most doubtful first.

    Attributes:
        places: (D,) where they stand among the captures that were checked.
        suggested: (D,) the class that is more likely, as a label.
        margins: (D,) how far the label lies below its threshold, against how far the other class lies above its
            own, in [-2, 0]; the lowest is the most doubtful.
        checked: captures that could be checked.
        classes: classes that have at least two labels.
        is_grouped: whether captures of one group stayed in one fold.
    """

    places: Ints
    suggested: Ints
    margins: Floats
    checked: int
    classes: int
    is_grouped: bool


def are_enough(labels: Ints) -> bool:
    """Whether there are so many labels that doubts mean something."""
    counts = np.unique(labels, return_counts=True)[1]
    return len(labels) >= ENOUGH_LABELS and int((counts >= ENOUGH_EACH).sum()) >= 2


def doubted_labels(
    vectors: Tensor,
    labels: Ints,
    groups: Ints,
    *,
    seed: int = 0,
    on_fold: Callable[[int], bool] = lambda _done: True,
) -> DoubtedLabels:
    """Check labels against each other.

    Captures of one group (one folder, one film) are often almost the same picture: they stay in one fold, or each
    would be vouched for by its twin. Where a whole class lies in one group that would leave no example of it to learn
    from, so that then each capture stands for itself.

    Args:
        vectors: (N, M) float32, about as long as each other.
        labels: (N,) classes by any numbers.
        groups: (N,) by any numbers.
        seed: of the folds.
        on_fold: told how many folds are done; False stops, and the answer is then worthless.
    """
    classes, y, counts = np.unique(labels, return_inverse=True, return_counts=True)
    usable = np.flatnonzero(counts[y] >= 2)
    kept_classes = int((counts >= 2).sum())
    nothing = np.empty(0, np.int64)
    if kept_classes < 2:
        return DoubtedLabels(nothing, nothing, np.empty(0, np.float32), len(usable), kept_classes, False)
    folds, is_grouped = _folds(y[usable], groups[usable], seed)
    x = vectors[torch.from_numpy(usable)]
    x = x * (_SPREAD / (x - x.mean(dim=0)).norm(dim=1).mean().clamp_min(1e-6))
    targets = torch.from_numpy(y[usable])
    probabilities = torch.zeros(len(usable), len(classes))
    for fold in range(FOLDS):
        held = torch.from_numpy(folds == fold)
        if bool(held.any()) and not bool(held.all()):
            probabilities[held] = _out_of_fold(x[~held], targets[~held], x[held], len(classes))
        if not on_fold(fold + 1):
            break
    places, suggested, margins = _doubts(probabilities.numpy(), y[usable])
    return DoubtedLabels(usable[places], classes[suggested], margins, len(usable), kept_classes, is_grouped)


def _folds(y: Ints, groups: Ints, seed: int) -> tuple[Ints, bool]:
    """A fold for each capture, the classes spread evenly over the folds."""
    pairs = np.unique(np.stack([y, groups]), axis=1)
    is_grouped = bool((np.unique(pairs[0], return_counts=True)[1] >= 2).all())
    units = np.unique(groups, return_inverse=True)[1] if is_grouped else np.arange(len(y))
    generator = np.random.default_rng(seed)
    first = np.unique(units, return_index=True)[1]  # a capture of each unit
    shuffled = generator.permutation(len(first))
    by_class = shuffled[np.argsort(y[first[shuffled]], kind="stable")]
    fold_of_unit = np.empty(len(first), np.int64)
    fold_of_unit[by_class] = np.arange(len(first)) % FOLDS
    return fold_of_unit[units], is_grouped


def _out_of_fold(x: Tensor, y: Tensor, held: Tensor, num_classes: int) -> Tensor:
    """Probabilities of held-back captures from a multinomial logistic regression on the others."""
    weight = torch.zeros(num_classes, x.shape[1], requires_grad=True)
    bias = torch.zeros(num_classes, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=_ITERATIONS, history_size=10, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = functional.cross_entropy(functional.linear(x, weight, bias), y)
        value = value + _SHRINKAGE * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        return functional.linear(held, weight, bias).softmax(dim=1)


def _doubts(probabilities: Floats, y: Ints) -> tuple[Ints, Ints, Floats]:
    rows = np.arange(len(y))
    own = probabilities[rows, y]
    known = np.bincount(y, minlength=probabilities.shape[1])
    thresholds = np.bincount(y, weights=own, minlength=len(known)) / np.maximum(known, 1)
    thresholds[known == 0] = 2.0  # nothing is above it
    above = (probabilities - thresholds).astype(np.float32)  # (N, K)
    own_above = above[rows, y]
    above[rows, y] = -np.inf
    other = above.argmax(axis=1)
    margins = np.minimum(own_above - above[rows, other], 0.0)
    is_doubted = (above[rows, other] >= 0) & (probabilities[rows, other] > own)
    places = np.flatnonzero(is_doubted)
    order = np.argsort(margins[places], kind="stable")
    return places[order], other[places[order]], margins[places[order]]
