"""Early features (low-level appearance): light, colour, texture and background of captures, whitened.

What the first layers of a network see says which captures were taken together; what its last layers see says what they
show, which is another question. The square roots of the means of the early layers are projected on their principal
components and divided by the standard deviation there, to which a part of the mean variance is added, so that what
nearly all captures share does not count, and then have length 1. Milder than what suggestions are found with: there
directions that few captures differ in are noise, here they are what tells one visit from the next.

Sizes: N captures, D1 own numbers, E of the early layers, M of a whitened vector.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_COMPONENTS: Final = 160
_SHRINKAGE: Final = 0.2
_MOST: Final = 20_000
_PART: Final = 4096


def early_features(own: npt.NDArray[np.float16], embed_dim: int) -> Floats:
    """(N, D1) -> (N, M) of length 1.

    Args:
        own: the class token, the means of ever deeper layers, and at the end that of the tokens.
        embed_dim: width of the class token and of the tokens.
    """
    end = own.shape[1] - embed_dim
    columns = slice(embed_dim, end) if end > embed_dim else slice(None)
    rows = np.arange(len(own))
    if len(rows) > _MOST:
        rows = np.sort(np.random.default_rng(0).choice(rows, _MOST, replace=False))
    sample = _roots(own[rows, columns])
    mean = sample.mean(axis=0)
    values, directions = np.linalg.eigh(np.cov(sample, rowvar=False, bias=True))
    kept = min(_COMPONENTS, len(values))
    values, directions = np.maximum(values[-kept:], 0.0), directions[:, -kept:]
    scale = 1.0 / np.sqrt(np.maximum(values + _SHRINKAGE * values.mean(), 1e-12))
    projection = (directions * scale).astype(np.float32)  # (E, M)
    whitened = np.empty((len(own), kept), np.float32)
    for first in range(0, len(own), _PART):
        part = slice(first, first + _PART)
        whitened[part] = _unit((_roots(own[part, columns]) - mean) @ projection)
    return whitened


def _roots(features: npt.NDArray[np.float16]) -> Floats:
    """(N, E): square roots of features of length 1, their sign kept."""
    unit = _unit(np.asarray(features, np.float32))
    return np.asarray(np.sign(unit) * np.sqrt(np.abs(unit)), np.float32)


def _unit(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)
