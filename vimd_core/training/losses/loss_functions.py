"""The losses of the ViMD method, in the paper's form and in the published code's.

Sizes: B images, K classes, L tokens, M embed_dim.
Source: Chen et al., arXiv 2411.17980, section 3: L = CE + alpha * (L_LD + beta * L_HSD). The published code
(github.com/boa2004plaust/ViMD, HEAD 372e241) compares the last layer only, as a mean, and ships
CE (label smoothing 0.1) + 5 * MSE.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.errors import ConfigError
from vimd_core.training.batches.batch import Batch
from vimd_core.training.batches.captures import UNLABELLED

HiddenStateForm = Literal["paper", "published-code", "mean"]
HIDDEN_STATE_FORMS: tuple[HiddenStateForm, ...] = get_args(HiddenStateForm)


def cross_entropy(
    logits: Tensor, labels: Tensor, *, label_smoothing: float = 0.0, weight: Tensor | None = None
) -> Tensor:
    """Cross-entropy with the labels.

    Args:
        logits: (B, K).
        labels: (B,) int64 in [0, K); -1 counts as a loss of 0.
        label_smoothing: share of the target that is spread over all classes, in [0, 1).
        weight: (B,) share of each image; all 1 when None.

    Returns:
        () mean over the batch, in nats.
    """
    each = functional.cross_entropy(
        logits, labels, label_smoothing=label_smoothing, reduction="none", ignore_index=UNLABELLED
    )
    return each.mean() if weight is None else (each * weight).mean()


def label_loss(
    logits: Tensor, batch: Batch, *, label_smoothing: float = 0.0, weight: Tensor | None = None
) -> Tensor:
    """Cross-entropy with the labels of a batch; where images were mixed, with both labels by their shares.

    Args:
        logits: (B, K).
        batch: whose labels count.
        label_smoothing: as in `cross_entropy`.
        weight: (B,) share of each image; all 1 when None.

    Returns:
        () mean over the batch, in nats.
    """
    if batch.other_labels is None or batch.label_share is None:
        return cross_entropy(logits, batch.labels, label_smoothing=label_smoothing, weight=weight)
    own, other = batch.label_share, 1.0 - batch.label_share
    if weight is not None:
        own, other = own * weight, other * weight
    return cross_entropy(logits, batch.labels, label_smoothing=label_smoothing, weight=own) + cross_entropy(
        logits, batch.other_labels, label_smoothing=label_smoothing, weight=other
    )


def soft_answer_loss(logits: Tensor, answers: Tensor) -> Tensor:
    """Cross-entropy with soft answers, each row of which counts by its sum.

    Args:
        logits: (B, K).
        answers: (B, K) at least 0: probabilities times the weight of the row.

    Returns:
        () mean over the batch, in nats.
    """
    return -(answers * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


def logits_distillation_loss(
    student: Tensor, teacher: Tensor, *, temperature: float, weight: Tensor | None = None
) -> Tensor:
    """KL(softmax(teacher / T) || softmax(student / T)) * T^2 (Hinton et al., arXiv 1503.02531, section 2).

    Args:
        student: (B, K) logits.
        teacher: (B, K) logits; no gradient flows into them.
        temperature: T > 0.
        weight: (B,) share of each image; all 1 when None.

    Returns:
        () mean over the batch, in nats.
    """
    divergence = functional.kl_div(
        functional.log_softmax(student / temperature, dim=1),
        functional.softmax(teacher.detach() / temperature, dim=1),
        reduction="none",
    ).sum(dim=1)  # (B,)
    if weight is not None:
        divergence = divergence * weight
    return divergence.mean() * temperature**2


def hidden_state_loss(
    student: Sequence[Tensor],
    teacher: Sequence[Tensor],
    *,
    form: HiddenStateForm,
    weight: Tensor | None = None,
) -> Tensor:
    """Squared distance of hidden states after the final norm.

    Args:
        student: for each layer (B, L, M).
        teacher: the same shapes; no gradient flows into them.
        form: "paper" sums squares over layers, tokens and channels (mean over the batch); "published-code" is the
            mean square of the last layer; "mean" is the mean square over all layers.
        weight: (B,) share of each image; all 1 when None.

    Returns:
        () mean over the batch.

    Raises:
        ConfigError: there is no such form.
    """
    if form not in HIDDEN_STATE_FORMS:
        raise ConfigError(
            "There is no hidden-state loss {form}: use {choices}.",
            form=repr(form),
            choices=", ".join(HIDDEN_STATE_FORMS),
        )
    pairs = list(zip(student, teacher, strict=True))
    if form == "published-code":
        pairs = pairs[-1:]

    def per_image(ours: Tensor, target: Tensor) -> Tensor:
        squares = (ours - target.detach()).square().flatten(1)  # (B, L * M)
        return squares.sum(dim=1) if form == "paper" else squares.mean(dim=1)

    distances = torch.stack([per_image(ours, target) for ours, target in pairs])  # (layers, B)
    distance = distances.sum(dim=0) if form == "paper" else distances.mean(dim=0)
    if weight is not None:
        distance = distance * weight
    return distance.mean()
