"""Insight's room: progress, confusion matrix and map (statistics panels)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.views.insight.confusion_panel import ConfusionPanel
from app.views.insight.map_panel import MapPanel
from app.views.insight.progress_panel import ProgressPanel
from app.views.shared.panels import Panel, late_panel
from app.views.shared.room_context import RoomContext


class InsightRoom(QObject):
    """How good the model is and what it confuses; a click lists the captures that a figure stands for."""

    captures_chosen = Signal(object)  # tuple[int, ...]

    def __init__(self, context: RoomContext) -> None:
        super().__init__(context.window)
        services, classes, theme = context.services, context.classes, context.theme
        self.map = MapPanel(
            services.insight,
            services.projects,
            classes,
            services.images,
            services.suggestions.state,
            theme,
        )
        self.confusion = ConfusionPanel(services.statistics, classes, theme)
        self.progress = ProgressPanel(services.statistics, classes, theme)
        for panel in (self.confusion, self.progress):
            panel.query_chosen.connect(context.captures.set_query)
        self.map.captures_chosen.connect(self.captures_chosen)

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [
            late_panel("progress", self.tr("Progress"), self.progress, "Ctrl+1"),
            late_panel("confusion", self.tr("Confusion"), self.confusion, "Ctrl+2"),
            late_panel("map", self.tr("Map"), self.map, "Ctrl+3"),
        ]
