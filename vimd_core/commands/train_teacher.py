"""`vimd train-teacher`: train HRVM-Net on high-resolution views."""

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
        "train-teacher",
        help="train a teacher (HRVM-Net) on high-resolution views",
        description="Train a teacher, HRVM-Net, on high-resolution views. `vimd distill --teacher` learns from it.",
    )
    add_training_options(parser, CLASSIFIER)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and write `teacher.safetensors` into the run's folder."""
    from vimd_core.training.recipes.recipe import ClassifierRecipe
    from vimd_core.training.teacher import train_teacher

    return run_training(arguments, ClassifierRecipe, train_teacher, _row)


def _row(trained: TrainedClassifier) -> dict[str, Any]:
    return {
        "teacher": str(trained.file),
        "validation_top1": trained.validation_top1,
        "seconds": trained.seconds,
    }
