"""`vimd`: everything that the app can do without a window."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import NoReturn

from vimd_core import __version__
from vimd_core.errors import CancelledError, VimdError
from vimd_core.processes.console import EndedBySignalError, ended_by_signals, give_up_stdout, prepare_streams
from vimd_core.processes.runtime import prepare_process
from vimd_core.streaming.sources.redaction import log_to_stderr, redact_tracebacks, redacted

COMMANDS = (
    "classify",
    "watch",
    "evaluate",
    "calibrate",
    "doctor",
    "model",
    "parity",
    "benchmark",
    "evaluate_sr",
    "evaluate_teacher",
    "train_sr",
    "pretrain",
    "train_teacher",
    "distill",
)
EXIT_FAILED = 1
EXIT_CANCELLED = 130
EXIT_READER_GONE = 141


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with arguments without repeating a password among them."""

    def error(self, message: str) -> NoReturn:
        """Say it, and end with exit code 2."""
        super().error(redacted(message))


def build_parser() -> argparse.ArgumentParser:
    """The parser of `vimd` with all its subcommands, those of installed plug-ins included."""
    parser = _Parser(
        prog="vimd",
        description="Classify low-resolution captures, and train models for it.",
        epilog="Exit codes: 0 success, 1 error (see stderr), 2 invalid arguments, 3 some files could "
        "not be read, 4 training was stopped and can be resumed, 130 cancelled with Ctrl+C.",
    )
    parser.add_argument("--version", action="version", version=f"vimd {__version__}")
    parser.add_argument("--verbose", action="store_true", help="verbose output on stderr")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"vimd_core.commands.{name}")
        module.add_parser(subparsers)
    for plugin in entry_points(group="vimd.commands"):
        plugin.load().add_parser(subparsers)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: arguments without the program's name; the process's own when None.

    Returns:
        The exit code: 0 when all went well, 1 after an error that was said on stderr.
    """
    prepare_streams()
    try:
        with ended_by_signals():
            try:
                return _run(argv)
            finally:
                sys.stdout.flush()
    except (CancelledError, KeyboardInterrupt):
        sys.stderr.write("Cancelled.\n")
        return EXIT_CANCELLED
    except EndedBySignalError as e:
        return e.exit_code
    except VimdError as e:
        sys.stderr.write(f"vimd: {redacted(str(e))}\n")
    except BrokenPipeError:
        # The reader of our output went away (`vimd ... | head`): that is not an error of ours.
        give_up_stdout()
        return EXIT_READER_GONE
    except EOFError:
        sys.stderr.write("vimd: nothing can be asked, since standard input has ended.\n")
    except OSError as e:
        logging.getLogger(__name__).debug("This ended it:", exc_info=True)
        give_up_stdout()
        what = (
            "The output can't be written"
            if e.filename is None
            else f"{os.fsdecode(e.filename)} can't be used"
        )
        sys.stderr.write(redacted(f"vimd: {what} ({e.strerror or e}).") + "\n")
    return EXIT_FAILED


def _run(argv: Sequence[str] | None) -> int:
    prepare_process()
    parser = build_parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest:
        # argparse takes the paths before the first option alone; those after it are meant as well.
        if not hasattr(arguments, "paths") or any(text.startswith("-") for text in rest):
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        arguments.paths += map(Path, rest)
    log_to_stderr(logging.DEBUG if arguments.verbose else logging.WARNING)
    redact_tracebacks()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
