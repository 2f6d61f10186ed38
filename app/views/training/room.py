"""The training room: the Retrain dialog and the panel that shows how a training goes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.views.shared.panels import Panel, late_panel
from app.views.shared.room_context import RoomContext
from app.views.training.questions import TrainingQuestions
from app.views.training.training_commands import TrainingCommands
from app.views.training.training_panel import TrainingPanel


class TrainingRoom(QObject):
    """A better model from the labels of the project."""

    panel_wanted = Signal(str)

    def __init__(self, context: RoomContext, questions: TrainingQuestions) -> None:
        super().__init__(context.window)
        self.panel = TrainingPanel(context.services.retrain, context.theme)
        self.commands = TrainingCommands(context, questions)
        self.commands.panel_wanted.connect(self.panel_wanted)

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [late_panel("training", self.tr("Training"), self.panel, "Ctrl+4")]
