"""The folder of a training run: a frozen revision, and the recipe, manifests and plan that its process reads."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import ProjectError
from app.domain.training_records import CaptureOrigin, RevisionCapture, TrainingRun
from app.exchange.near_views import NearViewFinder
from app.retraining.choice import Choice, RetrainRequest, choose
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.classes.class_list import ListedClass, write_class_list
from vimd_core.errors import ConfigError
from vimd_core.processes.atomic_files import whole_file
from vimd_core.training.recipes.settings import read_toml, to_toml
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.training.runs.files import RECIPE, TrainingPlan

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

MANIFEST: Final = "manifest.jsonl"
HELD_BACK: Final = "held_back.jsonl"
CLASSES: Final = "classes.json"
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
        return Choice(unit.models.get(run.parent_model_id), revision.classes, captures, run.config)

    folder = project.folder / run.folder
    _write(project, folder, project.read(read).result())
    return folder


def _write(project: Project, folder: Path, choice: Choice, *, measure_s: float = 0.0) -> None:
    """Write recipe, manifests, classes and plan into a folder."""
    captures, config, model = choice.captures, choice.config, choice.model
    paths = dict(
        project.read(lambda unit: unit.captures.paths([one.capture_id for one in captures])).result()
    )
    name_of = {one.class_id: one.name for one in choice.classes}
    near_views = _near_views(captures, paths) if config["use_near_views"] else {}
    learnt = [one for one in captures if one.split is not CaptureSplit.HELD_BACK]
    held = [one for one in captures if one.split is CaptureSplit.HELD_BACK]
    info = read_bundle_info(model.path)
    recipe = {
        "command": "distill",
        "preset": "init",
        "init": str(model.path),
        "data": str(folder / MANIFEST),
        "class_list": str(folder / CLASSES),
        "name": config["name"],
        "license": info.license,
        # To begin with: another one is found on what is held back.
        "temperature": info.temperature,
        "training": config["training"] | _accumulation(folder / RECIPE),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write_lines(
            folder / MANIFEST,
            (
                {
                    "path": str(paths[one.capture_id]),
                    "label": name_of[one.class_id],
                    "split": str(one.split),
                    "group": one.group,
                    **({"hr": str(near_views[one.capture_id])} if one.capture_id in near_views else {}),
                }
                for one in learnt
            ),
        )
        output_of = {one.class_id: (place, *one.outputs[:1], -1) for place, one in enumerate(choice.classes)}
        _write_lines(
            folder / HELD_BACK,
            (
                {
                    "key": one.capture_id,
                    "path": str(paths[one.capture_id]),
                    "label": output_of[one.class_id][0],
                    "baseline_label": output_of[one.class_id][1],
                    "group": one.group,
                }
                for one in held
            ),
        )
        write_class_list(folder / CLASSES, [ListedClass(one.name, one.outputs) for one in choice.classes])
        with whole_file(folder / RECIPE) as temporary:
            temporary.write_text(to_toml(recipe), encoding="utf-8")
        TrainingPlan(
            device=config["device"],
            threads=config["threads"],
            baseline=str(model.path) if held else "",
            held_back=str(folder / HELD_BACK) if held else "",
            measure_s=measure_s,
        ).write(folder)
    except OSError as e:
        raise ProjectError(
            "The folder of the training {folder} can't be written ({reason}): make room on its disk.",
            folder=folder,
            reason=e.strerror,
        ) from e


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


def _accumulation(recipe: Path) -> dict[str, Any]:
    """In how many parts a run that has begun computes its batches."""
    try:
        return {"accumulation": int(read_toml(recipe)["training"]["accumulation"])}
    except (ConfigError, KeyError):
        return {}


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
