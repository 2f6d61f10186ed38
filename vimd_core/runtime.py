"""Settings of a process that must be made before torch and numba are loaded. Torch-free."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from vimd_core import __version__

APP_NAME = "ViMD Studio"


def prepare_process() -> None:
    """Set what the numerical libraries read once, at their start; what the user has set stays.

    Idle threads of torch sleep instead of spinning: with fewer free processors than threads, a spinning one takes
    the processor from the scan's threads, and a step becomes several times slower. Compiled kernels are kept in the
    user's cache folder, which is writable also when the program's folder is not; the version is part of the path
    since numba would not notice that a kernel's helper functions have changed.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_cache_folder()))


def kernel_cache_folder() -> Path:
    """Where compiled kernels are kept."""
    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "kernels" / __version__
