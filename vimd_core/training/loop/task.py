"""The task of the run loop: the parts in which students, teachers and super-resolution networks differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol

import torch

from vimd_core.training.batches.batch import AnyBatch, BatchSource
from vimd_core.training.loop.events import EpochEvent, SuperResolutionEpochEvent
from vimd_core.training.losses.objectives import Objective
from vimd_core.training.optimisation.freezing import Freezing
from vimd_core.training.optimisation.learning_rate import LearningRate
from vimd_core.training.optimisation.mixed_precision import MixedPrecision


@dataclass(frozen=True, kw_only=True)
class RunLength:
    """When a run ends at the latest.

    Attributes:
        steps: optimiser steps.
        steps_per_epoch: steps between validations.
        minutes: time after which it ends, however many steps that were; 0 for no limit.
    """

    steps: int
    steps_per_epoch: int
    minutes: float = 0.0

    @property
    def epochs(self) -> int:
        """Epochs, the last of which may be shorter."""
        return math.ceil(self.steps / self.steps_per_epoch)

    @property
    def seconds(self) -> float:
        """The limit of time; infinite without one."""
        return self.minutes * 60.0 or math.inf


class Figures(Protocol):
    """What a validation has found."""

    @property
    def score(self) -> float:
        """By which epochs are compared; higher is better."""

    def event(
        self, standing: Mapping[str, Any], *, best: bool, seconds: float
    ) -> EpochEvent | SuperResolutionEpochEvent:
        """What is said of the epoch.

        Args:
            standing: the fields of `TrainingEvent`.
            best: whether these weights are kept.
            seconds: of the training until now.
        """


class Validation(Protocol):
    """Measures a model on what was held back."""

    def measure(self, check: Callable[[], None]) -> Figures:
        """Figures of the model as it is now.

        Args:
            check: is to be called several times a second where networks do not compute; may raise.
        """


class SecondLesson(Protocol):
    """Changes what batches teach, once, between two epochs."""

    @property
    def epoch(self) -> int:
        """How many epochs are closed when it comes."""

    def begin(self) -> None:
        """Change the batches that are drawn from now on.

        The model has its averaged weights; what they say must be kept, so that a run that is resumed after this, with
        other weights, is taught the same.
        """


@dataclass(frozen=True, kw_only=True)
class TrainingTask(Generic[AnyBatch]):
    """One training, ready to run.

    Attributes:
        objective: model and losses; the model is on the device.
        batches: what to learn from.
        optimizer: of all parameters that will ever learn, each group with its peak learning rate.
        learning_rate: schedule: factors on these.
        freezing: what learns in which epoch.
        precision: number format.
        length: when it ends.
        batch_size: items a step, over all processes together.
        accumulation: parts that a batch is computed in, one after the other.
        seed: of what is random in the network.
        max_gradient_norm: longer gradients are shortened to this; infinite leaves them alone.
        ema_decay: of the averaged weights, which are validated and kept.
        validation: to choose the best epoch by; None keeps the last.
        patience: ends after so many epochs without a better validation; 0 runs all epochs.
        second_lesson: what changes the batches in the middle; None: nothing does.
        config: every number that must be the same when the run is resumed, JSON-ready.
        data: fingerprint of the data, for the same purpose.
    """

    objective: Objective[AnyBatch]
    batches: BatchSource[AnyBatch]
    optimizer: torch.optim.Optimizer
    learning_rate: LearningRate
    freezing: Freezing
    precision: MixedPrecision
    length: RunLength
    batch_size: int
    accumulation: int
    seed: int
    max_gradient_norm: float = math.inf
    ema_decay: float
    validation: Validation | None
    patience: int = 0
    second_lesson: SecondLesson | None = None
    config: Mapping[str, Any]
    data: str
