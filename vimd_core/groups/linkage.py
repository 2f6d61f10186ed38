"""Average linkage (UPGMA) of captures over the graph of their nearest neighbours, with a limit on the size of groups.

The mean cosine between the captures of two groups is the product of the sums of their unit vectors, divided by both
sizes: it is exact without all pairs. Groups whose mean is high enough have neighbours in each other, so only pairs of
groups that the graph connects are looked at. In each round all pairs merge that are each other's best, which gives the
groups that merging one pair after the other gives (average linkage is reducible: no merger brings a third group near).
Source: Sokal and Michener (1958); rounds of reciprocal neighbours: Murtagh, Computer Journal 26 (1983).

Sizes: N captures, M numbers in a vector, E pairs of neighbours, G groups.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
_PART = 65_536


def linked(vectors: Floats, pairs: Ints, groups: Ints, *, least: float, most: int) -> Ints:
    """Merge groups as long as two have a mean cosine that is high enough.

    Args:
        vectors: (N, M) of length 1.
        pairs: (E, 2) places of captures that are neighbours.
        groups: (N,) numbers in [0, G) to begin with.
        least: mean cosine of two groups that are merged.
        most: how many captures a group may have after a merger.

    Returns:
        (N,) numbers from 0 on, without gaps.
    """
    groups = _without_gaps(groups)
    while True:
        count = int(groups.max()) + 1 if len(groups) else 0
        sizes = np.bincount(groups, minlength=count)
        between = _between(groups[pairs], count, sizes, most)
        if not len(between):
            return groups
        sums = np.zeros((count, vectors.shape[1]), np.float32)
        np.add.at(sums, groups, vectors)
        means = _means(sums, between) / (sizes[between[:, 0]] * sizes[between[:, 1]])
        is_near = means >= least
        between, means = between[is_near], means[is_near]
        if not len(between):
            return groups
        groups = _without_gaps(_merged(between, means, count)[groups])


def _between(ends: Ints, count: int, sizes: Ints, most: int) -> Ints:
    """(P, 2) pairs of groups that are connected and not too large together, each once, the smaller number first."""
    low, high = ends.min(axis=1), ends.max(axis=1)
    keys = np.unique(low[low != high] * count + high[low != high])
    pairs = np.stack([keys // max(count, 1), keys % max(count, 1)], axis=1)
    fitting: Ints = pairs[sizes[pairs].sum(axis=1) <= most]
    return fitting


def _means(sums: Floats, pairs: Ints) -> Floats:
    """(P,) products of the sums of each pair, in parts that fit into memory."""
    products = np.empty(len(pairs), np.float32)
    for first in range(0, len(pairs), _PART):
        part = pairs[first : first + _PART]
        products[first : first + _PART] = np.einsum("pm,pm->p", sums[part[:, 0]], sums[part[:, 1]])
    return products


def _merged(pairs: Ints, means: Floats, count: int) -> Ints:
    """(G,) the group that each one is part of after all pairs have merged that are each other's best."""
    # Of equal means the first pair is the best one, so that no three groups wait for each other.
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -means))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(count, len(order), np.int64)
    np.minimum.at(best, pairs[:, 0], rank)
    np.minimum.at(best, pairs[:, 1], rank)
    mutual = pairs[(best[pairs[:, 0]] == rank) & (best[pairs[:, 1]] == rank)]
    into = np.arange(count)
    into[mutual[:, 1]] = mutual[:, 0]
    return into


def _without_gaps(groups: Ints) -> Ints:
    return np.unique(groups, return_inverse=True)[1].astype(np.int64)
