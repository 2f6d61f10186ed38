"""The learning curve: how accuracy grows with the number of labels, extrapolated. numpy alone.

Sizes: N captures, M width of an embedding, K classes, R repetitions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

FEWEST: Final = 60
_REPETITIONS: Final = 8
_SMALLEST: Final = 16
_TEST_SHARE: Final = 0.3
_MOST: Final = 1500
_RIDGE: Final = 0.1
# Error falls with a power of the number of labels (Hestness et al., "Deep learning scaling is predictable,
# empirically", 2017); these powers are tried.
_POWERS: Final = np.linspace(0.1, 1.5, 29)
_LOW, _HIGH = 10, 90  # per cent
_Z_80: Final = 1.2816


@dataclass(frozen=True)
class LearningCurve:
    """Accuracy against the number of labels that were learnt from.

    Attributes:
        sizes: numbers of labels, rising.
        accuracies: (R, sizes) in each repetition, fractions.
        captures: how many have been tested on, or would have been in enough repetitions.
    """

    sizes: tuple[int, ...]
    accuracies: npt.NDArray[np.float64]
    captures: int

    @property
    def means(self) -> npt.NDArray[np.float64]:
        """(sizes,) over the repetitions."""
        return np.asarray(self.accuracies.mean(axis=0), np.float64)

    def predict(self, size: int) -> tuple[float, float, float]:
        """What is to be expected with so many labels.

        Args:
            size: number of labels.

        Returns:
            The expected accuracy, and an interval for it: that of 80 % of the repetitions' own curves, widened by the
            error of an accuracy that is measured on so many captures.
        """
        sizes = np.array(self.sizes, np.float64)
        each = [_predict(sizes, row, size) for row in self.accuracies]
        low, high = np.percentile(each, [_LOW, _HIGH])
        expected = _predict(sizes, self.means, size)
        error = _Z_80 * np.sqrt(expected * (1.0 - expected) / self.captures)
        return expected, max(0.0, float(low - error)), min(1.0, float(high + error))


def learning_curve(
    embeddings: Floats,
    labels: Ints,
    groups: Ints | None = None,
    *,
    seed: int = 0,
    should_stop: Callable[[], bool] = lambda: False,
) -> LearningCurve | None:
    """Measure how accuracy grows, with a linear classifier on what a network sees.

    In each repetition a part of the captures is held back, and ever larger parts of the others are learnt from.

    Args:
        embeddings: (N, M) of labelled captures, by a network that has learnt from none of their labels.
        labels: (N,) in [0, K).
        groups: (N,) what must not be on both sides, such as frames of one thing; None: each is its own.
        seed: of the choices.
        should_stop: is asked now and then.

    Returns:
        The curve; None when there are too few captures or classes, or it was stopped.
    """
    if len(labels) < FEWEST or len(np.unique(labels)) < 2:
        return None
    generator = np.random.default_rng(seed)
    groups = np.arange(len(labels)) if groups is None else np.unique(groups, return_inverse=True)[1]
    tested = round(_TEST_SHARE * min(len(labels), _MOST))
    # A group that lies across the border is tested as a whole.
    learnt = min(len(labels), _MOST) - tested - int(np.bincount(groups).max() - 1)
    if learnt < _SMALLEST:
        return None
    sizes = [learnt]
    while sizes[0] // 2 >= _SMALLEST:
        sizes.insert(0, sizes[0] // 2)
    accuracies = np.empty((_REPETITIONS, len(sizes)))
    for repetition in range(_REPETITIONS):
        place = generator.permutation(groups.max() + 1)[groups]
        order = np.argsort(place, kind="stable")
        border = tested
        while border < len(order) and groups[order[border]] == groups[order[border - 1]]:
            border += 1
        test, rest = order[:border], generator.permutation(order[border:])
        for step, size in enumerate(sizes):
            if should_stop():
                return None
            chosen = rest[:size]
            said = _classify(embeddings[chosen], labels[chosen], embeddings[test])
            accuracies[repetition, step] = (said == labels[test]).mean()
    return LearningCurve(tuple(sizes), accuracies, min(len(labels), _MOST))


def _classify(x: Floats, labels: Ints, asked: Floats) -> Ints:
    """Ridge regression to each class, solved in as many unknowns as there are captures."""
    classes, targets = np.unique(labels, return_inverse=True)
    mean = x.mean(axis=0, dtype=np.float64)
    a, b = x - mean, asked - mean
    kernel = a @ a.T
    kernel[np.diag_indices_from(kernel)] += _RIDGE * np.trace(kernel) / len(kernel) + 1e-9
    wanted = np.eye(len(classes))[targets] - 1.0 / len(classes)
    scores = (b @ a.T) @ np.linalg.solve(kernel, wanted)
    return np.asarray(classes[scores.argmax(axis=1)], np.int64)


def _predict(sizes: Floats, accuracies: Floats, size: int) -> float:
    """The power law that fits best, at a size: accuracy = best - b * size ** -power."""
    found = (np.inf, float(accuracies[-1]))
    for power in _POWERS:
        fallen = sizes**-power
        design = np.stack([np.ones_like(fallen), -fallen], axis=1)
        (best, b), *_ = np.linalg.lstsq(design, accuracies, rcond=None)
        best, b = min(1.0, float(best)), max(0.0, float(b))
        if best == 1.0:
            b = float((fallen * (1.0 - accuracies)).sum() / (fallen**2).sum())
        error = float(((best - b * fallen - accuracies) ** 2).sum())
        if error < found[0]:
            found = (error, best - b * float(size) ** -power)
    return float(np.clip(found[1], accuracies.min(), 1.0))
