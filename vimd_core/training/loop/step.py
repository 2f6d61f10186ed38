"""One optimiser step: forward and backward in parts, clipping, the update."""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Iterator
from typing import Generic

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from vimd_core.errors import CheckpointError, ConfigError, MemoryShortageError
from vimd_core.training.batches.batch import AnyBatch, parts_of
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.stopping import BufferKeeper, StepAbortedError
from vimd_core.training.loop.task import TrainingTask
from vimd_core.training.losses.objectives import Objective
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.user_messages import Sentence, sentence


class _LossModule(nn.Module, Generic[AnyBatch]):
    """The losses as a forward pass, which is what DistributedDataParallel can wrap."""

    def __init__(self, objective: Objective[AnyBatch], precision: MixedPrecision) -> None:
        super().__init__()
        self.model = objective.model
        self._objective = objective
        self._precision = precision

    def forward(self, batch: AnyBatch) -> dict[str, Tensor]:
        with self._precision.autocast():
            return self._objective.losses(batch)


class Stepper(Generic[AnyBatch]):
    """Does optimiser steps.

    Args:
        task: model, losses, optimiser and schedule.
        place: device and processes.

    Raises:
        ConfigError: the batch can't be shared equally.
    """

    def __init__(self, task: TrainingTask[AnyBatch], place: ComputePlace) -> None:
        if task.batch_size % place.processes.count:
            raise ConfigError(
                "A batch of {batch_size} can't be shared equally by {processes} processes: choose a "
                "multiple.",
                batch_size=task.batch_size,
                processes=place.processes.count,
            )
        self._task = task
        self._model = task.objective.model
        self._optimizer = task.optimizer
        self._scaler = task.precision.scaler
        self._losses = _LossModule(task.objective, task.precision)
        self._joined: nn.Module = self._losses
        self._processes = place.processes
        self._device = place.device
        # Before a checkpoint is restored, whose rates are those of its last step.
        self._peaks = [float(group["lr"]) for group in task.optimizer.param_groups]

    @property
    def learning_rate(self) -> float:
        """Of the last step and the first group of parameters."""
        return float(self._optimizer.param_groups[0]["lr"])

    def join(self) -> None:
        """Take note of which parameters learn now; to be called when that has changed."""
        self._joined = self._processes.join(self._losses)

    def run(self, step: int, batch: AnyBatch, *, time_share: float = 0.0) -> dict[str, Tensor]:
        """Do one step.

        Args:
            step: from 0.
            batch: this process's rows.
            time_share: part of a limited time that is over; see `LearningRate`.

        Returns:
            Each loss term of these rows, detached.

        Raises:
            StepAbortedError: somebody wants to stop; weights and statistics are as they were before.
            NotFiniteError: the loss or the gradient is no longer a number.
            MemoryShortageError: there is not enough memory.
        """
        statistics = BufferKeeper(self._model)
        factor = self._task.learning_rate.factor(step, time_share)
        for group, peak in zip(self._optimizer.param_groups, self._peaks, strict=True):
            group["lr"] = peak * factor
        # What is random in the network depends on nothing but the step, as the batch does.
        torch.manual_seed(_step_seed(self._task.seed, step, self._processes.rank))
        self._optimizer.zero_grad(set_to_none=True)
        try:
            with memory_shortage_said():
                sums = self._collect_gradients(batch)
                self._update()
        except StepAbortedError:
            self._optimizer.zero_grad(set_to_none=True)
            statistics.restore()
            raise
        return sums

    def _collect_gradients(self, batch: AnyBatch) -> dict[str, Tensor]:
        count = len(batch)
        sums: dict[str, Tensor] = {}
        for start, stop in parts_of(count, self._task.accumulation):
            part = batch.rows(slice(start, stop)).to(self._device)
            weight = (stop - start) / count
            with self._processes.without_exchange(self._joined, stop < count):
                terms: dict[str, Tensor] = self._joined(part)
                total = torch.stack([term.float() for term in terms.values()]).sum() * weight
                if self._device.type == "cpu":
                    _require_finite(total)
                self._scaler.scale(total).backward()  # type: ignore[no-untyped-call]
            for name, term in terms.items():
                sums[name] = sums.get(name, torch.zeros((), device=self._device)) + term.detach() * weight
        return sums

    def _update(self) -> None:
        if math.isfinite(self._task.max_gradient_norm):
            self._scaler.unscale_(self._optimizer)
            norm = clip_grad_norm_(self._model.parameters(), self._task.max_gradient_norm)
            if self._device.type == "cpu":
                _require_finite(norm)
        self._scaler.step(self._optimizer)
        self._scaler.update()


_NO_MEMORY = sentence(
    "There is not enough memory for one step: make the batch smaller, or raise accumulation."
)


@contextlib.contextmanager
def memory_shortage_said() -> Iterator[None]:
    """Turn what torch and Python raise when a step does not fit into the memory into a sentence.

    Raises:
        MemoryShortageError: there is not enough memory.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as e:
        raise MemoryShortageError.of(_NO_MEMORY) from e
    except RuntimeError as e:
        if "allocate memory" in str(e):
            raise MemoryShortageError.of(_NO_MEMORY) from e
        raise


def not_a_number(where: Sentence) -> CheckpointError:
    """What is said when a training has diverged.

    Args:
        where: such as "in epoch 3".
    """
    return CheckpointError(
        "The loss became NaN or infinite {where}: start again with a lower learning rate (for example "
        "a third) or a longer warm-up. The last checkpoint is still valid.",
        where=where,
    )


class NotFiniteError(Exception):
    """A loss or a gradient that is not finite; whoever knows the epoch says so to the user."""


def _require_finite(value: Tensor) -> None:
    if not bool(torch.isfinite(value)):
        raise NotFiniteError


def _step_seed(seed: int, step: int, rank: int) -> int:
    digest = hashlib.blake2b(f"{seed}/{step}/{rank}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
