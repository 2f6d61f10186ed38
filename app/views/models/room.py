"""The models' room: which model classifies, the registry, the gate, and the Model menu."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.views.models.model_commands import ModelCommands
from app.views.models.questions import ModelQuestions
from app.views.shared.room_context import RoomContext, on


class ModelRoom(QObject):
    """Its dialogs open by themselves; it has no panel."""

    def __init__(self, context: RoomContext, questions: ModelQuestions) -> None:
        super().__init__(context.window)
        actions, services = context.actions, context.services
        self.commands = ModelCommands(context, questions)
        on(actions.classify_missing, services.classify.classify_missing)
        on(actions.retry_unreadable, services.classify.retry_unreadable)
        on(actions.cancel_classify, services.classify.cancel)
        on(actions.restart_worker, services.worker.restart)
