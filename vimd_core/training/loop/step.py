"""One optimiser step: forward and backward in parts, clipping, the update."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from vimd_core.errors import CheckpointError, ConfigError, MemoryShortageError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.training.batches.batch import Batch, parts_of
from vimd_core.training.distributed import Processes
from vimd_core.training.loop.stopping import BufferKeeper, StepAbortedError
from vimd_core.training.losses.objectives import Objective
from vimd_core.training.optimisation.learning_rate import warmup_cosine
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.optimisation.parameter_groups import parameter_groups
from vimd_core.training.recipes.training_config import TrainingConfig


class _LossModule(nn.Module):
    """The losses as a forward pass, which is what DistributedDataParallel can wrap."""

    def __init__(self, objective: Objective, precision: MixedPrecision) -> None:
        super().__init__()
        self.model = objective.model
        self._objective = objective
        self._precision = precision

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        with self._precision.autocast():
            return self._objective.losses(batch)


class Stepper:
    """Does optimiser steps.

    Args:
        objective: model and losses; all of the model that will ever learn requires gradients now.
        config: the recipe.
        processes: those that train together.
        device: of this process.
        precision: number format.
        total_steps: of the whole training.
        warmup_steps: until the peak of the learning rate.

    Raises:
        ConfigError: the batch can't be shared equally.
    """

    def __init__(
        self,
        objective: Objective,
        config: TrainingConfig,
        processes: Processes,
        *,
        device: torch.device,
        precision: MixedPrecision,
        total_steps: int,
        warmup_steps: int,
    ) -> None:
        if config.batch_size % processes.count:
            raise ConfigError(
                "A batch of {batch_size} can't be shared equally by {processes} processes: choose a "
                "multiple.",
                batch_size=config.batch_size,
                processes=processes.count,
            )
        self._model = objective.model
        self._losses = _LossModule(objective, precision)
        self._joined: nn.Module = self._losses
        self._config = config
        self._processes = processes
        self._device = device
        self._precision = precision
        self._total_steps = total_steps
        self._warmup_steps = warmup_steps
        # Fused: on a processor a sixth of the time, which for small batches of a deep network is a tenth of the step.
        self.optimizer = torch.optim.AdamW(
            _groups(objective.model, config), lr=config.learning_rate, betas=(0.9, 0.98), fused=True
        )

    @property
    def learning_rate(self) -> float:
        """Of the last step, for all but the super-resolution network."""
        return float(self.optimizer.param_groups[0]["lr"])

    def join(self) -> None:
        """Take note of which parameters learn now; to be called when that has changed."""
        self._joined = self._processes.join(self._losses)

    def run(self, step: int, batch: Batch) -> dict[str, Tensor]:
        """Do one step.

        Args:
            step: from 0.
            batch: this process's rows.

        Returns:
            Each loss term of these rows, detached.

        Raises:
            StepAbortedError: somebody wants to stop; weights and statistics are as they were before.
            CheckpointError: the loss or the gradient is no longer a number.
            MemoryShortageError: there is not enough memory.
        """
        statistics = BufferKeeper(self._model)
        factor = warmup_cosine(step, total_steps=self._total_steps, warmup_steps=self._warmup_steps)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak_learning_rate"] * factor
        # What is random in the network depends on nothing but the step, as the batch does.
        torch.manual_seed(_step_seed(self._config.seed, step, self._processes.rank))
        self.optimizer.zero_grad(set_to_none=True)
        try:
            with memory_shortage_said():
                sums = self._collect_gradients(batch)
                self._update()
        except StepAbortedError:
            self.optimizer.zero_grad(set_to_none=True)
            statistics.restore()
            raise
        return sums

    def _collect_gradients(self, batch: Batch) -> dict[str, Tensor]:
        count = len(batch)
        sums: dict[str, Tensor] = {}
        for start, stop in parts_of(count, self._config.accumulation):
            part = batch.rows(slice(start, stop)).to(self._device)
            weight = (stop - start) / count
            with self._processes.without_exchange(self._joined, stop < count):
                terms: dict[str, Tensor] = self._joined(part)
                total = torch.stack([term.float() for term in terms.values()]).sum() * weight
                if self._device.type == "cpu":
                    _require_finite(total)
                self._precision.scaler.scale(total).backward()  # type: ignore[no-untyped-call]
            for name, term in terms.items():
                sums[name] = sums.get(name, torch.zeros((), device=self._device)) + term.detach() * weight
        return sums

    def _update(self) -> None:
        scaler = self._precision.scaler
        scaler.unscale_(self.optimizer)
        norm = clip_grad_norm_(self._model.parameters(), self._config.max_gradient_norm)
        if self._device.type == "cpu":
            _require_finite(norm)
        scaler.step(self.optimizer)
        scaler.update()


_NO_MEMORY = "There is not enough memory for one step: make the batch smaller, or raise accumulation."


@contextlib.contextmanager
def memory_shortage_said() -> Iterator[None]:
    """Turn what torch and Python raise when a step does not fit into the memory into a sentence.

    Raises:
        MemoryShortageError: there is not enough memory.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as e:
        raise MemoryShortageError(_NO_MEMORY) from e
    except RuntimeError as e:
        if "allocate memory" in str(e):
            raise MemoryShortageError(_NO_MEMORY) from e
        raise


def not_a_number(where: str) -> CheckpointError:
    """What is said when a training has diverged.

    Args:
        where: such as "in epoch 3".
    """
    return CheckpointError(
        "The loss is no longer a number {where}: start again with a lower learning rate (a third, say) "
        "or a longer warm-up. The last checkpoint is from before and still good.",
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


def _groups(model: nn.Module, config: TrainingConfig) -> list[dict[str, object]]:
    """All that will learn; the super-resolution network at its own learning rate."""
    if not isinstance(model, SrvmNet):
        return parameter_groups(model, config.weight_decay, peak_learning_rate=config.learning_rate)
    groups = parameter_groups(model.classifier, config.weight_decay, peak_learning_rate=config.learning_rate)
    if config.sr_learning_rate > 0:
        groups += parameter_groups(
            model.super_resolution, config.weight_decay, peak_learning_rate=config.sr_learning_rate
        )
    return groups
