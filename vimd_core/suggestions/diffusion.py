"""Label spreading over the graph of nearest neighbours (local and global consistency).

A weight max(0, cosine)^5 between neighbours, made symmetric, S = D^-1/2 W D^-1/2; what one label says of all captures
is a column of (1 - alpha) (I - alpha S)^-1, so that the answers to all labels are sums of such columns.

Sources: Zhou et al., "Learning with Local and Global Consistency", NIPS 2003; the solution by Chebyshev's
semi-iteration, a quarter of the rounds of the power series: Golub and Van Loan, "Matrix Computations", section 11.2.8.

Sizes: N captures, k neighbours, B columns, E entries of the graph, Q captures asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.ops.compiled import kernel

NEIGHBOURS: Final = 10
_ALPHA: Final = 0.85
_POWER: Final = 5
_ROUNDS: Final = 12
_PART: Final = 16
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Graph:
    """The normalised graph S by rows.

    Attributes:
        starts: (N + 1,) int64, where each capture's entries begin.
        others: (E,) int32.
        weights: (E,) float32.
    """

    starts: npt.NDArray[np.int64]
    others: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1


def make_graph(places: Tensor, cosines: Tensor) -> Graph:
    """The graph of (N, k) neighbours and their cosines."""
    n, k = places.shape
    one = np.repeat(np.arange(n), k)
    other = places.numpy().ravel()
    weight = _weights(cosines).numpy().ravel()
    keys, first = np.unique(np.concatenate([one * n + other, other * n + one]), return_index=True)
    weight = np.concatenate([weight, weight])[first]
    rows, others = keys // max(1, n), keys % max(1, n)
    starts = np.zeros(n + 1, np.int64)
    starts[1:] = np.cumsum(np.bincount(rows, minlength=n))
    scale = 1.0 / np.sqrt(np.maximum(np.bincount(rows, weight, minlength=n), 1e-9))
    weight = (weight * scale[rows] * scale[others]).astype(np.float32)
    return Graph(starts, others.astype(np.int32), weight)


def spread(
    graph: Graph, seeds: npt.NDArray[np.float32], *, is_cancelled: Callable[[], bool] = lambda: False
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """Spread columns of labels over the graph, a few columns at a time.

    Args:
        graph: of N captures.
        seeds: (B, N) how much each capture is labelled with each column.
        is_cancelled: asked before each part, the last one then.

    Yields:
        The number of the first column of a part, and the part (at most 16, N), not negative.
    """
    for first in range(0, len(seeds), _PART):
        if is_cancelled():
            return
        label = np.ascontiguousarray(seeds[first : first + _PART].T) * np.float32(1.0 - _ALPHA)
        before, now = np.zeros_like(label), label.copy()
        omega = 2.0 / (2.0 - _ALPHA * _ALPHA)
        for _ in range(_ROUNDS):
            _step(graph.starts, graph.others, graph.weights, now, before, label, np.float32(omega))
            before, now = now, before
            omega = 1.0 / (1.0 - _ALPHA * _ALPHA * omega / 4.0)
        yield first, np.maximum(now.T, 0.0)


def spread_single(
    graph: Graph, places: npt.NDArray[np.int64], *, is_cancelled: Callable[[], bool] = lambda: False
) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """What one label at each of (B,) places says of all captures; as `spread`."""
    for first in range(0, len(places), _PART):
        part = places[first : first + _PART]
        seeds = np.zeros((len(part), len(graph)), np.float32)
        seeds[np.arange(len(part)), part] = 1.0
        for _, answers in spread(graph, seeds, is_cancelled=is_cancelled):
            yield first, answers


def extend(spread_answers: Tensor, places: Tensor, cosines: Tensor) -> Tensor:
    """What spread answers say of captures outside of the graph.

    Args:
        spread_answers: (N, K) of the captures in it.
        places: (Q, k) nearest captures in it.
        cosines: (Q, k) to them.

    Returns:
        (Q, K) sums weighted as neighbours in the graph are.
    """
    weights = _weights(cosines)
    answers = torch.zeros(len(places), spread_answers.shape[1])
    for number in range(places.shape[1]):
        answers.addcmul_(spread_answers[places[:, number]].float(), weights[:, number : number + 1])
    return answers


def _weights(cosines: Tensor) -> Tensor:
    return cosines.clamp_min(0.0) ** _POWER


@kernel
def _step(starts, others, weights, now, before, label, omega):  # type: ignore[no-untyped-def]
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
            target = np.float32(_ALPHA) * total[column] + label[row, column]
            before[row, column] += omega * (target - before[row, column])
