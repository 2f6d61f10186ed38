"""A thing that was captured many times is not many things: intervals are wider, differences less sure."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from vimd_core.evaluation.clustered import ThingOutcome, paired_p_value, share_interval
from vimd_core.evaluation.gate import ComparedCapture, judge
from vimd_core.evaluation.metrics import wilson_interval
from vimd_core.evaluation.paired import mcnemar_exact


def test_captures_of_things_of_their_own_have_wilsons_interval() -> None:
    things = [(1, int(number < 30)) for number in range(40)]
    assert share_interval(things) == pytest.approx(wilson_interval(30, 40), abs=1e-6)
    assert share_interval([]) == (0.0, 1.0)


def test_copies_of_a_thing_tell_nothing_more() -> None:
    once = share_interval([(1, int(number < 30)) for number in range(40)])
    often = share_interval([(25, 25 * int(number < 30)) for number in range(40)])
    assert often == pytest.approx(once, abs=0.02)
    low, high = share_interval([(25, 25)] * 8)
    assert low < 0.7 and high == 1.0  # eight right things, not two hundred


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        # Captures of a thing are right together: rates of things are spread over all of [0, 1].
        rates = generator.beta(1.2, 0.8, 40)
        sizes = generator.integers(1, 12, 40)
        right = generator.binomial(sizes, rates)
        low, high = share_interval(list(zip(sizes.tolist(), right.tolist(), strict=True)))
        held += low <= 0.6 <= high
    assert 0.92 <= held / 400 <= 0.99


def test_the_sign_flip_test_is_exact_and_mcnemars_where_things_are_captures() -> None:
    leads = [3, 2, -1, 1, 4, 0, 2]
    things = [ThingOutcome(5, 0, lead) if lead > 0 else ThingOutcome(5, -lead, 0) for lead in leads]
    sums = [abs(sum(signs)) for signs in itertools.product(*[(-lead, lead) for lead in leads if lead])]
    assert paired_p_value(things) == pytest.approx(np.mean([one >= 11 for one in sums]))
    singles = [ThingOutcome(1, 0, 1)] * 12 + [ThingOutcome(1, 1, 0)] * 3 + [ThingOutcome(1, 1, 1)] * 9
    assert paired_p_value(singles) == mcnemar_exact(12, 3)
    assert paired_p_value([]) == 1.0


def test_the_gate_is_not_sure_of_a_model_that_is_better_on_one_thing_alone() -> None:
    class Comparison:
        baseline_ms = candidate_ms = 1.0

        def __init__(self, things: list[str]) -> None:
            self.answers = [
                ComparedCapture(number, 1, 2, 0.9, 1, 0.9, thing) for number, thing in enumerate(things)
            ]

    alone = judge(Comparison([""] * 12))
    assert alone.is_better and len(alone.things) == 12
    together = judge(Comparison(["sign 7"] * 12))
    assert not together.is_significant and together.p_value == 1.0
    assert together.outcome.fixed == 12 and together.intervals[1][0] < alone.intervals[1][0]
