"""`vimd train-teacher`: train HRVM-Net on high-resolution views."""

from __future__ import annotations

import argparse

from vimd_core.commands.shared.supervised import train_classifier
from vimd_core.commands.shared.training_options import CLASSIFIER, add_training_options
from vimd_core.commands.shared.training_run import run_to_end

RESULT = "teacher.safetensors"


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
    return run_to_end(lambda given: train_classifier(given, RESULT, role="teacher"), arguments, RESULT)
