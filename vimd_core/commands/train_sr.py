"""`vimd train-sr`: train a super-resolution network on a folder of photographs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vimd_core.commands.arguments import positive_int
from vimd_core.commands.training_options import print_event
from vimd_core.config import PRESETS, preset
from vimd_core.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from vimd_core.config import SuperResolutionConfig
    from vimd_core.models.super_resolution import SRResNet

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
RESULT = "super_resolution.safetensors"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("train-sr", help="train a super-resolution network on photographs")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of photographs, searched recursively"
    )
    parser.add_argument(
        "--preset", choices=sorted(PRESETS), default="compact", help="whose SR network (compact)"
    )
    parser.add_argument(
        "--run", dest="run_folder", type=Path, required=True, help="folder for log and result"
    )
    parser.add_argument("--steps", type=positive_int, default=20_000, help="optimiser steps (20000)")
    parser.add_argument("--batch-size", type=positive_int, default=16, help="patches a step (16)")
    parser.add_argument(
        "--patch-px", type=positive_int, default=32, help="side of a low-resolution patch (32)"
    )
    parser.add_argument(
        "--grow-from",
        type=Path,
        metavar="FILE",
        help="result of a light network (preset compact) to start an SRResNet from instead of from nothing",
    )
    parser.add_argument("--learning-rate", type=float, default=5e-4, help="peak learning rate (5e-4)")
    parser.add_argument("--minutes", type=float, help="end the schedule after about this time")
    parser.add_argument("--threads", type=positive_int, help="processor threads (all that are free)")
    parser.add_argument("--seed", type=int, default=0, help="of weights, patches and flips (0)")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, print one JSON line an epoch, and write the result into the run's folder."""
    import torch

    from vimd_core.distillation.run_folder import RunFolder
    from vimd_core.distillation.super_resolution import SuperResolutionTrainingConfig, train_super_resolution

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    if not arguments.data.is_dir():
        raise DatasetError(f"There is no folder {arguments.data}.")
    files = sorted(p for p in arguments.data.rglob("*") if p.suffix.lower() in _SUFFIXES)
    config = SuperResolutionTrainingConfig(
        steps=arguments.steps,
        batch_size=arguments.batch_size,
        patch_px=arguments.patch_px,
        frozen_norms=arguments.grow_from is not None,
        learning_rate=arguments.learning_rate,
        seed=arguments.seed,
    )
    network = preset(arguments.preset).super_resolution
    run_folder = RunFolder(arguments.run_folder)
    weights = train_super_resolution(
        files,
        network,
        config,
        run_folder,
        on_event=print_event,
        resume=arguments.resume,
        max_seconds=None if arguments.minutes is None else max(0.0, arguments.minutes) * 60,
        start_from=None if arguments.grow_from is None else _grown(arguments.grow_from, network),
    )
    run_folder.save_weights(RESULT, weights, {"preset": arguments.preset})
    return 0


def _grown(light_file: Path, config: SuperResolutionConfig) -> SRResNet:
    """An SRResNet that computes what the light network in a file does."""
    from vimd_core.checkpoints.super_resolution import find_super_resolution
    from vimd_core.models.growth import grow_super_resolution
    from vimd_core.models.super_resolution import LightSRResNet, SRResNet, build_super_resolution

    light, grown = find_super_resolution(light_file)[0], build_super_resolution(config)
    if not isinstance(light, LightSRResNet) or not isinstance(grown, SRResNet):
        raise ConfigError(
            "--grow-from turns a light network into an SRResNet: give it with --preset paper or balanced, and "
            "the file of a light one."
        )
    grow_super_resolution(light, grown)
    return grown
