"""One training step of a preset's student, by the code that trainings use: forward, backward, clipping, optimiser,
averaging."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from vimd_core.benchmarks.student import replaced_scan
from vimd_core.config import preset, square_px
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.ops.reference import selective_scan_reference
from vimd_core.training.batches.batch import Batch
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.step import Stepper
from vimd_core.training.losses.objectives import StudentObjective
from vimd_core.training.optimisation.weight_averaging import ExponentialMovingAverage
from vimd_core.training.recipes.training_config import TrainingConfig

CLASSES = 43
_STEPS = 1000  # of the schedule, more than are ever made
Scan = Callable[..., Tensor]


def _reference(*tensors: Tensor, reverse: bool = False, backend: str = "") -> Tensor:
    return selective_scan_reference(*tensors, reverse=reverse)


# Ours is None: whatever the network chooses for this machine.
SCANS: dict[str, Scan | None] = {"ours": None, "reference": _reference}


class TrainingStep:
    """A student with random weights and everything that a step changes.

    The student learns from labels alone, in float32, so that the step is the one that every training has; its SR
    network is frozen and makes the views within the step, as always.

    Args:
        preset_name: which sizes.
        batch_size: captures a step.
        scan: what computes the selective scan instead of ours.
    """

    def __init__(self, preset_name: str, batch_size: int, scan: Scan | None = None) -> None:
        self.config = TrainingConfig(
            epochs=1, warmup_epochs=0.0, batch_size=max(2, batch_size), precision="float32"
        )
        self.network = preset(preset_name).with_num_classes(CLASSES)
        torch.manual_seed(0)
        self._model = SrvmNet(self.network, drop_path=self.config.drop_path).train()
        self._model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._batch = self._noise(batch_size)
        task = classifier_task(
            StudentObjective(self._model, None, self.config.losses),
            self,
            self.config,
            steps_per_epoch=_STEPS,
        )
        self._stepper = Stepper(task, ComputePlace())
        self._stepper.join()
        self._average = ExponentialMovingAverage(self._model, self.config.ema_decay)
        self._scan = scan
        self._steps = 0

    def __call__(self) -> float:
        """Make one step on the same captures as ever, and return its loss."""
        return self.run(self._batch)

    def draw(self, step: int) -> Batch:
        """The captures that every step sees."""
        return self._batch

    def run(self, batch: Batch) -> float:
        """Make one step, and return its loss."""
        if self._scan is None:
            return self._step(batch)
        with replaced_scan(self._scan):
            return self._step(batch)

    def _step(self, batch: Batch) -> float:
        terms = self._stepper.run(self._steps, batch)
        self._average.update(self._model)
        self._steps += 1
        return float(torch.stack(list(terms.values())).sum())

    def _noise(self, batch_size: int) -> Batch:
        view, capture = (
            square_px(size) for size in (self.network.classifier.image_size_px, self.network.lr_size_px)
        )
        images, captures = (
            torch.rand(batch_size, 3, size, size).contiguous(memory_format=torch.channels_last)
            for size in (view, capture)
        )
        return Batch(images, torch.randint(CLASSES, (batch_size,)), captures=captures)
