"""Whitening with shrinkage: features in which distances mean the same in all directions.

Square root of the features (their sign kept), centred, projected on their principal components and divided by the
standard deviation there, to which a part of the mean is added so that directions of mere noise stay small; length 1.

Sizes: N captures, D features, M components.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

COMPONENTS: Final = 160
_SHRINKAGE: Final = 0.2
_MOST: Final = 20_000
_PART: Final = 4096
Features = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Whitening:
    """How features are whitened.

    Attributes:
        mean: (D,) of the square roots.
        projection: (D, M).
    """

    mean: Tensor
    projection: Tensor

    def __call__(self, features: Features) -> Tensor:
        """(N, D) -> (N, M) float32 of length 1."""
        whitened = torch.empty(len(features), self.projection.shape[1])
        for first in range(0, len(features), _PART):
            part = (_roots(features[first : first + _PART]) - self.mean) @ self.projection
            whitened[first : first + _PART] = torch.nn.functional.normalize(part, dim=1)
        return whitened


def fit_whitening(features: Features, seed: int = 0) -> Whitening:
    """Learn it from captures, labelled or not; from 20,000 of them when there are more.

    Args:
        features: (N, D).
        seed: of the choice among more than 20,000.
    """
    if len(features) > _MOST:
        rows = np.random.default_rng(seed).choice(len(features), _MOST, replace=False)
        features = features[np.sort(rows)]
    total = torch.zeros(features.shape[1], dtype=torch.float64)
    squares = torch.zeros(features.shape[1], features.shape[1], dtype=torch.float64)
    for first in range(0, len(features), _PART):
        part = _roots(features[first : first + _PART])
        total += part.sum(dim=0, dtype=torch.float64)
        squares += (part.T @ part).double()
    mean = total / max(1, len(features))
    covariance = squares / max(1, len(features)) - torch.outer(mean, mean)
    values, directions = torch.linalg.eigh(covariance)
    kept = min(COMPONENTS, len(values), max(1, len(features) - 1))
    values, directions = values[-kept:].clamp_min(0.0), directions[:, -kept:]
    scale = (values + _SHRINKAGE * values.mean()).clamp_min(1e-12).rsqrt()
    return Whitening(mean.float(), (directions * scale).float())


def _roots(features: Features) -> Tensor:
    x = torch.from_numpy(np.asarray(features, np.float32))
    return x.sign() * x.abs().sqrt()
