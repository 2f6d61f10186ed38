"""What a training asks of the source of its batches."""

from __future__ import annotations

from typing import Protocol

from vimd_core.training.batches.batch import Batch


class BatchSource(Protocol):
    """Gives the batch of any step without those before it, so that a training can go on from any step."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one pass."""

    def draw(self, step: int) -> Batch:
        """This process's rows of the batch of a step, from 0; the same each time they are asked for."""
