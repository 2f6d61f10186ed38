"""`vimd train-sr`: train a super-resolution network on a folder of photographs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from vimd_core.commands.shared.arguments import positive_int
from vimd_core.commands.shared.training_options import Option, add_training_options
from vimd_core.commands.shared.training_run import run_training
from vimd_core.config import PRESETS

_OPTIONS: Final = (
    Option("--data", "data", "folder of photographs, searched recursively", Path),
    Option("--preset", "preset", "preset of the super-resolution network (compact)", str, sorted(PRESETS)),
    Option("--steps", "training.steps", "optimiser steps (20000)", positive_int),
    Option("--batch-size", "training.batch_size", "patches per step (16)", positive_int),
    Option(
        "--accumulation",
        "training.accumulation",
        "gradient accumulation: number of parts per batch (1)",
        positive_int,
    ),
    Option("--patch-px", "training.patch_px", "side of a low-resolution patch (32)", positive_int),
    Option(
        "--grow-from",
        "grow_from",
        "light network (preset compact) to initialise an SRResNet from",
        Path,
    ),
    Option("--init", "init", "network of the same architecture to continue from, with a new schedule", Path),
    Option("--learning-rate", "training.learning_rate", "peak learning rate (5e-4)", float),
    Option("--minutes", "training.minutes", "time limit of the schedule; 0 for none (0)", float),
    Option(
        "--precision",
        "training.precision",
        "precision of convolutions (auto)",
        str,
        ("auto", "float32", "bfloat16", "float16"),
    ),
    Option("--seed", "training.seed", "random seed for weights, patches and flips (0)", int),
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "train-sr",
        help="train a super-resolution network on photographs",
        description="Train a super-resolution network on a folder of photographs. `vimd distill --srresnet` uses it.",
    )
    add_training_options(parser, _OPTIONS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and write `super_resolution.safetensors` into the run's folder."""
    from vimd_core.training.recipes.recipe import SuperResolutionRecipe
    from vimd_core.training.super_resolution import train_super_resolution

    return run_training(
        arguments,
        SuperResolutionRecipe,
        train_super_resolution,
        lambda trained: {"super_resolution": str(trained.file)},
    )
