"""Supervised training of a classifier, from labels alone: what teachers and backbones have in common."""

from __future__ import annotations

from dataclasses import replace

import torch

from vimd_core.config import SrvmNetConfig, preset, square_px
from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.augmentation.symmetries import Symmetries
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.batches.training_data import TrainingData
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.initialisation.classifier_file import ClassifierFile, save_classifier
from vimd_core.training.initialisation.starting_point import (
    initialise_classifier,
    load_starting_point,
    outputs_by_name,
)
from vimd_core.training.loop.compute_place import ComputePlace, open_place
from vimd_core.training.loop.run_loop import Trainer
from vimd_core.training.losses.objectives import TeacherObjective
from vimd_core.training.preparation import (
    OnEvent,
    OnText,
    ShouldStop,
    class_names,
    read_captures,
    stoppable_preparation,
)
from vimd_core.training.recipes.recipe import ClassifierRecipe
from vimd_core.training.recipes.recipe_file import with_named_models, without_places, write_recipe
from vimd_core.training.runs.claim import claimed_run, clear_run
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.runs.place import TrainedClassifier, TrainingPlace
from vimd_core.user_messages import Sentence


def train_classifier(
    recipe: ClassifierRecipe,
    place: TrainingPlace,
    on_event: OnEvent,
    should_stop: ShouldStop,
    *,
    command: str,
    result: str,
    on_read: ProgressCallback,
    on_finding: OnText,
) -> TrainedClassifier:
    """Train a classifier on high-resolution views with their labels, and write it into the run's folder.

    Args:
        recipe: data, network, starting point and every number.
        place: folder and device.
        on_event: see `train_teacher`, as for all that follow.
        should_stop: whether to stop.
        command: which the recipe is kept for in the folder.
        result: name of the file.
        on_read: is told images that were read.
        on_finding: is told what was found in the data.
    """
    with claimed_run(place, result) as finished:
        if finished is not None:
            return TrainedClassifier(file=finished, had_ended=True)
        recipe = with_named_models(recipe)
        with stoppable_preparation(should_stop) as check:
            compute = open_place(place, {"--init": recipe.init})
            network = _network(recipe)
            data = read_captures(
                recipe,
                square_px(network.classifier.image_size_px),
                place,
                compute,
                check=check,
                on_read=on_read,
                on_finding=on_finding,
            )
            network = network.with_num_classes(len(data.classes))
            run = RunFolder(place.folder)
            model, notices = _initialised(recipe, network, data)
            compute.take(model)
        batches = _sampler(recipe, data, compute)
        task = classifier_task(
            TeacherObjective(model, recipe.training.losses),
            batches,
            recipe.training,
            compute,
            steps_per_epoch=batches.steps_per_epoch,
            training=data.training,
            validation=data.validation,
        )
        trainer = Trainer(
            task,
            run,
            compute,
            notices=notices,
            on_start=lambda: write_recipe(run.path, command, recipe),
        )
        clear_run(place)
        trained = trainer.run(on_event, resume=place.resume, should_stop=should_stop)
        if compute.is_first:
            described = {
                "recipe": without_places(recipe),
                "images": len(data.training),
                "epochs": trained.epochs,
                "validation_top1": trained.best_score,
                "seconds": trained.seconds,
            }
            save_classifier(run, result, ClassifierFile(network, data.classes, trained.weights), described)
    return TrainedClassifier(
        file=place.folder / result, validation_top1=trained.best_score, seconds=trained.seconds
    )


def _network(recipe: ClassifierRecipe) -> SrvmNetConfig:
    network = preset(recipe.preset)
    if not recipe.image_size_px:
        return network
    return replace(network, classifier=replace(network.classifier, image_size_px=recipe.image_size_px))


def _initialised(
    recipe: ClassifierRecipe, network: SrvmNetConfig, data: TrainingData
) -> tuple[VisionMamba, list[Sentence]]:
    """A network with the weights that it starts from, and sentences about what had to be changed in them."""
    torch.manual_seed(recipe.training.seed)
    names = class_names(recipe.class_names, data.classes)
    model = VisionMamba(network.classifier, drop_path=recipe.training.drop_path)
    if recipe.init is None:
        return model, []
    start = load_starting_point(recipe.init)
    known = outputs_by_name(start, list(zip(data.classes, names, strict=True)))
    return model, initialise_classifier(model, start, known)


def _sampler(recipe: ClassifierRecipe, data: TrainingData, compute: ComputePlace) -> StreamSampler:
    config = recipe.training
    return StreamSampler(
        data.training,
        batch_size=config.batch_size,
        epoch_images=config.epoch_images,
        seed=config.seed,
        augmentation=config.augmentation,
        streams=config.streams,
        symmetries=Symmetries(config.symmetries, data.classes),
        class_balance=config.class_balance,
        rank=compute.processes.rank,
        world_size=compute.processes.count,
    )
