"""The training set: which captures a training learns from, in which split, and with which settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.domain.errors import ProjectError
from app.domain.training_records import (
    CaptureOrigin,
    RegisteredModel,
    RevisionCapture,
    RevisionClass,
)
from app.retraining.model_files import require_sound
from app.retraining.training_stock import LearningSources, familiarity, read_sources, trust_of
from app.storage.regrouping import regroup
from vimd_core.training.retraining.effort import (
    Effort,
    merged_settings,
    most_unlabelled,
    training_settings,
)
from vimd_core.training.retraining.retraining_folder import next_name
from vimd_core.training.retraining.split import CaptureSplit, SplitShares, assign_splits

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

FEWEST_CAPTURES: Final = 8


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
class Choice:
    """What a training learns from, and how; of captures without a label id and file."""

    model: RegisteredModel
    classes: Sequence[RevisionClass]
    captures: Sequence[RevisionCapture]
    unlabelled: Sequence[tuple[int, Path]]
    config: Mapping[str, Any]


def choose(project: Project, request: RetrainRequest) -> Choice:
    """What a training that is asked for now would learn from."""
    # Labels given since may say whether look-alikes are one thing here.
    regroup(project, always=True)
    sources = project.read(lambda unit: read_sources(unit, request.replay_per_class)).result()
    require_sound(sources.model)
    if len(sources.verified) < FEWEST_CAPTURES:
        raise ProjectError(
            "Only {count} captures are labelled or accepted: label at least {fewest} to retrain.",
            count=len(sources.verified),
            fewest=FEWEST_CAPTURES,
        )
    groups = sources.things
    splits = assign_splits(sources.verified, groups, sources.earlier, request.shares)
    captures = [
        RevisionCapture(one.id, one.class_id, splits[one.id], CaptureOrigin.HUMAN, groups[one.id])
        for one in sources.verified
        if one.id in splits
    ]
    if trust_of(sources)[2] and request.replay_per_class:
        captures += [
            RevisionCapture(one.id, one.class_id, CaptureSplit.TRAIN, CaptureOrigin.MODEL, str(one.id))
            for one in sources.sure
        ]
    taught = sum(one.split is CaptureSplit.TRAIN for one in captures)
    unlabelled = unlabelled_captures(project, captures, request.effort)
    known = familiarity(sources)
    config = {
        "training": merged_settings(
            training_settings(request.effort, taught, known, unlabelled=len(unlabelled)), request.changes
        ),
        "familiarity": known,
        "unlabelled": len(unlabelled),
        "device": request.device,
        "threads": request.threads,
        "use_near_views": request.use_near_views,
        "name": request.name or next_name(sources.model.name),
    }
    return Choice(sources.model, classes_of(sources, captures), captures, unlabelled, config)


def unlabelled_captures(
    project: Project, captures: Sequence[RevisionCapture], effort: Effort
) -> list[tuple[int, Path]]:
    """Captures that nobody has given a class, id and file: those that a training with this effort has time for.

    Nothing that shows the same thing as a held-back capture is among them, as the gate's figure is that of things that
    were never seen.
    """
    taken = {one.capture_id for one in captures}
    held = {one.group for one in captures if one.split is CaptureSplit.HELD_BACK}
    labelled = sum(one.split is CaptureSplit.TRAIN for one in captures)
    most = most_unlabelled(effort, labelled)

    def read(unit: Unit) -> list[tuple[int, Path]]:
        found = unit.revisions.unlabelled(most)
        things = unit.groups.keys([key for key, _ in found])
        return [(key, path) for key, path in found if key not in taken and things[key] not in held]

    return project.read(read).result()


def classes_of(sources: LearningSources, captures: Sequence[RevisionCapture]) -> list[RevisionClass]:
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
