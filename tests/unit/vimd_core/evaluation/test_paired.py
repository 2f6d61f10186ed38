"""The paired test of two models."""

from __future__ import annotations

import math
from itertools import product

import pytest

from vimd_core.evaluation.paired import PairedOutcome, mcnemar_exact


@pytest.mark.parametrize(("fixed", "broken"), [(0, 0), (1, 0), (3, 2), (7, 1), (0, 8), (5, 5)])
def test_the_test_counts_all_outcomes_of_as_many_coins(fixed: int, broken: int) -> None:
    n = fixed + broken
    extreme = sum(abs(2 * sum(coins) - n) >= abs(fixed - broken) for coins in product((0, 1), repeat=n))
    assert mcnemar_exact(fixed, broken) == pytest.approx(extreme / 2**n)
    assert mcnemar_exact(broken, fixed) == mcnemar_exact(fixed, broken)


def test_thousands_of_captures_are_no_problem() -> None:
    # Three standard deviations of the normal distribution that many coins approach.
    assert mcnemar_exact(5150, 4850) == pytest.approx(0.0028, abs=2e-4)
    assert 0 <= mcnemar_exact(9000, 1000) < 1e-300


def test_an_outcome_says_how_good_both_are() -> None:
    outcome = PairedOutcome(both=6, fixed=3, broken=1, neither=2)
    assert (outcome.n, outcome.first_top1, outcome.second_top1) == (12, 7 / 12, 9 / 12)
    assert outcome.p_value == pytest.approx(0.625)
    assert math.isnan(PairedOutcome(0, 0, 0, 0).first_top1)
