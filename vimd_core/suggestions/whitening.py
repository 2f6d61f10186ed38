"""Whitening with shrinkage: features in which distances mean the same in all directions.

Each depth of the own network and the companion are a block by themselves, whitened alone: directions of few captures
would otherwise be drowned by the block with the largest numbers. Square root of the features (their sign kept),
centred, projected on their principal components and divided by the standard deviation there, to which three times the
mean variance is added so that directions of mere noise stay small; then length 1.

Sizes: N captures, D features of a block, M numbers of a capture in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError

_OWN_COMPONENTS: Final = 128
_COMPANION_COMPONENTS: Final = 256
_SHRINKAGE: Final = 3.0
_MOST: Final = 20_000
_PART: Final = 2048
_ROUNDING: Final = 0.01
Features = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Block:
    """How the features of one depth of one network are whitened.

    Attributes:
        columns: where they are among the network's numbers.
        mean: (D,) of the square roots.
        projection: (D, components).
        share: of the squared length of a capture's whitened features.
    """

    columns: slice
    mean: Tensor
    projection: Tensor
    share: float

    def fill(self, whitened: Tensor, features: Features) -> None:
        """Whiten (N, all numbers of the network) into (N, components)."""
        for first in range(0, len(features), _PART):
            part = _roots(features[first : first + _PART, self.columns]).sub_(self.mean) @ self.projection
            whitened[first : first + _PART] = functional.normalize(part, dim=1).mul_(self.share**0.5)


class Whitening:
    """Learnt from a project's captures, labelled or not; from 20,000 of them when there are more.

    Attributes:
        own: columns of whitened features that come from the own network; no columns where there is none.
        companion: columns that come from the companion.
    """

    def __init__(self, features: CaptureFeatures, seed: int = 0) -> None:
        """Learn it.

        Args:
            features: of the captures.
            seed: of the choice among more than 20,000.

        Raises:
            DatasetError: neither network has any features.
        """
        rows = np.arange(len(features))
        if len(rows) > _MOST:
            rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST, replace=False))
        own, companion = _depths(features.own, rows), _depths(features.companion, rows)
        if not own and not companion:
            raise DatasetError("These captures are not classified yet: classify them first.")
        networks = bool(own) + bool(companion)
        self._own = [
            _block(features.own, rows, columns, _OWN_COMPONENTS, 1 / networks / len(own)) for columns in own
        ]
        self._companion = [
            _block(features.companion, rows, columns, _COMPANION_COMPONENTS, 1 / networks)
            for columns in companion
        ]
        width = sum(block.projection.shape[1] for block in self._own)
        self.own = slice(0, width)
        self.companion = slice(width, width + sum(block.projection.shape[1] for block in self._companion))

    def __call__(self, features: CaptureFeatures) -> Tensor:
        """(N, M) float32 of length 1."""
        whitened = torch.empty(len(features), self.companion.stop)
        first = 0
        for blocks, numbers in ((self._own, features.own), (self._companion, features.companion)):
            for block in blocks:
                width = block.projection.shape[1]
                block.fill(whitened[:, first : first + width], numbers)
                first += width
        return functional.normalize(whitened, dim=1)


def _depths(features: Features, rows: npt.NDArray[np.int64]) -> list[slice]:
    """Blocks of columns whose length is 1 in all captures: each is one depth of the network."""
    if not features.shape[1] or not len(rows):
        return []
    sample = features[rows[:: max(1, len(rows) // 256)]].astype(np.float32)
    ends: list[int] = []
    while not ends or ends[-1] < features.shape[1]:
        start = ends[-1] if ends else 0
        errors = np.abs(np.cumsum(sample[:, start:] ** 2, axis=1) - 1.0).max(axis=0)
        end = start + int(errors.argmin()) + 1
        rest = float(np.abs(sample[:, end:]).max(initial=0.0))
        ends.append(end if errors.min() < _ROUNDING and rest > 0.0 else features.shape[1])
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _block(
    features: Features, rows: npt.NDArray[np.int64], columns: slice, components: int, share: float
) -> Block:
    width = columns.stop - columns.start
    total = torch.zeros(width, dtype=torch.float64)
    squares = torch.zeros(width, width, dtype=torch.float64)
    for first in range(0, len(rows), _PART):
        part = _roots(features[rows[first : first + _PART], columns])
        total += part.sum(dim=0, dtype=torch.float64)
        squares += part.T @ part
    mean = total / max(1, len(rows))
    covariance = squares / max(1, len(rows)) - torch.outer(mean, mean)
    values, directions = torch.linalg.eigh(covariance)
    kept = min(components, width, max(1, len(rows) - 1))
    values, directions = values[-kept:].clamp_min(0.0), directions[:, -kept:]
    scale = (values + _SHRINKAGE * values.mean()).clamp_min(1e-12).rsqrt()
    return Block(columns, mean.float(), (directions * scale).float(), share)


def _roots(features: Features) -> Tensor:
    x = torch.from_numpy(np.asarray(features, np.float32))
    return x.sign() * x.abs().sqrt()
