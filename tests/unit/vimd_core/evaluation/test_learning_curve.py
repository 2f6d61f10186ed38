"""Accuracy against the number of labels, and what is foretold of it."""

from __future__ import annotations

import numpy as np
import pytest

from vimd_core.evaluation.learning_curve import LearningCurve, learning_curve


def captures(count: int, classes: int = 6, noise: float = 1.2) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    labels = generator.integers(0, classes, count)
    centres = generator.normal(size=(classes, 24))
    return centres[labels] + noise * generator.normal(size=(count, 24)), labels.astype(np.int64)


def test_more_labels_of_what_can_be_told_apart_are_better() -> None:
    curve = learning_curve(*captures(600))
    assert curve is not None
    assert curve.sizes == (26, 52, 105, 210, 420)
    assert curve.means[-1] > curve.means[0] + 0.1 and curve.means[-1] > 0.9


def test_what_is_foretold_comes_true() -> None:
    x, y = captures(2000, noise=2.5)
    few, many = learning_curve(x[:300], y[:300]), learning_curve(x[:600], y[:600])
    assert few is not None and many is not None
    expected, low, high = few.predict(many.sizes[-1])
    assert low <= expected <= high
    assert low <= many.means[-1] <= high and high - low < 0.25


def test_labels_that_mean_nothing_promise_nothing() -> None:
    x, y = captures(300)
    np.random.default_rng(0).shuffle(y)
    curve = learning_curve(x, y)
    assert curve is not None
    assert curve.means[-1] < 0.35 and curve.predict(2 * curve.sizes[-1])[0] < 0.4


def test_a_power_law_is_found_again() -> None:
    sizes = (20, 40, 80, 160)
    accuracies = 0.9 - 1.5 * np.array(sizes, float) ** -0.5
    curve = LearningCurve(sizes, np.tile(accuracies, (4, 1)), 10**12)
    expected, low, high = curve.predict(320)
    assert expected == pytest.approx(0.9 - 1.5 * 320**-0.5, abs=1e-3)
    assert low == pytest.approx(high, abs=1e-4)


def test_frames_of_one_thing_are_no_proof_of_anything() -> None:
    # Ten frames of each thing look alike, and things of a class have nothing in common.
    generator = np.random.default_rng(3)
    things = np.repeat(np.arange(40), 10)
    x = generator.normal(size=(40, 24))[things] + 0.05 * generator.normal(size=(400, 24))
    labels = (things % 4).astype(np.int64)
    apart, mixed = learning_curve(x, labels, things), learning_curve(x, labels)
    assert apart is not None and mixed is not None
    assert mixed.means[-1] > 0.8 and apart.means[-1] < 0.5


def test_too_little_says_nothing() -> None:
    x, y = captures(59)
    assert learning_curve(x, y) is None
    x, y = captures(100)
    assert learning_curve(x, np.zeros_like(y)) is None
    assert learning_curve(x, y, should_stop=lambda: True) is None
