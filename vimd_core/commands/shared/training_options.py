"""Common options of the training commands, and the recipe that they describe."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.commands.shared.arguments import add_device_argument, add_overwrite_argument, positive_int
from vimd_core.config import PRESETS

if TYPE_CHECKING:
    from vimd_core.training.recipes.recipe import AnyRecipe

_RECIPE_PREFIX: Final = "recipe."


@dataclass(frozen=True)
class Option:
    """An option that overrides a setting of the recipe.

    Attributes:
        flag: such as "--epochs".
        setting: dotted name in the recipe, such as "training.epochs".
        help: one phrase, with the default in brackets.
        type: makes the value of the text; None for a switch.
        choices: allowed values.
    """

    flag: str
    setting: str
    help: str
    type: Any = str
    choices: Sequence[str] | None = None


COMMON: Final = (
    Option("--data", "data", "captures: one sub-folder per class, or a .csv or .jsonl manifest", Path),
    Option("--preset", "preset", "sizes of the networks (compact)", str, (*sorted(PRESETS), "init")),
    Option("--batch-size", "training.batch_size", "images per step", positive_int),
    Option("--learning-rate", "training.learning_rate", "peak learning rate", float),
    Option("--seed", "training.seed", "random seed for weights, order, augmentation and split (0)", int),
)
CLASSIFIER: Final = (
    *COMMON,
    Option(
        "--hr",
        "hr",
        "high-resolution views in the same class folders; equal names, or equal parts before the first _, match",
        Path,
    ),
    Option(
        "--init",
        "init",
        "model or classifier to start from; classes and size may differ",
        Path,
    ),
    Option(
        "--class-names", "class_names", "CSV with the columns id,name: readable names of the folders", Path
    ),
    Option("--epochs", "training.epochs", "passes over the data (20)", positive_int),
    Option(
        "--accumulation",
        "training.accumulation",
        "gradient accumulation: number of parts per batch (1)",
        positive_int,
    ),
    Option(
        "--validation-fraction",
        "training.validation_fraction",
        "share held out for validation to choose the best epoch; 0 trains on all data and keeps the "
        "last epoch (0.12)",
        float,
    ),
    Option(
        "--patience",
        "training.patience",
        "early stopping: epochs without improvement; 0 disables it (0)",
        int,
    ),
    Option(
        "--freeze-layers",
        "training.freeze_layers",
        "freeze the stem and this number of first layers (0)",
        int,
    ),
    Option(
        "--head-epochs", "training.head_epochs", "first epochs in which only the head is trained (0)", int
    ),
    Option(
        "--precision",
        "training.precision",
        "precision of matrix products (auto)",
        str,
        ("auto", "float32", "bfloat16", "float16"),
    ),
    Option(
        "--flip",
        "training.augmentation.flip",
        "random horizontal flips; do not use for signs or letters",
        None,
    ),
)


def add_training_options(parser: argparse.ArgumentParser, options: Sequence[Option]) -> None:
    """Add the options of a command that trains classifiers."""
    add_recipe_options(parser, options)
    add_device_argument(parser)
    parser.add_argument(
        "--checkpoint-minutes",
        type=float,
        default=10.0,
        help="time between checkpoints within an epoch (10)",
    )


def add_recipe_options(parser: argparse.ArgumentParser, options: Sequence[Option]) -> None:
    """Add the options that override a recipe, and those that every training has."""
    parser.epilog = (
        "Ctrl+C or SIGTERM ends a training with everything saved; the exit code is 4 then, and --resume goes on. A "
        "finished training is not replaced without --overwrite, and one folder takes one training at a time."
    )
    parser.add_argument(
        "--run",
        "--run-folder",  # torchrun takes --run for an abbreviation of an option of its own
        dest="run_folder",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="folder for the log, checkpoints and result",
    )
    going = parser.add_mutually_exclusive_group()
    going.add_argument("--resume", action="store_true", help="resume from the last checkpoint")
    add_overwrite_argument(going, "a training")
    parser.add_argument(
        "--recipe",
        type=Path,
        metavar="FILE",
        help="TOML file with settings; command-line options take precedence",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SETTING=VALUE",
        help="recipe setting, such as training.weight_decay=0.1; may be repeated",
    )
    for option in options:
        dest = _RECIPE_PREFIX + option.setting
        if option.type is None:
            parser.add_argument(
                option.flag, dest=dest, action="store_true", default=argparse.SUPPRESS, help=option.help
            )
            continue
        parser.add_argument(
            option.flag,
            dest=dest,
            type=option.type,
            choices=option.choices,
            # A setting that is not given must not hide what the recipe says.
            default=argparse.SUPPRESS,
            metavar=None if option.choices else option.flag.strip("-").upper().replace("-", "_"),
            help=option.help,
        )
    parser.add_argument("--threads", type=positive_int, help="CPU threads (all free threads)")


def read_recipe(arguments: argparse.Namespace, kind: type[AnyRecipe]) -> AnyRecipe:
    """The recipe that the options describe; one to resume starts from that of its own run.

    Raises:
        ConfigError: a setting is unknown or out of range.
    """
    from vimd_core.training.recipes.recipe_file import RECIPE_FILE, find_recipe, resolve_recipe
    from vimd_core.training.recipes.settings import parse_assignment

    file = None if arguments.recipe is None else find_recipe(arguments.recipe)
    kept: Path = arguments.run_folder / RECIPE_FILE
    if file is None and arguments.resume and kept.is_file():
        file = kept
    overrides = {
        name.removeprefix(_RECIPE_PREFIX): value
        for name, value in vars(arguments).items()
        if name.startswith(_RECIPE_PREFIX)
    }
    overrides |= dict(parse_assignment(text) for text in arguments.set)
    return resolve_recipe(kind, arguments.command, file, overrides)
