"""Figures of predictions whose truth is known.

Sizes: N captures, K classes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vimd_core.evaluation.metrics import reliability


def accuracy_figures(
    classes: npt.NDArray[np.int64],
    confidence: npt.NDArray[np.floating],
    truth: npt.NDArray[np.int64],
    where: str,
) -> dict[str, float]:
    """Top-1 and expected calibration error, fractions.

    Args:
        classes: (N,) predicted.
        confidence: (N,) probability of it.
        truth: (N,), also of classes that nobody has labelled.
        where: "others" or "pool", which the names of the figures end with.
    """
    right = classes == truth
    return {
        f"top1_{where}": round(float(right.mean()), 5),
        f"calibration_error_{where}": round(reliability(confidence, right).error, 5),
    }


def auroc(scores: npt.NDArray[np.floating], is_positive: npt.NDArray[np.bool_]) -> float:
    """Area under the ROC curve: how likely a positive one has the higher score; ties count half.

    Args:
        scores: (N,).
        is_positive: (N,), both kinds present.
    """
    _, ranks, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_rank = np.cumsum(counts) - (counts - 1) / 2
    positives = int(is_positive.sum())
    rank_sum = float(mean_rank[ranks][is_positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * (len(scores) - positives))
