"""One training step of a preset's student as training makes it: forward, backward, clipping, optimiser, averaging."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from vimd_core.benchmarks.student import replaced_scan
from vimd_core.config import preset
from vimd_core.distillation.objectives import Batch, LossConfig, StudentObjective
from vimd_core.distillation.optimisation import ExponentialMovingAverage, parameter_groups
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.ops.reference import selective_scan_reference

CLASSES = 43
Scan = Callable[..., Tensor]
# Ours is None: whatever the network chooses for this machine.
SCANS: dict[str, Scan | None] = {"ours": None, "reference": selective_scan_reference}


class TrainingStep:
    """A student with random weights and everything that a step changes.

    The student learns from labels alone, so that the step is the one that every training has; its SR network is
    frozen and makes the views within the step, as always.

    Args:
        preset_name: which sizes.
        batch_size: captures a step.
        scan: what computes the selective scan instead of ours.
    """

    def __init__(self, preset_name: str, batch_size: int, scan: Scan | None = None) -> None:
        torch.manual_seed(0)
        config = preset(preset_name).with_num_classes(CLASSES)
        self._model = SrvmNet(config, drop_path=0.05).train()
        self._model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._objective = StudentObjective(self._model, None, LossConfig())
        self._optimizer = torch.optim.AdamW(parameter_groups(self._model, weight_decay=0.05), lr=1e-3)
        self._average = ExponentialMovingAverage(self._model, decay=0.995)
        self._scan = scan
        size = config.classifier.image_size_px
        views = torch.rand(batch_size, 3, size, size).contiguous(memory_format=torch.channels_last)
        self._batch = Batch(views, torch.randint(CLASSES, (batch_size,)))

    def __call__(self) -> float:
        """Make one step and return its loss."""
        if self._scan is None:
            return self._step()
        with replaced_scan(self._scan):
            return self._step()

    def _step(self) -> float:
        loss = torch.stack(list(self._objective.losses(self._batch).values())).sum()
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        clip_grad_norm_(self._model.parameters(), max_norm=1.0)
        self._optimizer.step()
        self._average.update(self._model)
        return float(loss.detach())
