"""Environment variables set before torch and numba are loaded, and priority and threads of a process. Torch-free."""

from __future__ import annotations

import atexit
import gc
import os
from typing import Final

from vimd_core.processes.kernel_cache import use_kernel_cache

THREADS_VARIABLE: Final = "OMP_NUM_THREADS"
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


def available_cores() -> int:
    """Cores that this process may use, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_threads() -> int:
    """A number of threads that leaves the cores alone that others are busy on.

    Threads that have to wait for a core slow each other down many times over, so it is better to start with
    one too few. The environment variable OMP_NUM_THREADS overrules.
    """
    wanted = os.environ.get(THREADS_VARIABLE, "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    cores = available_cores()
    busy = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return max(1, min(cores, round(cores - busy)))
