"""Speed and remaining time (ETA) of a training, and how much of it is waiting for data. Torch-free."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

WINDOW_S: Final = 15.0


class Pace:
    """Measures the steps of the last seconds, and the validations apart from them."""

    def __init__(self) -> None:
        self._steps: deque[tuple[float, float]] = deque()
        self._spent_s = 0.0
        self._waited_s = 0.0
        self._validation_s = 0.0

    def add_step(self, seconds: float, waited_s: float) -> None:
        """Note a step.

        Args:
            seconds: it took, waiting included.
            waited_s: of these, waiting for data.
        """
        self._steps.append((seconds, waited_s))
        self._spent_s += seconds
        self._waited_s += waited_s
        while len(self._steps) > 2 and self._spent_s - self._steps[0][0] > WINDOW_S:
            old_s, old_waited_s = self._steps.popleft()
            self._spent_s -= old_s
            self._waited_s -= old_waited_s

    def add_validation(self, seconds: float) -> None:
        """Note a validation."""
        self._validation_s = seconds

    @property
    def steps_per_s(self) -> float:
        """Lately; 0 before the first step."""
        return len(self._steps) / self._spent_s if self._steps and self._spent_s > 0 else 0.0

    @property
    def data_wait_share(self) -> float:
        """Share of the last steps' time that was waiting for data, in [0, 1]."""
        return min(1.0, max(0.0, self._waited_s / self._spent_s)) if self._spent_s > 0 else 0.0

    def eta_s(self, *, steps: int, validations: int, limit_s: float = math.inf) -> float | None:
        """Seconds until the end, or None before the first step.

        Args:
            steps: still to do.
            validations: still to do.
            limit_s: time until no more steps are made, however many are left; one validation follows.
        """
        rate = self.steps_per_s
        if rate <= 0:
            return None
        all_of_them = steps / rate + validations * self._validation_s
        return min(all_of_them, max(0.0, limit_s) + self._validation_s)
