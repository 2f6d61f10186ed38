"""How a benchmark starts `vimd` again, for what has to be measured in a process of its own."""

from __future__ import annotations

import sys


def vimd_command(*arguments: str) -> list[str]:
    """The command line of `vimd` with these arguments, from a checkout, an installation or a packaged app."""
    program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "vimd_core.cli"]
    return [*program, *arguments]
