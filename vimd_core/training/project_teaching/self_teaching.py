"""The student as its own second teacher (self-training): from some epoch on it answers beside the project's.

By then it has seen labels and answers on many views of each capture, and where the project's teacher is weak it has
surpassed that (Xie et al., "Self-training with Noisy Student improves ImageNet classification", CVPR 2020). Both
answers are multiplied, so that what one of them rules out is ruled out.

Sizes: N captures, T classes named for each.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor

from vimd_core.errors import CheckpointError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.project_teaching.teaching import weighted
from vimd_core.training.recipes.training_config import TrainingConfig

STUDENT_ANSWERS: Final = "student_answers.npy"
_BATCH: Final = 64


class SelfTeaching:
    """Has the student answer in the middle of its training; see `loop.task.SecondLesson`.

    Args:
        student: which is trained.
        batches: whose answers are changed.
        answers: of the project's teacher, on the captures of `batches`.
        config: says when.
        folder: of the run, which keeps the answers.
        compute: where the student answers.
    """

    def __init__(
        self,
        student: SrvmNet,
        batches: StreamSampler,
        answers: SoftAnswers,
        config: TrainingConfig,
        folder: Path,
        compute: ComputePlace,
    ) -> None:
        self._student = student
        self._batches = batches
        self._answers = answers
        self._is_enlarged = config.enlarge_once
        self._file = folder / STUDENT_ANSWERS
        self._compute = compute
        self.epoch = max(1, math.ceil(config.self_teaching_from * config.epochs))

    def begin(self) -> None:
        """See `SecondLesson`; what was kept counts more than what the student would say now."""
        masses = self._kept()
        if masses is None:
            said = self._said(self._batches.captures)
            masses = torch.from_numpy(both(self._answers, said, self._batches.captures.is_labelled))
            self._keep(masses)
        self._batches.take_answers(
            SoftAnswers(self._answers.classes, masses.float(), self._answers.num_classes)
        )

    @torch.no_grad()
    def _said(self, captures: CaptureSet) -> Tensor:
        """(N, T) probabilities of the classes that the project's teacher has named."""
        student, upscale = self._student.eval(), self._student.config.super_resolution.upscale
        parts = []
        for indices in torch.split(torch.arange(len(captures)), _BATCH):
            images = captures.views(indices).to(self._compute.device)
            images = images.contiguous(memory_format=torch.channels_last)
            if not self._is_enlarged:
                images = student.super_resolution(bicubic_downscale(images, upscale))
            probabilities = student.classifier(images).float().softmax(dim=1).cpu()
            parts.append(probabilities.gather(1, self._answers.classes[indices]))
        return torch.cat(parts)

    def _kept(self) -> Tensor | None:
        try:
            masses = np.load(self._file, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        return torch.from_numpy(masses) if masses.shape == tuple(self._answers.masses.shape) else None

    def _keep(self, masses: Tensor) -> None:
        if not self._compute.is_first:
            return
        try:
            with atomic_write(self._file) as temporary, temporary.open("wb") as file:
                np.save(file, masses.numpy())
        except OSError as e:
            raise CheckpointError(
                "The student's answers can't be written to {file} ({reason}): free some disk space.",
                file=self._file,
                reason=e.strerror or e,
            ) from e


def both(
    answers: SoftAnswers, said: Tensor, is_labelled: Tensor
) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """What teacher and student say together, weighted as the teacher's answers were.

    Args:
        answers: of the project's teacher.
        said: (N, T) probabilities that the student gives the same classes.
        is_labelled: (N,) bool.

    Returns:
        (N, T) masses.
    """
    sums = answers.masses.sum(dim=1, keepdim=True)
    product = (answers.masses / sums.clamp_min(1e-9) * said.clamp_min(1e-6)).sqrt()
    probabilities = product / product.sum(dim=1, keepdim=True).clamp_min(1e-9)
    is_known = (sums > 0).flatten()
    return weighted(probabilities.numpy(), is_labelled.numpy(), is_known.numpy()).astype(np.float16)
