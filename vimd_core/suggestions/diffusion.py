"""Label spreading over the graph of nearest neighbours (local and global consistency).

A weight max(0, cosine)^3 between neighbours, made symmetric, S = D^-1/2 W D^-1/2; what one label says of all captures
is a column of (I - alpha S)^-1, so that the answers to all labels are a sum of such columns.

Sources: Zhou et al., "Learning with Local and Global Consistency", NIPS 2003; the solution by Chebyshev's
semi-iteration: Golub and Van Loan, "Matrix Computations", section 11.2.8, a quarter of the rounds of the power series.

Sizes: N captures, k neighbours, B labels in a part, E entries of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.ops.compiled import kernel

NEIGHBOURS: Final = 10
ALPHA: Final = 0.85
_POWER: Final = 3
_ROUNDS: Final = 12
_PART: Final = 16
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Graph:
    """The normalised graph S by rows.

    Attributes:
        starts: (N + 1,) where each capture's entries begin.
        others: (E,) int32.
        weights: (E,) float32.
        degrees: (N,) float32, sums of the weights before they were normalised.
    """

    starts: npt.NDArray[np.int64]
    others: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    degrees: npt.NDArray[np.float32]


def make_graph(places: Array, cosines: Array) -> Graph:
    """The graph of (N, k) neighbours and their cosines."""
    n, k = places.shape
    one = np.repeat(np.arange(n), k)
    other = places.ravel().astype(np.int64)
    weight = np.maximum(cosines.ravel(), 0.0).astype(np.float32) ** _POWER
    keys = np.concatenate([one * n + other, other * n + one])  # each direction once
    keys, first = np.unique(keys, return_index=True)
    weight = np.concatenate([weight, weight])[first]
    rows, others = keys // n, keys % n
    starts = np.zeros(n + 1, np.int64)
    starts[1:] = np.cumsum(np.bincount(rows, minlength=n))
    degrees = np.maximum(np.bincount(rows, weight, minlength=n), 1e-9)
    weight = (weight / np.sqrt(degrees[rows] * degrees[others])).astype(np.float32)
    return Graph(starts, others.astype(np.int32), weight, degrees.astype(np.float32))


def responses(graph: Graph, places: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """What a label at each place says of all captures.

    Args:
        graph: of N captures.
        places: (B,) labelled captures.

    Returns:
        (B, N), not negative.
    """
    n = len(graph.degrees)
    found = np.empty((len(places), n), np.float32)
    for first in range(0, len(places), _PART):
        part = places[first : first + _PART]
        label = np.zeros((n, len(part)), np.float32)
        label[part, np.arange(len(part))] = 1.0 - ALPHA
        before, now = np.zeros_like(label), label.copy()
        omega = 2.0 / (2.0 - ALPHA * ALPHA)
        for _ in range(_ROUNDS):
            _step(graph.starts, graph.others, graph.weights, now, before, label, ALPHA, np.float32(omega))
            before, now = now, before
            omega = 1.0 / (1.0 - ALPHA * ALPHA * omega / 4.0)
        found[first : first + _PART] = np.maximum(now, 0.0).T
    return found


@kernel
def _step(starts, others, weights, now, before, label, alpha, omega):  # type: ignore[no-untyped-def]
    """Before += omega (alpha S now + label - before), all (N, B)."""
    width = now.shape[1]
    total = np.empty(width, np.float32)
    for row in range(now.shape[0]):
        for column in range(width):
            total[column] = 0.0
        for entry in range(starts[row], starts[row + 1]):
            other, weight = others[entry], weights[entry]
            for column in range(width):
                total[column] += weight * now[other, column]
        for column in range(width):
            target = alpha * total[column] + label[row, column]
            before[row, column] += omega * (target - before[row, column])
