"""Which parameters an optimiser decays, and how fast each group learns."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


def parameter_groups(
    model: nn.Module, weight_decay: float, *, peak_learning_rate: float | None = None
) -> list[dict[str, Any]]:
    """Split parameters so that weight decay acts on matrices and kernels only.

    Vectors (biases, norms, D) and the parameters that Mamba excludes (A_log, position and class embeddings) are
    not decayed.

    Args:
        model: parameters that don't require gradients are left out.
        weight_decay: of the decayed ones.
        peak_learning_rate: is noted in each group, for a schedule to scale; None notes nothing.

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
    noted = {} if peak_learning_rate is None else {"peak_learning_rate": peak_learning_rate}
    return [
        {"params": decayed, "weight_decay": weight_decay, **noted},
        {"params": kept, "weight_decay": 0.0, **noted},
    ]
