"""The honest rival of the student: a plain residual network of two million parameters that reads the capture itself.

No super-resolution, no state-space model, no teacher: what anyone would train first. It is trained by the same code
as the student, from the same batches: same images, same random changes, same degradation, same losses on labels,
averaged weights, warm-up and cosine. Only the learning rate is its own.

    data = load_training_data(folder, 128, validation_fraction=0.0, seed=0)
    result = train_plain_cnn(data.training, data.classes, TrainingConfig(epochs=15), Path("run"), size_px=32)
    probabilities = predict_plain_cnn(result.model, other_captures, size_px=32)

Sizes: B images, S side of the views, s side of what the network reads, K classes, N captures.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.models.stems import standardise
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.training.augmentation.symmetries import Symmetries
from vimd_core.training.batches.batch import Batch
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.loop.events import AnyEvent, EpochEvent
from vimd_core.training.loop.run_loop import Trainer
from vimd_core.training.losses.loss_functions import label_loss
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.validation.accuracy import predict_logits

WIDTHS = (32, 64, 128, 256)
LEARNING_RATE = 3e-3
"""Its own, for AdamW: a network with batch norms takes more than one without."""
_WARM_UP_STEPS, _TIMED_STEPS = 2, 10


@dataclass(frozen=True)
class PlainResult:
    """A trained rival.

    Attributes:
        model: with the averaged weights that were kept.
        epochs: how many were run.
        seconds: wall-clock time of the training.
        cpu_seconds: processor time of the training, all threads.
    """

    model: PlainCnn
    epochs: int
    seconds: float
    cpu_seconds: float


class _ConvNorm(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(outputs)
        )


class _ResidualBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = _ConvNorm(channels, channels)
        self.conv2 = _ConvNorm(channels, channels)
        # A block that starts as the identity: the usual start of a residual network.
        nn.init.zeros_(self.conv2[1].weight)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.conv2(functional.relu(self.conv1(x))))


class PlainCnn(nn.Module):
    """Stages of 32, 64, 128 and 256 channels, each a convolution and a residual block; then the mean.

    Args:
        num_classes: K.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        stages: list[nn.Module] = []
        inputs = 3
        for index, width in enumerate(WIDTHS):
            stages += [_ConvNorm(inputs, width, 1 if index == 0 else 2), nn.ReLU(), _ResidualBlock(width)]
            inputs = width
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(inputs, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, captures: Tensor) -> Tensor:
        """(B, 3, s, s) in [0, 1] -> (B, K) logits."""
        features = self.stages(standardise(captures))  # (B, 256, s / 8, s / 8)
        logits: Tensor = self.head(features.mean(dim=(2, 3)))
        return logits


class PlainObjective:
    """The rival learns from labels, weighted by stream as the student's are.

    Args:
        model: the rival.
        config: label smoothing and weights of the streams.
        size_px: s.
    """

    def __init__(self, model: PlainCnn, config: TrainingConfig, size_px: int) -> None:
        self.model = model
        self._losses = config.losses
        self._size_px = size_px

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy alone."""
        captures = self._reduce(batch.images) if batch.captures is None else batch.captures
        logits = self.model(captures)
        weights = None
        if batch.streams is not None:
            weights = logits.new_tensor(self._losses.label_weights())[batch.streams]
        smoothing = self._losses.label_smoothing
        return {"cross_entropy": label_loss(logits, batch, label_smoothing=smoothing, weight=weights)}

    def predict(self, images: Tensor) -> Tensor:
        """Logits on captures made from the views."""
        logits: Tensor = self.model(self._reduce(images))
        return logits

    def _reduce(self, images: Tensor) -> Tensor:
        return bicubic_downscale(images, images.shape[-1] // self._size_px)


def train_plain_cnn(
    training: CaptureSet,
    classes: Sequence[str],
    config: TrainingConfig,
    folder: Path,
    *,
    size_px: int,
    validation: CaptureSet | None = None,
    minutes: float | None = None,
    learning_rate: float = LEARNING_RATE,
    on_event: Callable[[AnyEvent], None] = lambda event: None,
) -> PlainResult:
    """Train a rival from scratch.

    Args:
        training: images to learn from.
        classes: K names, in the order of the labels.
        config: the student's recipe; what concerns the student's network alone is left out.
        folder: for log and checkpoints.
        size_px: s; S is a multiple of it.
        validation: images to choose the best epoch by; the last is kept without any.
        minutes: as many epochs as fit into this time are run instead of the recipe's.
        learning_rate: peak.
        on_event: gets the events of the training.
    """
    config = replace(
        config, learning_rate=learning_rate, sr_learning_rate=0.0, freeze_layers=0, head_epochs=0, patience=0
    )
    num_classes = len(classes)
    batches = _sampler(training, classes, config, size_px)
    if minutes is not None:
        epoch_s = _epoch_seconds(training, batches, num_classes, config, folder / "pace", size_px)
        config = replace(config, epochs=max(1, int(minutes * 60 / epoch_s)))
    cpu_start = time.process_time()
    steps = batches.steps_per_epoch
    model, trainer = _trainer(training, validation, batches, num_classes, config, folder, size_px, steps)
    result = trainer.run(on_event)
    cpu_seconds = time.process_time() - cpu_start
    model.load_state_dict(result.weights)
    return PlainResult(model.eval(), result.epochs, result.seconds, cpu_seconds)


def predict_plain_cnn(model: PlainCnn, captures: CaptureSet, *, size_px: int) -> npt.NDArray[np.float32]:
    """Probabilities of unchanged images: (N, K)."""
    logits = predict_logits(PlainObjective(model, TrainingConfig(), size_px), captures)
    probabilities: npt.NDArray[np.float32] = logits.softmax(dim=1).numpy()
    return probabilities


def _sampler(
    training: CaptureSet, classes: Sequence[str], config: TrainingConfig, size_px: int
) -> StreamSampler:
    return StreamSampler(
        training,
        batch_size=config.batch_size,
        seed=config.seed,
        augmentation=config.augmentation,
        streams=config.streams,
        symmetries=Symmetries(config.symmetries, classes),
        class_balance=config.class_balance,
        lr_size_px=size_px,
    )


def _trainer(
    training: CaptureSet,
    validation: CaptureSet | None,
    batches: StreamSampler,
    num_classes: int,
    config: TrainingConfig,
    folder: Path,
    size_px: int,
    steps_per_epoch: int,
) -> tuple[PlainCnn, Trainer[Batch]]:
    torch.manual_seed(config.seed)
    model = PlainCnn(num_classes)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    objective = PlainObjective(model, config, size_px)
    task = classifier_task(
        objective,
        batches,
        config,
        steps_per_epoch=steps_per_epoch,
        training=training,
        validation=validation,
    )
    return model, Trainer(task, RunFolder(folder))


def _epoch_seconds(
    training: CaptureSet,
    batches: StreamSampler,
    num_classes: int,
    config: TrainingConfig,
    folder: Path,
    size_px: int,
) -> float:
    """How long an epoch will take, by a few steps of a network that is thrown away."""
    for name, steps in (("warm", _WARM_UP_STEPS), ("timed", _TIMED_STEPS)):
        seen: list[AnyEvent] = []
        once = replace(config, epochs=1)
        _, trainer = _trainer(training, None, batches, num_classes, once, folder / name, size_px, steps)
        trainer.run(seen.append)
    rate = next(event.samples_per_s for event in seen if isinstance(event, EpochEvent))
    return batches.steps_per_epoch * config.batch_size / rate
