"""`vimd parity`: are our numbers the published code's?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

EXIT_DIFFERENT = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "parity",
        help="compare the networks with tensors from the published code",
        description="Recompute every tensor in a folder and print the differences. Exit code 1 if a "
        "tensor differs.",
    )
    parser.add_argument("folder", type=Path, help="golden vectors: meta.json and four .safetensors files")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print each tensor's relative error; 0 only when all are within the tolerance."""
    from vimd_core.parity import TOLERANCE, compare_folder

    rows = list(compare_folder(arguments.folder))
    for row in rows:
        sys.stdout.write(f"{'ok  ' if row.ok else 'FAIL'}  {row.relative_error:9.2e}  {row.name}\n")
    good = sum(row.ok for row in rows)
    sys.stdout.write(f"{good} of {len(rows)} tensors within {TOLERANCE:g}\n")
    return 0 if rows and good == len(rows) else EXIT_DIFFERENT
