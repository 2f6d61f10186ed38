"""Records of models and trainings: what storage takes and gives of them, frozen. No SQL here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypedDict

from vimd_core.evaluation.gate import ComparedCapture, outcome_of
from vimd_core.evaluation.paired import PairedOutcome
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.user_messages import Sentence


class ModelState(StrEnum):
    """What was decided about a model; the words are stored. Which one is active stands on the project."""

    CANDIDATE = "candidate"
    KEPT = "kept"
    DISCARDED = "discarded"


class RunState(StrEnum):
    """Where a training run stands; the words are stored."""

    QUEUED = "queued"
    RUNNING = "running"  # or cut off: the lock in its folder tells
    PAUSED = "paused"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"  # given up by its owner

    @property
    def is_open(self) -> bool:
        """Whether it can still lead to a model."""
        return self in (RunState.QUEUED, RunState.RUNNING, RunState.PAUSED)


class CaptureOrigin(StrEnum):
    """Who says what a capture of a revision shows; the words are stored."""

    HUMAN = "human"
    MODEL = "model"  # replayed, so that nothing is forgotten


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model of the registry.

    Attributes:
        sha256: its identity: of its tensors and class names.
        class_ids: class of the project that each output means now.
        class_names: what its outputs were called when it came.
        metrics: figures that came with it; JSON-ready.
        config: what it was trained with; None when the project doesn't know.
    """

    id: int
    sha256: str
    name: str
    path: Path
    state: ModelState
    is_active: bool
    parent_id: int | None
    class_ids: tuple[int, ...]
    class_names: tuple[str, ...]
    metrics: Mapping[str, Any]
    config: Mapping[str, Any] | None
    author: str
    notes: str
    added_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewModel:
    """A model that a training has made.

    Attributes:
        path: its file, inside of the project.
        classes: (class of the project, name) of each output.
    """

    sha256: str
    name: str
    path: Path
    classes: tuple[tuple[int, str], ...]
    parent_id: int
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    author: str


@dataclass(frozen=True, slots=True)
class RevisionClass:
    """A class that a new model shall have.

    Attributes:
        outputs: of the model that is to be improved, which mean this class; none for a new one.
    """

    class_id: int
    name: str
    outputs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionCapture:
    """A capture of a revision, with the class that it counted as."""

    capture_id: int
    class_id: int
    split: CaptureSplit
    origin: CaptureOrigin
    group: str


@dataclass(frozen=True, slots=True)
class Revision:
    """What one or several trainings have learnt from; never changed.

    Attributes:
        model_id: the model that was to be improved.
        classes: in the order of the new model's outputs.
        settings: how the captures were chosen; JSON-ready.
    """

    id: int
    model_id: int
    classes: tuple[RevisionClass, ...]
    settings: Mapping[str, Any]
    author: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class VerifiedCapture:
    """A readable capture that a human has given a class.

    Attributes:
        shorter_px: shorter side; 0 when it isn't known.
        is_accepted: whether the human agreed with the model.
        predicted_class_id: what the active model says, None before it has.
        probability: of that, in [0, 1].
    """

    id: int
    path: Path
    class_id: int
    shorter_px: int
    is_accepted: bool
    predicted_class_id: int | None
    probability: float


@dataclass(frozen=True, slots=True)
class ModelLabelled:
    """A capture that no human has looked at, with the active model's answer."""

    id: int
    path: Path
    class_id: int
    probability: float


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """One training.

    Attributes:
        config: the recipe's settings and the place; JSON-ready.
        folder: relative to the project.
        progress: the last event that was noted; JSON-ready.
        problem: why it has ended or waits, or None.
    """

    id: int
    state: RunState
    revision_id: int
    parent_model_id: int
    result_model_id: int | None
    effort: str
    config: Mapping[str, Any]
    folder: str
    pid: int | None
    progress: Mapping[str, Any]
    problem: Sentence | None
    author: str
    created_ms: int
    started_ms: int | None
    ended_ms: int | None


class TrainingRunChanges(TypedDict, total=False):
    """Properties of a `TrainingRun` that change while it runs; those that are left out stay as they are."""

    state: RunState
    pid: int | None
    progress: Mapping[str, Any]
    problem: Sentence | None
    result_model_id: int | None
    started_ms: int | None
    ended_ms: int | None


@dataclass(frozen=True, slots=True)
class ModelComparison:
    """Two models on captures that neither has learnt from.

    Attributes:
        baseline_ms: milliseconds that it takes for a capture.
        candidate_ms: the same of the other.
        answers: for each capture.
    """

    id: int
    baseline_model_id: int
    candidate_model_id: int
    revision_id: int
    baseline_ms: float
    candidate_ms: float
    answers: tuple[ComparedCapture, ...] = field(repr=False)
    created_ms: int = 0

    def outcome(self, class_id: int | None = None) -> PairedOutcome:
        """How often which one was right, in all or in one class."""
        return outcome_of(self.answers, class_id)
