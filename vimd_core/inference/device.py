"""Chooses the device and number format to compute with, and says why, in words."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import torch

from vimd_core.errors import DeviceError
from vimd_core.ops.scan import Backend, choose_backend, why_unavailable
from vimd_core.processes.kernel_cache import kernel_cache
from vimd_core.user_messages import Sentence, plural, sentence

DeviceChoice = Literal["auto", "cuda", "mps", "cpu"]
Precision = Literal["auto", "float32", "bfloat16", "float16"]
DEVICE_CHOICES: tuple[DeviceChoice, ...] = get_args(DeviceChoice)
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass(frozen=True)
class ComputeDevice:
    """Where and how to compute.

    Attributes:
        device: for torch.
        dtype: of convolutions and matrix products; everything else stays in float32.
        scan_backend: of the selective scan.
        notice: what is said of it to a user.
    """

    device: torch.device
    dtype: torch.dtype
    scan_backend: Backend
    notice: Sentence


def choose_device(wanted: str = "auto", precision: Precision = "auto") -> ComputeDevice:
    """Choose the fastest device that is there, or take the wanted one.

    Args:
        wanted: "auto", "cuda", "cuda:1" and so on, "mps" or "cpu".
        precision: "auto" takes the narrowest format that the device computes natively.

    Raises:
        DeviceError: the wanted device is not there, or there is no device or precision of that name.
    """
    kind = str(wanted).partition(":")[0]
    if precision not in ("auto", *_DTYPES):
        raise DeviceError(
            "There is no precision {precision}: use auto, float32, bfloat16 or float16.",
            precision=repr(precision),
        )
    if kind not in DEVICE_CHOICES:
        raise DeviceError("There is no device {wanted}: use auto, cuda, mps or cpu.", wanted=repr(wanted))
    if kind == "cuda" and not torch.cuda.is_available():
        raise DeviceError(
            "No CUDA device can be used ({reason}): use the device auto or cpu.", reason=_why_no_cuda()
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise DeviceError("Apple's GPU can't be used here: use the device auto or cpu.")
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        wanted = kind
    device = torch.device(wanted)
    if kind == "cuda" and device.index is not None and device.index >= torch.cuda.device_count():
        raise DeviceError(
            "There is no {wanted}: this machine has {count} CUDA device(s).",
            wanted=wanted,
            count=torch.cuda.device_count(),
        )
    dtype = _DTYPES[precision] if precision != "auto" else _native_dtype(kind)
    backend = choose_backend(kind)
    return ComputeDevice(device, dtype, backend, _notice(device, dtype, backend))


def _native_dtype(kind: str) -> torch.dtype:
    if kind == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    # Without AMX a processor converts bfloat16 back and forth, which is slower than float32.
    if kind == "cpu" and torch.cpu._is_amx_tile_supported():
        return torch.bfloat16
    return torch.float32


def _notice(device: torch.device, dtype: torch.dtype, backend: Backend) -> Sentence:
    how = str(dtype).removeprefix("torch.")
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        if backend == "mamba_ssm":
            return sentence("Running on {device}, {type}.", device=name, type=how)
        return sentence(
            "Running on {device}, {type}, with the slow scan because {reason}.",
            device=name,
            type=how,
            reason=why_unavailable("mamba_ssm", "cuda"),
        )
    if device.type == "mps":
        return sentence("Running on the Apple GPU, {type}, with the slow scan.", type=how)
    said = _on_processor(torch.get_num_threads(), how)
    kernels = kernel_cache().notice if backend == "cpu" else None
    return said if kernels is None else sentence("{device} {kernels}", device=said, kernels=kernels)


def _on_processor(threads: int, how: str) -> Sentence:
    if nvidia_gpu_present():
        return sentence(
            plural(
                threads,
                "Running on the CPU, {threads} thread, {type}; the NVIDIA GPU is not used: {reason}.",
                "Running on the CPU, {threads} threads, {type}; the NVIDIA GPU is not used: {reason}.",
            ),
            threads=threads,
            type=how,
            reason=_why_no_cuda(),
        )
    return sentence(
        plural(
            threads,
            "Running on the CPU, {threads} thread, {type}.",
            "Running on the CPU, {threads} threads, {type}.",
        ),
        threads=threads,
        type=how,
    )


def nvidia_gpu_present() -> bool:
    """Whether the system knows an NVIDIA GPU, whatever torch can do with it."""
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def _why_no_cuda() -> Sentence:
    if torch.version.cuda is None:
        return sentence("this installation of torch has no CUDA support")
    if nvidia_gpu_present():
        return sentence("torch finds no CUDA device")
    return sentence("no NVIDIA driver was found")


def available_memory_bytes(device: torch.device) -> int:
    """Memory that is free for one more model and its batches; a careful guess where the system doesn't tell."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30
