"""`vimd pretrain`: train a classifier from labels alone, for other trainings to start from with --init."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from vimd_core.commands.shared.training_options import CLASSIFIER, add_training_options
from vimd_core.commands.shared.training_run import run_training

if TYPE_CHECKING:
    from vimd_core.training.runs.place import TrainedClassifier


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "pretrain",
        help="pre-train a classifier for other trainings (--init)",
        description="Pre-train a classifier on labels only, as a start for `vimd train-teacher --init` "
        "and `vimd distill --init`, also with other classes or another image size.",
    )
    add_training_options(parser, CLASSIFIER)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and write `classifier.safetensors` into the run's folder."""
    from vimd_core.training.pretraining import pretrain
    from vimd_core.training.recipes.recipe import ClassifierRecipe

    return run_training(arguments, ClassifierRecipe, pretrain, _row)


def _row(trained: TrainedClassifier) -> dict[str, Any]:
    return {
        "classifier": str(trained.file),
        "validation_top1": trained.validation_top1,
        "seconds": trained.seconds,
    }
