"""How many suggestions are right, estimated on labels that were held back, with an interval.

Labels differ from what is to be answered. A group that is held back takes labels of its own class along: a class with
three labelled groups is judged as if it had two. So held-back labels are weighed until they have as many other groups
of their class as a new capture finds. And what is unlabelled resembles labelled captures more or less often than
these resemble each other, when they were chosen by a queue or many alike ones at once.

Sizes: L labels.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.suggestions.answers import EstimatedShare
from vimd_core.suggestions.mixing import HeldBack, Mixture

_Z: Final = 1.96
_MOST_WEIGHT: Final = 3.0
_SEVERAL: Final = 5
# Labelled groups of a class: 0, 1, 2, 3 to 4, 5 to 7, more.
_FEW_GROUPS: Final = (0, 1, 2, 3, 5, 8)
_BINS: Final = len(_FEW_GROUPS) + 1
Ints = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


def weights_elsewhere(y: Ints, groups: Ints) -> Weights:
    """(L,) weights of labels held back by group: their classes then have as many other groups as new captures find.

    How many labelled groups the class of a new capture has is known for each class; how frequent the class is, from
    its labels, drawn towards all classes alike as far as chance explains how they differ.
    """
    pairs = np.unique(np.stack([y, groups]), axis=1)
    labels = np.bincount(y).astype(np.float64)
    known = np.bincount(pairs[0], minlength=len(labels))
    is_there = labels > 0
    mean, variance = labels[is_there].mean(), labels[is_there].var()
    trust = max(0.0, variance - mean) / max(variance, 1e-9)
    frequency = np.where(is_there, mean + trust * (labels - mean), 0.0)
    wanted = np.bincount(_bin(known), frequency, minlength=_BINS)
    wanted *= len(y) / wanted.sum()
    there = _bin(known[y] - 1)
    ratio = (wanted + 1.0) / (np.bincount(there, minlength=_BINS) + 1.0)
    return np.asarray(np.clip(ratio, 1 / _MOST_WEIGHT, _MOST_WEIGHT)[there], np.float64)


def weights_in_project(rows: Ints, groups: Ints, nearest: Tensor, unlabelled: float) -> Weights:
    """(L,) weights of labels held back singly, so that as many have a labelled twin as unlabelled captures do.

    Args:
        rows: (L,) captures.
        groups: (L,) captures of one group are twins.
        nearest: (L,) cosine to the nearest other label.
        unlabelled: mean cosine of unlabelled captures to their nearest label.
    """
    captures = np.unique(np.stack([groups, rows]), axis=1)
    has_twin = np.bincount(captures[0], minlength=int(groups.max()) + 1)[groups] > 1
    if min(has_twin.sum(), (~has_twin).sum()) < _SEVERAL:
        return np.ones(len(rows))
    cosines = nearest.numpy().astype(np.float64)
    of_twins, of_others = cosines[has_twin].mean(), cosines[~has_twin].mean()
    if of_twins - of_others < 1e-3:
        return np.ones(len(rows))
    share = float(np.clip((unlabelled - of_others) / (of_twins - of_others), 0.0, 1.0))
    there = float(has_twin.mean())
    ratio = np.where(has_twin, share / there, (1.0 - share) / (1.0 - there))
    return np.clip(ratio, 1 / _MOST_WEIGHT, _MOST_WEIGHT)


def _bin(groups: Ints) -> Ints:
    return np.asarray(np.digitize(groups, _FEW_GROUPS), np.int64)


def single_share(y: Ints) -> float:
    """How many captures are of a class without a label: as many as labels are the only ones of theirs (Turing)."""
    return float(((np.bincount(y) == 1).sum() + 0.5) / (len(y) + 1.0))


def right_share(held: HeldBack, mixture: Mixture, unknown_share: float, groups: Ints) -> EstimatedShare:
    """The share of right answers, and Wilson's 95 % interval with as many trials as there are groups in effect.

    Args:
        held: what candidates said of held-back labels.
        mixture: how they are weighed.
        unknown_share: how many captures are of no labelled class; their answers are wrong.
        groups: (L,) labels of one group are no independent trials.
    """
    logits = held.scores @ torch.tensor(mixture.weights)  # (L, T)
    is_right = (logits[:, 0] >= logits.amax(dim=1)) & held.is_known
    weights = (held.weights * held.is_known).numpy().astype(np.float64)
    if weights.sum() <= 0:
        return EstimatedShare(0.0, 0.0, 1.0)
    right = float((weights * is_right.numpy()).sum() / weights.sum())
    by_group = np.bincount(groups, weights)
    trials = float(weights.sum() ** 2 / (by_group**2).sum())
    return _wilson(right * (1.0 - unknown_share), trials)


def _wilson(share: float, trials: float) -> EstimatedShare:
    middle = (share + _Z**2 / (2 * trials)) / (1 + _Z**2 / trials)
    half = _Z / (1 + _Z**2 / trials) * (share * (1 - share) / trials + _Z**2 / (4 * trials**2)) ** 0.5
    return EstimatedShare(share, max(0.0, middle - half), min(1.0, middle + half))
