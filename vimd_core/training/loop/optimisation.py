"""What all trainings share: learning-rate schedule, parameter groups, weight averaging."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn


def warmup_cosine(step: int, *, total_steps: int, warmup_steps: int, final_fraction: float = 0.01) -> float:
    """Factor on the base learning rate: linear warm-up, then half a cosine.

    Args:
        step: step that is about to run, from 0.
        total_steps: steps of the whole training.
        warmup_steps: steps until the full learning rate.
        final_fraction: factor at the end.

    Returns:
        A factor in (0, 1].
    """
    if step < warmup_steps:
        return (step + 1) / warmup_steps
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return final_fraction + (1.0 - final_fraction) * 0.5 * (1.0 + math.cos(math.pi * progress))


def parameter_groups(
    model: nn.Module, weight_decay: float, *, peak_learning_rate: float | None = None
) -> list[dict[str, Any]]:
    """Split parameters so that weight decay acts on matrices and kernels only.

    Vectors (biases, norms, D) and the parameters that Mamba excludes (A_log, position and class embeddings) are
    not decayed.

    Args:
        model: parameters that don't require gradients are left out.
        weight_decay: of the decayed ones.
        peak_learning_rate: is noted in each group, for a schedule to scale; None notes nothing.

    Returns:
        Two groups for an optimiser, the decayed one first.
    """
    decayed: list[Tensor] = []
    kept: list[Tensor] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        excluded = name.endswith(("A_log", "A_b_log", "pos_embed", "cls_token"))
        (kept if parameter.ndim < 2 or excluded else decayed).append(parameter)
    noted = {} if peak_learning_rate is None else {"peak_learning_rate": peak_learning_rate}
    return [
        {"params": decayed, "weight_decay": weight_decay, **noted},
        {"params": kept, "weight_decay": 0.0, **noted},
    ]


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
