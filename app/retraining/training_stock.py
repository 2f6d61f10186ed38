"""The training data that a project has: labelled captures, counted by class."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.capture_files.file_check import FileReport, check_files
from app.capture_files.near_views import NearViewFinder
from app.domain.errors import ProjectError
from app.domain.training_records import ModelLabelled, RegisteredModel, VerifiedCapture
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.classes.class_identity import distinct_names
from vimd_core.errors import CheckpointError
from vimd_core.training.retraining.split import CaptureSplit

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

FEWEST_OF_CLASS: Final = 5
_SURE: Final = 0.9
# The model's own answers are worth replaying only where humans have found such answers right.
_TRUSTED: Final = 0.8
_FEWEST_FOR_TRUST: Final = 10


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
        unlabelled: captures that nobody has given a class, which the project's teacher answers on.
        things: what the verified captures show; those of one thing are learnt from, or held back, together.
    """

    model: RegisteredModel
    classes: tuple[ClassStock, ...]
    trust: float | None
    trust_n: int
    is_trusted: bool
    unlabelled: int
    things: int = 0

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
class LearningSources:
    """What the database says of it, in one snapshot."""

    model: RegisteredModel
    names: Mapping[int, str]
    verified: Sequence[VerifiedCapture]
    earlier: Mapping[int, CaptureSplit]
    things: Mapping[int, str]
    learnt: set[int]
    may_not_judge: frozenset[int]
    confidence: float | None
    sure: Sequence[ModelLabelled]
    unlabelled: int


def check_learnable(project: Project, replay_per_class: int = 20) -> FileReport:
    """See that what can be learnt is what the labels were given to; whatever changed is no longer learnt.

    Raises:
        ProjectError: the project has no model yet.
    """
    sources = project.read(lambda unit: read_sources(unit, replay_per_class)).result()
    ids = [one.id for one in sources.verified] + [one.id for one in sources.sure]
    return check_files(project, ids, must_be_there=True)


def take_stock(project: Project, replay_per_class: int = 20) -> LearningStock:
    """See what there is to learn; reads the folders beside the captures for near views.

    Raises:
        ProjectError: the project has no model yet.
    """
    sources = project.read(lambda unit: read_sources(unit, replay_per_class)).result()
    smallest_px = _smallest_px(sources.model.path)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    near_views = NearViewFinder()
    for capture in sources.verified:
        count = counts[capture.class_id]
        count["accepted" if capture.is_accepted else "corrected"] += 1
        count["fresh"] += capture.id not in sources.learnt
        count["near"] += near_views.find(capture.path) is not None
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
    trust, trust_n, is_trusted = trust_of(sources)
    things = len(set(sources.things.values()))
    return LearningStock(
        sources.model, tuple(classes), trust, trust_n, is_trusted, sources.unlabelled, things
    )


def read_sources(unit: Unit, replay_per_class: int) -> LearningSources:
    """Read all that decides what is learnt, in one snapshot.

    Raises:
        ProjectError: the project has no model yet.
    """
    model = unit.models.active()
    if model is None:
        raise ProjectError("This project has no model yet: classify its captures once, then retrain.")
    verified = unit.revisions.verified()
    return LearningSources(
        model,
        distinct_names({one.id: one.name for one in unit.catalogue.classes()}),
        verified,
        unit.revisions.earlier_splits(),
        unit.groups.keys(one.id for one in verified),
        unit.revisions.learnt_before(),
        unit.judging.learnt_from(model.id),
        unit.revisions.mean_confidence(),
        unit.revisions.model_labelled(_SURE, replay_per_class) if replay_per_class else [],
        unit.revisions.count_unlabelled(),
    )


def familiarity(sources: LearningSources) -> float:
    """How much of what is in the project the model knows already, in [0, 1].

    It is as sure as it is right where it is calibrated; where nothing is left that nobody has looked at, the labels
    tell how often it was right.
    """
    unlearnt = _unlearnt(sources)
    right = sum(one.predicted_class_id == one.class_id for one in unlearnt) / max(1, len(unlearnt))
    return max(right, sources.confidence or 0.0)


def _unlearnt(sources: LearningSources) -> list[VerifiedCapture]:
    """What the model says of captures that it, or one before it, has learnt from proves nothing."""
    return [
        one
        for one in sources.verified
        if one.predicted_class_id is not None and one.id not in sources.may_not_judge
    ]


def trust_of(sources: LearningSources) -> tuple[float | None, int, bool]:
    """How often humans found sure answers right, on how many, and whether that is enough to replay others."""
    sure = [one for one in _unlearnt(sources) if one.probability >= _SURE]
    right = sum(one.predicted_class_id == one.class_id for one in sure)
    if len(sure) < _FEWEST_FOR_TRUST:
        return None, len(sure), False
    # Not before it is needed: numpy takes longer to load than the window to open.
    from vimd_core.evaluation.metrics import wilson_interval

    low, _high = wilson_interval(right, len(sure))
    return right / len(sure), len(sure), low >= _TRUSTED


def _smallest_px(model: Path) -> int:
    """Captures below half of the side that the model reads have little to say."""
    try:
        return read_bundle_info(model).config.smallest_lr_side_px // 2
    except CheckpointError:
        return 0
