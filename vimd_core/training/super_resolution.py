"""Training of a super-resolution network on photographs: what `vimd train-sr` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import torch
from torch import nn

from vimd_core.checkpoints.super_resolution import find_super_resolution
from vimd_core.config import SuperResolutionConfig, preset
from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.data.files.folders import SearchReport, find_captures
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.models.growth import grow_super_resolution
from vimd_core.models.super_resolution import LightSRResNet, SRResNet, build_super_resolution
from vimd_core.training.batches.patches import PatchBatch, PatchSampler
from vimd_core.training.batches.photographs import Photographs, load_photographs
from vimd_core.training.loop.compute_place import ComputePlace, open_place
from vimd_core.training.loop.run_loop import Trainer
from vimd_core.training.loop.task import RunLength, TrainingTask
from vimd_core.training.losses.objectives import SuperResolutionObjective
from vimd_core.training.optimisation.freezing import FrozenNorms
from vimd_core.training.optimisation.learning_rate import WarmupCosine
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.preparation import (
    OnEvent,
    OnText,
    ShouldStop,
    data_path,
    ignore,
    never,
    stoppable_preparation,
)
from vimd_core.training.recipes.recipe import SuperResolutionRecipe
from vimd_core.training.recipes.recipe_file import with_named_models, write_recipe
from vimd_core.training.recipes.super_resolution_config import SuperResolutionTrainingConfig
from vimd_core.training.runs.claim import claimed_run, clear_run
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.runs.place import TrainedSuperResolution, TrainingPlace
from vimd_core.training.validation.psnr import PsnrValidation

RESULT: Final = "super_resolution.safetensors"
_COMMAND: Final = "train-sr"
_NAMED_AT_MOST: Final = 10


def train_super_resolution(
    recipe: SuperResolutionRecipe,
    place: TrainingPlace,
    on_event: OnEvent = ignore,
    should_stop: ShouldStop = never,
    *,
    on_read: ProgressCallback = ignore,
    on_finding: OnText = ignore,
) -> TrainedSuperResolution:
    """Train a network that enlarges, and write `super_resolution.safetensors` into the run's folder.

    Args:
        recipe: folder of photographs, network, starting point and every number of the training.
        place: folder and device.
        on_event: gets an event about every second and one an epoch, in this thread; may raise to end the training
            without saving.
        should_stop: is asked many times a second, in this thread; must be quick. All is saved when it says so.
        on_read: is told photographs that were read and their number.
        on_finding: is told of files that are left out, a line each.

    Raises:
        TrainingStoppedError: `should_stop` said so; the same call with `place.resume` goes on.
        ConfigError: the recipe names no data or contradicts itself, or the folder is another training's.
        DatasetError: there are no photographs, or too few.
        CheckpointError: a file to start from is damaged, nothing can be written, or the loss is no longer a number.
        DeviceError: the device is not there, or there is not enough memory (`MemoryShortageError`).
    """
    with claimed_run(place, RESULT) as finished:
        if finished is not None:
            return TrainedSuperResolution(file=finished, had_ended=True)
        recipe = with_named_models(recipe)
        config = recipe.training
        if recipe.grow_from is not None:
            config = replace(config, frozen_norms=True)
        network = preset(recipe.preset).super_resolution
        with stoppable_preparation(should_stop) as check:
            compute = open_place(place, {"--grow-from": recipe.grow_from, "--init": recipe.init})
            start = _start(recipe, network)
            photographs = _read_photographs(
                recipe, network.upscale, compute, check=check, on_read=on_read, on_finding=on_finding
            )
            training, validation = photographs.split(config.validation_images, config.seed)
            task = super_resolution_task(
                new_network(network, start, config.seed, compute),
                network,
                training,
                validation,
                config,
                compute,
            )
        run = RunFolder(place.folder)
        trainer = Trainer(task, run, compute, on_start=lambda: write_recipe(run.path, _COMMAND, recipe))
        clear_run(place)
        trained = trainer.run(on_event, resume=place.resume, should_stop=should_stop)
        if compute.is_first:
            run.save_weights(RESULT, trained.weights, {"preset": recipe.preset})
    return TrainedSuperResolution(
        file=place.folder / RESULT, validation_psnr_db=trained.best_score, seconds=trained.seconds
    )


def super_resolution_task(
    model: nn.Module,
    network: SuperResolutionConfig,
    training: Photographs,
    validation: Photographs,
    config: SuperResolutionTrainingConfig,
    place: ComputePlace | None = None,
) -> TrainingTask[PatchBatch]:
    """Put optimiser, schedule and validation to a network as its recipe says.

    Args:
        model: on the device.
        network: its architecture.
        training: photographs to learn from.
        validation: to choose the best epoch by.
        config: the recipe.
        place: device and processes; this process's processor when None.
    """
    place = place or ComputePlace()
    return TrainingTask(
        objective=SuperResolutionObjective(model),
        batches=PatchSampler(
            training,
            batch_size=config.batch_size,
            patch_px=config.patch_px,
            seed=config.seed,
            rank=place.processes.rank,
            world_size=place.processes.count,
        ),
        optimizer=torch.optim.Adam(
            model.parameters(), lr=config.learning_rate, betas=(0.9, 0.99), fused=True
        ),
        learning_rate=WarmupCosine(config.steps, config.warmup_steps),
        freezing=FrozenNorms(model, frozen=config.frozen_norms),
        precision=MixedPrecision(place.device, config.precision),
        length=RunLength(steps=config.steps, steps_per_epoch=config.steps_per_epoch, minutes=config.minutes),
        batch_size=config.batch_size,
        accumulation=config.accumulation,
        seed=config.seed,
        ema_decay=config.ema_decay,
        validation=PsnrValidation(model, validation.pairs, device=place.device),
        config={"network": asdict(network), "training": asdict(config)},
        data=training.fingerprint,
    )


def new_network(
    network: SuperResolutionConfig, start: nn.Module | None, seed: int, place: ComputePlace
) -> nn.Module:
    """A network on its device, with the weights that it starts from; random ones without `start`."""
    torch.manual_seed(seed)
    model = build_super_resolution(network)
    if start is not None:
        model.load_state_dict(start.state_dict())
    place.take(model)
    return model


def _read_photographs(
    recipe: SuperResolutionRecipe,
    upscale: int,
    compute: ComputePlace,
    *,
    check: Callable[[], None],
    on_read: ProgressCallback,
    on_finding: OnText,
) -> Photographs:
    folder = data_path(recipe.data)
    if not folder.is_dir():
        raise DatasetError("There is no folder {data}: give one with photographs.", data=folder)

    def progress(done: int, total: int) -> None:
        check()
        if compute.is_first:
            on_read(done, total)

    def tell(sentences: list[str]) -> None:
        if compute.is_first:
            for sentence in sentences:
                on_finding(f"left out: {sentence}\n")

    report = SearchReport()
    files = sorted(find_captures([folder], recursive=True, report=report))
    tell([str(problem) for problem in report.problems[:_NAMED_AT_MOST]])
    photographs = load_photographs(files, upscale, smallest_px=recipe.training.patch_px, progress=progress)
    left_out = photographs.left_out
    more = len(left_out) - _NAMED_AT_MOST
    tell([*map(str, left_out[:_NAMED_AT_MOST]), *([f"{more} more like these"] if more > 0 else [])])
    return photographs


def _start(recipe: SuperResolutionRecipe, config: SuperResolutionConfig) -> nn.Module | None:
    """The network to start from; None starts from nothing."""
    if recipe.grow_from is not None:
        return _grown(recipe.grow_from, config)
    if recipe.init is None:
        return None
    network, found = find_super_resolution(recipe.init)
    if found != config:
        raise ConfigError(
            "The super-resolution network {init} has an incompatible architecture for the preset {preset}.",
            init=recipe.init,
            preset=recipe.preset,
        )
    return network


def _grown(light_file: Path, config: SuperResolutionConfig) -> SRResNet:
    """An SRResNet that computes what the light network in a file does."""
    light, grown = find_super_resolution(light_file)[0], build_super_resolution(config)
    if not isinstance(light, LightSRResNet) or not isinstance(grown, SRResNet):
        raise ConfigError(
            "--grow-from turns a light network into an SRResNet: give it with --preset paper or balanced, and "
            "the file of a light one."
        )
    grow_super_resolution(light, grown)
    return grown
