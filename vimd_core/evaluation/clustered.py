"""Figures of captures in clusters: a thing that was captured many times is not many things. Standard library alone.

Captures of one thing are right or wrong together, so that an interval, or a test, that takes each for an observation of
its own is too sure. With one capture of each thing these are Wilson's interval and McNemar's exact test.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from vimd_core.evaluation.paired import mcnemar_exact

_Z_95: Final = 1.959964


class ThingOutcome(NamedTuple):
    """How two models did on the captures of one thing.

    Attributes:
        captures: of it.
        first: that the first model got right.
        second: that the second one got right.
    """

    captures: int
    first: int
    second: int


def share_interval(things: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Where a share of captures that are right lies with 95 % confidence, in [0, 1].

    The variance is that between things (linearised ratio estimator: Cochran, "Sampling Techniques", 1977, chapter 3).
    Wilson's interval is taken with as many captures as would have that variance if each were a thing of its own, and
    with the quantile of Student's t, as few things tell the variance only roughly.

    Args:
        things: captures, and those that are right, of each.
    """
    count, captures = len(things), sum(n for n, _ in things)
    if not captures:
        return 0.0, 1.0
    share = sum(right for _, right in things) / captures
    trials, quantile = float(captures), _Z_95
    if count < captures:
        squares = sum((right - share * n) ** 2 for n, right in things)
        variance = squares * count / max(1, count - 1) / captures**2
        # Where all are right, or all wrong, nothing varies: then each thing is one trial.
        told = share * (1.0 - share) / variance if variance else float(count)
        trials = min(trials, max(1.0, told))
        quantile = _student(count - 1)
    z2 = quantile**2
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = quantile / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def paired_p_value(things: Sequence[ThingOutcome]) -> float:
    """How likely a difference at least this large is when both models are equally good, in [0, 1].

    By how many captures the second model is ahead on a thing has then either sign with equal probability, independently
    of other things (sign-flip test; exact, by the distribution of the sum).
    Source: Fisher, "The Design of Experiments", 1935, section 21.
    """
    leads = [one.second - one.first for one in things if one.second != one.first]
    if all(abs(lead) == 1 for lead in leads):
        return mcnemar_exact(leads.count(1), leads.count(-1))
    # Of each sum from -reach to reach, how likely it is.
    likely = [1.0]
    for lead, times in sorted(Counter(map(abs, leads)).items()):
        for _ in range(times):
            wider = [0.0] * (len(likely) + 2 * lead)
            for place, value in enumerate(likely):
                wider[place] += 0.5 * value
                wider[place + 2 * lead] += 0.5 * value
            likely = wider
    reach, seen = len(likely) // 2, abs(sum(leads))
    return (
        min(1.0, math.fsum(likely[: reach - seen + 1]) + math.fsum(likely[reach + seen :])) if seen else 1.0
    )


def _student(degrees: int) -> float:
    """The 97.5 % quantile of Student's t (Cornish-Fisher expansion: Abramowitz and Stegun, 26.7.5)."""
    v, z = float(max(1, degrees)), _Z_95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / v + second / v**2 + third / v**3
