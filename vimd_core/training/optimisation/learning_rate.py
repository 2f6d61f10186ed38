"""Learning-rate schedules: factors on the peak learning rate, by the step. Torch-free.

Another schedule is a class here with `LearningRate`'s method, and is chosen where a task is made (`classifier_task`,
`super_resolution`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class LearningRate(Protocol):
    """A schedule."""

    def factor(self, step: int, time_share: float) -> float:
        """What the peak learning rate is multiplied with.

        Args:
            step: that is about to run, from 0.
            time_share: of a training that is limited in time, the part of it that is over, in [0, 1]; 0 without limit.

        Returns:
            A factor in (0, 1].
        """


@dataclass(frozen=True)
class WarmupCosine:
    """Linear warm-up, then half a cosine, by steps or by time, whichever is further.

    Attributes:
        total_steps: of the whole training.
        warmup_steps: until the peak.
    """

    total_steps: int
    warmup_steps: int

    def factor(self, step: int, time_share: float) -> float:
        """See `LearningRate`."""
        scheduled = max(step, round(time_share * self.total_steps))
        factor = warmup_cosine(scheduled, total_steps=self.total_steps, warmup_steps=self.warmup_steps)
        # However late it is, the first steps are small: the optimiser knows nothing of the gradients yet.
        return min(factor, (step + 1) / self.warmup_steps) if step < self.warmup_steps else factor


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
