"""Has the captures of the open project classified, a chunk at a time."""

from __future__ import annotations

import logging
import os
from array import array
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.classification.crash_blame import CrashBlame
from app.domain.progress import RateMeter
from app.domain.records import ModelAnswer, ModelRecord
from app.insight.embedding_files import NewEmbeddings, embedding_file, keep_embeddings
from app.services.classifier.worker_client import WorkerClient, WorkerState
from app.services.project_service import ProjectService
from vimd_core.processes.protocol import Message

if TYPE_CHECKING:
    from app.storage.unit import Unit

TOP_K: Final = 5
_CRASH: Final = "crash"
_FIRST_CHUNK: Final = 32
_LARGEST_CHUNK: Final = 1024
# What is with the child is asked for again after a crash.
_CHUNK_S: Final = 1.0
# While the child works on one chunk the next one is there already, so that it never waits for the window.
_CHUNKS_SENT: Final = 2
# A live look waits for the batch that is computed.
_LIVE_BATCH: Final = 4

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _LoadedModel:
    sha256: str
    name: str
    path: Path
    classes: tuple[str, ...]
    settings: dict[str, Any]


@dataclass
class _Chunk:
    """Captures that are with the child, in the order in which they were sent."""

    unanswered: dict[int, None]
    request_id: int = 0


class ClassifyService(QObject):
    """Keeps the child loaded with a model and fed with captures that this model has not answered for."""

    progress_changed = Signal(object)  # JobProgress, or None when nothing is classified
    finished = Signal(int)  # captures that were classified
    captures_changed = Signal(object)  # list of ids
    answers_replaced = Signal()  # another model is in use: all captures have its answers, or none yet
    read_otherwise = Signal(object)  # ids of captures whose files were not as the project knows them
    classes_changed = Signal()
    model_loaded = Signal(str, str)  # name, the child's sentence about its device
    model_failed = Signal(str)
    recalibrated = Signal(str)  # its answers of before do not count any more
    failed = Signal(str)
    capture_skipped = Signal(str)

    def __init__(
        self, projects: ProjectService, worker: WorkerClient, model_path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._worker = worker
        self._model_path = model_path
        self._device = "auto"
        self._device_notice = ""
        self._batch_size = 0
        self._is_live = False
        self._last_good_path: Path | None = None
        self._loaded: _LoadedModel | None = None
        self._model: ModelRecord | None = None
        self._again: deque[int] = deque()
        self._pending: array[int] = array("q")
        self._position = 0
        self._chunks: deque[_Chunk] = deque()  # in the order in which the child takes them
        self._fetching: list[int] = []
        self._is_held = False
        self._activating: _LoadedModel | None = None  # is being written down in the project
        self._open_writes = 0
        self._read_otherwise: set[int] = set()
        self._chunk_size = _FIRST_CHUNK
        self._done = self._total = 0
        self._meter = RateMeter()
        self._blame = CrashBlame()
        self._waits_for_choice = self._is_choosing = False
        worker.ready.connect(self._on_worker_ready)
        worker.stopped.connect(self._on_worker_stopped)
        worker.gave_up.connect(self._on_worker_gave_up)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def model_path(self) -> Path:
        """The model file in use, or wanted."""
        return self._model_path

    @property
    def device_notice(self) -> str:
        """The child's sentence about where it computes; nothing while it has no model."""
        return self._device_notice if self._loaded is not None else ""

    @property
    def is_model_loaded(self) -> bool:
        """Whether the child has a model."""
        return self._loaded is not None

    @property
    def class_names(self) -> tuple[str, ...]:
        """Classes of the loaded model, in the order of its outputs."""
        return self._loaded.classes if self._loaded is not None else ()

    @property
    def is_running(self) -> bool:
        """Whether captures are being classified or wait for it."""
        return self._total > 0

    @property
    def model(self) -> ModelRecord | None:
        """The model whose answers the open project shows, once it is loaded."""
        return self._model if self._loaded is not None else None

    def use_model(self, path: Path) -> None:
        """Load another model; all captures that it has not answered for are classified with it.

        When it can't be loaded, the one before is loaded again.
        """
        self._stop()
        self._last_good_path = self._model_path if self._loaded is not None else None
        self._is_held = False
        self._model_path = path
        self._loaded = None
        self._model = None
        if self._is_worker_up():
            self._load_model()
        else:
            self._worker.start()

    def wait_for_choice(self) -> None:
        """From now on, ask with no model in a project that was opened before `use_for_project` has come."""
        self._waits_for_choice = True

    def use_for_project(self, path: Path | None) -> None:
        """Say which model the project that was opened has; None goes on with the one in use."""
        self._is_choosing = False
        if path is not None and path != self._model_path:
            self.use_model(path)
        else:
            self._activate_model()

    def set_computing(self, device: str, batch_size: int) -> None:
        """Say where to compute and how many captures at once; 0 lets the child choose.

        A model that is loaded is loaded anew when the device is another one.
        """
        is_other = device != self._device
        self._device, self._batch_size = device, batch_size
        if is_other and self._loaded is not None:
            self.use_model(self._model_path)

    def set_live(self, is_live: bool) -> None:
        """Say whether a source is looked at live: batches are smaller then, so that its answers come in time."""
        self._is_live = is_live

    def classify_missing(self) -> None:
        """Classify what the model has not answered for; does nothing while there is no model or project."""
        self._is_held = False
        model = self._model
        if model is None:
            self._activate_model()
        else:
            self._projects.read(lambda unit: unit.captures.unclassified_ids(model.id), self._on_ids_read)

    def classify_missing_of(self, ids: Sequence[int]) -> None:
        """Classify those of some captures that the model has not answered for, as `add` does."""
        model, wanted = self._model, set(ids)
        if model is None:
            self._activate_model()
        else:
            self._projects.read(
                lambda unit: [i for i in unit.captures.unclassified_ids(model.id) if i in wanted], self.add
            )

    def retry_unreadable(self) -> None:
        """Forget why captures can't be read, and classify them again: their drive may be back."""
        self._projects.write(lambda unit: unit.captures.clear_problems(), self._on_problems_cleared)

    def add(self, ids: Sequence[int]) -> None:
        """Classify new captures too, unless the user has cancelled since the last `classify_missing`."""
        if self._model is None:
            self._activate_model()  # it could not be written down before; what is new has no answer then
            return
        if self._is_held:
            return
        self._pending.extend(ids)
        if not self.is_running:
            self._meter = RateMeter()
        self._total += len(ids)
        self._report()
        self._pump()

    def cancel(self) -> None:
        """Stop classifying until asked again; what was answered stays."""
        self._is_held = True
        self._stop()

    def _stop(self) -> None:
        was_running = self.is_running
        self._clear()
        if was_running:
            self.progress_changed.emit(None)

    def _clear(self) -> None:
        chunks, self._chunks = self._chunks, deque()
        for chunk in chunks:
            self._worker.cancel(chunk.request_id)
            self._worker.forget(chunk.request_id)
        self._again.clear()
        self._pending = array("q")
        self._position = 0
        self._done = self._total = 0

    def _on_worker_ready(self, _device_notice: str) -> None:
        self._load_model()

    def _on_worker_stopped(self) -> None:
        self._loaded = None

    def _load_model(self) -> None:
        if not self._model_path.is_file():
            self._fail_model(
                self.tr(
                    "The model {0} is missing: captures can be labelled but not classified. "
                    "Choose another with Model > Choose model."
                ).format(self._model_path)
            )
            return
        self._worker.send(
            "load_model",
            {"path": str(self._model_path), "device": self._device},
            on_answer=self._on_model_answer,
            on_crash=lambda _last_words: None,
        )

    def _on_model_answer(self, message: Message) -> None:
        fields = message.fields
        if message.type != "model_loaded":
            self._fail_model(str(fields.get("message", message.type)))
            return
        self._last_good_path = None
        self._loaded = _LoadedModel(
            str(fields["model_id"]),
            str(fields["name"]),
            self._model_path,
            tuple(map(str, fields["classes"])),
            dict(fields.get("settings", {})),
        )
        self._device_notice = str(fields.get("notice", ""))
        self.model_loaded.emit(self._loaded.name, self._device_notice)
        self._activate_model()

    def _fail_model(self, sentence: str) -> None:
        self._stop()
        self.model_failed.emit(sentence)
        if self._device != "auto":  # the device may be what was wrong
            self._device = "auto"
            self._load_model()
            return
        path, self._last_good_path = self._last_good_path, None
        if path is not None:
            self._model_path = path
            self._load_model()

    def _on_worker_gave_up(self, _last_words: str) -> None:
        # Nothing moves until it is started again, and then everything that has no answer is asked for.
        self._stop()

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self._is_choosing = self._waits_for_choice
        self._activate_model()

    def _on_project_closing(self) -> None:
        self._model = None
        self._activating = None
        self._open_writes = 0
        self._fetching = []
        self._read_otherwise = set()
        self._is_held = False
        self._stop()

    def _activate_model(self) -> None:
        loaded = self._loaded
        if loaded is None or loaded is self._activating or self._is_choosing or self._projects.is_read_only:
            return

        def activate(unit: Unit) -> tuple[ModelRecord, bool]:
            model = unit.catalogue.activate_model(loaded.sha256, loaded.name, loaded.path, loaded.classes)
            return model, unit.catalogue.note_settings(model.id, loaded.settings)

        task = self._projects.write(activate, self._on_model_activated, self._on_activation_failed)
        self._activating = loaded if task is not None else None

    def _on_activation_failed(self, sentence: str) -> None:
        self._activating = None
        self.failed.emit(sentence)

    def _on_model_activated(self, activated: tuple[ModelRecord, bool]) -> None:
        model, has_other_settings = activated
        self._activating = None
        if has_other_settings:
            self.recalibrated.emit(
                self.tr(
                    "The model {0} was calibrated anew: captures are classified again, so that their "
                    "confidence fits."
                ).format(model.name)
            )
        is_other = self._model is None or self._model.id != model.id
        self._model = model
        if is_other:
            self.classes_changed.emit()
            self.answers_replaced.emit()
        if self.is_running and not has_other_settings:
            self._pump()
        else:
            self.classify_missing()

    def _on_problems_cleared(self, ids: list[int]) -> None:
        self.captures_changed.emit(ids)
        self.classify_missing()

    def _on_ids_read(self, ids: array[int]) -> None:
        sent = (capture_id for chunk in self._chunks for capture_id in chunk.unanswered)
        in_hand = {*self._again, *self._fetching, *sent}
        self._pending = array("q", (capture_id for capture_id in ids if capture_id not in in_hand))
        self._position = 0
        remaining = len(self._pending) + len(in_hand)
        if not remaining:
            return
        if not self.is_running:
            self._done = 0
            self._meter = RateMeter()
        self._total = self._done + remaining
        self._report()
        self._pump()

    def _pump(self) -> None:
        """Send the next chunk, if there is one and the child has not enough to do."""
        if self._model is None or self._loaded is None or self._fetching:
            return
        if len(self._chunks) >= _CHUNKS_SENT or not self._is_worker_up():
            return
        if self._again:
            ids = list(self._again)[: self._chunk_size]
        else:
            ids = self._pending[self._position : self._position + self._chunk_size].tolist()
        if not ids:
            self._finish_if_done()
            return
        ids = ids[: self._blame.limit(len(ids), ids)]
        if self._again:
            for _ in ids:
                self._again.popleft()
        else:
            self._position += len(ids)
        self._fetching = list(ids)
        self._projects.read(lambda unit: unit.captures.paths(ids), self._on_paths_read, self._on_read_failed)

    def _on_paths_read(self, paths: list[tuple[int, Path]]) -> None:
        self._fetching = []
        if not self.is_running:
            return
        if not self._is_worker_up():  # it died meanwhile: they go first when it is back
            self._again.extendleft(capture_id for capture_id, _ in reversed(paths))
            return
        batch_size = min(self._batch_size or _LIVE_BATCH, _LIVE_BATCH) if self._is_live else self._batch_size
        chunk = _Chunk(dict.fromkeys(capture_id for capture_id, _ in paths))
        chunk.request_id = self._worker.send(
            "classify",
            {
                "captures": [{"id": i, "path": os.fspath(path)} for i, path in paths],
                "top_k": TOP_K,
                **({"batch_size": batch_size} if batch_size else {}),
            },
            on_answer=self._on_answer,
            on_crash=partial(self._on_crash, chunk),
            is_job=True,
        )
        self._chunks.append(chunk)
        self._pump()

    def _on_read_failed(self, sentence: str) -> None:
        self._fetching = []
        self._stop()
        self.failed.emit(sentence)

    def _on_answer(self, message: Message) -> None:
        chunk = next((sent for sent in self._chunks if sent.request_id == message.request_id), None)
        if chunk is None:
            return
        if message.type == "classified":
            self._take_results(chunk, message)
            self._report()
        elif message.type == "finished":
            self._chunks.remove(chunk)
            silent = self.tr("The classifier gave no answer for this capture: classify it again.")
            self._store([], [(capture_id, silent) for capture_id in chunk.unanswered])
            self._done += len(chunk.unanswered)
            self._pump()
        elif message.type == "failed" and message.fields.get("kind") == _CRASH:
            # The child has outlived a mistake of its own; the captures are tried again as after a crash, behind what
            # it has already.
            self._chunks.remove(chunk)
            self._again.extendleft(reversed(self._blamed(chunk, str(message.fields.get("message", "")))))
            self._report()
            self._pump()
        else:
            self._stop()
            self.failed.emit(str(message.fields.get("message", message.type)))

    def _take_results(self, chunk: _Chunk, message: Message) -> None:
        results: Sequence[dict[str, Any]] = message.fields["results"]
        answers: list[ModelAnswer] = []
        stamps: list[tuple[int, int, int]] = []
        problems: list[tuple[int, str]] = []
        for result in results:
            capture_id = int(result["id"])
            if capture_id not in chunk.unanswered:
                continue
            del chunk.unanswered[capture_id]
            if "error" in result:
                problems.append((capture_id, str(result["error"])))
            else:
                answers.append(_answer(capture_id, result))
                if "modified_ns" in result:
                    stamps.append((capture_id, int(result["file_size_bytes"]), int(result["modified_ns"])))
        self._worker.note_progress()
        self._blame.note_answered([answer.capture_id for answer in answers] + [i for i, _ in problems])
        self._done += len(answers) + len(problems)
        self._store(answers, problems, _embeddings(message), stamps)

    def _store(
        self,
        answers: list[ModelAnswer],
        problems: list[tuple[int, str]],
        embeddings: NewEmbeddings | None = None,
        stamps: Sequence[tuple[int, int, int]] = (),
    ) -> None:
        model, project = self._model, self._projects.project
        if model is None or not (answers or problems):
            return
        self._open_writes += 1
        ids = [answer.capture_id for answer in answers] + [capture_id for capture_id, _ in problems]

        def work(unit: Unit) -> tuple[list[int], set[int]]:
            # An answer belongs to what was read: it is none to what the file held when it was last looked at.
            others = unit.contents.read_otherwise(stamps)
            unit.predictions.store(model, [one for one in answers if one.capture_id not in others])
            unit.captures.set_problems(problems)
            if embeddings is not None and project is not None:
                keep_embeddings(embedding_file(project.folder, model.sha256), embeddings)
            return ids, others

        self._projects.write(work, self._on_stored, self._on_store_failed)

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

    def _on_store_failed(self, sentence: str) -> None:
        self._open_writes -= 1
        self._stop()
        self.failed.emit(sentence)

    def _on_crash(self, chunk: _Chunk, last_words: str) -> None:
        """The child has died; this is called for each chunk that it had, the one that it worked on first."""
        if chunk not in self._chunks:
            return
        chunks, self._chunks = self._chunks, deque()
        at_work = next((sent for sent in chunks if sent.unanswered), chunk)
        waiting = [capture_id for sent in chunks if sent is not at_work for capture_id in sent.unanswered]
        self._again.extendleft(reversed([*self._blamed(at_work, last_words), *waiting]))
        self._meter = RateMeter(self._done)
        self._report()

    def _blamed(self, chunk: _Chunk, last_words: str) -> list[int]:
        """What is to be tried again of a chunk that the child has failed at, without a culprit that is found out."""
        unanswered = list(chunk.unanswered)
        culprit = self._blame.note_crash(unanswered) if unanswered else None
        if culprit is not None:
            unanswered.remove(culprit)
            self._done += 1
            self._worker.note_progress()
            problem = self.tr("This capture crashes the classifier ({0}): it is left out.").format(last_words)
            self._store([], [(culprit, problem)])
            self.capture_skipped.emit(problem)
        return unanswered

    def _is_worker_up(self) -> bool:
        return self._worker.state in (WorkerState.READY, WorkerState.BUSY)

    def _report(self) -> None:
        if not self.is_running:
            return
        progress = self._meter.progress(self._done, self._total)
        if progress.rate_per_s is not None:
            # Whole multiples of the first: the child computes in batches, and a half-empty one takes as long.
            wanted = round(progress.rate_per_s * _CHUNK_S / _FIRST_CHUNK) * _FIRST_CHUNK
            self._chunk_size = max(_FIRST_CHUNK, min(_LARGEST_CHUNK, wanted))
        self.progress_changed.emit(progress)

    def _finish_if_done(self) -> None:
        is_all_sent = not self._again and self._position >= len(self._pending)
        if self.is_running and is_all_sent and not self._chunks and not self._fetching:
            if self._open_writes:
                return
            done = self._done
            self._clear()
            self.progress_changed.emit(None)
            self.finished.emit(done)


def _embeddings(message: Message) -> NewEmbeddings | None:
    """Those that come with results, one for each that is no error."""
    dim = int(message.fields.get("embedding_dim", 0))
    if not dim:
        return None
    ids = tuple(int(result["id"]) for result in message.fields["results"] if "error" not in result)
    return NewEmbeddings(dim, ids, message.payload)


def _answer(capture_id: int, result: dict[str, Any]) -> ModelAnswer:
    return ModelAnswer(
        capture_id=capture_id,
        width_px=int(result["width_px"]),
        height_px=int(result["height_px"]),
        top=tuple((int(index), float(probability)) for index, probability in result["top"]),
        bicubic_top=tuple((int(index), float(probability)) for index, probability in result["bicubic_top"]),
        disagreement=float(result["disagreement"]),
    )
