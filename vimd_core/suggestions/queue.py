"""What is most worth a label (active learning): doubtful captures that stand for many others without a label.

A greedy choice by weighted facility location. Each capture is covered as well as the nearest labelled one resembles it,
and counts by the doubt about its suggestion; the next to label is the one that adds most to the weighted sum. With no
labels yet all count alike, and the choice is typical of the whole and nothing twice; as suggestions become sure of the
large and easy heaps, the choice moves to what is doubtful, but never to a single odd capture, for that covers nothing
else.

Sources: Wei, Iyer and Bilmes, "Submodularity in Data Subset Selection and Active Learning", ICML 2015; Hacohen, Dekel
and Weinshall, "Active Learning on a Budget: Opposite Strategies Suit High and Low Budgets", ICML 2022.

Sizes: N captures, Q labelled captures, T captures that stand for all, which are the candidates too, M numbers in a
whitened feature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.search import one_thread
from vimd_core.errors import DatasetError
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.teacher import ProjectTeacher
from vimd_core.suggestions.whitening import Whitening

Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
# A sample of so many stands for all: T x T numbers are kept in memory, 64 MB.
_MOST: Final = 4096
# How far a label reaches, as 1 minus the cosine of whitened features. Twice as far, and as near as a third, chose worse
# on sets of all kinds.
_REACH: Final = 0.5
# A suggestion that is sure may be wrong too.
_LEAST_DOUBT: Final = 0.02
_PART: Final = 1024
# So many captures are compared to see whether a teacher knows a project.
_SAMPLE: Final = 64


def worth_labelling_next(
    features: CaptureFeatures,
    labels: KnownLabels,
    top_k: int,
    *,
    teacher: ProjectTeacher | None = None,
    set_aside: Rows | None = None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Rows:
    """The captures of a project that are most worth a label; see `worth_labelling`.

    Args:
        features: of the project's captures.
        labels: those so far; there may be none.
        top_k: how many to give.
        teacher: of this project, so that its doubts count; one that knows less than half of the captures, or those of
            another project, is not asked, and of captures that it does not know yet none is given.
        set_aside: captures that were decided about without a class.
        is_cancelled: asked now and then; the answer is then worthless.

    Returns:
        Ids of at most top_k captures.

    Raises:
        DatasetError: there is no capture left to label.
    """
    with one_thread():
        if teacher is None or not _knows(teacher, features):
            known, vectors, doubt = features, Whitening(features)(features), None
        else:
            known, vectors, doubt = teacher.features, teacher.whitened, _doubt(teacher, labels)
        labelled = known.rows_of(labels.ids)
        aside = known.rows_of(np.empty(0, np.int64) if set_aside is None else set_aside)
        gone = np.flatnonzero(features.rows_of(known.ids) < 0)
        rows = worth_labelling(
            vectors,
            np.unique(labelled[labelled >= 0]),
            top_k,
            doubt=doubt,
            excluded=np.concatenate([aside[aside >= 0], gone]),
            is_cancelled=is_cancelled,
        )
    return known.ids[rows]


def worth_labelling(
    vectors: Tensor,
    labelled: Rows,
    top_k: int,
    *,
    doubt: Floats | None = None,
    excluded: Rows | None = None,
    seed: int = 0,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Rows:
    """The captures that are most worth a label, in an order of which each beginning is a good choice by itself.

    Asked again after some labels, with the doubt that is left then, it chooses better than in one go.

    Args:
        vectors: (N, M) float32 of length 1, whitened.
        labelled: (Q,) rows of captures that a user has given a class.
        top_k: how many to give.
        doubt: (N,) how likely the suggestion for each capture is wrong; None where nothing is suggested yet.
        excluded: rows that are no candidates either, such as captures that are set aside; they need no cover.
        seed: of the sample that stands for more than some thousand captures.
        is_cancelled: asked now and then; the answer is then worthless.

    Returns:
        At most top_k rows.

    Raises:
        DatasetError: there is no capture left to label.
    """
    is_open = np.ones(len(vectors), bool)
    is_open[labelled] = False
    if excluded is not None:
        is_open[excluded] = False
    rows = np.flatnonzero(is_open)
    if not len(rows):
        raise DatasetError("All classified captures are already labelled.")
    if len(rows) > _MOST:
        rows = np.sort(np.random.default_rng(seed).choice(rows, _MOST, replace=False))
    candidates = vectors[torch.from_numpy(rows)]
    covered = torch.zeros(len(rows))
    for first in range(0, len(labelled), _PART):
        if is_cancelled():
            break
        known = vectors[torch.from_numpy(labelled[first : first + _PART])]
        covered = torch.maximum(covered, _cover(candidates, known).amax(dim=1))  # (T, Q) -> (T,)
    weight = torch.ones(len(rows))
    if doubt is not None:
        weight = torch.from_numpy(np.maximum(doubt[rows], _LEAST_DOUBT).astype(np.float32))
    chosen = _greedy(_cover(candidates, candidates), covered, weight, min(top_k, len(rows)), is_cancelled)
    return rows[chosen]


def _knows(teacher: ProjectTeacher, features: CaptureFeatures) -> bool:
    rows = teacher.features.rows_of(features.ids)
    here = np.flatnonzero(rows >= 0)
    if 2 * len(here) < len(features) or not len(here):
        return False
    some = here[:: max(1, len(here) // _SAMPLE)]
    return bool(np.array_equal(teacher.features.own[rows[some]], features.own[some]))


def _doubt(teacher: ProjectTeacher, labels: KnownLabels) -> Floats | None:
    known = labels.classes[teacher.features.rows_of(labels.ids) >= 0]
    if len(np.unique(known)) < 2:
        return None
    return 1.0 - teacher.suggest(labels).probabilities


def _cover(captures: Tensor, by: Tensor) -> Tensor:
    """How well each of (T, M) is covered by each of (C, M), (T, C) in [0, 1]."""
    return (captures @ by.T).sub_(1.0).div_(_REACH).exp_()


def _greedy(
    cover: Tensor, covered: Tensor, weight: Tensor, count: int, is_cancelled: Callable[[], bool]
) -> list[int]:
    """Choose columns of (T, C), each time the one that adds most to what is covered, rows weighted by (T,).

    What a capture adds only shrinks while others are chosen, so that only those are computed again that once added
    more than the best one known (Minoux' lazy greedy).
    """
    adds = torch.cat(
        [weight @ (part - covered[:, None]).clamp_min_(0) for part in torch.split(cover, _PART, dim=1)]
    )
    chosen: list[int] = []
    while len(chosen) < count and not is_cancelled():
        best, best_adds = -1, -1.0
        while True:
            top = int(adds.argmax())
            if top == best:
                break
            adds[top] = weight @ (cover[:, top] - covered).clamp_min_(0)
            if float(adds[top]) >= best_adds:
                best, best_adds = top, float(adds[top])
        chosen.append(best)
        covered = torch.maximum(covered, cover[:, best])
        adds[best] = -2.0
    return chosen
