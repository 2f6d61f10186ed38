"""Writes the folder of a training run: a frozen revision, and the recipe, manifests and plan that its process reads."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.capture_files.near_views import NearViewFinder
from app.domain.errors import ProjectError
from app.domain.training_records import CaptureOrigin, RevisionCapture, TrainingRun
from app.retraining.choice import Choice, RetrainRequest, choose, unlabelled_captures
from app.storage.captures.feature_files import feature_files
from vimd_core.data.classes.class_list import ListedClass
from vimd_core.training.retraining.effort import Effort
from vimd_core.training.retraining.retraining_folder import Retraining, TaughtCapture, TeacherSources
from vimd_core.training.retraining.split import CaptureSplit

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

MEASUREMENT: Final = "runs/measurement"


def prepare_run(project: Project, request: RetrainRequest, author: str) -> TrainingRun:
    """Freeze a revision, queue a run, and write its folder.

    Raises:
        ProjectError: there is nothing to learn from, no model, or the folder can't be written.
        CheckpointError: the active model's file is missing or damaged.
    """
    choice = choose(project, request)
    settings = {
        "replay_per_class": request.replay_per_class,
        "replayed": sum(one.origin is CaptureOrigin.MODEL for one in choice.captures),
        "held_back_share": request.shares.held_back,
        "validation_share": request.shares.validation,
    }

    def freeze(unit: Unit) -> TrainingRun:
        revision_id = unit.revisions.freeze(
            choice.model.id, choice.classes, choice.captures, settings, author
        )
        return unit.runs.add(revision_id, choice.model.id, str(request.effort), choice.config, author)

    run = project.write(freeze).result()
    write_run_folder(project, run)
    return run


def prepare_measurement(project: Project, request: RetrainRequest, seconds: float) -> Path:
    """Write a folder in which a training only runs so long that its speed is known; nothing is kept of it.

    Raises:
        ProjectError: there is nothing to learn from, no model, or the folder can't be written.
        CheckpointError: the active model's file is missing or damaged.
    """
    folder = project.folder / MEASUREMENT
    shutil.rmtree(folder, ignore_errors=True)
    _write(project, folder, choose(project, request), measure_s=seconds)
    return folder


def write_run_folder(project: Project, run: TrainingRun) -> Path:
    """Write what the training process reads; all of it follows from the database, so it can be written again.

    Raises:
        ProjectError: it can't be written.
    """

    def read(unit: Unit) -> Choice:
        revision = unit.revisions.get(run.revision_id)
        captures = unit.revisions.captures(run.revision_id)
        return Choice(unit.models.get(run.parent_model_id), revision.classes, captures, (), run.config)

    folder = project.folder / run.folder
    choice = project.read(read).result()
    if run.config.get("unlabelled"):  # runs that older versions have queued learn from labels alone
        unlabelled = unlabelled_captures(project, choice.captures, Effort(run.effort))
        choice = replace(choice, unlabelled=unlabelled)
    _write(project, folder, choice)
    return folder


def _write(project: Project, folder: Path, choice: Choice, *, measure_s: float = 0.0) -> None:
    """Write recipe, manifests, classes and plan into a folder."""
    captures, config = choice.captures, choice.config
    paths = dict(
        project.read(lambda unit: unit.captures.paths([one.capture_id for one in captures])).result()
    )
    place_of = {one.class_id: place for place, one in enumerate(choice.classes)}
    near_views = _near_views(captures, paths) if config["use_near_views"] else {}
    retraining = Retraining(
        model=choice.model.path,
        classes=[ListedClass(one.name, one.outputs) for one in choice.classes],
        captures=[
            TaughtCapture(
                one.capture_id,
                paths[one.capture_id],
                place_of[one.class_id],
                one.split,
                one.group,
                near_views.get(one.capture_id),
            )
            for one in captures
        ],
        # A measurement is of the steps alone.
        teacher=_teacher(project, choice) if config.get("unlabelled") and not measure_s else None,
        training=config["training"],
        name=config["name"],
        device=config["device"],
        threads=config["threads"],
        measure_s=measure_s,
    )
    try:
        retraining.write(folder)
    except OSError as e:
        raise ProjectError(
            "The training folder {folder} can't be written ({reason}): free some disk space.",
            folder=folder,
            reason=e.strerror,
        ) from e


def _teacher(project: Project, choice: Choice) -> TeacherSources:
    """What the project's teacher sees: features of the model that this one was first made from, and the companion's."""
    own = project.read(lambda unit: unit.models.own_network(choice.model.id)).result()
    files = feature_files(project.folder, own.model_id)
    return TeacherSources(
        unlabelled=choice.unlabelled,
        features_model=own.path,
        own_features=files.own,
        companion_features=files.companion,
        earlier_accuracy=choice.config["familiarity"],
    )


def _near_views(captures: Iterable[RevisionCapture], paths: Mapping[int, Path]) -> dict[int, Path]:
    """Near views to learn from; one that captures of two classes share is nobody's."""
    near_views = NearViewFinder()
    found: dict[int, Path] = {}
    classes_of: dict[Path, set[int]] = defaultdict(set)
    for one in captures:
        if one.split is CaptureSplit.HELD_BACK or one.origin is not CaptureOrigin.HUMAN:
            continue
        view = near_views.find(paths[one.capture_id])
        if view is not None:
            found[one.capture_id] = view
            classes_of[view].add(one.class_id)
    # A near view of a held-back thing would show what shall not be seen.
    for one in captures:
        if one.split is CaptureSplit.HELD_BACK:
            view = near_views.find(paths[one.capture_id])
            if view is not None:
                classes_of[view].update((one.class_id, -1))
    originals = set(paths.values())
    return {
        capture_id: view
        for capture_id, view in found.items()
        if len(classes_of[view]) == 1 and view not in originals
    }
