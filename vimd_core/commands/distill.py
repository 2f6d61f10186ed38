"""`vimd distill`: train SRVM-Net on small captures, with or without a teacher, and bundle it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.commands.shared.training_options import CLASSIFIER, Option, add_training_options
from vimd_core.commands.shared.training_run import run_training

if TYPE_CHECKING:
    from vimd_core.training.runs.place import TrainedClassifier

_OPTIONS: Final = (
    *CLASSIFIER,
    Option(
        "--teacher",
        "teacher",
        "teacher.safetensors from `vimd train-teacher`; without it, only labels are used",
        Path,
    ),
    Option(
        "--srresnet",
        "srresnet",
        "super_resolution.safetensors from `vimd train-sr`; not needed with a whole model in --init",
        Path,
    ),
    Option(
        "--sr-learning-rate",
        "training.sr_learning_rate",
        "learning rate of the super-resolution network; 0 freezes it (0)",
        float,
    ),
    Option(
        "--logits-weight",
        "training.losses.logits_weight",
        "weight of the KL divergence from the teacher (1)",
        float,
    ),
    Option(
        "--near-weight",
        "training.losses.near_weight",
        "weight of the KL divergence on the near view (0.5)",
        float,
    ),
    Option("--hidden-weight", "training.losses.hidden_weight", "weight of the hidden-state loss (5)", float),
    Option(
        "--hidden-form",
        "training.losses.hidden_form",
        "how hidden states are compared (published-code)",
        str,
        ("paper", "published-code", "mean"),
    ),
    Option(
        "--init-from-teacher", "init_from_teacher", "start the classifier from the teacher's weights", None
    ),
    Option(
        "--degradation",
        "training.streams.degradation.kind",
        "degradation of high-resolution views to captures (bicubic)",
        str,
        ("bicubic", "realistic"),
    ),
    Option(
        "--class-list",
        "class_list",
        "JSON file with all classes of the model, including classes without captures",
        Path,
    ),
    Option(
        "--temperature",
        "temperature",
        "temperature of the predictions; 0 calibrates it on held-out captures (0)",
        float,
    ),
    Option("--name", "name", "name of the model"),
    Option("--license", "license", "licence of the weights"),
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "distill",
        help="train a student (SRVM-Net) on captures",
        description="Train a student (SRVM-Net) on captures, with or without a teacher, and write a "
        "model for the other commands.",
    )
    add_training_options(parser, _OPTIONS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and write `student.safetensors`, a model bundle, into the run's folder."""
    from vimd_core.training.recipes.recipe import StudentRecipe
    from vimd_core.training.student import train_student

    return run_training(arguments, StudentRecipe, train_student, _row)


def _row(trained: TrainedClassifier) -> dict[str, Any]:
    from vimd_core.checkpoints.safetensors_header import stored_precision

    return {
        "student": str(trained.file),
        "stored": stored_precision(trained.file),
        "validation_top1": trained.validation_top1,
        "seconds": trained.seconds,
    }
