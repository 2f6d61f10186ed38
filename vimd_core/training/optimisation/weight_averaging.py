"""Exponential moving average (EMA) of weights, which is what is validated and kept."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ExponentialMovingAverage:
    """Averages a model's weights over its last steps.

    Args:
        model: the model that is trained.
        decay: weight of the past; early steps use less, so that the random start is forgotten.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self._decay = decay
        self._steps = 0
        self._average = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Take the model's present weights into the average."""
        self._steps += 1
        decay = min(self._decay, (1 + self._steps) / (10 + self._steps))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self._average[name].lerp_(value, 1.0 - decay)
            else:
                self._average[name].copy_(value)

    def state_dict(self) -> dict[str, Tensor]:
        """The averaged weights, by the model's own key names."""
        return self._average

    @property
    def steps(self) -> int:
        """Updates so far."""
        return self._steps

    def restore(self, average: dict[str, Tensor], steps: int) -> None:
        """Continue from what `state_dict` and `steps` said earlier."""
        for name, value in average.items():
            self._average[name].copy_(value)
        self._steps = steps
