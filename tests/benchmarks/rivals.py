"""Other implementations of the selective scan, to measure ours against.

`published_reference` does step by step what `selective_scan_ref` of state-spaces/mamba does, which is what the
published ViMD code runs without CUDA: channels first, the whole (B, D, L, N) tensors first, then a Python loop.
mambapy (a development dependency) is run as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import torch
from mambapy.mamba import MambaBlock
from torch import Tensor
from torch.nn import functional


def published_reference(
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
    backend: str = "",
) -> Tensor:
    """The published steps, with our tensors turned into their layout first, as their block does."""
    u, delta, B, C, z = (t.transpose(1, 2) for t in (u, delta, B, C, z))  # (B, L, X) -> (B, X, L)
    if reverse:
        u, delta, B, C, z = (t.flip(-1) for t in (u, delta, B, C, z))
    delta = functional.softplus(delta + delta_bias[..., None])
    decay = torch.exp(torch.einsum("bdl,dn->bdln", delta, A))
    drive = torch.einsum("bdl,bnl,bdl->bdln", delta, B, u)
    state = A.new_zeros((u.shape[0], u.shape[1], A.shape[1]))
    outputs = []
    for step in range(u.shape[2]):
        state = decay[:, :, step] * state + drive[:, :, step]
        outputs.append(torch.einsum("bdn,bn->bd", state, C[:, :, step]))
    y = torch.stack(outputs, dim=2)  # (B, D, L)
    y = (y + u * D[:, None]) * functional.silu(z)
    return (y.flip(-1) if reverse else y).transpose(1, 2)


def _mambapy(method: str) -> Callable[..., Tensor]:
    def scan(
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
        backend: str = "",
    ) -> Tensor:
        if reverse:
            u, delta, B, C, z = (t.flip(1) for t in (u, delta, B, C, z))
        block = SimpleNamespace(config=SimpleNamespace(d_inner=A.shape[0], d_state=A.shape[1]))
        dt = functional.softplus(delta + delta_bias)
        y = getattr(MambaBlock, method)(block, u, dt, A, B, C, D) * functional.silu(z)
        return y.flip(1) if reverse else y

    return scan


mambapy_parallel = _mambapy("selective_scan")
mambapy_sequential = _mambapy("selective_scan_seq")

# What a training step is compared with.
TRAINING_RIVALS: dict[str, Callable[..., Tensor]] = {
    "published": published_reference,
    "mambapy": mambapy_parallel,
}
