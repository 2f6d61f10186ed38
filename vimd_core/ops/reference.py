"""The selective scan in plain PyTorch: slow, obviously right, differentiable on any device.

Sizes: B batch, L tokens, D channels, N state.
Source: Gu & Dao, "Mamba: Linear-Time Sequence Modeling with Selective State Spaces", arXiv 2312.00752, section 3.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def selective_scan_reference(
    u: Tensor,
    delta: Tensor,
    A: Tensor,
    B: Tensor,
    C: Tensor,
    D: Tensor,
    z: Tensor,
    delta_bias: Tensor,
    *,
    reverse: bool = False,
) -> Tensor:
    """Scan one direction; arguments and result as in `vimd_core.ops.selective_scan`."""
    length = u.shape[1]
    dt = functional.softplus(delta + delta_bias)  # (B, L, D)
    decay = torch.exp(dt.unsqueeze(-1) * A)  # (B, L, D, N)
    drive = (dt * u).unsqueeze(-1) * B.unsqueeze(2)  # (B, L, D, N)
    state = torch.zeros_like(drive[:, 0])
    outputs: list[Tensor] = [state] * length
    for t in reversed(range(length)) if reverse else range(length):
        state = decay[:, t] * state + drive[:, t]
        outputs[t] = (state * C[:, t].unsqueeze(1)).sum(-1)  # (B, D)
    y = torch.stack(outputs, dim=1) + D * u
    return y * functional.silu(z)
