"""Command lines of child processes: from a checkout, an installation or a packaged app. Torch-free.

`sys.executable -m MODULE` means nothing to a packaged app: its executables run one thing each. So it has a second one,
`vimd`, which is the command line, and with `child` as its first argument what `python -m vimd_core.worker` is here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

CHILD_ARGUMENT: Final = "child"
# Last argument of a child that ends with its parent where another one would outlive it.
ATTACHED: Final = "attached"
# Exit codes of child processes, beside 0 and 1.
EXIT_PARENT_GONE: Final = 3
EXIT_BAD_REQUEST: Final = 4
EXIT_HUNG: Final = 5
EXIT_FAILED: Final = 6


def is_packaged() -> bool:
    """Whether this runs in a packaged app, where there is no Python to start."""
    return bool(getattr(sys, "frozen", False))


def child_command(*arguments: str) -> list[str]:
    """The command line of a child process, see `vimd_core.worker.__main__`.

    Args:
        arguments: what it shall be: nothing for one that answers the window, `stream`, `index`, or `train FOLDER`.
    """
    if is_packaged():
        return [packaged_vimd(), CHILD_ARGUMENT, *arguments]
    return [sys.executable, "-m", "vimd_core.worker", *arguments]


def vimd_command(*arguments: str) -> list[str]:
    """The command line of `vimd` with these arguments."""
    if is_packaged():
        return [packaged_vimd(), *arguments]
    return [sys.executable, "-m", "vimd_core", *arguments]


def packaged_vimd() -> str:
    """The headless executable, which lies beside the one that runs."""
    return str(Path(sys.executable).with_name("vimd.exe" if os.name == "nt" else "vimd"))
