"""Settings of a process that must be made before torch and numba are loaded. Torch-free."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

from vimd_core import __version__

APP_NAME = "ViMD Studio"
_NICENESS = 5
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000


def prepare_process() -> None:
    """Set what the numerical libraries read once, at their start; what the user has set stays.

    Idle threads of torch sleep instead of spinning: with fewer free processors than threads, a spinning one takes
    the processor from the scan's threads, and a step becomes several times slower. Compiled kernels are kept in the
    user's cache folder, which is writable also when the program's folder is not.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(kernel_cache_folder()))


def yield_to_windows(niceness: int = _NICENESS) -> None:
    """Let whatever a person is waiting for have the processor first: this process computes for minutes.

    On a free processor that costs nothing; on a busy one a key in the window is not answered late.

    Args:
        niceness: how much it gives way, where the system knows degrees of that.
    """
    if os.name == "nt":
        import ctypes

        kernel32 = ctypes.windll.kernel32  # type: ignore[attr-defined]
        kernel32.SetPriorityClass(kernel32.GetCurrentProcess(), _BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(niceness)


def kernel_cache_folder() -> Path:
    """Where compiled kernels are kept; another folder for other kernels.

    numba notices a change of a kernel's own file only, not of the helpers that were compiled into it, so all sources
    of the kernels are part of the name. A packaged app has no sources: there the version stands for them.
    """
    digest = hashlib.sha256(__version__.encode())
    for source in sorted((Path(__file__).parent / "ops").glob("*.py")):
        digest.update(source.read_bytes())
    return Path(platformdirs.user_cache_dir(APP_NAME, appauthor=False)) / "kernels" / digest.hexdigest()[:16]
