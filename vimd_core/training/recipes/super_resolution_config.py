"""Hyperparameters of a super-resolution network's training. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from vimd_core.errors import ConfigError
from vimd_core.training.recipes.training_config import TrainingPrecision


@dataclass(frozen=True, kw_only=True)
class SuperResolutionTrainingConfig:
    """How the network is trained.

    Attributes:
        steps: optimiser steps.
        steps_per_epoch: steps between validations and checkpoints.
        minutes: the schedule ends after this time at the latest, however many steps that were; 0 for no limit. With a
            limit a run can't be repeated exactly.
        batch_size: patches a step.
        accumulation: compute a batch in so many parts, one after the other, which takes less memory; each part's batch
            norms see that part alone.
        patch_px: side of a low-resolution patch.
        learning_rate: peak of the schedule.
        warmup_steps: steps until the peak.
        ema_decay: of the averaged weights, which are the result.
        validation_images: photographs held back from training to choose by.
        frozen_norms: keep the statistics of batch norms as they are. A network that was grown from a small one
            needs it; without it each patch would be normalised by its neighbours in the batch.
        precision: number format of convolutions; "auto" takes bfloat16 where it is native (GPUs,
            processors with AMX), float32 on other processors.
        seed: of patches, flips and weights.
    """

    steps: int = 20_000
    steps_per_epoch: int = 500
    minutes: float = 0.0
    batch_size: int = 16
    accumulation: int = 1
    patch_px: int = 32
    learning_rate: float = 5e-4
    warmup_steps: int = 200
    ema_decay: float = 0.999
    validation_images: int = 20
    frozen_norms: bool = False
    precision: TrainingPrecision = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        counts = {
            name: getattr(self, name)
            for name in (
                "steps",
                "steps_per_epoch",
                "batch_size",
                "accumulation",
                "patch_px",
                "validation_images",
            )
        }
        for name, value in counts.items():
            if value < 1:
                raise ConfigError("{name} must be at least 1.", name=name)
        if self.warmup_steps < 0:
            raise ConfigError("warmup_steps must be 0 or more.")
        if not 0 < self.learning_rate < math.inf:
            raise ConfigError("learning_rate must be above 0.")
        if not 0 <= self.ema_decay < 1:
            raise ConfigError("ema_decay must be at least 0 and below 1.")
        if not 0 <= self.minutes < math.inf:
            raise ConfigError("minutes must be above 0, or 0 for no limit.")
        if self.precision not in get_args(TrainingPrecision):
            raise ConfigError(
                "precision must be one of {choices}.",
                choices=", ".join(get_args(TrainingPrecision)),
            )
