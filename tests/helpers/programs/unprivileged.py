"""Starts programs that file permissions hold for, also when the tests run as root."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path
from typing import Any

_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


def obey_permissions() -> None:
    """Take the right away from this process's children to read and write what they may not."""
    libc = ctypes.CDLL(None)
    for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def run(*arguments: object, module: str = "vimd_core", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `python -m MODULE ARGUMENTS` so."""
    return run_python("-m", module, *arguments, **options)


def run_python(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `python ARGUMENTS` so."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=240,
        preexec_fn=obey_permissions if sys.platform == "linux" else None,
        **options,
    )


def forbid_writing(folder: Path) -> None:
    """Take the right to write away from a folder and all below it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)


def allow_writing(folder: Path) -> None:
    """Give it back, so that the folder can be removed."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
