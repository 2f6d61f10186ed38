"""Paired comparison of two models on the same captures (significance test). Standard library alone."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class PairedOutcome:
    """How two models did on the same captures.

    Attributes:
        both: captures that both got right.
        fixed: that only the second one got right.
        broken: that only the first one got right.
        neither: that none got right.
    """

    both: int
    fixed: int
    broken: int
    neither: int

    @property
    def n(self) -> int:
        """Captures."""
        return self.both + self.fixed + self.broken + self.neither

    @property
    def first_top1(self) -> float:
        """Fraction that the first model got right; NaN without captures."""
        return (self.both + self.broken) / self.n if self.n else math.nan

    @property
    def second_top1(self) -> float:
        """Fraction that the second model got right; NaN without captures."""
        return (self.both + self.fixed) / self.n if self.n else math.nan

    @property
    def p_value(self) -> float:
        """Of McNemar's exact test, as if each capture showed another thing; `clustered` has the one for things."""
        return mcnemar_exact(self.fixed, self.broken)


def mcnemar_exact(fixed: int, broken: int) -> float:
    """How likely a difference at least this large is when both models are equally good, in [0, 1].

    Only captures on which they differ count; of those each model then wins with probability 1/2, so the number of
    wins is binomial and no approximation is needed.
    Source: McNemar, "Note on the sampling error of the difference between correlated proportions or percentages",
    Psychometrika 12 (1947); the exact form is the two-sided sign test.

    Args:
        fixed: captures that only one model got right.
        broken: captures that only the other one got right.
    """
    differing = fixed + broken
    if differing == 0:
        return 1.0
    fewer = min(fixed, broken)
    # By logarithms: binomial coefficients of thousands do not fit into a float.
    log_half = -differing * math.log(2.0)
    tail = math.fsum(math.exp(_log_choose(differing, k) + log_half) for k in range(fewer + 1))
    return min(1.0, 2.0 * tail)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
