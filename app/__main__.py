"""`vimd-studio`, also as `python -m app`: the window, or one sentence where its libraries are not installed."""

from __future__ import annotations

import sys

from app.commands.missing_parts import WINDOW, naming_missing_parts
from vimd_core.errors import VimdError


def run() -> int:
    """Show the window until it is closed, and return the exit code."""
    try:
        with naming_missing_parts(WINDOW):
            from app.main import main
    except VimdError as e:
        sys.exit(f"vimd-studio: {e}")
    return main()


if __name__ == "__main__":
    sys.exit(run())
