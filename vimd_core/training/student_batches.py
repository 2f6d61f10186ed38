"""The batches that a student learns from: captures, and what teacher and earlier model say of them.

Sizes: N captures, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard

import torch
from torch import Tensor

from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.config import SizePx, SrvmNetConfig, square_px
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.augmentation.symmetries import Symmetries
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.batches.near_answers import NearAnswers, answers_on_near_views
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.batches.training_data import TrainingData
from vimd_core.training.initialisation.starting_point import previous_answers
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.losses.objectives import LossConfig, StudentObjective
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.validation.accuracy import predict_logits


def student_batches(
    student: SrvmNet,
    data: TrainingData,
    seen: CaptureSet,
    config: TrainingConfig,
    compute: ComputePlace,
    *,
    answers: SoftAnswers | None,
    labelled_share: float,
    near_teacher: VisionMamba | None,
    only_right: bool,
    previous: tuple[SrvmNet, BundleInfo] | None,
    outputs: Sequence[Sequence[int]],
) -> StreamSampler:
    """Ask who has something to say of the captures, once, and make the source of batches.

    Args:
        student: on the device.
        data: captures to learn from.
        seen: the same as batches are drawn from them: enlarged once, where the recipe says so.
        config: the recipe.
        compute: device and processes.
        answers: of the project's teacher on the captures to learn from; None: there is none.
        labelled_share: part of the images drawn that are labelled, at least.
        near_teacher: says what near views show; None: nobody does.
        only_right: leave out what that one takes for another class than the capture's.
        previous: the model that is to be improved; None: there is none.
        outputs: for each class the outputs of that model that meant it.
    """
    captures, network = data.training, student.config
    lr_size_px = square_px(network.lr_size_px)
    return StreamSampler(
        seen,
        batch_size=config.batch_size,
        epoch_images=config.epoch_images,
        seed=config.seed,
        augmentation=config.augmentation,
        streams=config.streams,
        symmetries=Symmetries(config.symmetries, data.classes),
        class_balance=config.class_balance,
        labelled_share=labelled_share,
        lr_size_px=None if config.enlarge_once else lr_size_px,
        near=_near_answers(near_teacher, captures, config.losses, compute, only_right=only_right),
        previous_logits=_previous_logits(previous, captures, network, config.losses, outputs, compute),
        answers=answers,
        rank=compute.processes.rank,
        world_size=compute.processes.count,
    )


def _near_answers(
    teacher: VisionMamba | None,
    captures: CaptureSet,
    losses: LossConfig,
    compute: ComputePlace,
    *,
    only_right: bool,
) -> NearAnswers | None:
    """The teacher's answers on the near views of captures; None where nobody asks for them."""
    if teacher is None or losses.near_weight == 0:
        return None
    model = teacher.eval()
    return answers_on_near_views(
        captures, lambda views: model(views.to(compute.device)), only_right=only_right
    )


def _previous_logits(
    previous: tuple[SrvmNet, BundleInfo] | None,
    captures: CaptureSet,
    network: SrvmNetConfig,
    losses: LossConfig,
    outputs: Sequence[Sequence[int]],
    compute: ComputePlace,
) -> Tensor | None:
    """Logits of the model that is to be improved, (N, K), on captures that are labelled; None without one, or where it
    sees other sizes or knows none of the classes."""
    if losses.previous_weight == 0:
        return None
    if not answers_alike(previous, network, outputs):
        return None
    asked = torch.nonzero(captures.is_labelled).flatten()
    said = logits_of(previous[0], captures.subset(asked.tolist()), compute)
    logits = torch.zeros(len(captures), said.shape[1])
    logits[asked] = said
    return previous_answers(logits, outputs)


def answers_alike(
    model: tuple[SrvmNet, BundleInfo] | None, network: SrvmNetConfig, outputs: Sequence[Sequence[int]]
) -> TypeGuard[tuple[SrvmNet, BundleInfo]]:
    """Whether an earlier model can be asked about captures: it knows some of the classes, and sees the same sizes."""
    return model is not None and any(outputs) and _sizes(model[1].config) == _sizes(network)


def logits_of(model: SrvmNet, captures: CaptureSet, compute: ComputePlace) -> Tensor:
    """Logits of a model as it is in use, (N, K)."""
    compute.take(model)
    return predict_logits(StudentObjective(model, None, LossConfig()), captures, device=compute.device)


def _sizes(network: SrvmNetConfig) -> tuple[SizePx, SizePx]:
    return network.classifier.image_size_px, network.lr_size_px
