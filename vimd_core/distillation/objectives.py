"""What a training step minimises: one objective for the teacher, one for the student.

Sizes: B images, S image size of the classifier in px, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from vimd_core.distillation.losses import (
    HIDDEN_STATE_FORMS,
    HiddenStateForm,
    cross_entropy,
    hidden_state_loss,
    logits_distillation_loss,
)
from vimd_core.errors import ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.models.vision_mamba import VisionMamba


@dataclass(frozen=True)
class Batch:
    """What a step sees.

    Attributes:
        images: (B, 3, S, S) in [0, 1], augmented high-resolution views.
        labels: (B,) int64.
        near_logits: (B, K) of the teacher on the near view of each image, or None when there are none.
        has_near: (B,) 1.0 where an image has a near view.
    """

    images: Tensor
    labels: Tensor
    near_logits: Tensor | None = None
    has_near: Tensor | None = None


class Objective(Protocol):
    """A model with the losses that it is trained by."""

    @property
    def model(self) -> nn.Module:
        """What is trained."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The weighted terms whose sum is minimised, by name."""

    def predict(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) high-resolution views -> (B, K) logits, seen as the model will see them in use."""


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weights and settings of the losses.

    Attributes:
        label_smoothing: of the cross-entropy.
        logits_weight: of the KL divergence from the teacher on the same image; alpha in the paper.
        near_weight: of the KL divergence from the teacher on the near view of the same thing, which is not
            aligned with the capture pixel by pixel and therefore teaches through logits only.
        temperature: of both divergences; 4 in the published code.
        hidden_weight: of the hidden-state loss; alpha * beta in the paper, 5 in the published code.
        hidden_form: how hidden states are compared.
    """

    label_smoothing: float = 0.1
    logits_weight: float = 1.0
    near_weight: float = 0.5
    temperature: float = 4.0
    hidden_weight: float = 5.0
    hidden_form: HiddenStateForm = "published-code"

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1 or self.temperature <= 0:
            raise ConfigError("label_smoothing must be in [0, 1) and temperature above 0.")
        if min(self.logits_weight, self.near_weight, self.hidden_weight) < 0:
            raise ConfigError("Loss weights must not be negative.")
        if self.hidden_form not in HIDDEN_STATE_FORMS:
            raise ConfigError(f"hidden_form must be one of {', '.join(HIDDEN_STATE_FORMS)}.")

    @property
    def distils(self) -> bool:
        """Whether any term asks a teacher."""
        return max(self.logits_weight, self.near_weight, self.hidden_weight) > 0


class TeacherObjective:
    """HRVM-Net learns from labels on high-resolution views."""

    def __init__(self, model: VisionMamba, losses: LossConfig) -> None:
        self.model = model
        self._losses = losses

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy alone."""
        logits = self.model(batch.images)
        return {
            "cross_entropy": cross_entropy(logits, batch.labels, label_smoothing=self._losses.label_smoothing)
        }

    def predict(self, images: Tensor) -> Tensor:
        """Logits on the views as they are."""
        logits: Tensor = self.model(images)
        return logits


class StudentObjective:
    """SRVM-Net learns from labels and from a teacher that sees what the student's capture was made from.

    Args:
        model: the student; its SR network is frozen.
        teacher: None trains on labels alone.
        losses: weights; terms that ask a teacher are left out without one.
    """

    def __init__(self, model: SrvmNet, teacher: VisionMamba | None, losses: LossConfig) -> None:
        self.model = model
        self._student = model
        self._teacher = teacher
        self._losses = losses
        model.super_resolution.eval().requires_grad_(False)
        if teacher is not None:
            teacher.eval().requires_grad_(False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy, KL of logits on the same and on the near view, distance of hidden states."""
        config = self._losses
        hides = self._teacher is not None and config.hidden_weight > 0
        layers = self._hidden_layers() if hides else ()
        student = self._student.classifier.forward_with_hidden(self._super_resolve(batch.images), layers)
        losses = {
            "cross_entropy": cross_entropy(
                student.logits, batch.labels, label_smoothing=config.label_smoothing
            )
        }
        if self._teacher is None:
            return losses
        with torch.no_grad():
            teacher = self._teacher.forward_with_hidden(batch.images, layers)
        if config.logits_weight > 0:
            losses["logits_kl"] = config.logits_weight * logits_distillation_loss(
                student.logits, teacher.logits, temperature=config.temperature
            )
        if config.near_weight > 0 and batch.near_logits is not None:
            losses["near_kl"] = config.near_weight * logits_distillation_loss(
                student.logits, batch.near_logits, temperature=config.temperature, weight=batch.has_near
            )
        if hides:
            losses["hidden_states"] = config.hidden_weight * hidden_state_loss(
                student.hidden, teacher.hidden, form=config.hidden_form
            )
        return losses

    def predict(self, images: Tensor) -> Tensor:
        """Logits on captures made from the views."""
        logits: Tensor = self._student.classifier(self._super_resolve(images))
        return logits

    def _super_resolve(self, images: Tensor) -> Tensor:
        # The SR network must stay in eval mode when the student as a whole is set to train.
        self._student.super_resolution.eval()
        with torch.no_grad():
            lr = bicubic_downscale(images, self._student.config.super_resolution.upscale)
            enlarged: Tensor = self._student.super_resolution(lr)
        return enlarged

    def _hidden_layers(self) -> tuple[int, ...]:
        depth = self._student.config.classifier.depth
        return (depth - 1,) if self._losses.hidden_form == "published-code" else tuple(range(depth))
