"""Nearest-neighbour search, exact, over a file of embeddings, in parts that fit the processor's cache.

Sizes: N stored captures, Q captures asked for, M numbers in an embedding, P captures in a part.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.embeddings.file import StoredEmbeddings
from vimd_core.errors import DatasetError

Ids = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]
_PART: Final = 8192
_FIRST_LABELLED: Final = 512
_NOT_LISTED: Final = -9.0


def similar(stored: StoredEmbeddings, wanted: Ids, top_k: int) -> tuple[Ids, Scores]:
    """The captures nearest to one or several captures, by cosine.

    With several, a capture counts by the one that it is nearest to, so that a selection of unlike captures finds
    what is like any of them.

    Args:
        stored: where to search; embeddings have the length 1.
        wanted: (Q,) captures to be like; they lead the answer themselves.
        top_k: how many to give.

    Returns:
        At most top_k captures, nearest first, and their cosines in [-1, 1].

    Raises:
        DatasetError: none of the wanted captures has an embedding.
    """
    rows = _rows(stored, wanted)
    if not len(rows):
        raise DatasetError("These captures are not classified yet: classify them first.")
    with one_thread():
        best = _nearest(stored_vectors(stored), _take(stored, rows))
    best[torch.from_numpy(stored.ids <= 0)] = _NOT_LISTED
    # Rounding must not put a twin before the capture itself.
    best[torch.from_numpy(rows)] += 2.0
    ids, cosines = _ranked(stored, best, top_k)
    own = cosines > 1.5
    cosines[own] -= 2.0
    return ids, cosines.clip(-1.0, 1.0)


def unlike(
    stored: StoredEmbeddings,
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
        stored: where to search; embeddings have the length 1.
        labelled: (Q,) captures that a human has labelled; they are no candidates.
        top_k: how many to give.
        seed: of the sample; it changes how long this takes, not the answer.
        is_cancelled: asked now and then; the answer is then worthless.

    Returns:
        At most top_k captures, most unlike first, and 1 minus the cosine to the nearest labelled one, in [0, 2].

    Raises:
        DatasetError: none of the labelled captures has an embedding.
    """
    rows = _rows(stored, labelled)
    if not len(rows):
        raise DatasetError("None of the classified captures is labelled: label some first.")
    vectors, known = stored_vectors(stored), _take(stored, rows)
    generator = torch.Generator().manual_seed(seed)
    sample = known[torch.randperm(len(known), generator=generator)[:_FIRST_LABELLED]]
    with one_thread():
        distance = 1.0 - _nearest(vectors, sample, is_cancelled)
        distance[torch.from_numpy(stored.ids <= 0)] = _NOT_LISTED
        distance[torch.from_numpy(rows)] = _NOT_LISTED
        if len(known) > len(sample):
            order = distance.argsort(descending=True)
            exact = torch.full_like(distance, _NOT_LISTED)
            for candidates in torch.split(order, _PART):
                listed = candidates[distance[candidates] > _NOT_LISTED]
                worst_wanted = exact.topk(min(top_k, len(exact))).values[-1]
                if not len(listed) or is_cancelled() or worst_wanted >= distance[listed[0]]:
                    break
                exact[listed] = 1.0 - _nearest(vectors[listed], known, is_cancelled)
            distance = exact
    ids, distances = _ranked(stored, distance, top_k)
    return ids, distances.clip(0.0, 2.0)


def stored_vectors(stored: StoredEmbeddings) -> Tensor:
    """All records as (N, M) float16, mapped from the file: to be read, never written."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
        return torch.from_numpy(stored.vectors)


def unit_vectors(stored: StoredEmbeddings, ids: Ids) -> tuple[Ids, Tensor]:
    """The embeddings of those captures that have one.

    Args:
        stored: where they are.
        ids: captures.

    Returns:
        Their places in `ids`, and (Q, M) float32.
    """
    rows = stored.rows_of(ids)
    return np.flatnonzero(rows >= 0), _take(stored, rows[rows >= 0])


def _nearest(vectors: Tensor, known: Tensor, is_cancelled: Callable[[], bool] = lambda: False) -> Tensor:
    """For each of (N, M) the largest cosine to any of (Q, M)."""
    best = torch.full((len(vectors),), -1.0)
    part = max(256, min(_PART, _PART * _FIRST_LABELLED // max(1, len(known))))
    wide = torch.empty(part, vectors.shape[1])
    for start in range(0, len(vectors), part):
        if is_cancelled():
            break
        narrow = vectors[start : start + part]
        block = wide[: len(narrow)]
        block.copy_(narrow)
        best[start : start + len(narrow)] = (block @ known.T).amax(dim=1)  # (P, Q) -> (P,)
    return best


def _rows(stored: StoredEmbeddings, ids: Ids) -> Ids:
    rows = stored.rows_of(ids)
    return rows[rows >= 0]


def _take(stored: StoredEmbeddings, rows: Ids) -> Tensor:
    return torch.from_numpy(stored.vectors[rows].astype(np.float32))


def _ranked(stored: StoredEmbeddings, scores: Tensor, top_k: int) -> tuple[Ids, Scores]:
    values, rows = scores.topk(min(top_k, len(scores)))
    is_listed = values > _NOT_LISTED
    return stored.ids[rows[is_listed].numpy()], values[is_listed].numpy()


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Parts of a few megabytes: a second thread only waits for the first, ten times longer on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
