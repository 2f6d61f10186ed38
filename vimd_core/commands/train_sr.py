"""`vimd train-sr`: train a super-resolution network on a folder of photographs."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vimd_core.commands.arguments import positive_int
from vimd_core.commands.training_options import (
    Option,
    add_recipe_options,
    print_event,
    read_recipe,
    set_threads,
)
from vimd_core.config import PRESETS, preset
from vimd_core.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from vimd_core.config import SuperResolutionConfig
    from vimd_core.models.super_resolution import SRResNet

_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
RESULT = "super_resolution.safetensors"
_OPTIONS: Final = (
    Option("--data", "data", "folder of photographs, searched recursively", Path),
    Option("--preset", "preset", "whose SR network (compact)", str, sorted(PRESETS)),
    Option("--steps", "training.steps", "optimiser steps (20000)", positive_int),
    Option("--batch-size", "training.batch_size", "patches a step (16)", positive_int),
    Option("--patch-px", "training.patch_px", "side of a low-resolution patch (32)", positive_int),
    Option(
        "--grow-from",
        "grow_from",
        "result of a light network (preset compact) to start an SRResNet from instead of from nothing",
        Path,
    ),
    Option("--learning-rate", "training.learning_rate", "peak learning rate (5e-4)", float),
    Option("--seed", "training.seed", "of weights, patches and flips (0)", int),
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser("train-sr", help="train a super-resolution network on photographs")
    add_recipe_options(parser, _OPTIONS)
    parser.add_argument("--minutes", type=float, help="end the schedule after about this time")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, print one JSON line an epoch, and write the result into the run's folder."""
    from vimd_core.distillation.recipe_file import SuperResolutionRecipe, write_recipe
    from vimd_core.distillation.run_folder import RunFolder
    from vimd_core.distillation.super_resolution import train_super_resolution

    set_threads(arguments.threads)
    recipe = read_recipe(arguments, SuperResolutionRecipe)
    data = recipe.data
    if data is None or not data.is_dir():
        raise DatasetError(f"There is no folder {data}.")
    files = sorted(p for p in data.rglob("*") if p.suffix.lower() in _SUFFIXES)
    config = replace(
        recipe.training, frozen_norms=recipe.training.frozen_norms or recipe.grow_from is not None
    )
    network = preset(recipe.preset).super_resolution
    run_folder = RunFolder(arguments.run_folder)
    write_recipe(run_folder.path, arguments.command, recipe)
    weights = train_super_resolution(
        files,
        network,
        config,
        run_folder,
        on_event=print_event,
        resume=arguments.resume,
        max_seconds=None if arguments.minutes is None else max(0.0, arguments.minutes) * 60,
        start_from=None if recipe.grow_from is None else _grown(recipe.grow_from, network),
    )
    run_folder.save_weights(RESULT, weights, {"preset": recipe.preset})
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
