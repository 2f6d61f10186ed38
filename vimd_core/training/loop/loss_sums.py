"""Sums of loss terms that are read from the device only now and then: each reading makes a GPU wait."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor


class LossSums:
    """Means of each loss term since the last event, and over the epoch."""

    def __init__(self) -> None:
        self._waiting: dict[str, Tensor] = {}
        self._waiting_steps = 0
        self._recent: dict[str, float] = {}
        self._recent_steps = 0
        self._epoch: dict[str, float] = {}
        self._epoch_steps = 0
        self._last: dict[str, float] = {}

    def add(self, terms: Mapping[str, Tensor]) -> None:
        """Note the terms of a step, detached, on any device."""
        for name, term in terms.items():
            known = self._waiting.get(name)
            self._waiting[name] = term if known is None else known + term
        self._waiting_steps += 1

    def read(self) -> bool:
        """Take what waits on the device into the sums; whether all of it was finite."""
        if not self._waiting_steps:
            return True
        names = list(self._waiting)
        values = torch.stack([self._waiting[name].double() for name in names]).tolist()
        for name, value in zip(names, values, strict=True):
            self._recent[name] = self._recent.get(name, 0.0) + value
            self._epoch[name] = self._epoch.get(name, 0.0) + value
        self._recent_steps += self._waiting_steps
        self._epoch_steps += self._waiting_steps
        self._waiting, self._waiting_steps = {}, 0
        return all(math.isfinite(value) for value in values)

    def recent_means(self) -> dict[str, float]:
        """Means since this was asked the last time; those of then when no step was made since."""
        if self._recent_steps:
            self._last = {name: value / self._recent_steps for name, value in self._recent.items()}
            self._recent, self._recent_steps = {}, 0
        return self._last

    def epoch_means(self) -> dict[str, float]:
        """Means over the epoch so far."""
        return {name: value / self._epoch_steps for name, value in self._epoch.items()}

    def start_epoch(self) -> None:
        """Forget the epoch before."""
        self._epoch, self._epoch_steps = {}, 0

    def state(self) -> dict[str, object]:
        """What `restore` needs."""
        return {"sums": dict(self._epoch), "steps": self._epoch_steps}

    def restore(self, state: Mapping[str, object]) -> None:
        """Go on in the middle of an epoch."""
        sums, steps = state["sums"], state["steps"]
        if isinstance(sums, dict) and isinstance(steps, int):
            self._epoch, self._epoch_steps = dict(sums), steps
