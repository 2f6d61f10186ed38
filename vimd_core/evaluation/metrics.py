"""Metrics of a classifier on labelled captures. numpy alone.

Sizes: N captures, K classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
CALIBRATION_BINS: Final = 15
_Z_95: Final = 1.959964


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


def per_class_precision(confusion: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Fraction of the answers of each class that were right: (K,), NaN for a class that was never answered."""
    return per_class_accuracy(confusion.T)


def top_confusions(confusion: npt.NDArray[np.int64], most: int) -> list[tuple[int, int, int]]:
    """The most frequent mistakes as (true class, said class, how often), most frequent first.

    Args:
        confusion: (K, K) counts, rows are true classes.
        most: how many at most.
    """
    mistakes = confusion.copy()
    np.fill_diagonal(mistakes, 0)
    order = np.argsort(-mistakes, axis=None, kind="stable")[:most]
    pairs = [divmod(int(flat), len(mistakes)) for flat in order if mistakes.flat[flat]]
    return [(true, said, int(mistakes[true, said])) for true, said in pairs]


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
    return reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels, bins).error


def negative_log_likelihood(probabilities: Probabilities, labels: Labels) -> float:
    """Mean of -ln of the probability that was given to the true class, in nats.

    Args:
        probabilities: (N, K); a zero counts as the smallest float32, so that the mean stays finite.
        labels: (N,) in [0, K).
    """
    given = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(given, np.finfo(np.float32).tiny)).mean())


def brier_score(probabilities: Probabilities, labels: Labels) -> float:
    """Mean squared distance of the probabilities from certainty in the true class, in [0, 2].

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).

    Args:
        probabilities: (N, K).
        labels: (N,) in [0, K).
    """
    distance = probabilities.astype(np.float64)
    distance[np.arange(len(labels)), labels] -= 1.0
    return float((distance**2).sum(axis=1).mean())


@dataclass(frozen=True)
class Reliability:
    """Confidence against accuracy in equally wide bins of confidence.

    Attributes:
        counts: (bins,) captures in each bin.
        confidence: (bins,) mean probability of the most likely class, NaN in an empty bin.
        accuracy: (bins,) fraction that was right, NaN in an empty bin.
    """

    counts: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    accuracy: npt.NDArray[np.float64]

    @property
    def error(self) -> float:
        """The expected calibration error of these bins."""
        filled = self.counts > 0
        gap = np.abs(self.accuracy[filled] - self.confidence[filled])
        return float((gap * self.counts[filled]).sum() / max(1, self.counts.sum()))


def reliability(
    confidence: npt.NDArray[np.floating[Any]], correct: npt.NDArray[np.bool_], bins: int = CALIBRATION_BINS
) -> Reliability:
    """Put captures into bins by their confidence.

    Args:
        confidence: (N,) probability of the most likely class, in [0, 1].
        correct: (N,) whether that class is the true one.
        bins: number of bins.
    """
    index = np.minimum((confidence.astype(np.float64) * bins).astype(np.int64), bins - 1)
    counts = np.bincount(index, minlength=bins)
    means = []
    for values in (confidence.astype(np.float64), correct.astype(np.float64)):
        mean: npt.NDArray[np.float64] = np.full(bins, np.nan)
        np.divide(np.bincount(index, weights=values, minlength=bins), counts, out=mean, where=counts > 0)
        means.append(mean)
    return Reliability(counts, means[0], means[1])


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """95 % confidence interval of a fraction; (0, 1) without observations.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).

    Args:
        successes: how many of `n`.
        n: number of observations.
    """
    if n == 0:
        return 0.0, 1.0
    z2 = _Z_95**2
    centre = (successes + z2 / 2) / (n + z2)
    half = _Z_95 / (n + z2) * math.sqrt(successes * (n - successes) / n + z2 / 4)
    return max(0.0, centre - half), min(1.0, centre + half)
