"""The inspector's room: one capture large, what the model says of it, and the field for any class."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.views.inspector.inspector import Inspector
from app.views.shared.panels import RIGHT, Panel
from app.views.shared.room_context import RoomContext, on


class InspectorRoom(QObject):
    """The panel on the right and its actions."""

    def __init__(self, context: RoomContext) -> None:
        super().__init__(context.window)
        services, actions = context.services, context.actions
        self.panel = Inspector(services.inspect, services.insight, context.classes, context.theme)
        on(actions.pick_class, self.panel.picker.setFocus)
        on(actions.explain, self.panel.compare.explain_button.click)
        on(actions.fit_views, self.panel.compare.view.fit)

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [Panel("inspector", self.tr("Inspector"), self.panel, RIGHT, keys="I", is_first=True)]
