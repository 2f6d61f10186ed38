"""Tools > Retrain: asks what to train, offers to resume, and suggests a training when it is worth it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal

from app.domain.training_records import TrainingRun
from app.services.training.retrain_service import RetrainService
from app.views.shared.room_context import RoomContext, on
from app.views.training.questions import TrainingQuestions

_SUGGESTION: Final = "suggested training"


class TrainingCommands(QObject):
    """Puts the dialog before the service, and what comes of it into the message bar."""

    panel_wanted = Signal(str)

    def __init__(self, context: RoomContext, questions: TrainingQuestions) -> None:
        super().__init__(context.window)
        services, bar = context.services, context.message_bar
        self._services = services
        self._action = context.actions.retrain
        self._questions = questions
        self._message_bar = bar
        on(context.actions.retrain, self.ask)
        services.retrain.can_go_on.connect(self._on_can_go_on)
        services.retrain.failed.connect(bar.show_error)
        services.retrain.suggested.connect(self._on_suggested)
        services.retrain.suggestion_over.connect(lambda: bar.withdraw(_SUGGESTION))
        services.labels.labels_changed.connect(lambda _result: services.retrain.count_soon())
        services.projects.opened.connect(lambda _name, _folder: self._enable())
        services.projects.closing.connect(lambda: self._action.setEnabled(False))
        self._enable()

    def ask(self) -> None:
        """Ask what to train, and begin."""
        if self._services.projects.project is None:
            return
        request = self._questions.ask_retrain(self._services.retrain, self._services.speed)
        if request is not None:
            self._services.retrain.start(request)
            self.panel_wanted.emit("training")

    def may_close(self) -> bool:
        """Whether the window may be closed; asks what shall become of a training that goes on."""
        retrain: RetrainService = self._services.retrain
        if not retrain.is_running:
            return True
        goes_on = self._questions.ask_training_at_close()
        if goes_on is None:
            return False
        if not goes_on:
            retrain.pause()
        return True

    def _enable(self) -> None:
        projects = self._services.projects
        self._action.setEnabled(projects.project is not None and not projects.is_read_only)

    def _on_can_go_on(self, run: TrainingRun) -> None:
        self._message_bar.show_error(
            self.tr("The training of {0} was interrupted. Its progress is saved.").format(
                str(run.config.get("name", ""))
            ),
            self.tr("Resume"),
            self._resume,
        )

    def _on_suggested(self, fresh: int) -> None:
        self._message_bar.show_notice(
            self.tr(
                "%Ln capture(s) labelled since the last training. Retrain to improve the model.",
                "",
                fresh,
            ),
            self.tr("Retrain…"),
            self.ask,
            topic=_SUGGESTION,
        )

    def _resume(self) -> None:
        self._services.retrain.resume()
        self.panel_wanted.emit("training")
