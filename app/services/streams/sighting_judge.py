"""Classifies sightings before they are kept: which look is the best, and whether the model is sure."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.worker_client import WorkerClient
from app.streams.sighting_verdict import SightingVerdict, verdict_of
from vimd_core.processes.messages import Pixels
from vimd_core.user_messages import Sentence
from vimd_core.worker.messages import Answer, LookAt, Looked

if TYPE_CHECKING:
    from vimd_core.streaming.sightings.sightings import Sighting

_TOP_K: Final = 5
_MOST_TRIES: Final = 2


@dataclass(eq=False)
class Question:
    """Something that was seen and waits for its verdict.

    Attributes:
        sighting: what was seen.
        agreeing_frames: how many looks must agree.
        on_verdict: takes the verdict, or None where the model can't be asked; called in the window's thread.
        tries: how often it was asked.
    """

    sighting: Sighting
    agreeing_frames: int
    on_verdict: Callable[[SightingVerdict | None], None]
    tries: int = 0


class SightingJudge(QObject):
    """Asks one question at a time.

    While the model is still to come, questions wait; where there is none, they are answered with None.
    """

    _offered = Signal()

    def __init__(
        self, worker: WorkerClient, classify: ClassifyService, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._classify = classify
        self._lock = threading.Lock()
        self._waiting: deque[Question] = deque()
        self._asked: Question | None = None
        self._request_id = 0
        self._is_model_missing = False
        self._offered.connect(self._pump)
        worker.gave_up.connect(self._on_no_model)
        worker.state_changed.connect(self._pump)
        classify.model_failed.connect(self._on_no_model)
        classify.model_loaded.connect(self._on_model)

    def offer(self, question: Question) -> None:
        """Let a question wait for its turn; may be called from any thread."""
        with self._lock:
            self._waiting.append(question)
        self._offered.emit()

    def withdraw(self, question: Question) -> bool:
        """Take a question back; False when it is asked or was answered already. May be called from any thread."""
        with self._lock:
            if question not in self._waiting:
                return False
            self._waiting.remove(question)
            return True

    def give_up(self) -> None:
        """Answer everything that waits with None now."""
        asked, self._asked = self._asked, None
        if asked is not None:
            self._worker.cancel(self._request_id)
            self._worker.forget(self._request_id)
            asked.on_verdict(None)
        while (question := self._take()) is not None:
            question.on_verdict(None)

    def _take(self) -> Question | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _pump(self) -> None:
        while self._asked is None:
            if self._is_model_missing:
                question = self._take()
                if question is None:
                    return
                question.on_verdict(None)
                continue
            is_up = self._worker.is_up
            question = self._take() if is_up and self._classify.is_model_loaded else None
            if question is None:
                return
            self._ask(question)

    def _ask(self, question: Question) -> None:
        self._asked = question
        question.tries += 1
        self._request_id = self._worker.send(
            LookAt(tuple(Pixels.of(look.image) for look in question.sighting.looks), _TOP_K),
            on_answer=lambda answer: self._on_answer(question, answer),
            on_crash=lambda _last_words: self._on_crash(question),
        )

    def _on_answer(self, question: Question, answer: Answer) -> None:
        self._asked = None
        verdict = None
        if isinstance(answer, Looked):
            verdict = verdict_of(answer.tops, question.sighting, question.agreeing_frames)
        question.on_verdict(verdict)
        self._pump()

    def _on_crash(self, question: Question) -> None:
        self._asked = None
        if question.tries < _MOST_TRIES:
            with self._lock:
                self._waiting.appendleft(question)
        else:
            question.on_verdict(None)

    def _on_model(self, _name: str, _notice: object) -> None:
        self._is_model_missing = False
        self._pump()

    def _on_no_model(self, _sentence: Sentence | str) -> None:
        self._is_model_missing = True
        self._pump()
