"""Learning-rate schedules: factors on the peak learning rate, by the step. Torch-free."""

from __future__ import annotations

import math


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
