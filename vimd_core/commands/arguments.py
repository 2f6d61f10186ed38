"""Arguments and exit codes that several subcommands share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

EXIT_UNREADABLE: Final = 3
DEVICES: Final = ("auto", "cpu", "cuda", "mps")


def positive_int(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def add_model_arguments(parser: argparse.ArgumentParser, *, model_required: bool) -> None:
    """The arguments that say which model computes where."""
    default = "" if model_required else " (the bundled starter model)"
    parser.add_argument("--model", type=Path, required=model_required, help=f"model bundle{default}")
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where to compute (auto)")
    parser.add_argument("--batch-size", type=positive_int, help="captures computed at once (what fits)")


def report_unreadable(errors: Sequence[str]) -> int:
    """List on stderr what could not be read.

    Args:
        errors: one sentence each.

    Returns:
        The exit code: 0 when there is nothing to list, otherwise 3.
    """
    if not errors:
        return 0
    files = "1 file" if len(errors) == 1 else f"{len(errors)} files"
    sys.stderr.write(f"{files} could not be read:\n" + "".join(f"  {error}\n" for error in errors))
    return EXIT_UNREADABLE
