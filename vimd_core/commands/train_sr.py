"""`vimd train-sr`: train a super-resolution network on a folder of photographs."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.commands.shared.arguments import positive_int
from vimd_core.commands.shared.training_display import TrainingDisplay
from vimd_core.commands.shared.training_options import (
    Option,
    add_training_options,
    read_recipe,
    reading_progress,
    set_threads,
)
from vimd_core.commands.shared.training_run import run_to_end
from vimd_core.config import PRESETS, preset
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.training.runs.claim import clear_run

if TYPE_CHECKING:
    import torch

    from vimd_core.config import SuperResolutionConfig
    from vimd_core.models.super_resolution import SRResNet
    from vimd_core.training.batches.photographs import Photographs
    from vimd_core.training.recipes.recipe_file import SuperResolutionRecipe

_NAMED_AT_MOST: Final = 10
RESULT = "super_resolution.safetensors"
_OPTIONS: Final = (
    Option("--data", "data", "folder of photographs, searched recursively", Path),
    Option("--preset", "preset", "whose SR network (compact)", str, sorted(PRESETS)),
    Option("--steps", "training.steps", "optimiser steps (20000)", positive_int),
    Option("--batch-size", "training.batch_size", "patches a step (16)", positive_int),
    Option("--accumulation", "training.accumulation", "compute a batch in so many parts (1)", positive_int),
    Option("--patch-px", "training.patch_px", "side of a low-resolution patch (32)", positive_int),
    Option(
        "--grow-from",
        "grow_from",
        "result of a light network (preset compact) to start an SRResNet from instead of from nothing",
        Path,
    ),
    Option("--init", "init", "network of the same build to go on from, with a new schedule", Path),
    Option("--learning-rate", "training.learning_rate", "peak learning rate (5e-4)", float),
    Option(
        "--minutes", "training.minutes", "end the schedule after this time at the latest; 0 never (0)", float
    ),
    Option(
        "--precision",
        "training.precision",
        "number format of convolutions (auto)",
        str,
        ("auto", "float32", "bfloat16", "float16"),
    ),
    Option("--seed", "training.seed", "of weights, patches and flips (0)", int),
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
    return run_to_end(_train, arguments, RESULT)


def _train(arguments: argparse.Namespace) -> dict[str, Any]:
    from vimd_core.checkpoints.identity import weights_id
    from vimd_core.inference.device import choose_device
    from vimd_core.training.loop.stopping import StopFlag, stop_on_signals
    from vimd_core.training.recipes.recipe_file import SuperResolutionRecipe, write_recipe
    from vimd_core.training.runs.folder import RunFolder
    from vimd_core.training.super_resolution import SuperResolutionTrainer

    set_threads(arguments.threads)
    recipe = read_recipe(arguments, SuperResolutionRecipe)
    grows = recipe.grow_from is not None
    config = replace(recipe.training, frozen_norms=recipe.training.frozen_norms or grows)
    network = preset(recipe.preset).super_resolution
    start = _start(recipe, network)
    training, validation = _read_photographs(recipe, network.upscale).split(
        config.validation_images, config.seed
    )
    run_folder = RunFolder(arguments.run_folder)
    trainer = SuperResolutionTrainer(
        network,
        training,
        validation,
        config,
        run_folder,
        start_from=start,
        origin={
            option: weights_id(file)
            for option, file in (("--grow-from", recipe.grow_from), ("--init", recipe.init))
            if file is not None
        },
        device=choose_device(arguments.device).device,
        checkpoint_minutes=arguments.checkpoint_minutes,
        on_start=lambda: write_recipe(run_folder.path, arguments.command, recipe),
    )
    clear_run(arguments)
    flag = StopFlag()
    with stop_on_signals(flag), TrainingDisplay() as display:
        weights = trainer.run(display.show, resume=arguments.resume, should_stop=flag)
    file = run_folder.save_weights(RESULT, weights, {"preset": recipe.preset})
    return {"super_resolution": str(file)}


def _read_photographs(recipe: SuperResolutionRecipe, upscale: int) -> Photographs:
    """The photographs of a recipe's folder; those that can't be used are said on stderr."""
    from vimd_core.data.files.folders import SearchReport, find_captures
    from vimd_core.training.batches.photographs import load_photographs

    if recipe.data is None or not recipe.data.is_dir():
        raise DatasetError("There is no folder {data}: give one with photographs.", data=recipe.data)
    report = SearchReport()
    files = sorted(find_captures([recipe.data], recursive=True, report=report))
    for sentence in report.problems[:_NAMED_AT_MOST]:
        sys.stderr.write(f"left out: {sentence}\n")
    with reading_progress() as progress:
        photographs = load_photographs(
            files, upscale, smallest_px=recipe.training.patch_px, progress=progress
        )
    for sentence in photographs.left_out[:_NAMED_AT_MOST]:
        sys.stderr.write(f"left out: {sentence}\n")
    if len(photographs.left_out) > _NAMED_AT_MOST:
        sys.stderr.write(f"left out: {len(photographs.left_out) - _NAMED_AT_MOST} more like these\n")
    return photographs


def _start(recipe: SuperResolutionRecipe, config: SuperResolutionConfig) -> torch.nn.Module | None:
    """The network to start from; None starts from nothing."""
    from vimd_core.checkpoints.super_resolution import find_super_resolution

    if recipe.grow_from is not None:
        return _grown(recipe.grow_from, config)
    if recipe.init is None:
        return None
    network, found = find_super_resolution(recipe.init)
    if found != config:
        raise ConfigError(
            "{init} is a super-resolution network of another build than that of the preset {preset}.",
            init=recipe.init,
            preset=recipe.preset,
        )
    return network


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
