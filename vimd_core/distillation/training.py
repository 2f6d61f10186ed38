"""The training loop of teacher and student: AdamW, warm-up and cosine, averaged weights, best and last checkpoint."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import clip_grad_norm_

from vimd_core.distillation.augmentation import AugmentationConfig, augment
from vimd_core.distillation.captures import CaptureSet
from vimd_core.distillation.objectives import Batch, LossConfig, Objective
from vimd_core.distillation.optimisation import ExponentialMovingAverage, parameter_groups, warmup_cosine
from vimd_core.distillation.run_folder import RunFolder
from vimd_core.errors import CheckpointError, ConfigError, DatasetError
from vimd_core.evaluation.metrics import expected_calibration_error, top_k_accuracy


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """The recipe of one training.

    Attributes:
        epochs: passes over as many images as the training set has.
        batch_size: images a step.
        learning_rate: peak of the schedule.
        weight_decay: AdamW's, on matrices and kernels.
        warmup_epochs: until the peak.
        max_gradient_norm: longer gradients are shortened to this.
        ema_decay: of the averaged weights, which are validated and kept.
        drop_path: probability of skipping the last layer.
        class_balance: 0 draws images as they are, 1 draws all classes equally often.
        validation_fraction: share of each class's groups that is held back to choose the best epoch; 0 learns
            from everything and keeps the last epoch, for a recipe that was chosen before.
        seed: of weights, order, augmentation and split.
        losses: weights of the loss terms.
        augmentation: strengths.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    warmup_epochs: float = 1.0
    max_gradient_norm: float = 1.0
    ema_decay: float = 0.995
    drop_path: float = 0.05
    class_balance: float = 0.5
    validation_fraction: float = 0.12
    seed: int = 0
    losses: LossConfig = field(default_factory=LossConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 2:
            raise ConfigError("epochs must be at least 1 and batch_size at least 2.")
        if self.learning_rate <= 0 or self.max_gradient_norm <= 0:
            raise ConfigError("learning_rate and max_gradient_norm must be above 0.")
        if not 0 <= self.class_balance <= 1 or not 0 <= self.validation_fraction < 1:
            raise ConfigError("class_balance must be in [0, 1] and validation_fraction in [0, 1).")


@dataclass(frozen=True)
class TrainingResult:
    """What a training leaves.

    Attributes:
        weights: the averaged weights of the best epoch, by the model's own key names.
        validation_top1: their accuracy on the held-back images, a fraction; None when nothing was held back.
        epochs: how many were run.
        seconds: how long it took, all resumed parts together.
    """

    weights: dict[str, Tensor]
    validation_top1: float | None
    epochs: int
    seconds: float


class Trainer:
    """One training run.

    Args:
        objective: model and losses.
        training: images to learn from.
        validation: images to choose the best epoch by; may be empty.
        config: the recipe.
        run: folder of log and checkpoints.
        near_logits: (N, K) of the teacher on each training image's near view; None without near views.
    """

    def __init__(
        self,
        objective: Objective,
        training: CaptureSet,
        validation: CaptureSet,
        config: TrainingConfig,
        run: RunFolder,
        *,
        near_logits: Tensor | None = None,
    ) -> None:
        if len(training) < config.batch_size:
            raise DatasetError(
                f"{len(training)} training images are fewer than one batch of {config.batch_size}: "
                "add images or make the batch smaller."
            )
        self._objective = objective
        self._training = training
        self._validation = validation
        self._config = config
        self._run = run
        self._near_logits = near_logits
        self._steps_per_epoch = len(training) // config.batch_size
        self._generator = torch.Generator().manual_seed(config.seed)
        self._optimizer = torch.optim.AdamW(
            parameter_groups(objective.model, config.weight_decay), lr=config.learning_rate, betas=(0.9, 0.98)
        )
        self._average = ExponentialMovingAverage(objective.model, config.ema_decay)
        self._best = -math.inf
        self._best_weights = self._average.state_dict()
        self._epoch = 0
        self._seconds = 0.0

    def run(self, on_event: Callable[[dict[str, Any]], None], *, resume: bool = False) -> TrainingResult:
        """Train to the end.

        Args:
            on_event: gets one JSON-ready dictionary an epoch.
            resume: go on from the run's last checkpoint when there is one.

        Raises:
            CheckpointError: the checkpoint does not belong to this run, or the loss is no longer a number.
        """
        torch.manual_seed(self._config.seed)
        if resume:
            self._restore()
        while self._epoch < self._config.epochs:
            start = time.monotonic()
            losses = self._train_epoch()
            self._epoch += 1
            event = {
                "epoch": self._epoch,
                "epochs": self._config.epochs,
                "losses": losses,
                **self._validate(),
            }
            seconds = time.monotonic() - start
            self._seconds += seconds
            event["images_per_s"] = self._steps_per_epoch * self._config.batch_size / seconds
            event["eta_s"] = (self._config.epochs - self._epoch) * self._seconds / self._epoch
            self._save()
            self._run.log(event)
            on_event(event)
        best = self._best if len(self._validation) else None
        return TrainingResult(self._best_weights, best, self._epoch, self._seconds)

    def _train_epoch(self) -> dict[str, float]:
        """Mean of each loss term over the epoch."""
        self._objective.model.train()
        order = self._draw_order()
        sums: dict[str, float] = {}
        for index in range(self._steps_per_epoch):
            chosen = order[index * self._config.batch_size : (index + 1) * self._config.batch_size]
            self._set_learning_rate(self._epoch * self._steps_per_epoch + index)
            terms = self._objective.losses(self._batch(chosen))
            total = torch.stack(list(terms.values())).sum()
            if not bool(torch.isfinite(total)):
                raise CheckpointError(
                    f"The loss is no longer a number in epoch {self._epoch + 1}: lower the learning rate and resume."
                )
            self._optimizer.zero_grad(set_to_none=True)
            total.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(self._objective.model.parameters(), self._config.max_gradient_norm)
            self._optimizer.step()
            self._average.update(self._objective.model)
            for name, term in terms.items():
                sums[name] = sums.get(name, 0.0) + float(term.detach())
        return {name: value / self._steps_per_epoch for name, value in sums.items()}

    def _draw_order(self) -> Tensor:
        """Indices of one epoch: each class drawn in proportion to its size to the power of 1 - class_balance."""
        counts = torch.bincount(self._training.labels).float()
        weights = counts[self._training.labels] ** -self._config.class_balance
        return torch.multinomial(
            weights, len(weights), replacement=self._config.class_balance > 0, generator=self._generator
        )

    def _batch(self, chosen: Tensor) -> Batch:
        images = augment(
            self._training.images[chosen].float() / 255.0, self._config.augmentation, self._generator
        ).contiguous(memory_format=torch.channels_last)
        if self._near_logits is None:
            return Batch(images, self._training.labels[chosen])
        has_near = (self._training.near[chosen] >= 0).float()
        return Batch(images, self._training.labels[chosen], self._near_logits[chosen], has_near)

    def _set_learning_rate(self, step: int) -> None:
        factor = warmup_cosine(
            step,
            total_steps=self._config.epochs * self._steps_per_epoch,
            warmup_steps=max(1, round(self._config.warmup_epochs * self._steps_per_epoch)),
        )
        for group in self._optimizer.param_groups:
            group["lr"] = self._config.learning_rate * factor

    def _validate(self) -> dict[str, float]:
        """Measure the averaged weights, and keep them when they are the best so far."""
        if len(self._validation) == 0:
            self._best_weights = self._average.state_dict()
            return {"learning_rate": self._optimizer.param_groups[0]["lr"]}
        model = self._objective.model
        trained = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(self._average.state_dict())
        probabilities = predict_probabilities(self._objective, self._validation)
        model.load_state_dict(trained)
        labels = self._validation.labels.numpy()
        top1 = top_k_accuracy(probabilities, labels, 1)
        # Among equally accurate epochs the later one has seen more.
        if top1 >= self._best:
            self._best = top1
            self._best_weights = {name: value.clone() for name, value in self._average.state_dict().items()}
        return {
            "validation_top1": top1,
            "validation_top5": top_k_accuracy(probabilities, labels, 5),
            "validation_ece": expected_calibration_error(probabilities, labels),
            "learning_rate": self._optimizer.param_groups[0]["lr"],
        }

    def _save(self) -> None:
        self._run.save_last(
            {
                "config": asdict(self._config),
                "epoch": self._epoch,
                "seconds": self._seconds,
                "model": self._objective.model.state_dict(),
                "optimizer": self._optimizer.state_dict(),
                "average": self._average.state_dict(),
                "average_steps": self._average.steps,
                "generator": self._generator.get_state(),
                "torch_generator": torch.get_rng_state(),
                "best": self._best,
                "best_weights": self._best_weights,
            }
        )

    def _restore(self) -> None:
        state = self._run.load_last()
        if state is None:
            return
        if state["config"] != asdict(self._config):
            raise CheckpointError(
                f"The run in {self._run.path} was started with other settings: use those, or another folder."
            )
        try:
            self._objective.model.load_state_dict(state["model"])
        except RuntimeError as e:
            raise CheckpointError(
                f"The run in {self._run.path} trains another network: use another folder."
            ) from e
        self._optimizer.load_state_dict(state["optimizer"])
        self._average.restore(state["average"], state["average_steps"])
        self._generator.set_state(state["generator"])
        torch.set_rng_state(state["torch_generator"])
        self._epoch, self._seconds = state["epoch"], state["seconds"]
        self._best, self._best_weights = state["best"], state["best_weights"]


@torch.no_grad()
def predict_logits(objective: Objective, captures: CaptureSet, *, batch_size: int = 128) -> Tensor:
    """Logits of a model in eval mode on unchanged images: (N, K) float32."""
    objective.model.eval()
    parts = [
        objective.predict((part.float() / 255.0).contiguous(memory_format=torch.channels_last))
        for part in torch.split(captures.images, batch_size)
    ]
    return torch.cat(parts)


def predict_probabilities(
    objective: Objective, captures: CaptureSet
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The same as probabilities."""
    probabilities: np.ndarray[Any, np.dtype[np.float32]] = (
        predict_logits(objective, captures).softmax(dim=1).numpy()
    )
    return probabilities
