"""Nearest-neighbour search, exact, over the features of all captures, in parts of a few megabytes.

Sizes: N captures, Q captures asked for, M = D1 + D2 numbers of one, P captures in a part.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
_PART: Final = 2048
_FIRST_LABELLED: Final = 512
_NOT_LISTED: Final = -9.0


def similar(features: CaptureFeatures, wanted: Ids, top_k: int) -> tuple[Ids, Scores]:
    """The captures nearest to one or several captures, by cosine.

    With several, a capture counts by the one that it is nearest to, so that a selection of unlike captures finds
    what is like any of them.

    Args:
        features: where to search.
        wanted: (Q,) captures to be like; they lead the answer themselves.
        top_k: how many to give.

    Returns:
        At most top_k captures, nearest first, and their cosines in [-1, 1].

    Raises:
        DatasetError: none of the wanted captures has features.
    """
    rows = _rows(features, wanted)
    if not len(rows):
        raise DatasetError("The features of this capture are not computed yet: try again in a moment.")
    with one_thread():
        best = _nearest(features, _take(features, rows))
    # Rounding must not put a twin before the capture itself.
    best[torch.from_numpy(rows)] += 2.0
    ids, cosines = _ranked(features, best, top_k)
    own = cosines > 1.5
    cosines[own] -= 2.0
    return ids, cosines.clip(-1.0, 1.0)


def unlike(
    features: CaptureFeatures,
    labelled: Ids,
    top_k: int,
    *,
    seed: int = 0,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Ids, Scores]:
    """The captures that are least like anything that is labelled.

    The distance to the nearest of some labelled captures is never less than that to the nearest of all. So only
    those that are far from a sample are compared with all, farthest first, until no other can be among the wanted:
    the answer is exact.

    Args:
        features: where to search.
        labelled: (Q,) captures that a human has labelled; they are no candidates.
        top_k: how many to give.
        seed: of the sample; it changes how long this takes, not the answer.
        is_cancelled: asked now and then; the answer is then worthless.

    Returns:
        At most top_k captures, most unlike first, and 1 minus the cosine to the nearest labelled one, in [0, 2].

    Raises:
        DatasetError: none of the labelled captures has features.
    """
    rows = _rows(features, labelled)
    if not len(rows):
        raise DatasetError("No capture whose features are computed is labelled: label some first.")
    known = _take(features, rows)
    generator = torch.Generator().manual_seed(seed)
    sample = known[torch.randperm(len(known), generator=generator)[:_FIRST_LABELLED]]
    with one_thread():
        distance = 1.0 - _nearest(features, sample, is_cancelled)
        distance[torch.from_numpy(rows)] = _NOT_LISTED
        if len(known) > len(sample):
            order = distance.argsort(descending=True)
            exact = torch.full_like(distance, _NOT_LISTED)
            for candidates in torch.split(order, _PART):
                listed = candidates[distance[candidates] > _NOT_LISTED]
                worst_wanted = exact.topk(min(top_k, len(exact))).values[-1]
                if not len(listed) or is_cancelled() or worst_wanted >= distance[listed[0]]:
                    break
                exact[listed] = 1.0 - _nearest(features.taken(listed.numpy()), known, is_cancelled)
            distance = exact
    ids, distances = _ranked(features, distance, top_k)
    return ids, distances.clip(0.0, 2.0)


def _nearest(
    features: CaptureFeatures, known: Tensor, is_cancelled: Callable[[], bool] = lambda: False
) -> Tensor:
    """For each of N captures the largest cosine to any of (Q, M)."""
    best = torch.full((len(features),), -1.0)
    part = max(256, min(_PART, _PART * _FIRST_LABELLED // max(1, len(known))))
    for start in range(0, len(features), part):
        if is_cancelled():
            break
        block = torch.from_numpy(features.vectors(slice(start, start + part)))
        best[start : start + len(block)] = (block @ known.T).amax(dim=1)  # (P, Q) -> (P,)
    return best


def _rows(features: CaptureFeatures, ids: Ids) -> Ids:
    rows = features.rows_of(ids)
    return rows[rows >= 0]


def _take(features: CaptureFeatures, rows: Ids) -> Tensor:
    return torch.from_numpy(features.vectors(rows))


def _ranked(features: CaptureFeatures, scores: Tensor, top_k: int) -> tuple[Ids, Scores]:
    values, rows = scores.topk(min(top_k, len(scores)))
    is_listed = values > _NOT_LISTED
    return features.ids[rows[is_listed].numpy()], values[is_listed].numpy()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Parts of a few megabytes: a second thread only waits for the first, ten times longer on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
