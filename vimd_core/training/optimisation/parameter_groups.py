"""Parameter groups of an optimiser: weight decay, and how fast each group learns."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from vimd_core.models.srvm_net import SrvmNet


def parameter_groups(model: nn.Module, weight_decay: float, *, learning_rate: float) -> list[dict[str, Any]]:
    """Split parameters so that weight decay acts on matrices and kernels only.

    Vectors (biases, norms, D) and the parameters that Mamba excludes (A_log, position and class embeddings) are
    not decayed.

    Args:
        model: parameters that don't require gradients are left out.
        weight_decay: of the decayed ones.
        learning_rate: peak, of both groups.

    Returns:
        Two groups for an optimiser, the decayed one first.
    """
    decayed: list[Tensor] = []
    kept: list[Tensor] = []
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        excluded = name.endswith(("A_log", "A_b_log", "pos_embed", "cls_token"))
        (kept if parameter.ndim < 2 or excluded else decayed).append(parameter)
    return [
        {"params": decayed, "weight_decay": weight_decay, "lr": learning_rate},
        {"params": kept, "weight_decay": 0.0, "lr": learning_rate},
    ]


def student_parameter_groups(
    model: SrvmNet, weight_decay: float, *, learning_rate: float, sr_learning_rate: float
) -> list[dict[str, Any]]:
    """The groups of a student's classifier, and those of its super-resolution network at its own learning rate.

    Args:
        model: parameters that don't require gradients are left out.
        weight_decay: of the decayed ones.
        learning_rate: peak of the classifier.
        sr_learning_rate: peak of the super-resolution network; 0 leaves it out.
    """
    groups = parameter_groups(model.classifier, weight_decay, learning_rate=learning_rate)
    if sr_learning_rate > 0:
        groups += parameter_groups(model.super_resolution, weight_decay, learning_rate=sr_learning_rate)
    return groups
