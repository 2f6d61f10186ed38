"""Exponential backoff with jitter: how long to wait before the next attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

_MOST_DOUBLINGS: Final = 16


@dataclass(frozen=True, kw_only=True)
class Delays:
    """How long the waits of a `Backoff` are.

    Attributes:
        first_s: the first one; each next one is twice as long.
        longest_s: none is longer.
        jitter: share of a wait by which chance makes it longer or shorter, in [0, 1), so that many do not try at once.
    """

    first_s: float
    longest_s: float
    jitter: float = 0.25


class Backoff:
    """Delays that double up to a limit.

    Args:
        delays: how long they are.
        chance: gives numbers in [0, 1).
    """

    def __init__(self, delays: Delays, chance: random.Random | None = None) -> None:
        self._delays = delays
        self._chance = chance or random.Random()
        self._failures = 0

    def next_s(self) -> float:
        """The delay before the next attempt."""
        delays = self._delays
        delay = min(delays.longest_s, delays.first_s * 2.0**self._failures)
        self._failures = min(self._failures + 1, _MOST_DOUBLINGS)
        return delay * (1.0 - delays.jitter + 2.0 * delays.jitter * self._chance.random())

    def reset(self) -> None:
        """It worked: begin with short delays again."""
        self._failures = 0
