"""Records of a project in the public API, and the interface that its plug-in implements. Torch-free."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from vimd_core.api.comparison import Comparison

WhichCaptures = Literal["all", "reviewed", "corrected"]
LabelChoice = Literal["only-new", "keep-mine", "take-theirs"]
ExportForm = Literal["csv", "folders", "coco"]
EffortName = Literal["quick", "balanced"]
OnProgress = Callable[[int, int], None]
OnEvent = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class ProjectCapture:
    """A capture of a project.

    Attributes:
        path: its file.
        width_px: 0 when it can't be read.
        height_px: 0 when it can't be read.
        state: "unreviewed", "accepted", "corrected", "unsure" or "rejected".
        label: class that a user has given or accepted; None without one.
        labelled_by: that user; None without a label.
        predicted: what the active model says; None before it has.
        confidence: probability of that, in [0, 1]; None before it has.
        problem: why it can't be read; empty when it can.
    """

    path: Path
    width_px: int
    height_px: int
    state: str
    label: str | None
    labelled_by: str | None
    predicted: str | None
    confidence: float | None
    problem: str


@dataclass(frozen=True, slots=True)
class ProjectSuggestion:
    """What the labels of a project suggest for one of its captures.

    Attributes:
        path: its file.
        label: class that a user has given or accepted; None without one.
        suggestion: the likeliest of the labelled classes.
        confidence: probability that this is right, calibrated, in [0, 1].
        novelty: probability that the capture is of none of the labelled classes, in [0, 1].
    """

    path: Path
    label: str | None
    suggestion: str
    confidence: float
    novelty: float


@dataclass(frozen=True, slots=True)
class ProjectModel:
    """A model of a project.

    Attributes:
        number: by which `Project.model` and `Project.promote` know it.
        name: what it is called.
        path: its file.
        is_active: whether the project uses it.
        classes: names of its outputs, in their order.
    """

    number: int
    name: str
    path: Path
    is_active: bool
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddedFiles:
    """What became of files that were added.

    Attributes:
        added: new captures.
        unreadable: of these, captures that can't be read.
        known: files that the project had already.
        duplicates: files with the content of another capture, which were skipped.
        others: files that are no images.
        left_out: one sentence for each file or folder that could not be looked at.
    """

    added: int
    unreadable: int
    known: int
    duplicates: int
    others: int
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenLabels:
    """What became of labels.

    Attributes:
        written: labels that were written, as one step that can be undone.
        equal: captures that had this label already.
        kept: captures that kept another label or mark.
        left_out: (name, reason) of what is no readable capture of the project.
    """

    written: int
    equal: int
    kept: int
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RetrainedModel:
    """A model that a project was retrained to.

    Attributes:
        model: it; not active before it is promoted.
        comparison: with the active one; None where nothing was held back to compare on.
    """

    model: ProjectModel
    comparison: Comparison | None


class ProjectBackend(Protocol):
    """An open project, as the installed plug-in opens it; see `vimd_core.api.projects.Project` for what each does."""

    @property
    def folder(self) -> Path: ...  # noqa: D102
    def close(self) -> None: ...  # noqa: D102
    def classes(self) -> tuple[str, ...]: ...  # noqa: D102
    def captures(self, which: WhichCaptures) -> Iterator[ProjectCapture]: ...  # noqa: D102
    def suggestions(self, on_progress: OnProgress) -> Sequence[ProjectSuggestion]: ...  # noqa: D102
    def add(self, paths: Sequence[Path], on_progress: OnProgress) -> AddedFiles: ...  # noqa: D102
    def label(  # noqa: D102
        self, labels: Mapping[Path, str], choice: LabelChoice, author: str
    ) -> WrittenLabels: ...
    def label_by_table(self, table: Path, choice: LabelChoice, author: str) -> WrittenLabels: ...  # noqa: D102
    def export(self, target: Path, form: ExportForm | None, which: WhichCaptures, overwrite: bool) -> int: ...  # noqa: D102
    def models(self) -> tuple[ProjectModel, ...]: ...  # noqa: D102
    def promote(self, number: int) -> None: ...  # noqa: D102
    def retrain(  # noqa: D102
        self,
        *,
        effort: EffortName,
        device: str,
        threads: int,
        replay_per_class: int,
        use_near_views: bool,
        name: str,
        settings: Mapping[str, Any],
        on_event: OnEvent,
        should_stop: Callable[[], bool],
    ) -> RetrainedModel: ...
