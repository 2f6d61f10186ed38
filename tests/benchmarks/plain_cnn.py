"""The honest rival of the student: a plain residual network of two million parameters that reads the capture itself.

No super-resolution, no state-space model, no teacher: what anyone would train first. It gets what the student gets:
the same images, the same random changes, label smoothing, warm-up and cosine, averaged weights.

    captures, classes = load_captures(folder, 64)
    result = train_plain_cnn(captures, len(classes), PlainRecipe(size_px=32, epochs=15))
    probabilities = predict_plain_cnn(result.model, other_captures, size_px=32)

Sizes: B images, S side of the stored images, s side of what the network reads, K classes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from vimd_core.distillation.augmentation import AugmentationConfig, augment
from vimd_core.distillation.captures import CaptureSet
from vimd_core.distillation.optimisation import ExponentialMovingAverage, warmup_cosine
from vimd_core.models.stems import standardise
from vimd_core.models.super_resolution import bicubic_downscale

WIDTHS = (32, 64, 128, 256)
MOMENTUM = 0.9
MAX_GRADIENT_NORM = 5.0


@dataclass(frozen=True, kw_only=True)
class PlainRecipe:
    """How the rival is trained.

    Attributes:
        size_px: side of the square that it reads.
        epochs: passes over as many images as the set has.
        batch_size: images a step.
        learning_rate: peak, of SGD with Nesterov momentum.
        weight_decay: on kernels and matrices.
        warmup_epochs: until the peak.
        label_smoothing: of the cross-entropy.
        ema_decay: of the averaged weights, which are the result.
        class_balance: 0 draws images as they are, 1 draws all classes equally often.
        seed: of weights, order and augmentation.
        augmentation: strengths.
    """

    size_px: int = 32
    epochs: int = 15
    batch_size: int = 64
    learning_rate: float = 0.05
    weight_decay: float = 5e-4
    warmup_epochs: float = 1.0
    label_smoothing: float = 0.1
    ema_decay: float = 0.995
    class_balance: float = 0.5
    seed: int = 0
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)


@dataclass(frozen=True)
class PlainResult:
    """A trained rival.

    Attributes:
        model: with its averaged weights, in eval mode.
        seconds: wall-clock time of the training.
        cpu_seconds: processor time of the training, all threads.
        epochs: how many were run.
    """

    model: PlainCnn
    seconds: float
    cpu_seconds: float
    epochs: int


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

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.conv2(functional.relu(self.conv1(x))))


class PlainCnn(nn.Module):
    """Stages of 32, 64, 128 and 256 channels, each a strided convolution and a residual block; then the mean.

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
            if isinstance(module, _ResidualBlock):
                # A block that starts as the identity: the usual start of a residual network trained by SGD.
                nn.init.zeros_(module.conv2[1].weight)

    def forward(self, captures: Tensor) -> Tensor:
        """(B, 3, s, s) in [0, 1] -> (B, K) logits."""
        features = self.stages(standardise(captures))  # (B, 256, s / 8, s / 8)
        logits: Tensor = self.head(features.mean(dim=(2, 3)))
        return logits


def train_plain_cnn(
    training: CaptureSet,
    num_classes: int,
    recipe: PlainRecipe,
    on_epoch: Callable[[dict[str, Any]], None] = lambda event: None,
) -> PlainResult:
    """Train a rival from scratch.

    Args:
        training: images to learn from; S is a multiple of `recipe.size_px`. Random changes are made at S, then the
            image is reduced, as the student's captures are made.
        num_classes: K.
        recipe: how.
        on_epoch: gets epoch, epochs and loss.
    """
    torch.manual_seed(recipe.seed)
    generator = torch.Generator().manual_seed(recipe.seed)
    model = PlainCnn(num_classes)
    model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(
        [
            {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": recipe.weight_decay},
            {"params": [p for p in model.parameters() if p.ndim < 2], "weight_decay": 0.0},
        ],
        lr=recipe.learning_rate,
        momentum=MOMENTUM,
        nesterov=True,
    )
    average = ExponentialMovingAverage(model, recipe.ema_decay)
    batch_size = min(recipe.batch_size, len(training))
    steps = len(training) // batch_size
    counts = torch.bincount(training.labels).float()
    draw = counts[training.labels] ** -recipe.class_balance
    start, cpu_start = time.monotonic(), time.process_time()
    for epoch in range(recipe.epochs):
        model.train()
        order = torch.multinomial(draw, len(draw), replacement=recipe.class_balance > 0, generator=generator)
        loss_sum = 0.0
        for index in range(steps):
            chosen = order[index * batch_size : (index + 1) * batch_size]
            factor = warmup_cosine(
                epoch * steps + index,
                total_steps=recipe.epochs * steps,
                warmup_steps=max(1, round(recipe.warmup_epochs * steps)),
            )
            for group in optimizer.param_groups:
                group["lr"] = recipe.learning_rate * factor
            views = augment(training.views(chosen), recipe.augmentation, generator)
            loss = functional.cross_entropy(
                model(_reduced(views, recipe.size_px)),
                training.labels[chosen],
                label_smoothing=recipe.label_smoothing,
            )
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
            optimizer.step()
            average.update(model)
            loss_sum += float(loss.detach())
        on_epoch({"epoch": epoch + 1, "epochs": recipe.epochs, "loss": loss_sum / steps})
    seconds, cpu_seconds = time.monotonic() - start, time.process_time() - cpu_start
    model.load_state_dict(average.state_dict())
    return PlainResult(model.eval(), seconds, cpu_seconds, recipe.epochs)


@torch.no_grad()
def predict_plain_cnn(
    model: PlainCnn, captures: CaptureSet, *, size_px: int, batch_size: int = 256
) -> npt.NDArray[np.float32]:
    """Probabilities of unchanged images: (N, K)."""
    model.eval()
    parts = [
        model(_reduced(captures.views(part), size_px)).softmax(dim=1)
        for part in torch.split(torch.arange(len(captures)), batch_size)
    ]
    probabilities: npt.NDArray[np.float32] = torch.cat(parts).numpy()
    return probabilities


def _reduced(views: Tensor, size_px: int) -> Tensor:
    """(B, 3, S, S) -> (B, 3, s, s), as the student's captures are made from their views."""
    reduced = bicubic_downscale(views, views.shape[-1] // size_px)
    return reduced.contiguous(memory_format=torch.channels_last)
