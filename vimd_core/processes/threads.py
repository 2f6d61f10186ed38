"""Thread count: how many processor threads to compute with. Torch-free."""

from __future__ import annotations

import os
from typing import Final

THREADS_VARIABLE: Final = "OMP_NUM_THREADS"


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
