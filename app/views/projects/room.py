"""The projects' room: which project is open, where its captures come from, and how many there are."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.views.filters.quick_filters import QuickFilters
from app.views.gallery.room import GalleryRoom
from app.views.live.stream_list import StreamList
from app.views.projects.project_commands import ProjectCommands
from app.views.projects.project_counts import ProjectCounts
from app.views.projects.project_place import ProjectPlace
from app.views.projects.project_updates import ProjectUpdates
from app.views.projects.questions import ProjectQuestions
from app.views.projects.recent_menu import RecentMenu
from app.views.projects.relink_commands import RelinkCommands
from app.views.projects.source_panel import SourcePanel
from app.views.shared.panels import LEFT, Panel
from app.views.shared.room_context import RoomContext, on


class ProjectRoom(QObject):
    """Follows the project as a whole, whatever changes in it."""

    sources_grown = Signal()  # the panel of sources has more to show than before

    def __init__(
        self,
        context: RoomContext,
        gallery: GalleryRoom,
        quick_filters: QuickFilters,
        streams: StreamList,
        questions: ProjectQuestions,
    ) -> None:
        super().__init__(context.window)
        services, captures, sources = context.services, context.captures, context.sources
        actions = context.actions
        self.commands = ProjectCommands(context, questions)
        self.relinking = RelinkCommands(context, questions)
        self.source_panel = SourcePanel(sources, captures, context.theme, actions.find_moved, streams)
        self._recent_menu = RecentMenu(
            actions.recent_projects, context.recent, self.commands.open_recent, self
        )
        self._place = ProjectPlace(
            services.projects, context.recent, captures, gallery.view, gallery.selection, self
        )
        counts = ProjectCounts(services.projects, quick_filters, gallery.view, context.classes, sources, self)
        self.updates = ProjectUpdates(context, counts, gallery.selection)
        on(actions.refresh, captures.reload)
        on(actions.refresh, services.files.check_all)
        services.projects.closing.connect(lambda: gallery.view.set_empty_text(""))
        # When the layout knows of it.
        self.source_panel.grown.connect(lambda: QTimer.singleShot(0, self, self.sources_grown.emit))

    @property
    def panels(self) -> list[Panel]:
        """What this room docks."""
        return [Panel("sources", self.tr("Sources"), self.source_panel, LEFT, height=84, fits=True)]
