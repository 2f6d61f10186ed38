"""The one place that decides which backend computes the selective scan, and the causal convolution before it.

Sizes: B batch, L tokens, D channels, N state, W taps.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.errors import BackendError
from vimd_core.ops import mamba_ssm
from vimd_core.ops.reference import selective_scan_reference
from vimd_core.user_messages import Sentence, sentence

Backend = Literal["reference", "cpu", "mamba_ssm"]
BackendChoice = Literal["auto", "reference", "cpu", "mamba_ssm"]
BACKENDS: tuple[Backend, ...] = get_args(Backend)


@cache
def why_unavailable(backend: Backend, device_type: str) -> Sentence | None:
    """Why a backend can't compute on a kind of device, in words; None when it can.

    Args:
        backend: the backend in question.
        device_type: "cpu", "cuda" or "mps".
    """
    if backend == "reference":
        return None
    if backend == "cpu":
        if device_type != "cpu":
            return sentence("the numba kernels run on the CPU, not on {device}", device=device_type)
        return None if importlib.util.find_spec("numba") else sentence("numba is not installed")
    if device_type != "cuda":
        return sentence("mamba-ssm runs on CUDA devices, not on {device}", device=device_type)
    return mamba_ssm.why_unavailable()


@cache
def choose_backend(device_type: str, wanted: BackendChoice = "auto") -> Backend:
    """The backend for a kind of device: the wanted one, or the fastest that is there.

    Args:
        device_type: "cpu", "cuda" or "mps".
        wanted: a backend's name, or "auto".

    Raises:
        BackendError: the wanted one can't compute there.
    """
    if wanted != "auto":
        if wanted not in BACKENDS:
            raise BackendError(
                "There is no scan backend {wanted}: use auto, {backends}.",
                wanted=repr(wanted),
                backends=", ".join(BACKENDS),
            )
        reason = why_unavailable(wanted, device_type)
        if reason:
            raise BackendError(
                "The scan backend {wanted} can't be used: {reason}. Use auto.", wanted=wanted, reason=reason
            )
        return wanted
    for backend in ("mamba_ssm", "cpu"):
        if not why_unavailable(backend, device_type):
            return backend
    return "reference"


def selective_scan(
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
    backend: BackendChoice = "auto",
) -> Tensor:
    """Scan tokens in one direction, add the skip connection and gate the result.

    With dt = softplus(delta + delta_bias): h_t = exp(dt_t A) h_(t-1) + dt_t B_t u_t, y_t = C_t h_t + D u_t, and the
    result is y * SiLU(z). Source: Gu & Dao, arXiv 2312.00752, section 3.2.

    Args:
        u, delta, z: (B, L, D) floating point; views whose last dimension is contiguous are read in place.
        A: (D, N), negative.
        B, C: (B, L, N).
        D, delta_bias: (D,).
        reverse: walk from the last token to the first.
        backend: which implementation; "auto" takes the fastest for the device.

    Returns:
        (B, L, D) in u's dtype.

    Raises:
        BackendError: the wanted backend can't be used.
    """
    chosen = choose_backend(u.device.type, backend)
    if chosen == "mamba_ssm":
        return mamba_ssm.selective_scan_mamba_ssm(u, delta, A, B, C, D, z, delta_bias, reverse=reverse)
    tensors = (u, delta, A, B, C, D, z, delta_bias)
    # A recurrence over hundreds of steps loses too much in half precision.
    wide = (
        tensors if u.dtype == A.dtype and u.dtype in _FULL else tuple(t.to(_wide_dtype(A)) for t in tensors)
    )
    if chosen == "cpu":
        from vimd_core.ops.cpu import selective_scan_cpu

        return selective_scan_cpu(*wide, reverse=reverse).to(u.dtype)
    return selective_scan_reference(*wide, reverse=reverse).to(u.dtype)


def causal_conv_silu(
    x: Tensor, weight: Tensor, bias: Tensor, *, reverse: bool = False, backend: BackendChoice = "auto"
) -> Tensor:
    """Depthwise causal convolution over tokens, then SiLU.

    Args:
        x: (B, L, D) floating point.
        weight: (D, W); its last tap meets the present token.
        bias: (D,).
        reverse: look at the W - 1 tokens after the present one instead of those before.
        backend: which implementation.

    Returns:
        (B, L, D) in x's dtype.

    Raises:
        BackendError: the wanted backend can't be used.
    """
    if choose_backend(x.device.type, backend) == "cpu" and weight.dtype in _FULL:
        from vimd_core.ops.cpu import causal_conv_silu_cpu

        return causal_conv_silu_cpu(x.to(weight.dtype), weight, bias, reverse=reverse).to(x.dtype)
    padding = weight.shape[1] - 1
    taps = weight.flip(1) if reverse else weight
    padded = functional.pad(x.transpose(1, 2), (0, padding) if reverse else (padding, 0))  # (B, D, L + W - 1)
    y = functional.conv1d(padded, taps.unsqueeze(1).to(x.dtype), bias.to(x.dtype), groups=weight.shape[0])
    return functional.silu(y).transpose(1, 2)  # (B, D, L) -> (B, L, D)


_FULL = (torch.float32, torch.float64)


def _wide_dtype(parameter: Tensor) -> torch.dtype:
    return parameter.dtype if parameter.dtype in _FULL else torch.float32
