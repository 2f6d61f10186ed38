"""Coverage sampling (active learning): the captures that stand for most others without a label.

A greedy choice by facility location: each capture counts by how well the nearest labelled one covers it, and the next
to label is the one that adds most to the sum. Unlike the least sure captures, which are often odd ones, and often
alike, such captures are typical, and no two of them show the same; with few labels that is what a model lacks.

Sources: Wei, Iyer and Bilmes, "Submodularity in Data Subset Selection and Active Learning", ICML 2015; Hacohen, Dekel
and Weinshall, "Active Learning on a Budget: Opposite Strategies Suit High and Low Budgets", ICML 2022.

Sizes: N captures, Q labelled captures, C candidates, T captures that stand for all, M = D1 + D2 numbers of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.search import Ids, one_thread
from vimd_core.errors import DatasetError

# A sample of so many stands for all: C x T numbers are kept in memory, 64 MB.
_MOST: Final = 4096
# How far a label reaches, as 1 minus the cosine of embeddings whose numbers have mean 0 and variance 1.
_REACH: Final = 0.15
_PART: Final = 1024


def worth_labelling(
    features: CaptureFeatures,
    labelled: Ids,
    top_k: int,
    *,
    excluded: Ids | None = None,
    seed: int = 0,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Ids:
    """The captures that are most worth a label, in an order of which each beginning is a good choice by itself.

    Args:
        features: where to search.
        labelled: (Q,) captures that a human has given a class.
        top_k: how many to give.
        excluded: captures that are no candidates either, such as those that are set aside; they need no cover.
        seed: of the sample that stands for more than some thousand captures.
        is_cancelled: asked now and then; the answer is then worthless.

    Returns:
        At most top_k captures.

    Raises:
        DatasetError: there is no capture left to label.
    """
    taken = labelled if excluded is None else np.concatenate([labelled, excluded])
    is_open = ~np.isin(features.ids, taken)
    rows = np.flatnonzero(is_open)
    if not len(rows):
        raise DatasetError("All classified captures are already labelled.")
    generator = torch.Generator().manual_seed(seed)
    if len(rows) > _MOST:
        rows = rows[torch.randperm(len(rows), generator=generator)[:_MOST].sort().values.numpy()]
    known = features.rows_of(labelled)
    known = known[known >= 0]
    with one_thread():
        candidates = torch.from_numpy(features.vectors(rows))
        mean = candidates.mean(dim=0)
        scale = candidates.std(dim=0, correction=0).clamp_min(1e-6)
        candidates = _directions(candidates, mean, scale)
        covered = torch.zeros(len(rows))
        for first in range(0, len(known), _PART):
            if is_cancelled():
                break
            part = torch.from_numpy(features.vectors(known[first : first + _PART]))
            by_these = _cover(candidates, _directions(part, mean, scale))  # (T, q)
            covered = torch.maximum(covered, by_these.amax(dim=1))
        chosen = _greedy(_cover(candidates, candidates), covered, min(top_k, len(rows)), is_cancelled)
    return features.ids[rows[chosen]]


def _directions(vectors: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    """Numbers of mean 0 and variance 1, then length 1: what all captures have in common hides what tells them apart."""
    return functional.normalize((vectors - mean) / scale, dim=1)


def _cover(captures: Tensor, by: Tensor) -> Tensor:
    """How well each of (T, M) is covered by each of (C, M), (T, C) in [0, 1]."""
    return (captures @ by.T).sub_(1.0).div_(_REACH).exp_()


def _greedy(cover: Tensor, covered: Tensor, count: int, is_cancelled: Callable[[], bool]) -> list[int]:
    """Choose columns of (T, C), each time the one that adds most to what is covered.

    What a capture adds only shrinks while others are chosen, so that only those are computed again that once added
    more than the best one known (Minoux' lazy greedy).
    """
    adds = torch.cat(
        [(part - covered[:, None]).clamp_min_(0).sum(dim=0) for part in torch.split(cover, _PART, dim=1)]
    )
    chosen: list[int] = []
    while len(chosen) < count and not is_cancelled():
        best, best_adds = -1, -1.0
        while True:
            top = int(adds.argmax())
            if top == best:
                break
            adds[top] = (cover[:, top] - covered).clamp_min_(0).sum()
            if float(adds[top]) >= best_adds:
                best, best_adds = top, float(adds[top])
        chosen.append(best)
        covered = torch.maximum(covered, cover[:, best])
        adds[best] = -2.0
    return chosen
