"""Temperature scaling: one number that makes a classifier as sure as it is right. numpy alone.

Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2: logits are divided by a
temperature T that minimises the negative log-likelihood on captures that were held back from training. Dividing
by a positive number keeps the order of the classes, so no answer changes, only how sure it is.

Sizes: N captures, K classes.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import DatasetError

Logits = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.integer[Any]]
MIN_TEMPERATURE: Final = 0.25
"""A smaller one would push unlikely classes below the smallest float32, where their order is lost."""
MAX_TEMPERATURE: Final = 10.0
_HALVINGS: Final = 60


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """The temperature that makes the probabilities of held-back captures most likely.

    The negative log-likelihood is convex in 1 / T, so the zero of its slope is found by halving an interval:
    there is nothing to tune and the result does not depend on a start.

    Where all captures are right, the likelihood alone would ask for boundless confidence. So each label counts
    as 1 - 1 / (N + 2) of a capture and the rest is shared by the other classes, as Platt proposed: ten right
    answers of ten are then taken for about 92 %, not 100 %, and with many captures the rest vanishes.
    Source: Platt, "Probabilistic Outputs for Support Vector Machines", 1999, section 2.2.

    Args:
        logits: (N, K) that were not divided by a temperature; a constant may be missing from each row, so that
            log-probabilities will do.
        labels: (N,) in [0, K).

    Returns:
        T in [`MIN_TEMPERATURE`, `MAX_TEMPERATURE`]; 1 when there is only one class.

    Raises:
        DatasetError: there are no captures, or a logit is not a finite number.
    """
    n, classes = logits.shape
    if n == 0:
        raise DatasetError("There are no captures to calibrate on: hold some back from training.")
    if classes == 1:
        return 1.0
    z = logits.astype(np.float64)
    if not np.isfinite(z).all():
        raise DatasetError("The model's answers are not numbers: it can't be calibrated.")
    z -= z.max(axis=1, keepdims=True)  # (N, K), the likeliest is 0
    rest = 1.0 / (n + 2)
    of_label = z[np.arange(n), labels]
    wanted = (1 - rest) * of_label + rest * (z.sum(axis=1) - of_label) / (classes - 1)

    def slope(inverse: float) -> float:
        """Derivative of the mean negative log-likelihood by 1 / T."""
        weights = np.exp(z * inverse)
        expected = (weights * z).sum(axis=1) / weights.sum(axis=1)
        return float((expected - wanted).mean())

    low, high = 1.0 / MAX_TEMPERATURE, 1.0 / MIN_TEMPERATURE
    if slope(low) >= 0:
        return MAX_TEMPERATURE
    if slope(high) <= 0:
        return MIN_TEMPERATURE
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return 2.0 / (low + high)


def rescale(probabilities: npt.NDArray[np.float32], temperature: float) -> npt.NDArray[np.float32]:
    """Probabilities as they are when their logits are divided by a temperature.

    Args:
        probabilities: (N, K), each row sums to 1.
        temperature: above 0; 1 / T undoes a division by T.

    Returns:
        (N, K), each row sums to 1.
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float64).tiny)) / temperature
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    scaled: npt.NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
