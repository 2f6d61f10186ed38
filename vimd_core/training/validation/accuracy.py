"""Validation accuracy: predictions on a whole set, and the metrics that the best epoch is chosen by.

Sizes: N images, K classes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vimd_core.evaluation.metrics import expected_calibration_error, top_k_accuracy
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import EpochEvent
from vimd_core.training.losses.objectives import ClassifierObjective
from vimd_core.training.optimisation.mixed_precision import MixedPrecision


@dataclass(frozen=True)
class ValidationFigures:
    """How good a model is on held-back images; fractions.

    Attributes:
        top1: accuracy.
        top5: whether the label is among the first five answers.
        ece: expected calibration error.
    """

    top1: float
    top5: float
    ece: float

    @property
    def score(self) -> float:
        """Epochs are compared by their accuracy."""
        return self.top1

    def event(self, standing: Mapping[str, Any], *, best: bool, seconds: float) -> EpochEvent:
        """What is said of the epoch; see `loop.task.Figures`."""
        return EpochEvent(
            **standing,
            validation_top1=self.top1,
            validation_top5=self.top5,
            validation_ece=self.ece,
            best=best,
            seconds=seconds,
        )


@torch.no_grad()
def predict_logits(
    objective: ClassifierObjective,
    captures: CaptureSet,
    *,
    batch_size: int = 128,
    device: torch.device | None = None,
    autocast: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
) -> Tensor:
    """Logits of a model in eval mode on unchanged images.

    Args:
        objective: model and how it sees images.
        captures: N images.
        batch_size: images at a time.
        device: of the model; the CPU when None.
        autocast: makes a context to compute in.

    Returns:
        (N, K) float32 on the CPU.
    """
    objective.model.eval()
    device = device or torch.device("cpu")
    parts: list[Tensor] = []
    for part in torch.split(torch.arange(len(captures)), batch_size):
        images = captures.views(part).to(device).contiguous(memory_format=torch.channels_last)
        with autocast():
            parts.append(objective.predict(images).float().cpu())
    return torch.cat(parts)


class AccuracyValidation:
    """Measures a classifier or a student; each process answers its share of the images.

    Args:
        objective: model and how it sees images.
        captures: N held-back images, at least one.
        batch_size: images at a time.
        place: device of the model, and the processes that train together.
        precision: number format.
    """

    def __init__(
        self,
        objective: ClassifierObjective,
        captures: CaptureSet,
        *,
        batch_size: int,
        place: ComputePlace,
        precision: MixedPrecision,
    ) -> None:
        self._objective = objective
        self._captures = captures
        self._batch_size = batch_size
        self._place = place
        self._precision = precision

    def measure(self, check: Callable[[], None]) -> ValidationFigures:
        """Figures of the model as it is now; its layers are looked into anyway."""
        captures, processes, device = self._captures, self._place.processes, self._place.device
        # Everybody needs equally many images to be gathered: the first ones are answered once more to fill up.
        share = -(-len(captures) // processes.count)
        mine = [i % len(captures) for i in range(processes.rank, share * processes.count, processes.count)]
        logits = predict_logits(
            self._objective,
            captures.subset(mine),
            batch_size=self._batch_size,
            device=device,
            autocast=self._precision.autocast,
        )
        gathered = processes.gather(logits.to(device)).cpu()  # (P, share, K)
        in_order = gathered.transpose(0, 1).flatten(0, 1)[: len(captures)]  # (share, P, K) -> (N, K)
        probabilities: np.ndarray[Any, np.dtype[np.float32]] = in_order.softmax(dim=1).numpy()
        labels = captures.labels.numpy()
        return ValidationFigures(
            top1=top_k_accuracy(probabilities, labels, 1),
            top5=top_k_accuracy(probabilities, labels, 5),
            ece=expected_calibration_error(probabilities, labels),
        )
