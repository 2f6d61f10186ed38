"""`vimd`, also as `python -m vimd_core`: for `torchrun -m`, and where the environment's scripts are not on the path."""

from __future__ import annotations

import sys

EXIT_CANCELLED = 130


def run() -> int:
    """Run `vimd` with the arguments of the process, and return the exit code; Ctrl+C counts from the start."""
    try:
        from vimd_core.cli import main
    except KeyboardInterrupt:
        sys.stderr.write("Cancelled.\n")
        return EXIT_CANCELLED
    return main()


if __name__ == "__main__":
    sys.exit(run())
