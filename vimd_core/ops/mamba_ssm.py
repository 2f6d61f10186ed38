"""The selective scan through mamba-ssm's CUDA kernel, where that optional package is installed.

Its kernel wants channels before tokens and knows one direction only, so tensors are transposed, and flipped for the
reverse direction.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from vimd_core.user_messages import Sentence, sentence

Scan = Callable[..., Any]


@cache
def why_unavailable() -> Sentence | None:
    """Why mamba-ssm is not used here, in words; None when it is."""
    if importlib.util.find_spec("mamba_ssm") is None:
        return sentence(
            "mamba-ssm is not installed (optional: pip install vimd-studio[cuda], Linux with nvcc)"
        )
    if not torch.cuda.is_available():
        return sentence("mamba-ssm needs a CUDA device and there is none")
    try:
        _kernel()
    except (ImportError, AttributeError, OSError, RuntimeError) as e:
        return sentence(
            "mamba-ssm lacks its selective-scan kernel ({reason}): rebuild it with MAMBA_KEEP_CUDA_BUILD=TRUE",
            reason=e,
        )
    return None


def _kernel() -> Scan:
    # Only the operator's module: the package itself imports a language-model stack.
    kernel: Scan = importlib.import_module("mamba_ssm.ops.selective_scan_interface").selective_scan_fn
    return kernel


def selective_scan_mamba_ssm(
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
    kernel: Scan | None = None,
) -> Tensor:
    """Scan one direction; arguments and result as in `vimd_core.ops.scan.selective_scan`.

    Args:
        kernel: a function with the signature of mamba-ssm's `selective_scan_fn`; mamba-ssm's own when None.
    """

    def channels_first(tensor: Tensor) -> Tensor:
        ordered = tensor.flip(1) if reverse else tensor
        return ordered.transpose(1, 2).contiguous()  # (B, L, X) -> (B, X, L)

    scanned: Tensor = (kernel or _kernel())(
        channels_first(u),
        channels_first(delta),
        A.float(),
        channels_first(B),
        channels_first(C),
        D.float(),
        z=channels_first(z),
        delta_bias=delta_bias.float(),
        delta_softplus=True,
    )
    y = scanned.transpose(1, 2)  # (B, D, L) -> (B, L, D)
    return y.flip(1) if reverse else y
