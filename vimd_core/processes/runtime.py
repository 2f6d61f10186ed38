"""Environment variables of a process that must be set before torch and numba are loaded. Torch-free."""

from __future__ import annotations

import atexit
import gc
import os

from vimd_core.processes.kernel_cache import use_kernel_cache

_NICENESS = 5
_BELOW_NORMAL_PRIORITY_CLASS = 0x4000


def prepare_process() -> None:
    """Set what the numerical libraries read once, at their start; what the user has set stays.

    Idle threads of torch sleep instead of spinning: with fewer free processors than threads, a spinning one takes
    the processor from the scan's threads, and a step becomes several times slower. Compiled kernels are kept where
    this user may write, whatever the program's folder is.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    use_kernel_cache()


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


def skip_last_garbage_collection() -> None:
    """Let this process end at once.

    Python would look through every object of torch and numba once more before it ends, which takes up to two seconds
    that somebody who asked to stop should not have to wait.
    """
    atexit.register(gc.freeze)
