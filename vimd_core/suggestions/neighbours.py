"""Nearest neighbours of every capture: exact, and beyond 20,000 captures within cells of alike captures.

Each capture is compared with all where that is a matter of seconds. With more they are dealt out to cells around
captures drawn by chance, moved to their means once; a capture is then compared with those in the cells nearest to its
own alone (an inverted file: Sivic and Zisserman, "Video Google", ICCV 2003). Twins are in the same cell or the next.

Sizes: N captures, Q captures asked for, M numbers in a feature, k neighbours, C cells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

MOST_EXACT: Final = 20_000
_PART: Final = 512
_CELL: Final = 400
_PROBED: Final = 12
_NEVER: Final = -2.0


def nearest_neighbours(
    captures: Tensor,
    count: int,
    *,
    seed: int = 0,
    most_exact: int = MOST_EXACT,
    on_progress: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Tensor, Tensor]:
    """For each capture the others with the largest cosines.

    Args:
        captures: (N, M) of length 1.
        count: k; fewer where there are no more captures.
        seed: of the cells.
        most_exact: with more captures cells are used.
        on_progress: told the share that is done.
        is_cancelled: asked after each part; the rest is then nonsense.

    Returns:
        (N, k) places int64 and (N, k) cosines, the nearest first.
    """
    n = len(captures)
    count = max(0, min(count, n - 1))
    places = torch.zeros(n, count, dtype=torch.int64)
    cosines = torch.full((n, count), _NEVER)
    done = 0
    for asked, among in _searches(captures, seed, most_exact) if count else ():
        if is_cancelled():
            break
        found = captures[asked] @ captures[among].T  # (q, a)
        found[asked[:, None] == among[None, :]] = _NEVER
        best = found.topk(min(count, len(among)), dim=1)
        cosines[asked, : best.values.shape[1]] = best.values
        places[asked, : best.values.shape[1]] = among[best.indices]
        done += len(asked)
        on_progress(done / n)
    return places, cosines


def nearest_of(captures: Tensor, wanted: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """For each of (Q, M) the captures among (N, M) with the largest cosines, exact: (Q, k) places and cosines."""
    count = min(count, len(captures))
    found = [(part @ captures.T).topk(count, dim=1) for part in torch.split(wanted, _PART)]
    if not found:
        return torch.zeros(0, count, dtype=torch.int64), torch.zeros(0, count)
    return torch.cat([best.indices for best in found]), torch.cat([best.values for best in found])


def _searches(captures: Tensor, seed: int, most_exact: int) -> list[tuple[Tensor, Tensor]]:
    """Captures that are asked for, and those that they are compared with, as places."""
    everyone = torch.arange(len(captures))
    if len(captures) <= most_exact:
        return [(part, everyone) for part in torch.split(everyone, _PART)]
    count = len(captures) // _CELL
    generator = torch.Generator().manual_seed(seed)
    centres = captures[torch.randperm(len(captures), generator=generator)[:count].sort().values]
    cell = _nearest_centre(captures, centres)
    centres = functional.normalize(torch.zeros_like(centres).index_add_(0, cell, captures), dim=1)
    cell = _nearest_centre(captures, centres)
    order = cell.argsort(stable=True)
    starts = torch.zeros(count + 1, dtype=torch.int64)
    starts[1:] = torch.bincount(cell, minlength=count).cumsum(0)
    members = [order[starts[number] : starts[number + 1]] for number in range(count)]
    near = (centres @ centres.T).topk(min(_PROBED, count), dim=1).indices
    return [
        (part, torch.cat([members[other] for other in near[number].tolist()]))
        for number in range(count)
        for part in torch.split(members[number], _PART)
        if len(part)
    ]


def _nearest_centre(captures: Tensor, centres: Tensor) -> Tensor:
    return torch.cat([(part @ centres.T).argmax(dim=1) for part in torch.split(captures, 4096)])
