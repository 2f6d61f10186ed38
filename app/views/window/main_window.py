"""The main window: builds the rooms, lays them out and connects them with each other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QSettings, QSize, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QPushButton, QStackedWidget, QStatusBar, QVBoxLayout, QWidget

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.services.container import Places, Services
from app.services.program.preferences import Preferences
from app.services.program.recent_projects import RecentProjects
from app.views.classes.room import ClassRoom
from app.views.exchange.incoming import Incoming
from app.views.exchange.room import ExchangeRoom
from app.views.filters.room import FilterRoom
from app.views.gallery.room import GalleryRoom
from app.views.insight.room import InsightRoom
from app.views.inspector.room import InspectorRoom
from app.views.live.room import LiveRoom
from app.views.models.room import ModelRoom
from app.views.projects.room import ProjectRoom
from app.views.review.room import ReviewRoom
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar
from app.views.shared.room_context import RoomContext, on
from app.views.shared.theme import Theme
from app.views.training.room import TrainingRoom
from app.views.window.classifier_status import ClassifierStatus, SuggestionStatus
from app.views.window.docks import Docks
from app.views.window.drop_overlay import DropOverlay
from app.views.window.empty_state import EmptyState
from app.views.window.footer import Footer
from app.views.window.program_commands import ProgramCommands
from app.views.window.questions import Questions

_FIRST_SIZE: Final = QSize(1280, 800)
_LEAST_SIZE: Final = QSize(640, 400)
_FRAME: Final = QSize(0, 40)  # what the desktop puts around a window


class _Pages(QStackedWidget):
    """One page at a time; those that are not shown need no room."""

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().minimumSizeHint()


class MainWindow(QMainWindow):
    """One project: gallery, inspector, and what goes on."""

    closed = Signal()

    def __init__(
        self,
        services: Services,
        captures: CaptureListModel,
        classes: ClassListModel,
        sources: SourceListModel,
        theme: Theme,
        settings: QSettings,
        preferences: Preferences,
        recent: RecentProjects,
        places: Places,
    ) -> None:
        super().__init__()
        self._services = services
        self._settings = settings
        self.actions_ = Actions(self, theme)
        self.message_bar = MessageBar(theme)
        self.questions = Questions.above(self)
        context = RoomContext(
            window=self,
            services=services,
            captures=captures,
            classes=classes,
            sources=sources,
            theme=theme,
            settings=settings,
            preferences=preferences,
            recent=recent,
            places=places,
            actions=self.actions_,
            message_bar=self.message_bar,
        )
        self._build_rooms(context)
        self.empty_state = EmptyState(theme, has_samples=places.samples.is_dir())
        self.footer = Footer(theme)
        self.docks = Docks(self, settings, self.actions_)
        self._classifier_status = ClassifierStatus(services, self.footer, self.message_bar, self)
        self._suggestion_status = SuggestionStatus(services.suggestions, self.footer, theme, self)
        self._stack = _Pages()
        self._project_page = QWidget()
        self._overlay = DropOverlay(theme, self)
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(True)  # Enter works on it
        self._share_keys()
        self._connect_rooms()
        self._connect_window()
        self.program = ProgramCommands(context, self.questions.program)
        self._restore()

    @property
    def is_empty(self) -> bool:
        """Whether the place to drop is shown instead of the gallery."""
        return self._stack.currentWidget() is self.empty_state

    def show_empty(self, _reason: object = None) -> None:
        """Show the place to drop."""
        self.docks.set_aside()
        self._stack.setCurrentWidget(self.empty_state)

    def show_project(self) -> None:
        """Show the gallery, also while its captures are still to come."""
        if self._stack.currentWidget() is not self._project_page:
            self._stack.setCurrentWidget(self._project_page)
            self.docks.bring_back()
            self.gallery.view.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how the window looked."""
        if not self.training.commands.may_close():
            event.ignore()
            return
        self._settings.setValue("window/geometry", self.saveGeometry())
        self.docks.save()
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlay as large as the window."""
        super().resizeEvent(event)
        self._overlay.setGeometry(self.rect())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, folders, pictures and addresses."""
        if Incoming.is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self._overlay.cover()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """The drag went elsewhere."""
        self._overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        self._overlay.hide()
        event.acceptProposedAction()
        self.exchange.incoming.take_data(event.mimeData())

    # Building and laying out

    def _build_rooms(self, context: RoomContext) -> None:
        """Each room is given those that it builds on, never the window's other parts."""
        ask = self.questions
        self.gallery = GalleryRoom(context)
        self.filters = FilterRoom(context, ask.filters)
        self.review = ReviewRoom(context, self.gallery, ask.review)
        self.inspector = InspectorRoom(context)
        self.insight = InsightRoom(context)
        self.classes = ClassRoom(context, self.review.session, ask.classes)
        self.live = LiveRoom(context, ask.live)
        self.models = ModelRoom(context, ask.models)
        self.training = TrainingRoom(context, ask.training)
        self.projects = ProjectRoom(
            context, self.gallery, self.filters.quick, self.live.stream_list, ask.projects
        )
        self.exchange = ExchangeRoom(context, self.models.commands, self.live.commands, ask.exchange)

    def _lay_out(self) -> None:
        self.setWindowTitle("ViMD Studio")
        self.setAcceptDrops(True)
        page_layout = QVBoxLayout(self._project_page)
        page_layout.setContentsMargins(0, 0, 0, 0)
        page_layout.setSpacing(0)
        page_layout.addWidget(self.filters.quick)
        page_layout.addWidget(self.filters.chips)
        page_layout.addWidget(self.gallery.view, 1)
        self._stack.addWidget(self.empty_state)
        self._stack.addWidget(self._project_page)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.message_bar)
        layout.addWidget(self._stack, 1)
        self.setCentralWidget(central)
        status = QStatusBar()
        status.setSizeGripEnabled(False)
        status.addPermanentWidget(self.footer, 1)
        self.setStatusBar(status)
        room = self.screen().availableSize() - _FRAME
        self.resize(_FIRST_SIZE.boundedTo(room.expandedTo(_LEAST_SIZE)))
        # In the order in which they stand below each other, or beside each other as tabs.
        in_order = (
            self.projects,
            self.classes,
            self.filters,
            self.inspector,
            self.insight,
            self.training,
            self.live,
        )
        self.docks.add([panel for room in in_order for panel in room.panels])

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.docks.restore()
        self.gallery.selection.tell()

    # Connecting

    def _share_keys(self) -> None:
        """Keys that label act in the gallery and the inspector's picture, and a click elsewhere leaves them there."""
        keys, compare = self.review.keys, self.inspector.panel.compare
        for pane in (compare.nearest, compare.bicubic, compare.super_resolved):
            pane.pressed.connect(self.gallery.view.setFocus)
        keys.escaped.connect(self.classes.panel.list.clearSelection)
        keys.add_place(compare.wipe)
        keys.add_home(self.live.view, self.live.view.picture)
        for dock in self.docks.docks.values():
            keys.guard(dock)
        # Del on what was clicked there must not mean the captures.
        keys.leave_clicks_to_captures(self, but=(self.projects.source_panel.list, self.live.stream_list))

    def _connect_rooms(self) -> None:
        inspector, session = self.inspector.panel, self.review.session
        self.gallery.selection.changed.connect(
            lambda selected, _current: inspector.set_selected(len(selected))
        )
        inspector.bars.chosen.connect(session.choose)
        inspector.picker.chosen.connect(session.choose_class)
        inspector.mates_wanted.connect(self.review.queues.show)
        inspector.picker.left.connect(self.gallery.view.setFocus)
        self.insight.captures_chosen.connect(self.gallery.list_captures)
        self.models.commands.changes_chosen.connect(self.gallery.list_changes)
        self.live.review_wanted.connect(self.review.queues.least_sure)
        self.projects.source_panel.remove_wanted.connect(self.review.removing.remove_sources)
        self.projects.sources_grown.connect(lambda: self.docks.make_room("sources"))
        for room in (self.filters, self.live, self.training):
            room.panel_wanted.connect(self.docks.show_panel)

    def _connect_window(self) -> None:
        services, updates = self._services, self.projects.updates
        updates.filled.connect(self.show_project)
        updates.emptied.connect(self.show_empty)
        services.projects.opened.connect(self._on_project_opened)
        services.projects.closing.connect(self._on_project_closing)
        services.projects.open_failed.connect(self.show_empty)
        on(self.actions_.reset_layout, self.docks.reset)
        self.actions_.quit.triggered.connect(self.close)
        self.empty_state.open_folder_wanted.connect(self.exchange.imports.open_folder)
        self.empty_state.samples_wanted.connect(self.actions_.try_samples.trigger)
        for strip, service in (
            (self.footer.import_job, services.imports),
            (self.footer.export_job, services.exports),
            (self.footer.relink_job, services.relink),
            (self.footer.features_job, services.features),
            (self.footer.insight_job, services.insight),
        ):
            service.progress_changed.connect(strip.set_progress)
            strip.cancel_wanted.connect(service.cancel)

    def _on_project_opened(self, name: str, _folder: str) -> None:
        is_read_only = self._services.projects.is_read_only
        title = self.tr("{0} (read only) – ViMD Studio") if is_read_only else self.tr("{0} – ViMD Studio")
        self.setWindowTitle(title.format(name))

    def _on_project_closing(self) -> None:
        self.setWindowTitle("ViMD Studio")  # another project may not open
