"""Answers of a model on a whole set, and the figures that the best epoch is chosen by.

Sizes: N images, K classes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vimd_core.evaluation.metrics import expected_calibration_error, top_k_accuracy
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.distributed import OneProcess, Processes
from vimd_core.training.losses.objectives import Objective


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


@torch.no_grad()
def predict_logits(
    objective: Objective,
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


def validate(
    objective: Objective,
    captures: CaptureSet,
    *,
    batch_size: int,
    device: torch.device,
    autocast: Callable[[], AbstractContextManager[Any]],
    processes: Processes | None = None,
) -> ValidationFigures:
    """Measure a model; each process answers its share of the images.

    Args:
        objective: model and how it sees images.
        captures: N held-back images, at least one.
        batch_size: images at a time.
        device: of the model.
        autocast: makes a context to compute in.
        processes: those that train together.
    """
    processes = processes or OneProcess()
    # Everybody needs equally many images to be gathered: the first ones are answered once more to fill up.
    share = -(-len(captures) // processes.count)
    mine = [i % len(captures) for i in range(processes.rank, share * processes.count, processes.count)]
    logits = predict_logits(
        objective, captures.subset(mine), batch_size=batch_size, device=device, autocast=autocast
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
