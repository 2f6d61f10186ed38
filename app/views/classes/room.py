"""The classes' room: the panel of classes and the commands that change them."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.views.classes.class_commands import ClassCommands
from app.views.classes.class_followers import ClassFollowers
from app.views.classes.class_panel import ClassPanel
from app.views.classes.questions import ClassQuestions
from app.views.review.review_session import ReviewSession
from app.views.shared.panels import LEFT, Panel
from app.views.shared.room_context import RoomContext


class ClassRoom(QObject):
    """Names, colours, keys and pins of classes; their keys label what is selected."""

    def __init__(self, context: RoomContext, session: ReviewSession, questions: ClassQuestions) -> None:
        super().__init__(context.window)
        services, classes, captures = context.services, context.classes, context.captures
        self.panel = ClassPanel(classes, captures, context.theme, context.actions.add_class)
        self.commands = ClassCommands(
            services.labels, classes, self.panel, session, context.actions, questions, context.window
        )
        self._followers = ClassFollowers(
            classes, captures, services.projects, services.inspect, services.statistics, self
        )

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [Panel("classes", self.tr("Classes"), self.panel, LEFT, height=266, is_first=True)]
