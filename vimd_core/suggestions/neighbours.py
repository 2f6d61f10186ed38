"""Nearest neighbours of every capture, exact, in parts that fit the processor's cache.

Sizes: N captures, Q captures asked for, M numbers in a feature, k neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

_PART: Final = 512


def nearest_neighbours(
    captures: Tensor,
    wanted: Tensor | None,
    count: int,
    *,
    on_progress: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Tensor, Tensor]:
    """The captures with the largest cosines.

    Args:
        captures: (N, M) of length 1.
        wanted: (Q, M) of length 1; None: the captures themselves, each without itself.
        count: k, at most as many as there are.
        on_progress: told the share that is done.
        is_cancelled: asked after each part; the rest is then nonsense.

    Returns:
        (Q, k) places int64 and (Q, k) cosines, the nearest first.
    """
    asked = captures if wanted is None else wanted
    count = min(count, len(captures) - (wanted is None))
    places = torch.zeros(len(asked), max(count, 0), dtype=torch.int64)
    cosines = torch.zeros(len(asked), max(count, 0))
    for first in range(0, len(asked), _PART):
        if is_cancelled() or count <= 0:
            break
        part = asked[first : first + _PART] @ captures.T
        if wanted is None:
            rows = torch.arange(len(part))
            part[rows, first + rows] = -2.0
        cosines[first : first + _PART], places[first : first + _PART] = part.topk(count, dim=1)
        on_progress(min(1.0, (first + _PART) / len(asked)))
    return places, cosines
