"""Figures of a classifier on labelled captures. numpy alone.

Sizes: N captures, K classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
CALIBRATION_BINS = 15


def top_k_accuracy(probabilities: Probabilities, labels: Labels, k: int) -> float:
    """Fraction of captures whose label is among the k most likely classes.

    Args:
        probabilities: (N, K).
        labels: (N,) in [0, K).
        k: at least 1; more than K counts as K.
    """
    k = min(k, probabilities.shape[1])
    likeliest = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return float((likeliest == labels[:, None]).any(axis=1).mean())


def confusion_matrix(predicted: Labels, labels: Labels, num_classes: int) -> npt.NDArray[np.int64]:
    """Counts, one row for each true class and one column for each predicted class: (K, K) int64."""
    counts = np.bincount(labels * num_classes + predicted, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def per_class_accuracy(confusion: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Fraction of each class that was recognised: (K,), NaN for a class without captures."""
    support = confusion.sum(axis=1)
    accuracy: npt.NDArray[np.float64] = np.full(len(support), np.nan)
    np.divide(np.diag(confusion), support, out=accuracy, where=support > 0)
    return accuracy


def expected_calibration_error(
    probabilities: Probabilities, labels: Labels, bins: int = CALIBRATION_BINS
) -> float:
    """How far confidence and accuracy are apart, in [0, 1].

    Captures are put into equally wide bins by the probability of their most likely class; the result is the mean
    of |accuracy - confidence| over the bins, weighted by their sizes.
    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, equation 3.

    Args:
        probabilities: (N, K).
        labels: (N,) in [0, K).
        bins: number of bins.
    """
    confidence: npt.NDArray[Any] = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == labels
    index = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gap = np.bincount(index, weights=correct - confidence, minlength=bins)
    return float(np.abs(gap).sum() / len(labels))
