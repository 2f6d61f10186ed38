"""Computes features of the open project's captures in the background, behind all that classifies and all that is asked.

Both frozen networks look at each capture once (`app.storage.captures.feature_files`). A capture gets its turn when the
model has answered for it, so that what no program can read is not tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.classification.classify_queue import Chunk, ClassifyQueue
from app.domain.capture_query import CaptureQuery
from app.jobs import Job
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from app.storage.captures.feature_files import (
    NewFeatures,
    drop_other_features,
    feature_files,
    keep_features,
    known_captures,
    missing_features,
)
from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.user_messages import Sentence
from vimd_core.worker.messages import Answer, CaptureFile, Embed, Embedded, Failed, Finished, reason_of

if TYPE_CHECKING:
    from app.storage.unit import Unit


@dataclass(frozen=True)
class KnownFeatures:
    """What is known of the captures of a project.

    Attributes:
        files: where it is.
        absent: captures that these files still have, and that are in the project no more.
    """

    files: FeatureFiles
    absent: tuple[int, ...]


@dataclass(frozen=True)
class _Work:
    """What there is to do, and with what."""

    own: OwnNetwork
    files: FeatureFiles
    missing: dict[int, tuple[bool, bool]]  # whether own features and those of the companion are missing


@dataclass(frozen=True)
class _Waiting:
    on_ready: Callable[[KnownFeatures], None]
    on_failed: Callable[[Sentence | str], None]


class FeatureService(QObject):
    """Finds out what is missing whenever captures were classified, and has it computed, a chunk at a time."""

    progress_changed = Signal(object)  # JobProgress, or None
    changed = Signal()  # there are more of them on disk
    limited = Signal(object)  # the companion can't be used: Sentence

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
        self._queue = ClassifyQueue(chunks_sent=1)
        self._work: _Work | None = None
        self._waiting: list[_Waiting] = []
        self._skipped: set[int] = set()  # can't be read now, whatever was possible before
        self._has_companion = True
        self._is_held = False
        self._looks = 0
        self._open_writes = 0
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)
        classify.answers_replaced.connect(self.compute_missing)
        classify.finished.connect(lambda _count: self.compute_missing())
        classify.progress_changed.connect(lambda _progress: self._pump())
        classify.model_loaded.connect(lambda _name, _notice: self.compute_missing())
        worker.gave_up.connect(self._on_worker_gave_up)

    @property
    def files(self) -> FeatureFiles | None:
        """Where the features of the open project are, once anything is there."""
        files = None if self._work is None else self._work.files
        is_there = files is not None and all(path.is_file() for path in (files.own, files.companion) if path)
        return files if is_there else None

    @property
    def is_running(self) -> bool:
        """Whether more are coming."""
        return self._queue.is_running

    def compute_missing(self) -> None:
        """Find out which captures have no features yet, and have them computed, unless the user has cancelled that."""
        model, project = self._classify.model, self._projects.project
        if model is None or project is None or (self._is_held and not self._waiting):
            return
        self._looks += 1
        folder, model_id = project.folder, model.id
        read = partial(
            _find_work,
            folder=folder,
            model_id=model_id,
            with_companion=self._has_companion,
            but=self._skipped,
        )
        self._projects.read(read, partial(self._on_work, self._looks), self._fail)

    def ensure(
        self, on_ready: Callable[[KnownFeatures], None], on_failed: Callable[[Sentence | str], None]
    ) -> None:
        """Have what is missing computed at once, even while captures are being classified, and then say so."""
        if self._classify.model is None or not self._worker.is_up:
            on_failed(self.tr("The model is still loading: try again in a moment."))
            return
        self._waiting.append(_Waiting(on_ready, on_failed))
        self.compute_missing()

    def cancel(self) -> None:
        """Compute nothing more until it is asked for again; what was computed stays."""
        self._is_held = True
        self._fail(self.tr("Cancelled."))

    def _clear(self) -> None:
        was_running = self.is_running
        for chunk in self._queue.clear():
            self._worker.cancel(chunk.request_id)
            self._worker.forget(chunk.request_id)
        if was_running:
            self.progress_changed.emit(None)

    def _fail(self, sentence: Sentence | str) -> None:
        self._clear()
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            one.on_failed(sentence)

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        project = self._projects.project
        if project is not None and not self._projects.is_read_only:
            folder = project.folder
            self._projects.write(
                lambda unit: drop_other_features(folder, unit.models.identities()), lambda _none: None
            )

    def _on_project_closing(self) -> None:
        self._looks += 1
        self._clear()
        self._queue.end_fetch()
        self._work = None
        self._waiting = []
        self._skipped = set()
        self._is_held = False
        self._open_writes = 0

    def _on_worker_gave_up(self, _last_words: Sentence) -> None:
        self._fail(self.tr("The classifier stopped: try again."))

    def _on_work(self, look: int, work: _Work) -> None:
        if look != self._looks:
            return
        before, self._work = self._work, work
        if before is None or before.files != work.files:  # other networks look from now on
            self._clear()
            self.changed.emit()
        if not self._projects.is_read_only and self._queue.refill(sorted(work.missing)):
            self._pump()
        else:
            self._finish_if_done()

    def _pump(self) -> None:
        """Send the next chunk, if it is its turn and the child has none."""
        if not self.is_running:
            return
        is_its_turn = bool(self._waiting) or not self._classify.is_running
        self.progress_changed.emit(self._queue.progress() if is_its_turn else None)
        if not (is_its_turn and self._queue.has_room and self._worker.is_up):
            return
        ids = self._queue.fetch()
        if ids:
            self._projects.read(lambda unit: unit.captures.paths(ids), self._on_paths, self._fail)
        else:
            self._finish_if_done()

    def _on_paths(self, paths: list[tuple[int, Path]]) -> None:
        self._queue.end_fetch()
        work = self._work
        if work is None or not self.is_running:
            return
        if not self._worker.is_up:  # it died meanwhile: they go first when it is back
            self._queue.send_again([capture_id for capture_id, _ in paths])
            return
        if not paths:  # they were removed meanwhile
            self._pump()
            return
        needs = [work.missing.get(capture_id, (False, False)) for capture_id, _ in paths]
        alike = len(list(takewhile(lambda need: need == needs[0], needs)))
        self._queue.send_again([capture_id for capture_id, _ in paths[alike:]])
        no_own, no_companion = needs[0]
        chunk = Chunk(dict.fromkeys(capture_id for capture_id, _ in paths[:alike]))
        chunk.request_id = self._worker.send(
            Embed(
                tuple(CaptureFile(*one) for one in paths[:alike]), work.own if no_own else None, no_companion
            ),
            on_answer=partial(self._on_answer, work, chunk),
            on_crash=partial(self._on_crash, chunk),
        )
        self._queue.note_sent(chunk)

    def _on_answer(self, work: _Work, chunk: Chunk, answer: Answer) -> None:
        match answer:
            case Embedded():
                ids = [one.id for one in answer.read]
                self._skipped.update(answer.unreadable)
                for capture_id in (*ids, *answer.unreadable):
                    chunk.unanswered.pop(capture_id, None)
                self._worker.note_progress()
                self._queue.note_answered([*ids, *answer.unreadable])
                self._keep(work, answer)
                self._pump()
            case Finished():
                self._skipped.update(self._queue.end_chunk(chunk))
                self._pump()
            case Failed(is_crash=True):
                self._skip(self._queue.fail_chunk(chunk))
                self._pump()
            case Failed() if self._has_companion:
                self._has_companion = False  # own features alone, if these are possible
                self.limited.emit(answer.reason)
                self._clear()
                self.compute_missing()
            case _:
                self._is_held = True
                self._fail(reason_of(answer))

    def _keep(self, work: _Work, embedded: Embedded) -> None:
        stamps = [(one.id, one.file_size_bytes, one.modified_ns) for one in embedded.read]
        if not stamps:
            return
        new = NewFeatures(tuple(one.id for one in embedded.read), embedded.own, embedded.companion)

        def keep(unit: Unit) -> None:
            # What another file than the known one showed is of no use: the capture is classified again first.
            keep_features(work.files, new.without(unit.contents.read_otherwise(stamps)))

        self._open_writes += 1
        self._projects.write(keep, self._on_kept, self._on_keep_failed, Job.STORE_PREDICTIONS)

    def _on_kept(self, _none: None) -> None:
        self._open_writes = max(0, self._open_writes - 1)
        self.changed.emit()
        self._finish_if_done()

    def _on_keep_failed(self, sentence: Sentence | str) -> None:
        self._open_writes = max(0, self._open_writes - 1)
        self._is_held = True
        self._fail(sentence)

    def _on_crash(self, chunk: Chunk, _last_words: Sentence) -> None:
        was_waited_for, culprit = self._queue.fail_all(chunk)
        if was_waited_for:
            self._skip(culprit)

    def _skip(self, culprit: int | None) -> None:
        if culprit is not None:
            self._skipped.add(culprit)
            self._worker.note_progress()

    def _finish_if_done(self) -> None:
        """Say that nothing is missing any more to whoever waits for it."""
        work = self._work
        if work is None or not self._queue.is_empty or self._open_writes:
            return
        self._clear()
        waiting, self._waiting = self._waiting, []
        if waiting:

            def on_read(known: KnownFeatures) -> None:
                for one in waiting:
                    one.on_ready(known)

            def on_failed(sentence: Sentence | str) -> None:
                for one in waiting:
                    one.on_failed(sentence)

            self._projects.read(partial(_known, files=work.files), on_read, on_failed)


def _find_work(unit: Unit, *, folder: Path, model_id: int, with_companion: bool, but: set[int]) -> _Work:
    own = unit.models.own_network(model_id)
    files = feature_files(folder, own.model_id, with_companion=with_companion)
    answered = unit.captures.find(CaptureQuery(min_confidence=0.0)).ids
    return _Work(own, files, missing_features(files, (one for one in answered if one not in but)))


def _known(unit: Unit, *, files: FeatureFiles) -> KnownFeatures:
    # What was removed keeps its features, for when it comes back, and is not looked at.
    present = unit.captures.find(CaptureQuery()).ids
    return KnownFeatures(files, tuple(sorted(known_captures(files).difference(present))))
