"""Figures by size of capture, and the suggested smallest size."""

from __future__ import annotations

import json

import numpy as np
import pytest

from vimd_core.evaluation.metrics import wilson_interval
from vimd_core.evaluation.size_profile import SizeProfile, size_profile


def profile(*groups: tuple[int, int, float]) -> SizeProfile:
    """The profile of groups of captures as (size in px, how many, accuracy)."""
    sizes = np.concatenate([np.full(n, size) for size, n, _ in groups])
    correct = np.concatenate([np.arange(n) < round(n * accuracy) for _, n, accuracy in groups])
    return size_profile(sizes, correct, np.full(len(sizes), 0.9, np.float32))


def test_wilson_interval_of_the_textbook() -> None:
    """Brown, Cai and DasGupta, "Interval Estimation for a Binomial Proportion" (2001): ends that stay inside."""
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_captures_fall_into_ranges_by_their_longer_side() -> None:
    found = profile((7, 4, 0.5), (8, 6, 0.5), (39, 10, 0.8), (2000, 3, 1.0))
    assert [(one.name, one.n) for one in found.ranges] == [
        ("1–7 px", 4),
        ("8–11 px", 6),
        ("32–39 px", 10),
        ("512 px and more", 3),
    ]
    assert found.ranges[2].accuracy == pytest.approx(0.8) and found.ranges[2].ece == pytest.approx(0.1)
    assert found.ranges[2].interval == wilson_interval(8, 10)
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_smallest_size_is_where_larger_ones_stop_being_better() -> None:
    found = profile((10, 200, 0.5), (18, 200, 0.8), (26, 200, 0.93), (34, 200, 0.96), (50, 200, 0.97))
    assert found.smallest.size_px == 24
    assert found.smallest.plateau == pytest.approx((0.97 + 0.96 + 0.93) / 3)
    assert "at least 24 px" in found.smallest.sentence and "80.0 %" in found.smallest.sentence


def test_a_small_difference_or_an_accident_is_no_reason() -> None:
    """Four points behind with many captures; six points behind with few, where chance alone explains it."""
    assert profile((18, 2000, 0.92), (34, 2000, 0.96)).smallest.size_px == 16
    assert profile((18, 30, 0.9), (34, 2000, 0.96)).smallest.size_px == 16
    assert profile((18, 2000, 0.88), (34, 2000, 0.96)).smallest.size_px == 32


def test_without_a_loss_it_says_what_was_not_measured() -> None:
    found = profile((26, 100, 0.95), (34, 100, 0.96))
    assert found.smallest.size_px == 24 and "not measured" in found.smallest.sentence


@pytest.mark.parametrize("groups", [[(20, 500, 0.9)], [(20, 500, 0.9), (40, 29, 0.9)], [(20, 3, 1.0)]])
def test_too_few_captures_are_said(groups: list[tuple[int, int, float]]) -> None:
    found = profile(*groups)
    assert found.smallest.size_px is None and "Not enough captures" in found.smallest.sentence


def test_few_captures_of_a_size_decide_nothing() -> None:
    assert profile((18, 20, 0.0), (26, 100, 0.95), (34, 100, 0.96)).smallest.size_px == 24


def test_large_captures_that_are_worst_give_no_suggestion() -> None:
    found = profile((26, 300, 0.95), (34, 300, 0.95), (90, 40, 0.3))
    assert found.smallest.size_px is None and "worst" in found.smallest.sentence
