"""Training checkpoints: saves a training whole, when it is time to, and resumes it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from vimd_core.errors import CheckpointError
from vimd_core.training.distributed import Processes
from vimd_core.training.loop.loss_sums import LossSums
from vimd_core.training.loop.step import NotFiniteError
from vimd_core.training.loop.trainer_state import TrainerState, require_same_run
from vimd_core.training.optimisation.weight_averaging import ExponentialMovingAverage
from vimd_core.training.runs.folder import RunFolder


@dataclass(frozen=True)
class SavedParts:
    """What is saved beside the state of a run; each is changed when a run is restored.

    Attributes:
        model: what is trained.
        optimizer: with what it remembers of each parameter.
        scaler: of float16.
        average: the averaged weights.
        sums: losses of the epoch so far.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    scaler: torch.amp.GradScaler
    average: ExponentialMovingAverage
    sums: LossSums


class RunCheckpoints:
    """The checkpoints of one run.

    Args:
        run: their folder; only the first of several processes writes and reads there.
        parts: what is saved.
        identity: what must be the same in all parts of the run: config, data and origin.
        processes: those that train together.
        minutes: time between two of them.
    """

    def __init__(
        self,
        run: RunFolder,
        parts: SavedParts,
        identity: Mapping[str, Any],
        processes: Processes,
        *,
        minutes: float,
    ) -> None:
        self._run = run
        self._parts = parts
        self._identity = identity
        self._processes = processes
        self._minutes = minutes
        self._saved_at = self._counted_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether the last one is old enough."""
        return time.monotonic() - self._saved_at >= self._minutes * 60

    def count_seconds(self, state: TrainerState) -> None:
        """Add the time since this was asked the last time to the run's."""
        now = time.monotonic()
        state.seconds += now - self._counted_at
        self._counted_at = now

    def save(self, state: TrainerState) -> None:
        """Replace the last checkpoint.

        Raises:
            NotFiniteError: the weights are not worth saving.
            CheckpointError: it can't be written; the one before is still there.
        """
        self._saved_at = time.monotonic()
        self.count_seconds(state)
        if self._processes.rank != 0:
            return
        parts = self._parts
        model = parts.model.state_dict()
        if not all(torch.isfinite(value).all() for value in model.values() if value.is_floating_point()):
            raise NotFiniteError
        self._run.save_last(
            {
                **self._identity,
                **state.to_dict(),
                "model": model,
                "optimizer": parts.optimizer.state_dict(),
                "scaler": parts.scaler.state_dict(),
                "average": parts.average.state_dict(),
                "average_steps": parts.average.steps,
                "losses": parts.sums.state(),
            }
        )

    def open(self, *, resume: bool) -> TrainerState | None:
        """Make the folder ready and restore the last checkpoint.

        Args:
            resume: whether to; otherwise a run starts anew.

        Returns:
            Where the run stands, or None at its beginning.

        Raises:
            CheckpointError: the checkpoint does not belong to this run, or an unfinished one would be lost.
        """
        first = self._processes.rank == 0
        saved = self._processes.share(self._run.load_last() if first and resume else None)
        state = None if saved is None else self._restore(saved)
        if first:
            if state is None and not resume:
                self._run.require_no_unfinished()
            # What comes after the checkpoint will be done, and logged, once more.
            self._run.forget_log_after(-1 if state is None else state.step)
            self._run.remove_partial_files()
        self._saved_at = self._counted_at = time.monotonic()
        return state

    def _restore(self, saved: Mapping[str, Any]) -> TrainerState:
        require_same_run(self._run.path, saved, self._identity)
        parts = self._parts
        try:
            parts.model.load_state_dict(saved["model"])
            parts.optimizer.load_state_dict(saved["optimizer"])
        except (RuntimeError, ValueError) as e:
            raise CheckpointError(
                "The run in {run} trains another network: use another folder.", run=self._run.path
            ) from e
        parts.scaler.load_state_dict(saved["scaler"])
        parts.average.restore(saved["average"], saved["average_steps"])
        parts.sums.restore(saved["losses"])
        return TrainerState.from_dict(saved)
