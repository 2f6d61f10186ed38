"""Finds captures by what the model sees in them: alike, unlike, mislabelled, on a map; and where it looked."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.domain.capture_query import CaptureQuery
from app.domain.progress import JobProgress, RateMeter
from app.insight.embedding_files import NewEmbeddings, embedding_file, keep_embeddings, layout_file
from app.insight.label_checks import labels_to_check
from app.jobs import Job
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from vimd_core.embeddings.file import stored_ids
from vimd_core.processes.protocol import Message

if TYPE_CHECKING:
    from app.storage.unit import Unit

_PERCENT: Final = 100


class RankingKind(StrEnum):
    """What a ranking is about."""

    SIMILAR = "similar"
    UNLIKE = "unlike"
    LABEL_ERRORS = "label_errors"
    WORTH = "worth"


_RANKINGS: Final = {
    "find_similar": RankingKind.SIMILAR,
    "find_unlike": RankingKind.UNLIKE,
    "find_worth_labelling": RankingKind.WORTH,
}


@dataclass(frozen=True)
class Ranking:
    """Captures, the most striking first.

    Attributes:
        searched: how many were looked at.
        is_reliable: label errors: whether there are labels enough to judge by.
        left_out: label errors: labels that could not be checked, for the model has learnt from them.
    """

    kind: RankingKind
    ids: tuple[int, ...]
    searched: int
    is_reliable: bool = True
    left_out: int = 0


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
class Explanation:
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
    kind: str
    model_sha256: str
    path: Path
    absent: list[int] = field(default_factory=list)
    left_out: int = 0
    request_id: int | None = None
    is_cancelled: bool = False


class InsightService(QObject):
    """One job at a time; another one takes its place. Embeddings that are missing are computed first."""

    progress_changed = Signal(object)  # JobProgress, or None
    ranking_found = Signal(object)  # Ranking
    map_found = Signal(object)  # CaptureMap
    explanation_found = Signal(object)  # Explanation
    failed = Signal(str)

    def __init__(
        self,
        projects: ProjectService,
        worker: WorkerClient,
        classify: ClassifyService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._worker = worker
        self._classify = classify
        self._job: _Job | None = None
        self._explain_id: int | None = None
        self._meter = RateMeter()
        projects.closing.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """Whether something is being looked for."""
        return self._job is not None

    def find_similar(self, capture_id: int) -> None:
        """Rank captures by how alike they are to one."""
        self._start("find_similar", lambda _unit, _job: array("q", [capture_id]).tobytes())

    def find_unlike(self) -> None:
        """Rank captures that nobody has looked at by how unlike they are to everything that is labelled."""
        self._start("find_unlike", lambda unit, _job: unit.insights.labelled().ids.tobytes())

    def find_worth_labelling(self) -> None:
        """Rank captures that nobody has looked at by how many others they stand for that no label stands for yet."""

        def numbers(unit: Unit, _job: _Job) -> bytes:
            looked_at = unit.insights.looked_at()
            return looked_at.ids.tobytes() + looked_at.has_class.tobytes()

        self._start("find_worth_labelling", numbers)

    def find_label_errors(self) -> None:
        """Rank labelled captures by how surely a classifier that never saw the label says another one."""

        def numbers(unit: Unit, job: _Job) -> bytes:
            active, project = unit.models.active(), self._projects.project
            if active is None or project is None:
                return b""
            found = labels_to_check(unit, project.folder, active)
            job.path, job.left_out = found.embeddings, found.left_out
            return found.packed()

        self._start("find_label_errors", numbers)

    def lay_out(self) -> None:
        """Put all captures on a map."""
        self._start("lay_out", lambda _unit, _job: b"")

    def cancel(self) -> None:
        """Stop looking; embeddings that were computed stay."""
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
            self.failed.emit(self.tr("No model is loaded yet: try again in a moment."))
            return
        if self._explain_id is not None:
            self._worker.cancel(self._explain_id)
            self._worker.forget(self._explain_id)
        fields: dict[str, Any] = {"id": capture_id, "path": os.fspath(path)}
        if class_id is not None and class_id in model.class_ids:
            fields["class_index"] = model.class_ids.index(class_id)
        class_ids = model.class_ids
        self._explain_id = self._worker.send(
            "explain",
            fields,
            on_answer=lambda message: self._on_explanation(message, class_ids),
            on_crash=lambda _words: self.failed.emit(self.tr("The classifier stopped: ask again.")),
        )

    def _is_worker_up(self) -> bool:
        return self._worker.is_up

    def _start(self, kind: str, payload: Callable[[Unit, _Job], bytes]) -> None:
        self.cancel()
        model, project = self._classify.model, self._projects.project
        if model is None or project is None or not self._is_worker_up():
            self.failed.emit(self.tr("No model is loaded yet: try again in a moment."))
            return
        path = embedding_file(project.folder, model.sha256)
        job = _Job(kind, model.sha256, path)
        self._job = job
        self._meter = RateMeter()
        self.progress_changed.emit(JobProgress(0, None))

        def prepare(unit: Unit) -> tuple[bytes, list[tuple[int, Path]]]:
            answered = unit.captures.find(CaptureQuery(min_confidence=0.0)).ids
            known = stored_ids(path)
            # What was removed keeps its embeddings, for when it comes back, and is not looked at.
            job.absent = sorted(known.difference(unit.captures.find(CaptureQuery()).ids))
            numbers = payload(unit, job)
            # What an earlier model has seen is taken as it is: only the one in use is there to be asked.
            missing = [i for i in answered if i not in known] if job.path == path else []
            return numbers, unit.captures.paths(missing)

        def on_prepared(prepared: tuple[bytes, list[tuple[int, Path]]]) -> None:
            if not job.is_cancelled:
                numbers, missing = prepared
                if missing:
                    self._embed(job, missing, numbers)
                else:
                    self._ask(job, numbers)

        self._projects.read(prepare, on_prepared, lambda sentence: self._fail(job, sentence))

    def _embed(self, job: _Job, missing: list[tuple[int, Path]], numbers: bytes) -> None:
        def on_answer(message: Message) -> None:
            if job.is_cancelled:
                return
            if message.type == "embedded":
                self._keep(job, message)
                done, total = int(message.fields["done"]), int(message.fields["total"])
                self.progress_changed.emit(self._meter.progress(done, total))
            elif message.type == "finished":
                # Behind all writes of embeddings, so that the file is complete.
                self._projects.write(
                    lambda _unit: None,
                    lambda _none: None if job.is_cancelled else self._ask(job, numbers),
                    lambda sentence: self._fail(job, sentence),
                    Job.STORE_PREDICTIONS,
                )
            else:
                self._on_closed(job, message)

        self._send(
            job,
            "embed",
            {"captures": [{"id": i, "path": os.fspath(path)} for i, path in missing]},
            b"",
            on_answer,
        )

    def _keep(self, job: _Job, message: Message) -> None:
        dim = int(message.fields["embedding_dim"])
        if dim:
            ids = tuple(int(i) for i in message.fields["ids"])
            new = NewEmbeddings(dim, ids, message.payload)
            self._projects.write(
                lambda _unit: keep_embeddings(job.path, new), lambda _none: None, job=Job.STORE_PREDICTIONS
            )

    def _ask(self, job: _Job, numbers: bytes) -> None:
        fields: dict[str, Any] = {"embeddings": os.fspath(job.path), "absent": job.absent}
        if job.kind == "lay_out":
            fields["cache"] = os.fspath(layout_file(job.path))
        self.progress_changed.emit(JobProgress(0, None))
        self._send(job, job.kind, fields, numbers, lambda message: self._on_answer(job, message))

    def _send(
        self,
        job: _Job,
        kind: str,
        fields: dict[str, Any],
        payload: bytes,
        on_answer: Callable[[Message], None],
    ) -> None:
        if not self._is_worker_up():
            self._fail(job, self.tr("The classifier stopped: try again."))
            return
        job.request_id = self._worker.send(
            kind,
            fields,
            on_answer=on_answer,
            on_crash=lambda _words: self._fail(job, self.tr("The classifier stopped: try again.")),
            is_job=True,
            payload=payload,
        )

    def _on_answer(self, job: _Job, message: Message) -> None:
        if job.is_cancelled:
            return
        if message.type == "progress":
            done = round(_PERCENT * float(message.fields["share"]))
            self.progress_changed.emit(JobProgress(done, _PERCENT))
            return
        if message.type in ("ranking", "doubts", "layout"):
            count = int(message.fields["count"])
            ids = array("q", message.payload[: 8 * count])
            self._end(job)
            if message.type == "layout":
                self.map_found.emit(CaptureMap(ids, array("f", message.payload[8 * count :])))
            elif message.type == "doubts":
                searched, enough = int(message.fields["checked"]), bool(message.fields["enough"])
                self.ranking_found.emit(
                    Ranking(RankingKind.LABEL_ERRORS, tuple(ids), searched, enough, job.left_out)
                )
            else:
                self.ranking_found.emit(
                    Ranking(_RANKINGS[job.kind], tuple(ids), int(message.fields["searched"]))
                )
            return
        self._on_closed(job, message)

    def _on_closed(self, job: _Job, message: Message) -> None:
        if message.type == "failed":
            self._fail(job, str(message.fields.get("message", "")))
        else:
            self._end(job)

    def _fail(self, job: _Job, sentence: str) -> None:
        if not job.is_cancelled:
            self._end(job)
            self.failed.emit(sentence)

    def _end(self, job: _Job) -> None:
        if self._job is job:
            self._job = None
            self.progress_changed.emit(None)

    def _on_explanation(self, message: Message, class_ids: tuple[int, ...]) -> None:
        self._explain_id = None
        if message.type != "explanation":
            if message.type == "failed":
                self.failed.emit(str(message.fields.get("message", "")))
            return
        fields = message.fields
        index = int(fields["class_index"])
        self.explanation_found.emit(
            Explanation(
                int(fields["id"]),
                int(fields["width_px"]),
                int(fields["height_px"]),
                array("f", message.payload),
                class_ids[index] if index < len(class_ids) else None,
                float(fields["probability"]),
                float(fields["largest_loss"]),
            )
        )
