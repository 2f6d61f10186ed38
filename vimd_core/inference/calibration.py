"""Temperature scaling: one number that makes a classifier as sure as it is right. numpy alone.

Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2: logits are divided by a
temperature T that minimises the negative log-likelihood on captures that were held back from training. Dividing
by a positive number keeps the order of the classes, so no answer changes, only how sure it is.

Sizes: N captures, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.errors import DatasetError

Logits = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.integer[Any]]
Losses = npt.NDArray[np.float64]
Groups = Sequence[str]
CALIBRATION: Final = "calibration"
"""In what a model says of its training: the temperature that it had before, and what the present one was found on."""
MIN_TEMPERATURE: Final = 0.25
"""A smaller one would push unlikely classes below the smallest float32, where their order is lost."""
MAX_TEMPERATURE: Final = 10.0
# Natural logarithms of temperatures, 5 % apart; between them the likelihood is a parabola for all purposes.
_GRID: Final = np.linspace(np.log(MIN_TEMPERATURE), np.log(MAX_TEMPERATURE), 75)
# How far temperatures lie from what is known of them before a capture is looked at: a factor of 1.4 either way.
# Measured on trainings of 120 to 180 labels: with 12 to 30 captures to calibrate on a wider one errs more.
_SPREAD: Final = 0.35
# A gain in likelihood that is less than this part of its own standard error is chance.
_LEAST_GAIN: Final = 0.5
_MOST_FOLDS: Final = 50
_ROWS: Final = 4096


@dataclass(frozen=True)
class FittedTemperature:
    """A temperature, and what it is worth.

    Attributes:
        value: what logits are divided by.
        left_out: (N,) for each capture the temperature that is found without its group; with these, figures on the
            same captures do not flatter.
        is_kept: whether the temperature from before stays, because another one gains nothing.
    """

    value: float
    left_out: npt.NDArray[np.float64]
    is_kept: bool


def fit_temperature(
    logits: Logits, labels: Labels, *, before: float = 1.0, groups: Groups | None = None
) -> FittedTemperature:
    """The temperature that makes the probabilities of held-back captures most likely, if it is better than before.

    Few captures can't tell: ten right answers of ten alone would ask for boundless confidence. So the logarithm of the
    temperature is drawn towards that of `before` as if it were known to be within a factor of 1.4 (a normal prior; with
    hundreds of captures it weighs nothing), and the temperature only changes when the captures are more likely with
    what is found without them: with the temperatures that are fitted to the captures of all other groups.

    Args:
        logits: (N, K) that were not divided by a temperature; a constant may be missing from each row, so that
            log-probabilities will do.
        labels: (N,) in [0, K).
        before: the temperature to start from.
        groups: (N,) captures of one group, such as frames of one thing, are left out together; None: each is its own.

    Returns:
        The temperature in [`MIN_TEMPERATURE`, `MAX_TEMPERATURE`], or `before`.

    Raises:
        DatasetError: there are no captures, or a logit is not a finite number.
    """
    n, classes = logits.shape
    if n == 0:
        raise DatasetError("There are no captures to calibrate on: hold some back from training.")
    if not np.isfinite(logits).all():
        raise DatasetError("The model's outputs are not finite: it can't be calibrated.")
    fold_of = _folds(n, groups)
    folds = int(fold_of.max()) + 1
    if classes == 1 or folds < 2:
        return FittedTemperature(before, np.full(n, before), True)
    losses = _losses(logits, labels, np.append(_GRID, np.log(before)))  # (N, G + 1)
    grid, now = losses[:, :-1], losses[:, -1]
    sums = np.zeros((folds, len(_GRID)))
    np.add.at(sums, fold_of, grid)
    total = sums.sum(axis=0)
    prior = (_GRID - np.log(before)) ** 2 / (2 * _SPREAD**2)
    found = np.array([_lowest(total - own + prior) for own in sums])  # without each fold
    gains = now - _between(grid, found[fold_of])
    by_fold = np.bincount(fold_of, gains)
    error = float(by_fold.std(ddof=1)) * np.sqrt(folds)  # of their sum
    is_kept = bool(gains.sum() <= _LEAST_GAIN * error)
    # Whether it changes is decided for each fold without it, too.
    rest = gains.sum() - by_fold
    left_out = np.where(rest > _LEAST_GAIN * error, np.exp(found), before)[fold_of]
    value = before if is_kept else float(np.exp(_lowest(total + prior)))
    return FittedTemperature(value, left_out, is_kept)


def _folds(n: int, groups: Groups | None) -> npt.NDArray[np.int64]:
    """A fold for each capture: each group is its own, or one of fifty together with others."""
    units = np.arange(n) if groups is None else np.unique(list(groups), return_inverse=True)[1]
    order = np.random.default_rng(0).permutation(int(units.max()) + 1)
    return np.asarray(order[units] % _MOST_FOLDS if len(order) > _MOST_FOLDS else order[units], np.int64)


def _losses(logits: Logits, labels: Labels, log_temperatures: npt.NDArray[np.float64]) -> Losses:
    """Negative log-likelihood of each label at each temperature, (N, G)."""
    losses = np.empty((len(logits), len(log_temperatures)))
    for first in range(0, len(logits), _ROWS):
        z = logits[first : first + _ROWS].astype(np.float64)
        z -= z.max(axis=1, keepdims=True)  # the likeliest is 0
        of_label = z[np.arange(len(z)), labels[first : first + _ROWS]]
        for place, inverse in enumerate(np.exp(-log_temperatures)):
            sums = np.exp(z * inverse).sum(axis=1)
            losses[first : first + _ROWS, place] = np.log(sums) - of_label * inverse
    return losses


def _lowest(losses: npt.NDArray[np.float64]) -> float:
    """Where a curve over the grid is lowest: the bottom of the parabola through the lowest point and its neighbours."""
    place = int(losses.argmin())
    if not 0 < place < len(_GRID) - 1:
        return float(_GRID[place])
    left, middle, right = losses[place - 1 : place + 2]
    bend = left - 2 * middle + right
    shift = 0.0 if bend <= 0 else 0.5 * float((left - right) / bend)
    return float(_GRID[place] + shift * (_GRID[1] - _GRID[0]))


def _between(losses: Losses, places: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(N,) each row's value at a place between two points of the grid."""
    at = np.clip((places - _GRID[0]) / (_GRID[1] - _GRID[0]), 0, len(_GRID) - 1)
    low = np.minimum(at.astype(np.int64), len(_GRID) - 2)
    rows, share = np.arange(len(losses)), at - low
    return np.asarray((1 - share) * losses[rows, low] + share * losses[rows, low + 1], np.float64)


def rescale(
    probabilities: npt.NDArray[np.float32], temperature: float | npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """Probabilities as they are when their logits are divided by a temperature.

    Args:
        probabilities: (N, K), each row sums to 1.
        temperature: above 0; 1 / T undoes a division by T; one for all or (N,).

    Returns:
        (N, K), each row sums to 1.
    """
    divisors = np.asarray(temperature, np.float64).reshape(-1, 1)  # (1, 1) or (N, 1)
    logits = np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float64).tiny)) / divisors
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    scaled: npt.NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return scaled
