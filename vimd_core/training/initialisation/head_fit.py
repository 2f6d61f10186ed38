"""Fits the head of a classifier to what the network sees in captures, before anything else learns.

A head that starts at random sends gradients through the network that spoil what it knows, until the head has found
its way; one that is fitted first does not (Kumar et al., "Fine-tuning can distort pretrained features and underperform
out-of-distribution", ICLR 2022). It is also the best that the network as it is can do, and found within seconds, since
each capture is looked at once.

Sizes: N captures, M inputs of the head, K classes.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.training.batches.captures import UNLABELLED, CaptureSet
from vimd_core.training.batches.soft_answers import SoftAnswers

_BATCH: Final = 64
_STEPS: Final = 100
# Of inputs of variance 1; between 0.001 and 0.01 it made no difference on groceries, and more is worse.
_WEIGHT_DECAY: Final = 3e-3


@torch.no_grad()
def embed(
    student: SrvmNet, captures: CaptureSet, device: torch.device, *, is_enlarged: bool = False
) -> Tensor:
    """What the head reads of each capture as the model sees it in use, (N, M) float32 on the CPU."""
    student.eval()
    parts = []
    for part in torch.split(torch.arange(len(captures)), _BATCH):
        images = captures.views(part).to(device).contiguous(memory_format=torch.channels_last)
        if not is_enlarged:
            images = student.super_resolution(
                bicubic_downscale(images, student.config.super_resolution.upscale)
            )
        parts.append(student.classifier.forward_with_embedding(images)[1].float().cpu())
    return torch.cat(parts)


def fit_head(
    student: SrvmNet,
    captures: CaptureSet,
    device: torch.device,
    *,
    class_balance: float,
    answers: SoftAnswers | None = None,
    is_enlarged: bool = False,
) -> None:
    """Fit the head by logistic regression that is drawn towards the weights that it starts from.

    Args:
        student: its head is changed.
        captures: to learn from.
        device: of the student.
        class_balance: 0 counts captures as they are, 1 counts all classes equally.
        answers: of the project's teacher on these captures; None: there is none.
        is_enlarged: whether they are what the super-resolution network has made already.
    """
    head = student.classifier.head
    embeddings = embed(student, captures, device, is_enlarged=is_enlarged)
    weight, bias = fitted(
        embeddings,
        captures.labels,
        head.weight.detach().float().cpu(),
        head.bias.detach().float().cpu(),
        class_balance=class_balance,
        answers=None if answers is None else answers.on(torch.arange(len(captures))),
    )
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)


def fitted(
    embeddings: Tensor,
    labels: Tensor,
    weight: Tensor,
    bias: Tensor,
    *,
    class_balance: float,
    answers: Tensor | None = None,
    weight_decay: float = _WEIGHT_DECAY,
) -> tuple[Tensor, Tensor]:
    """Logistic regression on embeddings.

    Args:
        embeddings: (N, M).
        labels: (N,) int64, `UNLABELLED` where there is none.
        weight: (K, M), from where it starts and towards which it is drawn.
        bias: (K,), the same.
        class_balance: as in `fit_head`.
        answers: (N, K) soft ones, each row times its weight, where a label counts 1; None: there are none.
        weight_decay: how strongly it is drawn there.

    Returns:
        (K, M) weight and (K,) bias.
    """
    # Inputs of mean 0 and variance 1, in which a fit needs few steps and one weight decay suits all.
    mean, scale = embeddings.mean(dim=0), embeddings.std(dim=0, correction=0).clamp_min(1e-3)
    inputs = (embeddings - mean) / scale
    start = weight * scale
    targets = _targets(labels, len(bias), class_balance)
    if answers is not None:
        targets += answers
    targets /= targets.sum()
    moved = torch.zeros_like(start, requires_grad=True)
    offset = (bias + weight @ mean).clone().requires_grad_()
    optimizer = torch.optim.LBFGS([moved, offset], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        logits = inputs @ (start + moved).T + offset
        loss = -(targets * functional.log_softmax(logits, dim=1)).sum()
        loss = loss + weight_decay / 2 * moved.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    with torch.enable_grad():
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    new = (start + moved.detach()) / scale
    return new, offset.detach() - new @ mean


def _targets(labels: Tensor, num_classes: int, class_balance: float) -> Tensor:
    """(N, K): what each label counts, 1 on average, at its class."""
    labelled = torch.nonzero(labels != UNLABELLED).flatten()
    known = labels[labelled]
    importance = torch.bincount(known, minlength=num_classes).clamp_min(1).float()[known] ** -class_balance
    targets = torch.zeros(len(labels), num_classes)
    targets[labelled, known] = importance / importance.mean()
    return targets
