"""Training of a student, SRVM-Net, on small captures, with or without a teacher: what `vimd distill` does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.checkpoints.super_resolution import load_super_resolution
from vimd_core.config import SrvmNetConfig, preset, square_px
from vimd_core.data.classes.class_list import ListedClass, read_class_list
from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.errors import ConfigError
from vimd_core.inference.calibration import fit_temperature
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.batches.batch import Batch
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.enlarging import enlarged_once
from vimd_core.training.batches.soft_answers import SoftAnswers
from vimd_core.training.batches.training_data import TrainingData
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.initialisation.classifier_file import load_teacher
from vimd_core.training.initialisation.head_fit import fit_head
from vimd_core.training.initialisation.starting_point import (
    StartingPoint,
    initialise_classifier,
    initialise_super_resolution,
    load_starting_point,
    outputs_by_name,
)
from vimd_core.training.loop.compute_place import ComputePlace, open_place
from vimd_core.training.loop.run_loop import Trainer, TrainingResult
from vimd_core.training.losses.objectives import StudentObjective
from vimd_core.training.preparation import (
    OnEvent,
    OnText,
    ShouldStop,
    class_names,
    data_path,
    ignore,
    never,
    read_captures,
    stoppable_preparation,
)
from vimd_core.training.project_teaching.earlier_model import earlier_model
from vimd_core.training.project_teaching.lesson import project_lesson
from vimd_core.training.project_teaching.listed_captures import read_listed
from vimd_core.training.project_teaching.self_teaching import SelfTeaching
from vimd_core.training.recipes.recipe import PRESET_OF_INIT, StudentRecipe
from vimd_core.training.recipes.recipe_file import with_named_models, without_places, write_recipe
from vimd_core.training.runs.claim import claimed_run, clear_run
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.runs.place import TrainedClassifier, TrainingPlace
from vimd_core.training.student_batches import student_batches
from vimd_core.training.validation.accuracy import predict_logits
from vimd_core.user_messages import Sentence

RESULT: Final = "student.safetensors"
_COMMAND: Final = "distill"


@dataclass(frozen=True, kw_only=True)
class _Course:
    """All that a student's training needs, read and made ready.

    Attributes:
        network: with as many classes as are learnt.
        names: readable, for each class.
        outputs: for each class the outputs of the model to start from that meant it.
        answers: of the project's teacher on the captures; None: there is none, and all are labelled.
        answers_id: equal for equal answers.
        labelled_share: see `ProjectLesson`.
        captures: to learn from.
        validation: to choose the best epoch by: a student is chosen by what it will be used on, not by near views.
        notices: sentences about what had to be changed in the weights to start from.
    """

    recipe: StudentRecipe
    compute: ComputePlace
    run: RunFolder
    network: SrvmNetConfig
    data: TrainingData
    answers: SoftAnswers | None
    answers_id: str
    labelled_share: float
    names: tuple[str, ...]
    outputs: tuple[tuple[int, ...], ...]
    start: StartingPoint | None
    teacher: VisionMamba | None
    student: SrvmNet
    notices: Sequence[Sentence]

    @property
    def captures(self) -> CaptureSet:
        return self.data.training

    @property
    def validation(self) -> CaptureSet:
        return self.data.validation.without_views()

    @property
    def teaches_itself(self) -> bool:
        """Without a teacher the model teaches itself: what it says of near views, where it is right, at first."""
        is_model = self.start is not None and self.start.model is not None
        return self.teacher is None and is_model and bool((self.captures.near >= 0).any())

    @property
    def distils(self) -> bool:
        return self.teacher is not None and self.recipe.training.losses.distils


def train_student(
    recipe: StudentRecipe,
    place: TrainingPlace,
    on_event: OnEvent = ignore,
    should_stop: ShouldStop = never,
    *,
    on_read: ProgressCallback = ignore,
    on_finding: OnText = ignore,
) -> TrainedClassifier:
    """Train a student and write `student.safetensors`, a model that everything else takes, into the run's folder.

    Args:
        recipe: data, networks, teacher, starting point and every number of the training.
        place: folder and device.
        on_event: gets an event about every second and one an epoch, in this thread; may raise to end the training
            without saving.
        should_stop: is asked many times a second, in this thread; must be quick. All is saved when it says so.
        on_read: is told files that were read and their number, while the data are read.
        on_finding: is told what was found in the data, as a table for a terminal.

    Raises:
        TrainingStoppedError: `should_stop` said so; the same call with `place.resume` goes on.
        ConfigError: the recipe names no data or contradicts itself, or the folder is another training's.
        DatasetError: nothing can be learnt from the data.
        CheckpointError: a file to start from is damaged or does not fit, nothing can be written, or the loss is no
            longer a number.
        DeviceError: the device is not there, or there is not enough memory (`MemoryShortageError`).
    """
    with claimed_run(place, RESULT) as finished:
        if finished is not None:
            return TrainedClassifier(file=finished, had_ended=True)
        recipe = with_named_models(recipe)
        _require_sources(recipe)
        with stoppable_preparation(should_stop) as check:
            course = _prepare(recipe, place, on_event, check=check, on_read=on_read, on_finding=on_finding)
            trainer = _trainer(course, is_going_on=place.resume and course.run.has_checkpoint)
        clear_run(place)
        trained = trainer.run(on_event, resume=place.resume, should_stop=should_stop)
        if course.compute.is_first:
            _save(course, trained)
    return TrainedClassifier(
        file=place.folder / RESULT, validation_top1=trained.best_score, seconds=trained.seconds
    )


def _require_sources(recipe: StudentRecipe) -> None:
    data_path(recipe.data)
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
    if recipe.training.enlarge_once and recipe.teacher is not None:
        raise ConfigError(
            "enlarge_once is for trainings without a teacher, which would see enlarged captures."
        )


def _prepare(
    recipe: StudentRecipe,
    place: TrainingPlace,
    on_event: OnEvent,
    *,
    check: Callable[[], None],
    on_read: ProgressCallback,
    on_finding: OnText,
) -> _Course:
    """Read everything, and give the student the weights that it starts from."""
    compute = open_place(
        place, {"--init": recipe.init, "--teacher": recipe.teacher, "--srresnet": recipe.srresnet}
    )
    start = None if recipe.init is None else load_starting_point(recipe.init)
    network = _network(recipe, start)
    listed = None if recipe.class_list is None else read_class_list(recipe.class_list)
    project = () if recipe.captures is None else read_listed(recipe.captures)
    data = read_captures(
        recipe,
        square_px(network.classifier.image_size_px),
        place,
        compute,
        classes=None if listed is None else [one.name for one in listed],
        unlabelled=[one.path for one in project],
        check=check,
        on_read=on_read,
        on_finding=on_finding,
    )
    network = network.with_num_classes(len(data.classes))
    names = class_names(recipe.class_names, data.classes)
    outputs = _outputs(start, listed, list(zip(data.classes, names, strict=True)))
    teacher = None if recipe.teacher is None else load_teacher(recipe.teacher, network, data.classes)
    run = RunFolder(place.folder)
    lesson = project_lesson(
        recipe,
        data,
        project,
        place.folder,
        earlier=earlier_model(recipe, start, network, outputs, data, compute),
        device=place.device,
        tell=on_event,
        check=check,
    )
    torch.manual_seed(recipe.training.seed)
    student = SrvmNet(network, drop_path=recipe.training.drop_path)
    notices = _initialise(student, recipe, start, teacher, outputs)
    for part in (student, teacher):
        if part is not None:
            compute.take(part)
    return _Course(
        recipe=recipe,
        compute=compute,
        run=run,
        network=network,
        data=lesson.data,
        answers=lesson.answers,
        answers_id=lesson.fingerprint,
        labelled_share=lesson.labelled_share,
        names=names,
        outputs=outputs,
        start=start,
        teacher=teacher,
        student=student,
        notices=[*lesson.notices, *notices],
    )


def _network(recipe: StudentRecipe, start: StartingPoint | None) -> SrvmNetConfig:
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
) -> tuple[tuple[int, ...], ...]:
    """For each class the outputs of the model to start from that meant it: as listed, or else by names."""
    if start is None:
        return tuple(() for _ in known_as)
    if listed is not None:
        return tuple(one.outputs for one in listed)
    return outputs_by_name(start, known_as)


def _initialise(
    student: SrvmNet,
    recipe: StudentRecipe,
    start: StartingPoint | None,
    teacher: VisionMamba | None,
    outputs: Sequence[Sequence[int]],
) -> list[Sentence]:
    """Give the student the weights that it starts from; sentences about what had to be changed."""
    if recipe.srresnet is not None:
        weights = load_super_resolution(recipe.srresnet, student.config.super_resolution).state_dict()
        student.super_resolution.load_state_dict(weights)
    elif start is not None:
        initialise_super_resolution(student, start)
    if recipe.init_from_teacher and teacher is not None:
        student.classifier.load_state_dict(teacher.state_dict())
    return [] if start is None else initialise_classifier(student.classifier, start, outputs)


def _trainer(course: _Course, *, is_going_on: bool) -> Trainer[Batch]:
    """The run loop with the student's losses and batches; first the head is fitted, where the recipe wants it.

    Args:
        course: what was prepared.
        is_going_on: whether the weights will be taken from a checkpoint.
    """
    recipe, config, compute = course.recipe, course.recipe.training, course.compute
    seen = course.captures
    if config.enlarge_once:
        seen = enlarged_once(course.student, seen, compute.device)
    if config.fit_head and course.start is not None and (course.teaches_itself or not is_going_on):
        indices = course.captures.capture_indices
        fit_head(
            course.student,
            seen.subset(indices),
            compute.device,
            class_balance=config.class_balance,
            answers=None if course.answers is None else course.answers.subset(indices),
            is_enlarged=config.enlarge_once,
        )
    objective = StudentObjective(
        course.student,
        course.teacher if course.distils else None,
        config.losses,
        is_enlarged=config.enlarge_once,
        train_super_resolution=config.sr_learning_rate > 0,
    )
    batches = student_batches(
        course.student,
        course.data,
        seen,
        config,
        compute,
        answers=course.answers,
        labelled_share=course.labelled_share,
        near_teacher=course.student.classifier if course.teaches_itself else course.teacher,
        only_right=course.teaches_itself,
        previous=None if course.start is None else course.start.model,
        outputs=course.outputs,
    )
    task = classifier_task(
        objective,
        batches,
        config,
        compute,
        steps_per_epoch=batches.steps_per_epoch,
        training=course.captures,
        validation=course.validation,
        answers=course.answers_id,
        second_lesson=None
        if course.answers is None or config.self_teaching_from == 1
        else SelfTeaching(course.student, batches, course.answers, config, course.run.path, compute),
    )
    return Trainer(
        task,
        course.run,
        compute,
        notices=course.notices,
        on_start=lambda: write_recipe(course.run.path, _COMMAND, recipe),
    )


def _save(course: _Course, trained: TrainingResult) -> Path:
    """Bundle the best weights with all that is known about them."""
    recipe, start = course.recipe, course.compute.origin.get("--init")
    data = recipe.data.name if recipe.data else ""
    course.student.load_state_dict(trained.weights)
    top1 = trained.best_score
    info = BundleInfo(
        config=course.network,
        classes=course.names,
        class_folders=course.data.classes,
        name=recipe.name or f"{data} {recipe.preset}".strip(),
        training={
            "data": data,
            "images": int(course.captures.is_labelled.sum()),
            "unlabelled_images": int((~course.captures.is_labelled).sum()),
            "validation_images": len(course.validation),
            "distilled": course.distils,
            "started_from_teacher": recipe.init_from_teacher,
            "recipe": without_places(recipe),
            "seconds": round(trained.seconds),
        },
        metrics={} if top1 is None else {"validation_top1": top1},
        parent=start,
        license=recipe.license,
        temperature=_fitted_temperature(course),
    )
    file = course.run.path / RESULT
    save_bundle(file, course.student, info)
    return file


def _fitted_temperature(course: _Course) -> float:
    """What the logits are divided by, so that the student is as sure as it is right; 1 where nothing tells."""
    recipe, validation = course.recipe, course.validation
    if recipe.temperature or len(validation) == 0:
        return recipe.temperature or 1.0
    objective = StudentObjective(course.student, None, recipe.training.losses)
    logits = predict_logits(objective, validation, device=course.compute.device)
    return fit_temperature(logits.numpy(), validation.labels.numpy(), groups=validation.groups).value
