"""`vimd distill`: train SRVM-Net on small captures, with or without a teacher, and bundle it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.commands.shared.training_options import (
    CLASSIFIER,
    Option,
    add_training_options,
    read_data,
    read_recipe,
)
from vimd_core.commands.shared.training_run import channels_last, class_names, open_place, run_to_end, train
from vimd_core.config import SizePx, SrvmNetConfig, preset, square_px
from vimd_core.errors import ConfigError

if TYPE_CHECKING:
    import torch

    from vimd_core.data.classes.class_list import ListedClass
    from vimd_core.models.srvm_net import SrvmNet
    from vimd_core.models.vision_mamba import VisionMamba
    from vimd_core.training.batches.captures import CaptureSet
    from vimd_core.training.batches.near_answers import NearAnswers
    from vimd_core.training.initialisation.starting_point import StartingPoint
    from vimd_core.training.losses.objectives import LossConfig
    from vimd_core.training.recipes.recipe_file import StudentRecipe

RESULT = "student.safetensors"
Outputs = tuple[tuple[int, ...], ...]
_OPTIONS: Final = (
    *CLASSIFIER,
    Option("--teacher", "teacher", "teacher.safetensors of `vimd train-teacher`; none: labels alone", Path),
    Option(
        "--srresnet",
        "srresnet",
        "super_resolution.safetensors of `vimd train-sr`; not needed with a whole model in --init",
        Path,
    ),
    Option(
        "--sr-learning-rate",
        "training.sr_learning_rate",
        "of the super-resolution network; 0 freezes it (0)",
        float,
    ),
    Option(
        "--logits-weight", "training.losses.logits_weight", "of the KL divergence from the teacher (1)", float
    ),
    Option("--near-weight", "training.losses.near_weight", "of the same on the near view (0.5)", float),
    Option("--hidden-weight", "training.losses.hidden_weight", "of the hidden-state loss (5)", float),
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
        "how captures are made from high-resolution views (bicubic)",
        str,
        ("bicubic", "realistic"),
    ),
    Option(
        "--class-list",
        "class_list",
        "JSON: the classes that the model shall have, also those without captures",
        Path,
    ),
    Option("--temperature", "temperature", "of the answers; 0 finds it on held-back captures (0)", float),
    Option("--name", "name", "name of the model"),
    Option("--license", "license", "terms under which the weights may be used"),
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    parser = subparsers.add_parser(
        "distill",
        help="train a student (SRVM-Net) on small captures",
        description="Train a student, SRVM-Net, on small captures, with or without a teacher, and write a model that "
        "every other command takes.",
    )
    add_training_options(parser, _OPTIONS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train, and write `student.safetensors`, a model bundle, into the run's folder."""
    return run_to_end(_distill, arguments, RESULT)


def _distill(arguments: argparse.Namespace) -> dict[str, Any] | None:
    import torch

    from vimd_core.checkpoints.bundle import save_bundle
    from vimd_core.checkpoints.bundle_info import BundleInfo
    from vimd_core.checkpoints.safetensors_header import stored_precision
    from vimd_core.data.classes.class_list import read_class_list
    from vimd_core.models.srvm_net import SrvmNet
    from vimd_core.training.augmentation.symmetries import Symmetries
    from vimd_core.training.batches.enlarging import enlarged_once
    from vimd_core.training.batches.mixture import StreamSampler
    from vimd_core.training.initialisation.classifier_file import load_teacher
    from vimd_core.training.initialisation.head_fit import fit_head
    from vimd_core.training.initialisation.starting_point import load_starting_point
    from vimd_core.training.loop.run_loop import Trainer
    from vimd_core.training.losses.objectives import StudentObjective
    from vimd_core.training.recipes.recipe_file import StudentRecipe, without_places, write_recipe
    from vimd_core.training.runs.folder import RunFolder

    recipe = read_recipe(arguments, StudentRecipe)
    config = recipe.training
    _require_sources(recipe)
    place = open_place(
        arguments, {"--init": recipe.init, "--teacher": recipe.teacher, "--srresnet": recipe.srresnet}
    )
    start = None if recipe.init is None else load_starting_point(recipe.init)
    network = _network(recipe, start)
    listed = None if recipe.class_list is None else read_class_list(recipe.class_list)
    data = read_data(
        recipe,
        square_px(network.classifier.image_size_px),
        arguments.run_folder,
        classes=None if listed is None else [one.name for one in listed],
        quiet=place.processes.rank != 0,
    )
    folders = data.classes
    # A student is chosen by what it will be used on.
    training, validation = data.training, data.validation.without_views()
    network = network.with_num_classes(len(folders))
    names = class_names(recipe.class_names, folders)
    teacher = None if recipe.teacher is None else load_teacher(recipe.teacher, network, tuple(folders))
    run_folder = RunFolder(arguments.run_folder)
    torch.manual_seed(config.seed)
    student = SrvmNet(network, drop_path=config.drop_path)
    outputs = _outputs(start, listed, list(zip(folders, names, strict=True)))
    notices = _initialise(student, recipe, start, teacher, outputs)
    for part in (student, teacher):
        if part is not None:
            channels_last(part, place.device)
    # Without a teacher the model teaches itself: what it says of near views, where it is right, as it is at first.
    teaches_itself = (
        teacher is None and start is not None and start.model is not None and bool((training.near >= 0).any())
    )
    # A run that goes on takes its weights from its checkpoint anyway.
    is_going_on = arguments.resume and run_folder.has_checkpoint
    if config.fit_head and start is not None and (teaches_itself or not is_going_on):
        fit_head(student, training.without_views(), place.device, class_balance=config.class_balance)
    distils = teacher is not None and config.losses.distils
    if config.enlarge_once and teacher is not None:
        raise ConfigError(
            "enlarge_once is for trainings without a teacher, which would see enlarged captures."
        )
    trainer = Trainer(
        StudentObjective(
            student,
            teacher if distils else None,
            config.losses,
            is_enlarged=config.enlarge_once,
            train_super_resolution=config.sr_learning_rate > 0,
        ),
        training,
        StreamSampler(
            enlarged_once(student, training, place.device) if config.enlarge_once else training,
            batch_size=config.batch_size,
            epoch_images=config.epoch_images,
            seed=config.seed,
            augmentation=config.augmentation,
            streams=config.streams,
            symmetries=Symmetries(config.symmetries, folders),
            class_balance=config.class_balance,
            lr_size_px=None if config.enlarge_once else square_px(network.lr_size_px),
            near=_near_answers(
                student.classifier if teaches_itself else teacher,
                training,
                recipe,
                place.device,
                only_right=teaches_itself,
            ),
            previous_logits=_previous_logits(start, training, network, config.losses, outputs, place.device),
            rank=place.processes.rank,
            world_size=place.processes.count,
        ),
        validation,
        config,
        run_folder,
        place,
        notices=notices,
        on_start=lambda: write_recipe(run_folder.path, arguments.command, recipe),
    )
    result = train(trainer, arguments, place.processes)
    if place.processes.rank != 0:
        return None
    student.load_state_dict(result.weights)
    top1 = result.validation_top1
    temperature = _fitted_temperature(student, validation, recipe, place.device)
    info = BundleInfo(
        config=network,
        classes=names,
        class_folders=tuple(folders),
        name=recipe.name or f"{recipe.data.name if recipe.data else ''} {recipe.preset}".strip(),
        training={
            "data": recipe.data.name if recipe.data else "",
            "images": len(training),
            "validation_images": len(validation),
            "distilled": distils,
            "started_from_teacher": recipe.init_from_teacher,
            "recipe": without_places(recipe),
            "seconds": round(result.seconds),
        },
        metrics={} if top1 is None else {"validation_top1": top1},
        parent=place.origin.get("--init"),
        license=recipe.license,
        temperature=temperature,
    )
    save_bundle(run_folder.path / RESULT, student, info)
    stored = stored_precision(run_folder.path / RESULT)
    return {
        "student": str(run_folder.path / RESULT),
        "stored": stored,
        "validation_top1": top1,
        "seconds": result.seconds,
    }


def _network(recipe: StudentRecipe, start: StartingPoint | None) -> SrvmNetConfig:
    from vimd_core.training.recipes.recipe_file import PRESET_OF_INIT

    if recipe.preset != PRESET_OF_INIT:
        return preset(recipe.preset)
    if start is None or start.model is None:
        raise ConfigError(
            "{init} is a classifier alone, and the preset init needs a whole model: name a preset.",
            init=recipe.init,
        )
    return start.model[1].config


def _outputs(
    start: StartingPoint | None, listed: Sequence[ListedClass] | None, known_as: list[tuple[str, str]]
) -> Outputs:
    """For each class the outputs of the model to start from that meant it: as listed, or else by names."""
    from vimd_core.training.initialisation.starting_point import outputs_by_name

    if start is None:
        return tuple(() for _ in known_as)
    if listed is not None:
        return tuple(one.outputs for one in listed)
    return outputs_by_name(start, known_as)


def _fitted_temperature(
    student: SrvmNet, validation: CaptureSet, recipe: StudentRecipe, device: torch.device
) -> float:
    """What the logits are divided by, so that the student is as sure as it is right; 1 where nothing tells."""
    from vimd_core.inference.calibration import fit_temperature
    from vimd_core.training.losses.objectives import StudentObjective
    from vimd_core.training.validation.accuracy import predict_logits

    if recipe.temperature or len(validation) == 0:
        return recipe.temperature or 1.0
    objective = StudentObjective(student, None, recipe.training.losses)
    logits = predict_logits(objective, validation, device=device)
    return fit_temperature(logits.numpy(), validation.labels.numpy(), groups=validation.groups).value


def _require_sources(recipe: StudentRecipe) -> None:
    if recipe.image_size_px:
        raise ConfigError(
            "image_size_px is for classifiers: a student's size is its preset's, so leave it out."
        )
    if recipe.init_from_teacher and recipe.teacher is None:
        raise ConfigError("--init-from-teacher needs --teacher.")
    if recipe.init_from_teacher and recipe.init is not None:
        raise ConfigError("The classifier can start from --init or from the teacher: leave one of them out.")
    if recipe.srresnet is None and recipe.init is None:
        raise ConfigError(
            "A student needs a super-resolution network: add --srresnet, or --init with a whole model."
        )


def _initialise(
    student: SrvmNet,
    recipe: StudentRecipe,
    start: StartingPoint | None,
    teacher: VisionMamba | None,
    outputs: Outputs,
) -> list[str]:
    """Give the student the weights that it starts from; sentences about what had to be changed."""
    from vimd_core.checkpoints.super_resolution import load_super_resolution
    from vimd_core.training.initialisation.starting_point import (
        initialise_classifier,
        initialise_super_resolution,
    )

    if recipe.srresnet is not None:
        weights = load_super_resolution(recipe.srresnet, student.config.super_resolution).state_dict()
        student.super_resolution.load_state_dict(weights)
    elif start is not None:
        initialise_super_resolution(student, start)
    if recipe.init_from_teacher and teacher is not None:
        student.classifier.load_state_dict(teacher.state_dict())
    return [] if start is None else initialise_classifier(student.classifier, start, outputs)


def _near_answers(
    teacher: VisionMamba | None,
    captures: CaptureSet,
    recipe: StudentRecipe,
    device: torch.device,
    *,
    only_right: bool,
) -> NearAnswers | None:
    """The teacher's answers on the near views of captures; None where nobody asks for them."""
    from vimd_core.training.batches.near_answers import answers_on_near_views

    if teacher is None or recipe.training.losses.near_weight == 0:
        return None
    model = teacher.eval()
    return answers_on_near_views(captures, lambda views: model(views.to(device)), only_right=only_right)


def _previous_logits(
    start: StartingPoint | None,
    training: CaptureSet,
    network: SrvmNetConfig,
    losses: LossConfig,
    outputs: Outputs,
    device: torch.device,
) -> torch.Tensor | None:
    """Answers of the model that is to be improved, (N, K); None without one."""
    from vimd_core.training.initialisation.starting_point import previous_answers
    from vimd_core.training.losses.objectives import StudentObjective
    from vimd_core.training.validation.accuracy import predict_logits

    if start is None or start.model is None or losses.previous_weight == 0:
        return None
    model, info = start.model
    if _size(info.config) != _size(network):
        return None
    channels_last(model, device)
    logits = predict_logits(StudentObjective(model, None, losses), training, device=device)
    return previous_answers(logits, outputs)


def _size(network: SrvmNetConfig) -> tuple[SizePx, SizePx]:
    return network.classifier.image_size_px, network.lr_size_px
