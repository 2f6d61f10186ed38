"""Training of a classifier from labels alone, which `vimd train-teacher` and `vimd pretrain` share."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from vimd_core.commands.shared.training_options import read_data, read_recipe
from vimd_core.commands.shared.training_run import channels_last, class_names, open_place, train
from vimd_core.config import preset, square_px


def train_classifier(arguments: argparse.Namespace, result_name: str, *, role: str) -> dict[str, Any] | None:
    """Train a classifier and write it.

    Args:
        arguments: of the command.
        result_name: of the file in the run's folder.
        role: what the last line calls the result.

    Returns:
        The last line to print; None in all processes but the first.
    """
    import torch

    from vimd_core.models.vision_mamba import VisionMamba
    from vimd_core.training.augmentation.symmetries import Symmetries
    from vimd_core.training.batches.mixture import StreamSampler
    from vimd_core.training.initialisation.classifier_file import ClassifierFile, save_classifier
    from vimd_core.training.initialisation.starting_point import (
        initialise_classifier,
        load_starting_point,
        outputs_by_name,
    )
    from vimd_core.training.loop.run_loop import Trainer
    from vimd_core.training.losses.objectives import TeacherObjective
    from vimd_core.training.recipes.recipe_file import ClassifierRecipe, without_places, write_recipe
    from vimd_core.training.runs.folder import RunFolder

    recipe = read_recipe(arguments, ClassifierRecipe)
    config = recipe.training
    place = open_place(arguments, {"--init": recipe.init})
    network = preset(recipe.preset)
    if recipe.image_size_px:
        sized = replace(network.classifier, image_size_px=recipe.image_size_px)
        network = replace(network, classifier=sized)
    data = read_data(
        recipe,
        square_px(network.classifier.image_size_px),
        arguments.run_folder,
        quiet=place.processes.rank != 0,
    )
    folders = data.classes
    network = network.with_num_classes(len(folders))
    names = class_names(recipe.class_names, folders)
    run_folder = RunFolder(arguments.run_folder)
    torch.manual_seed(config.seed)
    model = VisionMamba(network.classifier, drop_path=config.drop_path)
    notices: list[str] = []
    if recipe.init is not None:
        start = load_starting_point(recipe.init)
        known = outputs_by_name(start, list(zip(folders, names, strict=True)))
        notices = initialise_classifier(model, start, known)
    channels_last(model, place.device)
    trainer = Trainer(
        TeacherObjective(model, config.losses),
        data.training,
        StreamSampler(
            data.training,
            batch_size=config.batch_size,
            epoch_images=config.epoch_images,
            seed=config.seed,
            augmentation=config.augmentation,
            streams=config.streams,
            symmetries=Symmetries(config.symmetries, folders),
            class_balance=config.class_balance,
            rank=place.processes.rank,
            world_size=place.processes.count,
        ),
        data.validation,
        config,
        run_folder,
        place,
        notices=notices,
        on_start=lambda: write_recipe(run_folder.path, arguments.command, recipe),
    )
    result = train(trainer, arguments, place.processes)
    if place.processes.rank != 0:
        return None
    figures = {"validation_top1": result.validation_top1, "seconds": result.seconds}
    described = {
        "recipe": without_places(recipe),
        "images": len(data.training),
        "epochs": result.epochs,
        **figures,
    }
    content = ClassifierFile(network, tuple(folders), result.weights)
    file = save_classifier(run_folder, result_name, content, described)
    return {role: str(file), **figures}
