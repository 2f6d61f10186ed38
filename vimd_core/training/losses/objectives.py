"""Objectives: the weighted losses of teacher, student and super-resolution network.

Sizes: B images, S image size of the classifier in px, K classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, Protocol, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.errors import ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.models.vision_mamba import ClassifierOutput, VisionMamba
from vimd_core.training.batches.batch import STREAMS, Batch, Rows
from vimd_core.training.batches.patches import PatchBatch
from vimd_core.training.losses.loss_functions import (
    HIDDEN_STATE_FORMS,
    HiddenStateForm,
    hidden_state_loss,
    label_loss,
    logits_distillation_loss,
    soft_answer_loss,
)

_ALIGNED: Final = STREAMS.index("aligned")


_Learnt = TypeVar("_Learnt", bound=Rows, contravariant=True)


class Objective(Protocol[_Learnt]):
    """A model with the losses that it is trained by."""

    @property
    def model(self) -> nn.Module:
        """What is trained."""

    def losses(self, batch: _Learnt) -> dict[str, Tensor]:
        """The weighted terms whose sum is minimised, by name."""


class ClassifierObjective(Objective[Batch], Protocol):
    """One that also classifies, to be validated."""

    def predict(self, images: Tensor) -> Tensor:
        """(B, 3, S, S) high-resolution views -> (B, K) logits, seen as the model will see them in use."""


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weights and settings of the losses; each weight belongs to a stream of the batch (see `batch.STREAMS`).

    Attributes:
        label_smoothing: of the cross-entropy.
        aligned_label_weight: of the cross-entropy of captures that were made from high-resolution views.
        near_label_weight: the same for real captures with a near view.
        single_label_weight: the same for real captures by themselves.
        logits_weight: of the KL divergence from the teacher on the view that a capture was made from; alpha in the
            paper.
        near_weight: of the KL divergence from the teacher on the near view of the same thing, which is not
            aligned with the capture pixel by pixel and therefore teaches through logits only.
        previous_weight: of the KL divergence from the previous model, on captures that it got right.
        project_weight: of the cross-entropy with the answers of the project's teacher, on captures that it has
            answers for, labelled or not, each weighted by how sure the teacher is.
        temperature: of all three divergences; 4 in the published code.
        hidden_weight: of the hidden-state loss, on captures that were made from high-resolution views; alpha * beta
            in the paper, 5 in the published code.
        hidden_form: how hidden states are compared.
    """

    label_smoothing: float = 0.1
    aligned_label_weight: float = 1.0
    near_label_weight: float = 1.0
    single_label_weight: float = 1.0
    logits_weight: float = 1.0
    near_weight: float = 0.5
    previous_weight: float = 1.0
    project_weight: float = 1.0
    temperature: float = 4.0
    hidden_weight: float = 5.0
    hidden_form: HiddenStateForm = "published-code"

    def __post_init__(self) -> None:
        # Written so that a value that is no number fails as well.
        if not 0 <= self.label_smoothing < 1 or not 0 < self.temperature < math.inf:
            raise ConfigError("label_smoothing must be in [0, 1) and temperature above 0.")
        for field in fields(self):
            if field.name.endswith("_weight") and not 0 <= getattr(self, field.name) < math.inf:
                raise ConfigError(
                    "Loss weights must not be negative, and {name} is {value}.",
                    name=field.name,
                    value=repr(getattr(self, field.name)),
                )
        if self.hidden_form not in HIDDEN_STATE_FORMS:
            raise ConfigError(
                "hidden_form must be one of {choices}.",
                choices=", ".join(HIDDEN_STATE_FORMS),
            )

    @property
    def distils(self) -> bool:
        """Whether any term asks a teacher."""
        return max(self.logits_weight, self.near_weight, self.hidden_weight) > 0

    def label_weights(self) -> tuple[float, ...]:
        """Weight of the cross-entropy in each of `STREAMS`."""
        return (self.aligned_label_weight, self.near_label_weight, self.single_label_weight)


class TeacherObjective:
    """HRVM-Net learns from labels on high-resolution views."""

    def __init__(self, model: VisionMamba, losses: LossConfig) -> None:
        self.model = model
        self._losses = losses

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Cross-entropy alone."""
        logits = self.model(batch.images)
        smoothing = self._losses.label_smoothing
        return {"cross_entropy": label_loss(logits, batch, label_smoothing=smoothing)}

    def predict(self, images: Tensor) -> Tensor:
        """Logits on the views as they are."""
        logits: Tensor = self.model(images)
        return logits


class SuperResolutionObjective:
    """A super-resolution network learns to give the photograph back: mean absolute error (L1) over pixels."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model

    def losses(self, batch: PatchBatch) -> dict[str, Tensor]:
        """L1 alone."""
        enlarged: Tensor = self.model(batch.low)
        return {"l1": functional.l1_loss(enlarged.float(), batch.high)}


class StudentObjective:
    """SRVM-Net learns from labels, from a teacher and from what it knew before, each row as its stream allows.

    Args:
        model: the student.
        teacher: None trains without one.
        losses: weights; terms that ask a teacher are left out without one.
        is_enlarged: whether the images of batches are what the super-resolution network has made already.
        train_super_resolution: whether the SR network learns as well; otherwise it is frozen, as in the paper.
    """

    def __init__(
        self,
        model: SrvmNet,
        teacher: VisionMamba | None,
        losses: LossConfig,
        *,
        is_enlarged: bool = False,
        train_super_resolution: bool = False,
    ) -> None:
        self.model = model
        self._student = model
        self._teacher = teacher
        self._losses = losses
        self._is_enlarged = is_enlarged
        self._trains_super_resolution = train_super_resolution
        model.super_resolution.eval().requires_grad_(train_super_resolution)
        if teacher is not None:
            teacher.eval().requires_grad_(False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Weighted means over the whole batch, so that a row that a term leaves out counts as 0 in it."""
        config = self._losses
        layers = self._hidden_layers() if self._teacher is not None and config.hidden_weight > 0 else ()
        student = self._student.classifier.forward_with_hidden(self._super_resolve(batch), layers)
        label_weights = None
        if batch.streams is not None:
            label_weights = student.logits.new_tensor(config.label_weights())[batch.streams]
        losses = {
            "cross_entropy": label_loss(
                student.logits, batch, label_smoothing=config.label_smoothing, weight=label_weights
            )
        }
        for name, weight, target, has_target in (
            ("near_kl", config.near_weight, batch.near_logits, batch.has_near),
            ("previous_kl", config.previous_weight, batch.previous_logits, batch.has_previous),
        ):
            if weight > 0 and target is not None:
                losses[name] = weight * logits_distillation_loss(
                    student.logits, target, temperature=config.temperature, weight=has_target
                )
        if config.project_weight > 0 and batch.answers is not None:
            losses["project_ce"] = config.project_weight * soft_answer_loss(student.logits, batch.answers)
        if self._teacher is not None and (layers or config.logits_weight > 0):
            losses |= self._aligned_losses(self._teacher, batch, student, layers)
        return losses

    def predict(self, images: Tensor) -> Tensor:
        """Logits on captures made from the views."""
        with torch.no_grad():
            enlarged: Tensor = self._student.super_resolution(self._reduce(images))
        logits: Tensor = self._student.classifier(enlarged)
        return logits

    def _aligned_losses(
        self, model: VisionMamba, batch: Batch, student: ClassifierOutput, layers: tuple[int, ...]
    ) -> dict[str, Tensor]:
        """What the teacher says of the views that captures were made from."""
        config = self._losses
        images, share = batch.images, 1.0
        if batch.streams is not None:
            chosen = torch.nonzero(batch.streams == _ALIGNED).flatten()
            share = len(chosen) / len(batch)
            images = images[chosen]
            student = ClassifierOutput(
                student.logits[chosen], tuple(hidden[chosen] for hidden in student.hidden)
            )
        # The same terms in each batch, so that those of several processes can be added up.
        losses: dict[str, Tensor] = {}
        if config.logits_weight > 0:
            losses["logits_kl"] = student.logits.sum() * 0.0
        if layers:
            losses["hidden_states"] = student.logits.sum() * 0.0
        if share == 0.0:
            return losses
        with torch.no_grad():
            teacher = model.forward_with_hidden(images, layers)
        if config.logits_weight > 0:
            losses["logits_kl"] = (share * config.logits_weight) * logits_distillation_loss(
                student.logits, teacher.logits, temperature=config.temperature
            )
        if layers:
            losses["hidden_states"] = (share * config.hidden_weight) * hidden_state_loss(
                student.hidden, teacher.hidden, form=config.hidden_form
            )
        return losses

    def _super_resolve(self, batch: Batch) -> Tensor:
        if self._is_enlarged:
            return batch.images
        # The SR network must stay in eval mode when the student as a whole is set to train: a batch of degraded and
        # augmented captures would spoil the statistics of its norms.
        self._student.super_resolution.eval()
        captures = self._reduce(batch.images) if batch.captures is None else batch.captures
        with torch.set_grad_enabled(self._trains_super_resolution and torch.is_grad_enabled()):
            enlarged: Tensor = self._student.super_resolution(captures)
        return enlarged

    def _reduce(self, images: Tensor) -> Tensor:
        return bicubic_downscale(images, self._student.config.super_resolution.upscale)

    def _hidden_layers(self) -> tuple[int, ...]:
        depth = self._student.config.classifier.depth
        return (depth - 1,) if self._losses.hidden_form == "published-code" else tuple(range(depth))
