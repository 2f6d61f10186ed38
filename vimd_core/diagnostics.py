"""Diagnostics of this machine: what is there and what is missing, which is a finding and no failure."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import vimd_core
from vimd_core.errors import VimdError
from vimd_core.processes.kernel_cache import kernel_cache
from vimd_core.processes.runtime import available_cores, free_threads

APP_NAME: Final = "ViMD Studio"
_PACKAGES: Final = (
    *(
        "torch",
        "numpy",
        "numba",
        "safetensors",
        "opencv-python-headless",
        "pillow",
        "pi-heif",
        "msgspec",
        "jinja2",
        "platformdirs",
    ),
)
# Packages that only an extra of ours installs, and that extra.
_OPTIONAL_PACKAGES: Final = {
    "PySide6-Essentials": "app",
    "pyqtgraph": "app",
    "SQLAlchemy": "projects",
    "alembic": "projects",
    "mamba-ssm": "cuda",
    "causal-conv1d": "cuda",
}
_CPU_FEATURES: Final = ("avx2", "avx512f", "avx512_bf16", "amx_bf16", "asimd", "bf16")
# What Qt needs on Linux and no Python package brings: library and Debian's package.
_QT_LIBRARIES: Final = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
# How parts fail that are absent, broken or made for another machine.
_PART_ERRORS: Final = (ImportError, OSError, RuntimeError, AttributeError, ValueError, VimdError)


@dataclass(frozen=True)
class DiagnosisLine:
    """One line of the diagnosis of this machine (`vimd doctor`).

    Attributes:
        section: heading that it stands under.
        name: what was looked at.
        value: what was found.
        problem: whether something does not work because of it.
    """

    section: str
    name: str
    value: str
    problem: bool = False


def diagnose() -> list[DiagnosisLine]:
    """Look at everything; never raises because of a missing part."""
    findings: list[DiagnosisLine] = []
    for section, examine in (
        ("Versions", _versions),
        ("Processor", _processor),
        ("Devices", _devices),
        ("Selective scan", _scan_backends),
        ("Folders", _folders),
        ("Starter model", _starter_model),
        ("ImageNet features", _companion),
        ("System libraries for the window", _qt_libraries),
    ):
        findings += _examined(section, examine)
    return findings


def _examined(section: str, examine: Callable[[], list[tuple[str, str, bool]]]) -> list[DiagnosisLine]:
    try:
        return [DiagnosisLine(section, *row) for row in examine()]
    except _PART_ERRORS as e:
        return [DiagnosisLine(section, "examination", f"not possible: {e}", True)]


def _versions() -> list[tuple[str, str, bool]]:
    rows = [
        ("vimd", vimd_core.__version__, False),
        ("Python", f"{platform.python_version()} ({sys.executable})", False),
        ("system", platform.platform(), False),
    ]
    for name in (*_PACKAGES, *_OPTIONAL_PACKAGES):
        try:
            rows.append((name, importlib.metadata.version(name), False))
        except importlib.metadata.PackageNotFoundError:
            extra = _OPTIONAL_PACKAGES.get(name)
            value = "not installed" if extra is None else f"not installed (optional: extra {extra})"
            rows.append((name, value, extra is None))
    return rows


def _processor() -> list[tuple[str, str, bool]]:
    flags = _cpu_flags()
    rows = [
        ("kind", platform.processor() or platform.machine(), False),
        ("cores", f"{available_cores()} may be used, {free_threads()} are free", False),
        ("features", " ".join(name for name in _CPU_FEATURES if name in flags) or "not known", False),
    ]
    import torch

    rows.append(
        ("torch", f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads", False)
    )
    return rows


def _cpu_flags() -> set[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return set()
    line = next((line for line in lines if line.lower().startswith(("flags", "features"))), "")
    return set(line.partition(":")[2].split())


def _devices() -> list[tuple[str, str, bool]]:
    from vimd_core.inference.device import choose_device

    rows: list[tuple[str, str, bool]] = []
    for kind in ("auto", "cuda", "mps", "cpu"):
        try:
            rows.append((kind, str(choose_device(kind).notice), False))
        except _PART_ERRORS as e:
            rows.append((kind, str(e), kind in ("auto", "cpu")))
    return rows


def _scan_backends() -> list[tuple[str, str, bool]]:
    from vimd_core.inference.device import choose_device
    from vimd_core.ops.scan import BACKENDS, why_unavailable

    compute = choose_device()
    rows: list[tuple[str, str, bool]] = [("used", compute.scan_backend, compute.scan_backend == "reference")]
    for backend in BACKENDS:
        reason = why_unavailable(backend, compute.device.type)
        rows.append((backend, f"not used: {reason}" if reason else "can be used", False))
    return rows


def _folders() -> list[tuple[str, str, bool]]:
    import platformdirs

    data = Path(os.environ.get("VIMD_HOME") or platformdirs.user_data_path(APP_NAME, appauthor=False))
    rows = [("data", f"{data} ({'exists' if data.is_dir() else 'made at the first start'})", False)]
    rows.append(("program", str(Path(vimd_core.__file__).parent), False))
    cache = kernel_cache()
    rows.append(("compiled kernels", str(cache.notice or cache.folder), cache.folder is None))
    return rows


def _starter_model() -> list[tuple[str, str, bool]]:
    from vimd_core.checkpoints.bundled_model import starter_model_path

    path = starter_model_path()
    from vimd_core.checkpoints.bundle import load_bundle

    _, info = load_bundle(path)
    return [
        ("file", str(path), False),
        ("sound", f"yes: {info.name}, {len(info.classes)} classes, preset {info.config.preset}", False),
    ]


def _companion() -> list[tuple[str, str, bool]]:
    from vimd_core.checkpoints.bundled_model import companion_path
    from vimd_core.embeddings.companion import check_companion

    path = companion_path()
    rows = [("file", str(path), False)]
    try:
        check_companion(path)
    except VimdError as e:
        return [*rows, ("sound", f"no: {e} Until then, our own features stand alone.", True)]
    return [*rows, ("sound", "yes: EfficientNet-Lite2", False)]


def _qt_libraries() -> list[tuple[str, str, bool]]:
    if sys.platform != "linux":
        return [("missing", "none: this system brings them", False)]
    missing = [package for library, package in _QT_LIBRARIES.items() if not _loads(library)]
    if not missing:
        return [("missing", "none", False)]
    return [("missing", f"{' '.join(missing)} (Debian's names; install them to open the window)", True)]


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
