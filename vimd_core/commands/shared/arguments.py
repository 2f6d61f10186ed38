"""Arguments and exit codes that several subcommands share."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vimd_core.errors import ConfigError
from vimd_core.user_messages import Sentence

EXIT_UNREADABLE: Final = 3
MODEL_HELP: Final = "model: a file, a bundled one's name, or PROJECT.vimd:NAME (`vimd model list`)"
_DEVICE: Final = re.compile(r"auto|cpu|mps|cuda(:[0-9]+)?")


def positive_int(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return value


def device(text: str) -> str:
    """Where to compute, for argparse: a kind of device, or one of several such as cuda:1."""
    if _DEVICE.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no device: use auto, cpu, cuda, cuda:0 and so on, or mps"
        )
    return text


def add_device_argument(parser: argparse.ArgumentParser) -> None:
    """The argument of every command that computes with torch."""
    parser.add_argument(
        "--device",
        type=device,
        default="auto",
        metavar="DEVICE",
        help="device: auto, cpu, cuda, cuda:0, ... or mps (auto)",
    )


def add_model_arguments(parser: argparse.ArgumentParser, *, model_required: bool) -> None:
    """The arguments that say which model computes where."""
    default = "" if model_required else " (the bundled starter model)"
    parser.add_argument("--model", type=Path, required=model_required, help=f"{MODEL_HELP}{default}")
    add_device_argument(parser)
    parser.add_argument("--batch-size", type=positive_int, help="batch size (automatic)")


def model_of(arguments: argparse.Namespace) -> Path:
    """The file of the model in --model; without one the bundled starter model.

    Raises:
        CheckpointError: there is none of that name.
    """
    from vimd_core.checkpoints.bundled_model import starter_model_path
    from vimd_core.checkpoints.find_model import find_model

    return starter_model_path() if arguments.model is None else find_model(arguments.model)


def require_file_to_change(model: Path, instead: Sentence) -> None:
    """Check that a model whose file is to change was given as a file: one that is known by name is others' too.

    Raises:
        ConfigError: it was not.
    """
    from vimd_core.checkpoints.find_model import find_model

    if find_model(model) != model:
        raise ConfigError(
            "The model {model} is shared, so it is not changed: {instead}.", model=model, instead=instead
        )


def require_new_file(output: Path, *, may_be: Path | None = None) -> None:
    """Check that a model is not written over another one, which would be lost.

    Args:
        output: where it shall be written.
        may_be: the file that it is made of, which may be replaced by name.

    Raises:
        ConfigError: there is something already.
    """
    if output.exists() and not (may_be is not None and may_be.exists() and output.samefile(may_be)):
        raise ConfigError("{output} already exists: choose another name, or remove it first.", output=output)


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


def add_overwrite_argument(parser: argparse._ActionsContainer, what: str) -> None:
    """The switch without which nothing that is there is lost."""
    parser.add_argument("--overwrite", action="store_true", help=f"replace {what} that is there already")
