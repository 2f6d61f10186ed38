"""Suggestions from the labels of the open project: asked of the child after each label, shown when they come.

Only the newest labels matter: while one request is under way, labels that come meanwhile are read when it is answered.
What the child has prepared dies with it and is prepared anew; the labels are sent whole each time.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.capture_query import CaptureQuery
from app.domain.records import LabelResult
from app.domain.suggestions import CurrentSuggestions
from app.jobs import Job
from app.services.classifier.classify_service import ClassifyService
from app.services.classifier.feature_service import FeatureService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.classifier.worker_client import WorkerClient
from app.services.project_service import ProjectService
from app.suggestions.project_labels import ProjectLabels, read_project_labels
from app.suggestions.suggestion_answers import suggestions_of
from app.suggestions.suggestion_file import keep_suggestions, read_suggestions, suggestion_file
from vimd_core.embeddings.file import embedding_count, stored_ids
from vimd_core.user_messages import Sentence
from vimd_core.worker.features.suggestion_messages import (
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
    Suggested,
    SuggestionsPrepared,
    SuggestionsReconsidered,
)
from vimd_core.worker.messages import Answer, Failed, Progress

if TYPE_CHECKING:
    from app.storage.unit import Unit

_IDLE_MS: Final = 1500
_GROWTH_TO_PREPARE: Final = 1.5  # so many times the captures, while features are still being computed
_GROWTH_TO_RECONSIDER: Final = 1.1  # so many times the labels
_MOST_DEATHS: Final = 2

_log = logging.getLogger(__name__)


class SuggestionProgress(StrEnum):
    """How far suggestions are."""

    NONE = "none"  # fewer than two classes have labels
    PREPARING = "preparing"
    READY = "ready"


class SuggestionService(QObject):
    """Keeps suggestions up to date with the labels."""

    progress_changed = Signal()

    def __init__(
        self,
        projects: ProjectService,
        worker: WorkerClient,
        classify: ClassifyService,
        features: FeatureService,
        state: SuggestionState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.state = state
        self._projects = projects
        self._worker = worker
        self._features = features
        self._labels: ProjectLabels | None = None  # as they were read last
        self._answered: ProjectLabels | None = None  # those of the suggestions that are shown
        self._is_reading = self._is_outdated = False
        self._prepared = 0  # captures that the child's teacher knows
        self._preparing: int | None = None  # requests
        self._asking: int | None = None
        self._reconsidering: int | None = None
        self._have_features_changed = False
        self._reconsidered_labels = 0
        self._kept_key = ""
        self._is_at_work = False  # the child, at what it does for suggestions in the background
        self._deaths = 0
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE_MS)
        self._idle.timeout.connect(self._on_idle)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)
        worker.ready.connect(self._on_worker_ready)
        worker.stopped.connect(self._on_worker_stopped)
        classify.answers_replaced.connect(self.update)
        features.changed.connect(self._on_features_changed)

    @property
    def progress(self) -> SuggestionProgress:
        """How far suggestions are."""
        if self._labels is None or not self._labels.are_enough:
            return SuggestionProgress.NONE
        return SuggestionProgress.PREPARING if self.state.suggestions is None else SuggestionProgress.READY

    @property
    def is_busy(self) -> bool:
        """Whether suggestions are on their way."""
        return self._is_reading or self._asking is not None or self._preparing is not None

    # Labels

    def take_labels(self, result: LabelResult) -> None:
        """Labels are others now, or captures that are in the project."""
        if result.is_membership_changed:
            self._have_features_changed = True
        self.update()

    def update(self) -> None:
        """Read the labels and classes and ask with them; while that is under way, once more afterwards."""
        if self._is_reading or self._asking is not None:
            self._is_outdated = True
            return
        self._is_outdated = False
        self._is_reading = (
            self._projects.read(read_project_labels, self._on_labels, self._on_reading_failed) is not None
        )

    def _on_reading_failed(self, sentence: Sentence) -> None:
        _log.warning("Labels can't be read for suggestions: %s", sentence)
        self._is_reading = False

    def _on_labels(self, labels: ProjectLabels) -> None:
        self._is_reading = False
        self._labels = labels
        if not labels.are_enough:
            self._show(None, labels)
        else:
            # Names, and whether the model knows the classes, may be others although the labels are not.
            self._show(self.state.suggestions, labels)
            self._ask()
        self.progress_changed.emit()
        if self._is_outdated:
            self.update()

    def _ask(self) -> None:
        labels = self._labels
        if labels is None or not labels.are_enough or not self._worker.is_up or self._has_given_up:
            return
        if not self._prepared:
            self._prepare()
            return
        if self._asking is not None:
            self._is_outdated = True
            return
        self._asking = self._worker.send(
            Suggest(labels.labels),
            on_answer=lambda answer: self._on_suggested(labels, answer),
            on_crash=lambda _words: None,  # all is asked again when the child is back
        )

    def _on_suggested(self, labels: ProjectLabels, answer: Answer) -> None:
        self._asking = None
        if isinstance(answer, Suggested):
            self._deaths = 0
            self._answered, self._kept_key = labels, ""
            # Names may have changed since.
            self._show(suggestions_of(answer, labels), self._labels or labels)
            self._idle.start()
        else:
            self._note_failure(answer)
            self._show(None, labels)
        self.progress_changed.emit()
        if self._is_outdated:
            self.update()

    def _show(self, suggestions: CurrentSuggestions | None, labels: ProjectLabels) -> None:
        are_shown = suggestions is not None and not labels.model_knows_them
        project = self._projects.project
        if project is not None:
            project.set_suggestions(suggestions, are_shown=are_shown)
        self.state.set(suggestions, labels.classes, are_shown=are_shown)

    # Features

    def _on_features_changed(self) -> None:
        self._have_features_changed = True
        if not self._prepared:
            self._ask()
        if not self._idle.isActive():  # never put off: captures may keep coming for long
            self._idle.start()

    def _prepare(self) -> None:
        files = self._features.files
        if files is None or self._preparing is not None or not self._worker.is_up or self._has_given_up:
            return
        self._have_features_changed = False
        self._preparing = 0

        def absent(unit: Unit) -> tuple[int, ...]:
            return tuple(sorted(stored_ids(files.own).difference(unit.captures.find(CaptureQuery()).ids)))

        def on_absent(ids: tuple[int, ...]) -> None:
            if self._preparing == 0 and self._worker.is_up:
                self._preparing = self._worker.send(
                    PrepareSuggestions(files.own, files.companion, ids),
                    on_answer=self._on_prepared,
                    on_crash=lambda _words: None,
                )

        if self._projects.read(absent, on_absent, self._on_preparing_failed) is None:
            self._preparing = None

    def _on_preparing_failed(self, sentence: Sentence) -> None:
        _log.warning("Suggestions can't be prepared: %s", sentence)
        self._preparing = None

    def _on_prepared(self, answer: Answer) -> None:
        if isinstance(answer, Progress):
            self._is_at_work = True
            return
        self._preparing, self._is_at_work = None, False
        if isinstance(answer, SuggestionsPrepared):
            self._prepared = answer.captures
            self._reconsidered_labels = 0  # another teacher has weighed nothing yet
            self._ask()
        else:
            self._note_failure(answer)

    # What can wait

    def _on_idle(self) -> None:
        """Nothing was labelled for a while."""
        self.state.forget_long_past()
        labels = self._labels
        if labels is None or not labels.are_enough or self._asking is not None:
            return
        if self._have_features_changed and self._may_prepare_again():
            self._prepare()
        elif labels.num_labels >= _GROWTH_TO_RECONSIDER * self._reconsidered_labels and self._prepared:
            self._reconsider(labels)
        else:
            self._keep()

    def _may_prepare_again(self) -> bool:
        files = self._features.files
        if files is None or self._preparing is not None:
            return False
        if not self._features.is_running:
            return True
        return embedding_count(files.own) >= _GROWTH_TO_PREPARE * self._prepared

    def _reconsider(self, labels: ProjectLabels) -> None:
        if self._reconsidering is not None or not self._worker.is_up or self._has_given_up:
            return
        self._reconsidered_labels = labels.num_labels
        self._reconsidering = 0

        def on_labels(with_things: ProjectLabels) -> None:
            if self._reconsidering == 0 and self._prepared and self._worker.is_up:
                self._reconsidering = self._worker.send(
                    ReconsiderSuggestions(with_things.labels),
                    on_answer=self._on_reconsidered,
                    on_crash=lambda _words: None,
                )

        self._projects.read(
            lambda unit: read_project_labels(unit, with_things=True), on_labels, self._on_reading_failed
        )

    def _on_reconsidered(self, answer: Answer) -> None:
        if isinstance(answer, Progress):
            self._is_at_work = True
            return
        self._reconsidering, self._is_at_work = None, False
        if isinstance(answer, SuggestionsReconsidered):
            self._ask()
        else:
            self._note_failure(answer)

    def _keep(self) -> None:
        """Write the suggestions down for the next start, once for all labels of a burst."""
        project, labels = self._projects.project, self._answered
        if project is None or project.is_read_only or labels is None or labels.key == self._kept_key:
            return
        suggestions = self.state.suggestions
        if suggestions is None:
            return
        self._kept_key = labels.key
        path = suggestion_file(project.folder)
        self._projects.jobs.submit(Job.KEEP_SUGGESTIONS, keep_suggestions, path, suggestions, labels.key)

    # Project and child

    def _on_project_opened(self, _name: str, folder: str) -> None:
        path = suggestion_file(Path(folder))

        def read(unit: Unit) -> tuple[ProjectLabels, CurrentSuggestions | None]:
            labels = read_project_labels(unit)
            return labels, read_suggestions(path, labels.key) if labels.are_enough else None

        def on_read(found: tuple[ProjectLabels, CurrentSuggestions | None]) -> None:
            labels, kept = found
            if kept is not None and self._answered is None:
                self._answered, self._kept_key = labels, labels.key
                self._show(kept, labels)
            self._on_labels(labels)

        self._is_reading = self._projects.read(read, on_read, self._on_reading_failed) is not None

    def _on_project_closing(self) -> None:
        self._idle.stop()
        self._keep()
        for request_id in (self._preparing, self._asking, self._reconsidering):
            if request_id:
                self._worker.cancel(request_id)
                self._worker.forget(request_id)
        self._forget_child()
        self._labels = self._answered = None
        self._is_reading = self._is_outdated = False
        self._kept_key = ""
        self._deaths = 0
        self.state.clear()
        self.progress_changed.emit()

    def _on_worker_ready(self, _device_notice: Sentence) -> None:
        self._ask()

    def _on_worker_stopped(self) -> None:
        """What it had prepared is gone; if it was at our work, that may be why."""
        if self._asking is not None or self._is_at_work:
            self._deaths += 1
        self._forget_child()

    def _forget_child(self) -> None:
        self._prepared = 0
        self._preparing = self._asking = self._reconsidering = None
        self._is_at_work = False

    @property
    def _has_given_up(self) -> bool:
        """Whether the child has died at it again and again: captures must go on to be classified."""
        return self._deaths >= _MOST_DEATHS

    def _note_failure(self, answer: Answer) -> None:
        if isinstance(answer, Failed):
            _log.warning("No suggestions: %s", answer.reason)
