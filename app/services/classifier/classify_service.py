"""Classifies the captures of the open project in the background, a chunk at a time."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.classification.classify_queue import Chunk, ClassifyQueue
from app.classification.predictions import PredictionBatch, store_predictions, take_predictions
from app.domain.records import ModelRecord
from app.jobs import Job
from app.services.classifier.model_in_use import ModelInUse
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from vimd_core.user_messages import Sentence, sentence
from vimd_core.worker.messages import Answer, CaptureFile, Classified, Classify, Failed, Finished, reason_of

if TYPE_CHECKING:
    from app.storage.unit import Unit

TOP_K: Final = 5
# A live look waits for the batch that is computed.
_LIVE_BATCH: Final = 4


class ClassifyService(QObject):
    """Keeps the child loaded with a model and fed with captures that this model has not answered for."""

    progress_changed = Signal(object)  # JobProgress, or None when nothing is classified
    finished = Signal(int)  # captures that were classified
    captures_changed = Signal(object)  # list of ids
    answers_replaced = Signal()  # another model is in use: all captures have its answers, or none yet
    read_otherwise = Signal(object)  # ids of captures whose files were not as the project knows them
    classes_changed = Signal()
    model_loaded = Signal(str, object)  # name, the child's sentence about its device
    model_failed = Signal(object)
    recalibrated = Signal(str)  # its answers of before do not count any more
    failed = Signal(object)
    capture_skipped = Signal(object)

    def __init__(
        self, projects: ProjectService, worker: WorkerClient, model_path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._worker = worker
        self._models = ModelInUse(projects, worker, model_path, self)
        self._queue = ClassifyQueue()
        self._batch_size = 0
        self._is_live = False
        self._is_held = False
        self._open_writes = 0
        self._read_otherwise: set[int] = set()
        self._models.loaded.connect(self.model_loaded)
        self._models.load_failed.connect(self._on_load_failed)
        self._models.activated.connect(self._on_model_activated)
        self._models.activation_failed.connect(self.failed)
        self._models.recalibrated.connect(self.recalibrated)
        worker.gave_up.connect(self._on_worker_gave_up)
        projects.closing.connect(self._on_project_closing)

    @property
    def model_path(self) -> Path:
        """The model file in use, or wanted."""
        return self._models.path

    @property
    def device_notice(self) -> Sentence | None:
        """The child's sentence about where it computes; nothing while it has no model."""
        return self._models.device_notice

    @property
    def is_model_loaded(self) -> bool:
        """Whether the child has a model."""
        return self._models.is_loaded

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the loaded model, in the order of its outputs."""
        return self._models.class_names

    @property
    def is_running(self) -> bool:
        """Whether captures are being classified or wait for it."""
        return self._queue.is_running

    @property
    def model(self) -> ModelRecord | None:
        """The model whose predictions the open project shows, once it is loaded."""
        return self._models.record if self._models.is_loaded else None

    def use_model(self, path: Path) -> None:
        """Load another model; all captures that it has not predicted are classified with it.

        When it can't be loaded, the one before is loaded again.
        """
        self._stop()
        self._is_held = False
        self._models.use(path)

    def wait_for_choice(self) -> None:
        """From now on, ask with no model in a project that was opened before `use_for_project` has come."""
        self._models.wait_for_choice()

    def use_for_project(self, path: Path | None) -> None:
        """Say which model the project that was opened has; None goes on with the one in use."""
        self._models.choose()
        if path is not None and path != self.model_path:
            self.use_model(path)
        else:
            self._models.activate()

    def set_computing(self, device: str, batch_size: int) -> None:
        """Say where to compute and how many captures at once; 0 lets the child choose.

        A model that is loaded is loaded anew when the device is another one.
        """
        self._batch_size = batch_size
        if self._models.set_device(device):
            self.use_model(self.model_path)

    def set_live(self, is_live: bool) -> None:
        """Say whether a source is looked at live: batches are smaller then, so that its predictions come in time."""
        self._is_live = is_live

    def classify_missing(self) -> None:
        """Classify what the model has not predicted; does nothing while there is no model or project."""
        self._is_held = False
        model = self._models.record
        if model is None:
            self._models.activate()
        else:
            self._projects.read(lambda unit: unit.captures.unclassified_ids(model.id), self._on_ids_read)

    def classify_missing_of(self, ids: Sequence[int]) -> None:
        """Classify those of some captures that the model has not predicted, as `add` does."""
        model, wanted = self._models.record, set(ids)
        if model is None:
            self._models.activate()
        else:
            self._projects.read(
                lambda unit: [i for i in unit.captures.unclassified_ids(model.id) if i in wanted], self.add
            )

    def retry_unreadable(self) -> None:
        """Forget why captures can't be read, and classify them again: their drive may be back."""
        self._projects.write(
            lambda unit: unit.captures.clear_problems(), self._on_problems_cleared, job=Job.STORE_PREDICTIONS
        )

    def add(self, ids: Sequence[int]) -> None:
        """Classify new captures too, unless the user has cancelled since the last `classify_missing`."""
        if self._models.record is None:
            self._models.activate()  # it could not be written down before; what is new has no prediction then
            return
        if self._is_held:
            return
        self._queue.add(ids)
        self._report()
        self._pump()

    def cancel(self) -> None:
        """Stop classifying until asked again; what was predicted stays."""
        self._is_held = True
        self._stop()

    def _stop(self) -> None:
        was_running = self.is_running
        self._clear()
        if was_running:
            self.progress_changed.emit(None)

    def _clear(self) -> None:
        for chunk in self._queue.clear():
            self._worker.cancel(chunk.request_id)
            self._worker.forget(chunk.request_id)

    def _on_load_failed(self, sentence: Sentence | str) -> None:
        self._stop()
        self.model_failed.emit(sentence)

    def _on_worker_gave_up(self, _last_words: Sentence | str) -> None:
        # Nothing moves until it is started again, and then everything that has no prediction is asked for.
        self._stop()

    def _on_project_closing(self) -> None:
        self._open_writes = 0
        self._queue.end_fetch()
        self._read_otherwise = set()
        self._is_held = False
        self._stop()

    def _on_model_activated(self, is_other: bool, is_recalibrated: bool) -> None:
        if is_other:
            self.classes_changed.emit()
            self.answers_replaced.emit()
        if self.is_running and not is_recalibrated:
            self._pump()
        else:
            self.classify_missing()

    def _on_problems_cleared(self, ids: list[int]) -> None:
        self.captures_changed.emit(ids)
        self.classify_missing()

    def _on_ids_read(self, ids: array[int]) -> None:
        if self._queue.refill(ids):
            self._report()
            self._pump()

    def _pump(self) -> None:
        """Send the next chunk, if there is one and the child has not enough to do."""
        if self.model is None or not self._queue.has_room or not self._worker.is_up:
            return
        ids = self._queue.fetch()
        if ids:
            self._projects.read(
                lambda unit: unit.captures.paths(ids), self._on_paths_read, self._on_read_failed
            )
        else:
            self._finish_if_done()

    def _on_paths_read(self, paths: list[tuple[int, Path]]) -> None:
        self._queue.end_fetch()
        if not self.is_running:
            return
        if not self._worker.is_up:  # it died meanwhile: they go first when it is back
            self._queue.send_again([capture_id for capture_id, _ in paths])
            return
        batch_size = min(self._batch_size or _LIVE_BATCH, _LIVE_BATCH) if self._is_live else self._batch_size
        chunk = Chunk(dict.fromkeys(capture_id for capture_id, _ in paths))
        chunk.request_id = self._worker.send(
            Classify(tuple(CaptureFile(*one) for one in paths), TOP_K, batch_size or None),
            on_answer=partial(self._on_answer, chunk),
            on_crash=partial(self._on_crash, chunk),
        )
        self._queue.note_sent(chunk)
        self._pump()

    def _on_read_failed(self, sentence: Sentence | str) -> None:
        self._queue.end_fetch()
        self._stop()
        self.failed.emit(sentence)

    def _on_answer(self, chunk: Chunk, answer: Answer) -> None:
        match answer:
            case Classified():
                predictions = take_predictions(answer, chunk.unanswered)
                self._worker.note_progress()
                self._queue.note_answered(predictions.ids)
                self._store(predictions)
                self._report()
            case Finished():
                silent = sentence(
                    "The classifier returned no prediction for this capture: classify it again."
                )
                unanswered = self._queue.end_chunk(chunk)
                self._store(PredictionBatch(problems=[(capture_id, silent) for capture_id in unanswered]))
                self._pump()
            case Failed(is_crash=True):
                # The child has outlived a mistake of its own; the captures are tried again as after a crash, behind
                # what it has already.
                self._leave_out(self._queue.fail_chunk(chunk), answer.reason)
                self._report()
                self._pump()
            case _:
                self._stop()
                self.failed.emit(reason_of(answer))

    def _store(self, predictions: PredictionBatch) -> None:
        model, project = self._models.record, self._projects.project
        if model is None or project is None or not predictions.ids:
            return
        self._open_writes += 1

        def work(unit: Unit) -> tuple[list[int], set[int]]:
            return store_predictions(unit, model, predictions, project.folder)

        self._projects.write(work, self._on_stored, self._on_store_failed, Job.STORE_PREDICTIONS)

    def _on_stored(self, stored: tuple[list[int], set[int]]) -> None:
        ids, others = stored
        self._open_writes -= 1
        self.captures_changed.emit(ids)
        # Once: a file that is written to all the time is left for the next start.
        fresh = sorted(others - self._read_otherwise)
        self._read_otherwise |= others
        if fresh:
            self.read_otherwise.emit(fresh)
        self._finish_if_done()

    def _on_store_failed(self, sentence: Sentence | str) -> None:
        self._open_writes -= 1
        self._stop()
        self.failed.emit(sentence)

    def _on_crash(self, chunk: Chunk, last_words: Sentence | str) -> None:
        """The child has died; this is called for each chunk that it had, the one that it worked on first."""
        was_waited_for, culprit = self._queue.fail_all(chunk)
        if was_waited_for:
            self._leave_out(culprit, last_words)
            self._report()

    def _leave_out(self, culprit: int | None, last_words: Sentence | str) -> None:
        if culprit is not None:
            self._worker.note_progress()
            problem = sentence(
                "This capture crashes the classifier ({words}) and is skipped.", words=last_words
            )
            self._store(PredictionBatch(problems=[(culprit, problem)]))
            self.capture_skipped.emit(problem)

    def _report(self) -> None:
        if self.is_running:
            self.progress_changed.emit(self._queue.progress())

    def _finish_if_done(self) -> None:
        if self.is_running and self._queue.is_empty and not self._open_writes:
            done = self._queue.done
            self._clear()
            self.progress_changed.emit(None)
            self.finished.emit(done)
