"""From a project to a training that can start: what there is to learn, a frozen revision, and the folder of the run."""

from __future__ import annotations

import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import ProjectError
from app.domain.training_records import (
    CaptureOrigin,
    CaptureSplit,
    ModelLabelled,
    RegisteredModel,
    RevisionCapture,
    RevisionClass,
    TrainingRun,
    VerifiedCapture,
)
from app.exchange.file_check import FileReport, check_files
from app.exchange.near_views import find_near_view
from app.retraining.model_files import require_sound
from app.retraining.recipe import Effort, merged_settings, training_settings
from app.retraining.split import SplitShares, assign_splits, groups_of
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.classes.class_identity import distinct_names
from vimd_core.data.classes.class_list import ListedClass, write_class_list
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.processes.atomic_files import whole_file
from vimd_core.training.recipes.settings import read_toml, to_toml
from vimd_core.training.runs.files import RECIPE, TrainingPlan

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

MANIFEST: Final = "manifest.jsonl"
HELD_BACK: Final = "held_back.jsonl"
CLASSES: Final = "classes.json"
MEASUREMENT: Final = "runs/measurement"
FEWEST_CAPTURES: Final = 8
FEWEST_OF_CLASS: Final = 5
_SURE: Final = 0.9
# The model's own answers are worth replaying only where humans have found such answers right.
_TRUSTED: Final = 0.8
_FEWEST_FOR_TRUST: Final = 10


@dataclass(frozen=True, kw_only=True)
class RetrainRequest:
    """What the user wants.

    Attributes:
        effort: how much time it may take.
        replay_per_class: captures of each class that nobody has looked at and that are learnt with the model's own
            answer, so that it forgets nothing; 0 for none.
        use_near_views: also learn from near views that lie beside the captures.
        shares: how much is held back.
        device: where to compute.
        threads: processor threads; 0 takes all that are free but one.
        changes: settings of the recipe's part `training` by dotted name, such as "losses.previous_weight".
        name: of the new model; "" makes one of the old model's.
    """

    effort: Effort = Effort.BALANCED
    replay_per_class: int = 20
    use_near_views: bool = True
    shares: SplitShares = field(default_factory=SplitShares)
    device: str = "auto"
    threads: int = 0
    changes: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class ClassStock:
    """What there is to learn of one class.

    Attributes:
        is_new: whether the active model can't answer with it.
        corrected: captures that a human has given this class against the model.
        accepted: captures where a human agreed with the model.
        fresh: those of both that the last training did not have.
        near_views: those that have a near view.
        too_small: those that are smaller than half of what the model reads.
        replayable: captures that nobody has looked at, of which the model is sure.
    """

    class_id: int
    name: str
    is_new: bool
    corrected: int
    accepted: int
    fresh: int
    near_views: int
    too_small: int
    replayable: int

    @property
    def verified(self) -> int:
        """Captures that a human has given this class."""
        return self.corrected + self.accepted

    @property
    def is_thin(self) -> bool:
        """Whether there are captures, but too few to expect much."""
        return 0 < self.verified < FEWEST_OF_CLASS


@dataclass(frozen=True)
class LearningStock:
    """What there is to learn in a project.

    Attributes:
        model: the active model, which is to be improved.
        classes: those of the model and those with verified captures, most verified first.
        trust: of the model's sure answers the share that humans have found right, None before enough were looked at.
        trust_n: sure answers that humans have looked at.
    """

    model: RegisteredModel
    classes: tuple[ClassStock, ...]
    trust: float | None
    trust_n: int
    is_trusted: bool

    @property
    def verified(self) -> int:
        """Captures that a human has given a class."""
        return sum(one.verified for one in self.classes)

    @property
    def fresh(self) -> int:
        """Those that the last training did not have."""
        return sum(one.fresh for one in self.classes)


@dataclass(frozen=True)
class Concerns:
    """What makes a training little worth, whatever effort it takes.

    Attributes:
        only_class: the one class that all labels are of; "" when there are several.
        single: classes with one labelled capture, which can't be learnt from and checked by at once.
    """

    only_class: str
    single: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.only_class or self.single)


def concerns_of(stock: LearningStock) -> Concerns:
    """What should be said before a training starts."""
    labelled = [one for one in stock.classes if one.verified]
    return Concerns(
        labelled[0].name if len(labelled) == 1 else "",
        tuple(sorted(one.name for one in labelled if one.verified == 1)),
    )


@dataclass(frozen=True)
class _Sources:
    """What a snapshot of the database says."""

    model: RegisteredModel
    names: Mapping[int, str]
    verified: Sequence[VerifiedCapture]
    earlier: Mapping[int, CaptureSplit]
    learnt: set[int]
    may_not_judge: frozenset[int]
    confidence: float | None
    sure: Sequence[ModelLabelled]


@dataclass(frozen=True)
class _Choice:
    """What a training learns from, and how."""

    model: RegisteredModel
    classes: Sequence[RevisionClass]
    captures: Sequence[RevisionCapture]
    config: Mapping[str, Any]


def check_learnable(project: Project, replay_per_class: int = 20) -> FileReport:
    """See that what can be learnt is what the labels were given to; whatever changed is no longer learnt.

    Raises:
        ProjectError: the project has no model yet.
    """
    sources = project.read(lambda unit: _read(unit, replay_per_class)).result()
    ids = [one.id for one in sources.verified] + [one.id for one in sources.sure]
    return check_files(project, ids, must_be_there=True)


def take_stock(project: Project, replay_per_class: int = 20) -> LearningStock:
    """See what there is to learn; reads the folders beside the captures for near views.

    Raises:
        ProjectError: the project has no model yet.
    """
    sources = project.read(lambda unit: _read(unit, replay_per_class)).result()
    smallest_px = _smallest_px(sources.model.path)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for capture in sources.verified:
        count = counts[capture.class_id]
        count["accepted" if capture.is_accepted else "corrected"] += 1
        count["fresh"] += capture.id not in sources.learnt
        count["near"] += find_near_view(capture.path) is not None
        count["small"] += 0 < capture.shorter_px < smallest_px
    for labelled in sources.sure:
        counts[labelled.class_id]["replay"] += 1
    known = set(sources.model.class_ids)
    shown = [class_id for class_id in sources.names if class_id in known or counts[class_id]]
    classes = [
        ClassStock(
            class_id,
            sources.names[class_id],
            class_id not in known,
            count["corrected"],
            count["accepted"],
            count["fresh"],
            count["near"],
            count["small"],
            count["replay"],
        )
        for class_id in shown
        for count in [counts[class_id]]
    ]
    classes.sort(key=lambda one: -one.verified)
    trust, trust_n, is_trusted = _trust(sources)
    return LearningStock(sources.model, tuple(classes), trust, trust_n, is_trusted)


def prepare_run(project: Project, request: RetrainRequest, author: str) -> TrainingRun:
    """Freeze a revision, queue a run, and write its folder.

    Raises:
        ProjectError: there is nothing to learn from, no model, or the folder can't be written.
        CheckpointError: the active model's file is missing or damaged.
    """
    choice = _choose(project, request)
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
    _write(project, folder, _choose(project, request), measure_s=seconds)
    return folder


def write_run_folder(project: Project, run: TrainingRun) -> Path:
    """Write what the training process reads; all of it follows from the database, so it can be written again.

    Raises:
        ProjectError: it can't be written.
    """

    def read(unit: Unit) -> _Choice:
        revision = unit.revisions.get(run.revision_id)
        captures = unit.revisions.captures(run.revision_id)
        return _Choice(unit.models.get(run.parent_model_id), revision.classes, captures, run.config)

    folder = project.folder / run.folder
    _write(project, folder, project.read(read).result())
    return folder


def _choose(project: Project, request: RetrainRequest) -> _Choice:
    """What a training that is asked for now would learn from."""
    sources = project.read(lambda unit: _read(unit, request.replay_per_class)).result()
    require_sound(sources.model)
    if len(sources.verified) < FEWEST_CAPTURES:
        raise ProjectError(
            f"Only {len(sources.verified)} captures have a class that a human has given or accepted: "
            f"label at least {FEWEST_CAPTURES} to retrain."
        )
    groups = groups_of(sources.verified)
    splits = assign_splits(sources.verified, groups, sources.earlier, request.shares)
    captures = [
        RevisionCapture(one.id, one.class_id, splits[one.id], CaptureOrigin.HUMAN, groups[one.id])
        for one in sources.verified
    ]
    if _trust(sources)[2] and request.replay_per_class:
        captures += [
            RevisionCapture(one.id, one.class_id, CaptureSplit.TRAIN, CaptureOrigin.MODEL, str(one.id))
            for one in sources.sure
        ]
    taught = sum(one.split is CaptureSplit.TRAIN for one in captures)
    config = {
        "training": merged_settings(
            training_settings(request.effort, taught, _familiarity(sources)), request.changes
        ),
        "device": request.device,
        "threads": request.threads,
        "use_near_views": request.use_near_views,
        "name": request.name or _next_name(sources.model.name),
    }
    return _Choice(sources.model, _classes(sources, captures), captures, config)


def _write(project: Project, folder: Path, choice: _Choice, *, measure_s: float = 0.0) -> None:
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
        "training": config["training"] | _for_want_of_memory(folder / RECIPE),
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
            f"The folder of the training {folder} can't be written ({e.strerror}): make room on its disk."
        ) from e


def _read(unit: Unit, replay_per_class: int) -> _Sources:
    model = unit.models.active()
    if model is None:
        raise ProjectError(
            "This project has no model yet: let it classify the captures once, then there is one to improve."
        )
    return _Sources(
        model,
        distinct_names({one.id: one.name for one in unit.catalogue.classes()}),
        unit.revisions.verified(),
        unit.revisions.earlier_splits(),
        unit.revisions.learnt_before(),
        unit.judging.learnt_from(model.id),
        unit.revisions.mean_confidence(),
        unit.revisions.model_labelled(_SURE, replay_per_class) if replay_per_class else [],
    )


def _familiarity(sources: _Sources) -> float:
    """How much of what is in the project the model knows already, in [0, 1].

    It is as sure as it is right where it is calibrated; where nothing is left that nobody has looked at, the labels
    tell how often it was right.
    """
    unlearnt = _unlearnt(sources)
    right = sum(one.predicted_class_id == one.class_id for one in unlearnt) / max(1, len(unlearnt))
    return max(right, sources.confidence or 0.0)


def _unlearnt(sources: _Sources) -> list[VerifiedCapture]:
    """What the model says of captures that it, or one before it, has learnt from proves nothing."""
    return [
        one
        for one in sources.verified
        if one.predicted_class_id is not None and one.id not in sources.may_not_judge
    ]


def _trust(sources: _Sources) -> tuple[float | None, int, bool]:
    """How often humans found sure answers right, on how many, and whether that is enough to replay others."""
    sure = [one for one in _unlearnt(sources) if one.probability >= _SURE]
    right = sum(one.predicted_class_id == one.class_id for one in sure)
    if len(sure) < _FEWEST_FOR_TRUST:
        return None, len(sure), False
    # Not before it is needed: numpy takes longer to load than the window to open.
    from vimd_core.evaluation.metrics import wilson_interval

    low, _high = wilson_interval(right, len(sure))
    return right / len(sure), len(sure), low >= _TRUSTED


def _classes(sources: _Sources, captures: Sequence[RevisionCapture]) -> list[RevisionClass]:
    """The classes of the model in their order, then new ones; what was merged is one class."""
    outputs: dict[int, list[int]] = {}
    for output, class_id in enumerate(sources.model.class_ids):
        if class_id in sources.names:
            outputs.setdefault(class_id, []).append(output)
    for capture in sorted(captures, key=lambda one: one.class_id):
        if capture.class_id in sources.names:
            outputs.setdefault(capture.class_id, [])
    return [
        RevisionClass(class_id, sources.names[class_id], tuple(places))
        for class_id, places in outputs.items()
    ]


def _near_views(captures: Iterable[RevisionCapture], paths: Mapping[int, Path]) -> dict[int, Path]:
    """Near views to learn from; one that captures of two classes share is nobody's."""
    found: dict[int, Path] = {}
    classes_of: dict[Path, set[int]] = defaultdict(set)
    for one in captures:
        if one.split is CaptureSplit.HELD_BACK or one.origin is not CaptureOrigin.HUMAN:
            continue
        view = find_near_view(paths[one.capture_id])
        if view is not None:
            found[one.capture_id] = view
            classes_of[view].add(one.class_id)
    # A near view of a held-back thing would show what shall not be seen.
    for one in captures:
        if one.split is CaptureSplit.HELD_BACK:
            view = find_near_view(paths[one.capture_id])
            if view is not None:
                classes_of[view].update((one.class_id, -1))
    originals = set(paths.values())
    return {
        capture_id: view
        for capture_id, view in found.items()
        if len(classes_of[view]) == 1 and view not in originals
    }


def _smallest_px(model: Path) -> int:
    """Captures below half of the side that the model reads have little to say."""
    try:
        return read_bundle_info(model).config.smallest_lr_side_px // 2
    except CheckpointError:
        return 0


def _for_want_of_memory(recipe: Path) -> dict[str, Any]:
    """In how many parts a run that has begun computes its batches."""
    try:
        return {"accumulation": int(read_toml(recipe)["training"]["accumulation"])}
    except (ConfigError, KeyError):
        return {}


def _next_name(name: str) -> str:
    """The parent's name with a number behind it."""
    stem, _, number = name.rpartition(" v")
    return f"{stem} v{int(number) + 1}" if stem and number.isdecimal() else f"{name} v2"


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
