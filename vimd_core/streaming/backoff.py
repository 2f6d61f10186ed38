"""How long to wait before the next attempt."""

from __future__ import annotations

import random
from typing import Final

FIRST_DELAY_S: Final = 0.25
LONGEST_DELAY_S: Final = 1.6
REFUSED_DELAY_S: Final = 60.0
JITTER: Final = 0.25


class Backoff:
    """Delays that double up to a limit, each shifted by chance so that many sources do not knock at once.

    The limit is low: a camera is one machine in the same building, and its picture has to be back within 5 s of its
    return.

    Args:
        chance: gives numbers in [0, 1).
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()
        self._failures = 0

    def next_s(self) -> float:
        """The delay before the next attempt."""
        delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0**self._failures)
        self._failures = min(self._failures + 1, 16)
        return delay * (1.0 - JITTER + 2.0 * JITTER * self._chance.random())

    def reset(self) -> None:
        """It worked: begin with short delays again."""
        self._failures = 0
