"""The candidates: linear classifiers on whitened features, label spreading, and a linear fit to what was spread.

All but spreading are ridge regressions on indicators, which need only sums over captures. The fit to spread answers
learns from captures without labels too: from each as far as its spread answer is sure.

Sizes: N captures, F captures that the fit learns from, K classes, M numbers in a whitened feature, C candidates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.suggestions.whitening import Whitening

CANDIDATES: Final = ("both", "spreading", "fit to spreading", "own", "companion")
SPREADING: Final = CANDIDATES.index("spreading")
_RIDGE: Final = 0.5
_UNLABELLED: Final = 0.5
_LABELLED: Final = 2.0
_FLOOR: Final = 1e-3
_PART: Final = 4096
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pool:
    """Captures that the fit learns from, labelled or not.

    Attributes:
        rows: (F,) their places among all captures, ascending.
        features: (F, M) whitened.
        gram: (M, M) of them.
        own: columns of the own network.
        scale: how many captures each stands for.
        own: columns of the own network.
        companion: columns of the companion.
    """

    rows: Ints
    features: Tensor
    gram: Tensor
    scale: float
    own: slice
    companion: slice

    @classmethod
    def of(cls, rows: Ints, features: Tensor, captures: int, whitening: Whitening) -> Pool:
        """Some of so many captures."""
        scale = captures / max(1, len(rows))
        return cls(rows, features, features.T @ features, scale, whitening.own, whitening.companion)


@dataclass(frozen=True)
class Taught:
    """Candidates that were taught with some labels.

    Attributes:
        linear: (C, M, K), all zeros for spreading, which is not linear in features.
    """

    linear: Tensor

    def scores(self, features: Tensor, shares: Tensor) -> Tensor:
        """Every candidate's scores.

        Args:
            features: (Q, M) whitened.
            shares: (Q, K) of spread answers.

        Returns:
            (Q, K, C).
        """
        scores = torch.einsum("qm,cmk->qkc", features, self.linear)
        scores[:, :, SPREADING] = log_shares(shares)
        return scores


def log_shares(shares: Tensor) -> Tensor:
    """Logarithms of (Q, K) shares, of which none is so small that it alone decides."""
    return (shares + _FLOOR).log_()


def shares_of(spread: Tensor, counts: Ints) -> Tensor:
    """Spread labels as shares of the classes.

    A class with many labels would drown the others: each is divided by the square root of its labels.

    Args:
        spread: (K, Q) sums by class.
        counts: (K,) labels.

    Returns:
        (Q, K), rows sum to 1, or to 0 where no label reaches.
    """
    scale = torch.from_numpy(1.0 / np.sqrt(np.maximum(counts, 1))).float()
    answers = spread.T.float() * scale  # (K, Q) -> (Q, K)
    return answers.div_(answers.sum(dim=1, keepdim=True).clamp_min_(1e-20))


def teach(pool: Pool, spread: Tensor, counts: Ints, labelled: Ints, gram: Tensor, sums: Tensor) -> Taught:
    """Teach all candidates.

    Args:
        pool: captures that the fit learns from.
        spread: (K, F) sums of spread labels of each class on these.
        counts: (K,) labels of each class.
        labelled: places in the pool that have labels.
        gram: (M, M) of labelled captures.
        sums: (M, K) of the features of each class.
    """
    width, classes = sums.shape
    linear = torch.zeros(len(CANDIDATES), width, classes)
    linear[CANDIDATES.index("both")] = _ridge(gram, sums)
    for name, columns in (("own", pool.own), ("companion", pool.companion)):
        if 0 < columns.stop - columns.start < width:
            part = _ridge(2.0 * gram[columns, columns], 2.0 * sums[columns])  # of length 1 by themselves
            linear[CANDIDATES.index(name), columns] = part
    of_unlabelled, mean_weight = _sure_answers(pool, spread, counts, labelled)
    linear[CANDIDATES.index("fit to spreading")] = _ridge(
        pool.scale * mean_weight * pool.gram + _LABELLED * gram,
        pool.scale * of_unlabelled + _LABELLED * sums,
    )
    return Taught(linear)


def _sure_answers(pool: Pool, spread: Tensor, counts: Ints, labelled: Ints) -> tuple[Tensor, float]:
    """Features summed by class, each capture's by its sharpened spread answer, times how sure that is; (M, K).

    Also the mean weight of a capture.
    """
    sums = torch.zeros(pool.features.shape[1], len(counts))
    is_open = torch.ones(len(pool.rows))
    is_open[torch.from_numpy(labelled)] = 0.0
    total = 0.0
    for first in range(0, len(pool.rows), _PART):
        answers = shares_of(spread[:, first : first + _PART], counts)
        answers.mul_(answers.sqrt())  # to the power of 1.5
        answers.div_(answers.sum(dim=1, keepdim=True).clamp_min_(1e-20))
        weight = answers.amax(dim=1).mul_(_UNLABELLED).mul_(is_open[first : first + _PART])
        total += float(weight.sum())
        sums += pool.features[first : first + _PART].T @ answers.mul_(weight[:, None])
    return sums, total / max(1, len(pool.rows))


def _ridge(gram: Tensor, sums: Tensor) -> Tensor:
    """Weights (M, K) of a ridge regression on indicators."""
    penalised = gram.float() + _RIDGE * torch.eye(len(gram))
    solved: Tensor = torch.cholesky_solve(sums.float(), torch.linalg.cholesky(penalised))
    return solved
