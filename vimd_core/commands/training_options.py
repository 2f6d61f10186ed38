"""What `vimd train-teacher` and `vimd distill` have in common: options, data, the printed lines."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vimd_core.commands.arguments import positive_int
from vimd_core.config import PRESETS

if TYPE_CHECKING:
    from vimd_core.distillation.captures import CaptureSet
    from vimd_core.distillation.objectives import LossConfig
    from vimd_core.distillation.training import TrainingConfig


def add_training_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that both commands take."""
    parser.add_argument("--data", type=Path, required=True, help="captures: one sub-folder for each class")
    parser.add_argument(
        "--hr",
        type=Path,
        help="near views in the same class folders; the part of a name before the first _ says of which thing",
    )
    parser.add_argument(
        "--run", dest="run_folder", type=Path, required=True, help="folder for log and checkpoints"
    )
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="compact", help="sizes of the networks (compact)"
    )
    parser.add_argument("--epochs", type=positive_int, default=20, help="passes over the data (20)")
    parser.add_argument("--batch-size", type=positive_int, default=64, help="images a step (64)")
    parser.add_argument("--learning-rate", type=float, default=1e-3, help="peak learning rate (1e-3)")
    parser.add_argument(
        "--validation-fraction",
        type=float,
        default=0.12,
        help="share of things held back to choose the best epoch; 0 learns from all and keeps the last (0.12)",
    )
    parser.add_argument(
        "--flip", action="store_true", help="mirror images at random; wrong for signs and letters"
    )
    parser.add_argument("--threads", type=positive_int, help="processor threads (all that are free)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, order, augmentation and split (0)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")


def training_config(arguments: argparse.Namespace, losses: LossConfig | None = None) -> TrainingConfig:
    """The recipe that the options describe."""
    from vimd_core.distillation.augmentation import AugmentationConfig
    from vimd_core.distillation.objectives import LossConfig
    from vimd_core.distillation.training import TrainingConfig

    return TrainingConfig(
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
        validation_fraction=arguments.validation_fraction,
        augmentation=AugmentationConfig(flip=arguments.flip),
        losses=losses or LossConfig(),
    )


def read_data(arguments: argparse.Namespace, size_px: int) -> tuple[CaptureSet, list[str]]:
    """The captures, with the near views when there are any, and the class names; says on stderr what was left out."""
    from vimd_core.distillation.captures import join_near_views, load_captures

    captures, classes = load_captures(arguments.data, size_px)
    if arguments.hr is not None:
        near, _ = load_captures(arguments.hr, size_px, classes=classes)
        captures = join_near_views(captures, near)
    for sentence in captures.unreadable:
        sys.stderr.write(f"left out: {sentence}\n")
    return captures, classes


def print_event(event: dict[str, Any]) -> None:
    """Write one JSON line."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def set_threads(threads: int | None) -> None:
    """Bound the threads of torch and of the scan."""
    import torch

    if threads:
        torch.set_num_threads(threads)
