"""Finds captures by their features (similar, unlike, label errors, map), and heat maps of where the model looks."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.domain.progress import JobProgress
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.feature_service import FeatureService, KnownFeatures
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from app.storage.captures.feature_files import map_file
from app.suggestions.project_labels import read_project_labels
from vimd_core.processes.messages import Int64Array
from vimd_core.user_messages import Sentence
from vimd_core.worker.features.suggestion_messages import FindWorthLabelling
from vimd_core.worker.messages import (
    Answer,
    CaptureFile,
    Doubts,
    Explain,
    Explained,
    Failed,
    FindLabelErrors,
    FindSimilar,
    FindUnlike,
    LaidOut,
    LayOut,
    Progress,
    Ranking,
    WindowRequest,
)

if TYPE_CHECKING:
    from app.storage.unit import Unit

_PERCENT: Final = 100
# What is most worth a label changes with each label: the list is short enough to be asked for again.
_MOST_WORTH: Final = 100


class RankingKind(StrEnum):
    """What a ranking is about."""

    SIMILAR = "similar"
    UNLIKE = "unlike"
    LABEL_ERRORS = "label_errors"
    WORTH = "worth"


@dataclass(frozen=True)
class RankedCaptures:
    """Captures, the most striking first.

    Attributes:
        searched: how many were looked at.
        is_reliable: label errors: whether there are labels enough to judge by.
    """

    kind: RankingKind
    ids: tuple[int, ...]
    searched: int
    is_reliable: bool = True


@dataclass(frozen=True)
class CaptureMap:
    """Each capture's place, so that what is alike lies together.

    Attributes:
        ids: captures, int64.
        places: x and y of each, in [0, 1], float32, twice as long.
    """

    ids: array[int]
    places: array[float]


@dataclass(frozen=True)
class Heatmap:
    """Where the model looked.

    Attributes:
        heat: width_px x height_px numbers in [0, 1], row by row: how much of the answer is lost without the place.
        class_id: the class that is explained, if the project has it.
        probability: the answer's own.
        largest_loss: what is lost at most when one place is covered.
    """

    capture_id: int
    width_px: int
    height_px: int
    heat: array[float]
    class_id: int | None
    probability: float
    largest_loss: float


@dataclass
class _Job:
    kind: RankingKind | None  # None for a map
    request_id: int | None = None
    is_cancelled: bool = False


class InsightService(QObject):
    """One job at a time; another one takes its place. Features that are missing are computed first."""

    progress_changed = Signal(object)  # JobProgress, or None
    ranking_found = Signal(object)  # RankedCaptures
    map_found = Signal(object)  # CaptureMap
    explanation_found = Signal(object)  # Heatmap
    failed = Signal(object)

    def __init__(
        self,
        projects: ProjectService,
        worker: WorkerClient,
        classify: ClassifyService,
        features: FeatureService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._worker = worker
        self._classify = classify
        self._features = features
        self._job: _Job | None = None
        self._explain_id: int | None = None
        projects.closing.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """Whether something is being looked for."""
        return self._job is not None

    def find_similar(self, capture_id: int) -> None:
        """Rank captures by how alike they are to one."""
        ids = Int64Array.of(array("q", [capture_id]))
        self._start(RankingKind.SIMILAR, lambda _unit, known: FindSimilar(known.files, ids, known.absent))

    def find_unlike(self) -> None:
        """Rank captures that nobody has looked at by how unlike they are to everything that is labelled."""

        def request(unit: Unit, known: KnownFeatures) -> FindUnlike:
            return FindUnlike(known.files, Int64Array.of(unit.insights.labelled().ids), known.absent)

        self._start(RankingKind.UNLIKE, request)

    def find_worth_labelling(self) -> None:
        """Rank captures that nobody has looked at by what their labels would teach."""

        def request(unit: Unit, known: KnownFeatures) -> FindWorthLabelling:
            return FindWorthLabelling(
                known.files,
                read_project_labels(unit).labels,
                Int64Array.of(unit.insights.set_aside()),
                known.absent,
                top_k=_MOST_WORTH,
            )

        self._start(RankingKind.WORTH, request)

    def find_label_errors(self) -> None:
        """Rank labelled captures by how surely a classifier that never saw the label says another one."""

        def request(unit: Unit, known: KnownFeatures) -> FindLabelErrors:
            labelled = unit.insights.labelled()
            ids, labels, folders = map(Int64Array.of, (labelled.ids, labelled.class_ids, labelled.folders))
            return FindLabelErrors(known.files, ids, labels, folders, known.absent)

        self._start(RankingKind.LABEL_ERRORS, request)

    def lay_out(self) -> None:
        """Put all captures on a map."""
        self._start(None, lambda _unit, known: LayOut(known.files, map_file(known.files), known.absent))

    def cancel(self) -> None:
        """Stop looking; features that were computed stay."""
        job, self._job = self._job, None
        if job is not None:
            job.is_cancelled = True
            if job.request_id is not None:
                self._worker.cancel(job.request_id)
                self._worker.forget(job.request_id)
            self.progress_changed.emit(None)

    def explain(self, capture_id: int, path: Path, class_id: int | None) -> None:
        """Ask where the model looked; `class_id` None explains its own answer."""
        model = self._classify.model
        if model is None or not self._is_worker_up():
            self.failed.emit(self.tr("The model is still loading: try again in a moment."))
            return
        if self._explain_id is not None:
            self._worker.cancel(self._explain_id)
            self._worker.forget(self._explain_id)
        class_ids = model.class_ids
        is_known = class_id is not None and class_id in class_ids
        class_index = class_ids.index(class_id) if class_id is not None and is_known else None
        self._explain_id = self._worker.send(
            Explain(CaptureFile(capture_id, path), class_index),
            on_answer=lambda answer: self._on_explanation(answer, class_ids),
            on_crash=lambda _words: self.failed.emit(self.tr("The classifier stopped: try again.")),
        )

    def _is_worker_up(self) -> bool:
        return self._worker.is_up

    def _start(
        self, kind: RankingKind | None, request: Callable[[Unit, KnownFeatures], WindowRequest]
    ) -> None:
        self.cancel()
        job = _Job(kind)
        self._job = job
        self.progress_changed.emit(JobProgress(0, None))

        def on_known(known: KnownFeatures) -> None:
            if not job.is_cancelled:
                self._projects.read(
                    lambda unit: request(unit, known), on_prepared, lambda sentence: self._fail(job, sentence)
                )

        def on_prepared(wanted: WindowRequest) -> None:
            if not job.is_cancelled:
                self._ask(job, wanted)

        self._features.ensure(on_known, lambda sentence: self._fail(job, sentence))

    def _ask(self, job: _Job, wanted: WindowRequest) -> None:
        if not self._is_worker_up():
            self._fail(job, self.tr("The classifier stopped: try again."))
            return
        job.request_id = self._worker.send(
            wanted,
            on_answer=lambda answer: self._on_answer(job, answer),
            on_crash=lambda _words: self._fail(job, self.tr("The classifier stopped: try again.")),
        )

    def _on_answer(self, job: _Job, answer: Answer) -> None:
        if job.is_cancelled:
            return
        match answer:
            case Progress():
                self.progress_changed.emit(JobProgress(round(_PERCENT * answer.share), _PERCENT))
            case LaidOut():
                self._end(job)
                self.map_found.emit(CaptureMap(answer.ids.to_array(), answer.places.to_array()))
            case Doubts():
                self._end(job)
                ids = tuple(answer.ids.to_array())
                self.ranking_found.emit(
                    RankedCaptures(RankingKind.LABEL_ERRORS, ids, answer.checked, answer.are_enough)
                )
            case Ranking() if job.kind is not None:
                self._end(job)
                self.ranking_found.emit(
                    RankedCaptures(job.kind, tuple(answer.ids.to_array()), answer.searched)
                )
            case _:
                self._on_closed(job, answer)

    def _on_closed(self, job: _Job, answer: Answer) -> None:
        if isinstance(answer, Failed):
            self._fail(job, answer.reason)
        else:
            self._end(job)

    def _fail(self, job: _Job, sentence: Sentence | str) -> None:
        if not job.is_cancelled:
            self._end(job)
            self.failed.emit(sentence)

    def _end(self, job: _Job) -> None:
        if self._job is job:
            self._job = None
            self.progress_changed.emit(None)

    def _on_explanation(self, answer: Answer, class_ids: tuple[int, ...]) -> None:
        self._explain_id = None
        if isinstance(answer, Failed):
            self.failed.emit(answer.reason)
        if not isinstance(answer, Explained):
            return
        height_px, width_px = answer.heat.shape
        index = answer.class_index
        self.explanation_found.emit(
            Heatmap(
                answer.id,
                width_px,
                height_px,
                answer.heat.to_array(),
                class_ids[index] if index < len(class_ids) else None,
                answer.probability,
                answer.largest_loss,
            )
        )
