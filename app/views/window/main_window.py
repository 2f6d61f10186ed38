"""The main window: lays out the parts and connects them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QPushButton, QStackedWidget, QStatusBar, QVBoxLayout, QWidget

from app.domain.records import (
    ActionKind,
    AddedCaptures,
    CaptureCounts,
    CaptureFilter,
    LabelResult,
)
from app.domain.stream_records import StreamRecord
from app.item_models.capture_list_model import CaptureListModel
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.item_models.stream_list_model import StreamListModel
from app.services.captures.relink_service import RelinkReport
from app.services.container import Places, Services
from app.services.program.preferences import Preferences, PreferenceValues
from app.services.program.recent_projects import RecentProjects
from app.views.classes.class_commands import ClassCommands
from app.views.classes.class_followers import ClassFollowers
from app.views.classes.class_panel import ClassPanel
from app.views.exchange.file_commands import FileCommands
from app.views.exchange.incoming import Incoming
from app.views.filters.filter_chips import FilterChips
from app.views.filters.filter_panel import FilterPanel
from app.views.filters.quick_filters import QuickFilters
from app.views.filters.saved_filters import SavedFilters
from app.views.gallery.room import GalleryRoom
from app.views.insight.confusion_panel import ConfusionPanel
from app.views.insight.map_panel import MapPanel
from app.views.insight.progress_panel import ProgressPanel
from app.views.inspector.inspector import Inspector
from app.views.live.live_view import LiveView
from app.views.live.stream_commands import StreamCommands
from app.views.live.stream_list import StreamList
from app.views.projects.project_counts import ProjectCounts
from app.views.projects.project_place import ProjectPlace
from app.views.projects.recent_menu import RecentMenu
from app.views.projects.source_panel import SourcePanel
from app.views.review.bulk_question import BulkQuestion
from app.views.review.capture_keys import CaptureKeys
from app.views.review.changed_files import ChangedFiles
from app.views.review.remove_commands import RemoveCommands
from app.views.review.review_queues import ReviewQueues
from app.views.review.review_session import ReviewSession
from app.views.review.undo_wording import UndoWording
from app.views.shared.actions import Actions
from app.views.shared.message_bar import MessageBar
from app.views.shared.room_context import RoomContext
from app.views.shared.theme import Theme
from app.views.training.training_commands import TrainingCommands
from app.views.training.training_panel import TrainingPanel
from app.views.window.classifier_status import ClassifierStatus
from app.views.window.dialogs import Dialogs
from app.views.window.docks import Docks, Panel
from app.views.window.drop_overlay import DropOverlay
from app.views.window.empty_state import EmptyState
from app.views.window.footer import Footer
from app.views.window.program_commands import ProgramCommands

_FIRST_SIZE: Final = QSize(1280, 800)
_LEAST_SIZE: Final = QSize(640, 400)
_LIVE_WIDTH: Final = 520
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
        self._captures = captures
        self._classes = classes
        self._sources = sources
        self._theme = theme
        self._settings = settings
        self._places = places
        self.dialogs = Dialogs(self)
        self.actions_ = Actions(self, theme)
        self.quick_filters = QuickFilters(self.actions_.filters)
        self.empty_state = EmptyState(theme, has_samples=places.samples.is_dir())
        self.message_bar = MessageBar(theme)
        self.footer = Footer(theme)
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
        self.gallery = GalleryRoom(context)
        is_meant = BulkQuestion(self.dialogs, preferences)
        self.review = ReviewSession(
            services.labels, services.inspect, self.gallery.selection.settle, is_meant, self
        )
        self.inspector = Inspector(services.inspect, services.insight, classes, theme)
        self.files = FileCommands(services, self.dialogs, self.message_bar, captures, settings, places, self)
        self.saved_filters = SavedFilters(services.projects, captures, self.dialogs, theme)
        self.filter_panel = FilterPanel(captures, classes, self.saved_filters)
        self.class_panel = ClassPanel(classes, captures, theme, self.actions_.add_class)
        self.stream_list = StreamList(StreamListModel(services.streams, self), services.streams, theme)
        self.source_panel = SourcePanel(sources, captures, theme, self.actions_.find_moved, self.stream_list)
        self.live_view = LiveView(services.streams, services.live, theme, preferences.values.unsure_below)
        self.streams = StreamCommands(services.streams, self.dialogs, self.message_bar, self)
        self.incoming = Incoming(services, self.files, self.streams, self.dialogs, self.message_bar, self)
        self.filter_chips = FilterChips(
            captures, classes, sources, self.actions_.clear_filter, self.actions_.save_filter
        )
        self.map_panel = MapPanel(services.insight, services.projects, classes, theme)
        self.confusion_panel = ConfusionPanel(services.statistics, classes, theme)
        self.progress_panel = ProgressPanel(services.statistics, classes, theme)
        self.training_panel = TrainingPanel(services.retrain, theme)
        self.docks = Docks(self, settings, self.actions_)
        ClassCommands(services.labels, classes, self.class_panel, self.review, self.actions_, self)
        self.queues = ReviewQueues(
            captures,
            services.insight,
            services.inspect,
            services.projects,
            self.actions_,
            self.message_bar,
            preferences,
            self.gallery.selection,
            self,
        )
        self.training = TrainingCommands(
            services,
            classes,
            self.actions_,
            self.dialogs,
            self.message_bar,
            self.files.choose_model,
            preferences,
            self,
        )
        RecentMenu(self.actions_.recent_projects, recent, self.files.open_recent, self)
        ProjectPlace(services.projects, recent, captures, self.gallery.view, self.gallery.selection, self)
        self.removing = RemoveCommands(
            services.labels,
            services.streams,
            captures,
            self.review,
            self.gallery.selection,
            self.dialogs,
            self.message_bar,
            self,
        )
        self._counts = ProjectCounts(
            services.projects, self.quick_filters, self.gallery.view, classes, sources, self
        )
        ClassFollowers(classes, captures, services.projects, services.inspect, services.statistics, self)
        ClassifierStatus(services, self.footer, self.message_bar, self)
        ChangedFiles(services, captures, self.dialogs, self.message_bar, self)
        UndoWording(services.labels, self.actions_, self)
        self._stack = _Pages()
        self._project_page = QWidget()
        self._overlay = DropOverlay(theme, self)
        self.keys = CaptureKeys(self.gallery.view, lambda: len(self.review.selected) > 1, self)
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(True)  # Enter works on it
        self._share_keys()
        self._connect_actions()
        self._connect_views()
        self._connect_services()
        self.program = ProgramCommands(
            self, services, captures, preferences, self.actions_, self.dialogs, self.message_bar, theme
        )
        preferences.changed.connect(lambda _before, now: self._mark_unsure(now))
        self._mark_unsure(preferences.values)
        self._restore()

    @property
    def is_empty(self) -> bool:
        """Whether the place to drop is shown instead of the gallery."""
        return self._stack.currentWidget() is self.empty_state

    def show_empty(self, _reason: str = "") -> None:
        """Show the place to drop."""
        self.docks.set_aside()
        self._stack.setCurrentWidget(self.empty_state)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how the window looked."""
        if not self.training.may_close():
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
        self.incoming.take_data(event.mimeData())

    # Laying out

    def _lay_out(self) -> None:
        self.setWindowTitle("ViMD Studio")
        self.setAcceptDrops(True)
        page_layout = QVBoxLayout(self._project_page)
        page_layout.setContentsMargins(0, 0, 0, 0)
        page_layout.setSpacing(0)
        page_layout.addWidget(self.quick_filters)
        page_layout.addWidget(self.filter_chips)
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
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.docks.add(
            [
                Panel("sources", self.tr("Sources"), self.source_panel, left, height=84, fits=True),
                Panel("classes", self.tr("Classes"), self.class_panel, left, height=266, is_first=True),
                Panel("filters", self.tr("Filters"), self.filter_panel, left, height=320),
                Panel("inspector", self.tr("Inspector"), self.inspector, right, keys="I", is_first=True),
                self._late_panel("progress", self.tr("Progress"), self.progress_panel, "Ctrl+1"),
                self._late_panel("confusion", self.tr("Confusion"), self.confusion_panel, "Ctrl+2"),
                self._late_panel("map", self.tr("Map"), self.map_panel, "Ctrl+3"),
                self._late_panel("training", self.tr("Training"), self.training_panel, "Ctrl+4"),
                self._late_panel("live", self.tr("Live"), self.live_view, "Ctrl+5"),
            ]
        )

    def _share_keys(self) -> None:
        """Keys that label act in the gallery and the inspector's picture, and a click elsewhere leaves them there."""
        compare = self.inspector.compare
        for pane in (compare.nearest, compare.bicubic, compare.super_resolved):
            pane.pressed.connect(self.gallery.view.setFocus)
        self.keys.escaped.connect(self.class_panel.list.clearSelection)
        self.keys.add_place(compare.wipe)
        self.keys.add_home(self.live_view, self.live_view.picture)
        for dock in self.docks.docks.values():
            self.keys.guard(dock)
        # Del on what was clicked there must not mean the captures.
        self.keys.leave_clicks_to_captures(self, but=(self.source_panel.list, self.stream_list))

    def _late_panel(self, name: str, title: str, widget: QWidget, keys: str) -> Panel:
        """One that shares the inspector's place and comes when it is asked for."""
        area = Qt.DockWidgetArea.RightDockWidgetArea
        return Panel(name, title, widget, area, keys=keys, is_shown=False, on_top_of="inspector")

    def _restore(self) -> None:
        geometry = self._settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        self.docks.restore()
        self.actions_.filters[CaptureFilter.ALL].setChecked(True)
        self.actions_.auto_advance.setChecked(self._settings.value("label/advance", True, bool) is True)
        self.gallery.selection.tell()

    # Connecting

    def _connect_actions(self) -> None:
        actions, services = self.actions_, self._services
        self._on(actions.open_folder, self.files.open_folder)
        self._on(actions.open_files, self.incoming.open_files)
        self._on(actions.open_address, self.incoming.open_address)
        self._on(actions.paste, self.incoming.paste)
        self._on(actions.add_stream, self.streams.add)
        self._on(actions.capture_now, self.live_view.snap.click)
        actions.try_samples.setVisible(self._places.samples.is_dir())
        self._on(actions.try_samples, self.files.try_samples)
        self._on(actions.new_project, self.files.new_project)
        self._on(actions.open_project, self.files.open_project)
        self._on(actions.restore, self.files.restore)
        self._on(actions.find_moved, self.files.find_moved)
        self._on(actions.export, self.files.export)
        self._on(actions.import_labels, self.files.import_labels)
        self._on(actions.import_folder_labels, self.files.import_folder_labels)
        actions.quit.triggered.connect(self.close)
        self._on(actions.undo, services.labels.undo)
        self._on(actions.redo, services.labels.redo)
        self._on(actions.remove, self.removing.remove_selected)
        # When the layout knows of it.
        self.source_panel.grown.connect(lambda: QTimer.singleShot(0, self, self._make_room_for_sources))
        self.source_panel.remove_wanted.connect(self.removing.remove_sources)
        self._on(actions.accept, self.review.accept)
        for position, action in enumerate(actions.choose):
            action.triggered.connect(lambda _checked=False, chosen=position: self.review.choose(chosen))
        self._on(actions.pick_class, self.inspector.picker.setFocus)
        self._on(actions.unsure, lambda: self.review.mark(ActionKind.UNSURE))
        self._on(actions.reject, lambda: self.review.mark(ActionKind.REJECT))
        self._on(actions.clear_label, lambda: self.review.mark(ActionKind.CLEAR))
        self._on(actions.next, lambda: self.review.move(1))
        self._on(actions.previous, lambda: self.review.move(-1))
        actions.auto_advance.toggled.connect(self._on_auto_advance)
        self._on(actions.choose_model, self.files.choose_model)
        self._on(actions.classify_missing, services.classify.classify_missing)
        self._on(actions.retry_unreadable, services.classify.retry_unreadable)
        self._on(actions.cancel_classify, services.classify.cancel)
        self._on(actions.restart_worker, services.worker.restart)
        self._on(actions.refresh, self._captures.reload)
        self._on(actions.refresh, services.files.check_all)
        self._on(actions.explain, self.inspector.compare.explain_button.click)
        self._on(actions.search, self._search)
        self._on(actions.clear_filter, self._clear_filter)
        self._on(actions.save_filter, self.saved_filters.save)
        self._on(actions.reset_layout, self.docks.reset)
        for position, action in enumerate(actions.choose_pinned):
            action.triggered.connect(
                lambda _checked=False, chosen=position: self.review.choose_pinned(chosen)
            )
        self._on(actions.fit_views, self.inspector.compare.view.fit)
        for which, action in actions.filters.items():
            action.triggered.connect(lambda _checked=False, chosen=which: self._captures.set_filter(chosen))

    def _connect_views(self) -> None:
        services = self._services
        self.gallery.selection.changed.connect(self._on_selected)
        self.empty_state.open_folder_wanted.connect(self.files.open_folder)
        self.empty_state.samples_wanted.connect(self.actions_.try_samples.trigger)
        self.footer.import_job.cancel_wanted.connect(services.imports.cancel)
        self.footer.export_job.cancel_wanted.connect(services.exports.cancel)
        services.exports.progress_changed.connect(self.footer.export_job.set_progress)
        self.footer.relink_job.cancel_wanted.connect(services.relink.cancel)
        services.relink.progress_changed.connect(self.footer.relink_job.set_progress)
        services.relink.relinked.connect(self._on_relinked)
        services.relink.missing_changed.connect(self._sources.set_missing)
        self.footer.insight_job.cancel_wanted.connect(services.insight.cancel)
        services.insight.progress_changed.connect(self.footer.insight_job.set_progress)
        self.inspector.bars.chosen.connect(self.review.choose)
        self.inspector.picker.chosen.connect(self.review.choose_class)
        self.inspector.picker.left.connect(self.gallery.view.setFocus)
        self.review.move_wanted.connect(self.gallery.selection.go)
        self.review.refused.connect(self.message_bar.show_notice)
        self._captures.rowsInserted.connect(self._counts.read_soon)
        self._captures.modelReset.connect(self._counts.read_soon)
        self._counts.counted.connect(self._on_counted)
        self._captures.query_changed.connect(self._show_quick_filter)
        for panel in (self.confusion_panel, self.progress_panel):
            panel.query_chosen.connect(self._captures.set_query)
        self.map_panel.captures_chosen.connect(self.gallery.list_captures)
        self.training.changes_chosen.connect(self.gallery.list_changes)
        self.training.panel_wanted.connect(lambda: self.docks.show_panel("training"))

    def _connect_services(self) -> None:
        services, bar = self._services, self.message_bar
        services.tasks.unhandled_failure.connect(self.files.show_failure)
        services.projects.opened.connect(self._on_project_opened)
        services.projects.closing.connect(self._on_project_closing)
        services.projects.open_failed.connect(self.show_empty)
        services.classify.captures_changed.connect(self._on_captures_changed)
        services.classify.answers_replaced.connect(self._on_answers_replaced)
        services.imports.progress_changed.connect(self.footer.import_job.set_progress)
        services.imports.captures_added.connect(self._on_captures_added)
        services.imports.finished.connect(self._counts.read_soon)
        services.streams.captures_added.connect(self._on_captures_added)
        services.streams.captures_forgotten.connect(self._on_captures_forgotten)
        services.streams.streams_changed.connect(self._on_streams_changed)
        self.stream_list.live_view_wanted.connect(self.show_live)
        self.stream_list.edit_wanted.connect(self.streams.edit)
        self.stream_list.password_wanted.connect(self.streams.ask_credentials)
        self.stream_list.remove_wanted.connect(self.streams.remove)
        self.live_view.review_wanted.connect(self._review_source)
        services.labels.labels_changed.connect(self._on_labels_changed)
        services.labels.nothing_changed.connect(self._say_what_was_left)
        services.labels.failed.connect(bar.show_error)

    # Captures

    def _on_selected(self, selected: list[int], current: int | None) -> None:
        self.inspector.set_selected(len(selected))
        self.review.set_selection(selected, current)

    def _on_counted(self, counts: CaptureCounts) -> None:
        if counts.total or self._services.streams.records:
            self.show_project()
        else:
            self.show_empty()

    def _on_captures_added(self, added: AddedCaptures) -> None:
        if added.returned_ids:
            self._on_membership_changed(is_more=True)
        else:
            self._captures.append(added.ids)
        self._services.classify.add(added.readable_ids)
        self._counts.read_soon()
        self.show_project()

    def _on_membership_changed(self, *, is_more: bool) -> None:
        """Captures or sources were taken out of the project, or are back."""
        self._captures.reload()
        self._sources.reload()
        self._counts.read_soon()
        self._services.streams.read_again()
        if is_more:
            self._services.classify.classify_missing()

    def _on_captures_forgotten(self, _ids: list[int]) -> None:
        self._captures.reload()
        self._counts.read_soon()

    def show_live(self, stream_id: int) -> None:
        """Show what a source sees now."""
        self.docks.show_panel("live", width=_LIVE_WIDTH)
        self.live_view.show_stream(stream_id)

    def _review_source(self, stream_id: int) -> None:
        record = next((r for r in self._services.streams.records if r.id == stream_id), None)
        if record is not None:
            self.queues.least_sure(record.source_id)

    def _make_room_for_sources(self) -> None:
        self.docks.make_room("sources")

    def _on_streams_changed(self, records: list[StreamRecord]) -> None:
        if records:
            self._sources.reload()  # one may be called otherwise
            self.show_project()  # its panels say how they are doing, also before anything was captured

    def _on_captures_changed(self, ids: list[int]) -> None:
        self._captures.refresh(ids)
        self._services.inspect.refresh(ids)
        self._counts.read_soon()

    def _on_answers_replaced(self) -> None:
        self._captures.refresh_all()
        self._services.inspect.refresh([self._services.inspect.capture_id])
        self._counts.read_soon()

    def _on_labels_changed(self, result: LabelResult) -> None:
        if result.is_membership_changed:
            self._on_membership_changed(is_more=result.kind is not ActionKind.REMOVE)
            return
        if result.classes_changed and result.kind in (ActionKind.UNDO, ActionKind.REDO):
            self._on_answers_replaced()  # classes that part again, or join, take the model's answers along
        else:
            self._on_captures_changed(list(result.capture_ids))
        if result.kind in (ActionKind.UNDO, ActionKind.REDO) and result.capture_ids:
            row = self._captures.row_of(result.capture_ids[0])
            if row is not None and len(result.capture_ids) == 1:
                self.gallery.selection.select_row(row)
        self._say_what_was_left(result)

    def _say_what_was_left(self, result: LabelResult) -> None:
        """Captures that a key did nothing to; where the next one is shown already, that says enough."""
        if result.skipped:
            self.message_bar.show_notice(
                self.tr("This capture was left as it is: the model has no answer for it.")
                if result.skipped == 1
                else self.tr(
                    "{0} captures were left as they are, because the model has no answer for them."
                ).format(f"{result.skipped:,}")
            )
        elif result.unchanged > 1 and not result.capture_ids:
            self.message_bar.show_notice(
                self.tr("Nothing changed: all {0} captures were labelled so before.").format(
                    f"{result.unchanged:,}"
                )
            )
        elif result.unchanged and not self.review.advances:
            self.message_bar.show_notice(self.tr("Nothing changed: the capture was labelled so before."))

    def show_project(self) -> None:
        """Show the gallery, also while its captures are still to come."""
        if self._stack.currentWidget() is not self._project_page:
            self._stack.setCurrentWidget(self._project_page)
            self.docks.bring_back()
            self.gallery.view.setFocus()

    def _search(self) -> None:
        self.docks.show_panel("filters")
        self.filter_panel.start_search()

    def _clear_filter(self) -> None:
        self.filter_panel.discard_typing()
        self._captures.set_query(self._captures.query.without_filter())

    def _show_quick_filter(self) -> None:
        which = self._captures.filter
        for known, action in self.actions_.filters.items():
            action.setChecked(known is which)

    def _mark_unsure(self, values: PreferenceValues) -> None:
        self.live_view.set_unsure_below(values.unsure_below)

    # Labelling

    def _on_auto_advance(self, advances: bool) -> None:
        self.review.advances = advances
        self._settings.setValue("label/advance", advances)

    # Project, import, export

    def _on_project_opened(self, name: str, _folder: str) -> None:
        is_read_only = self._services.projects.is_read_only
        title = self.tr("{0} (read only) – ViMD Studio") if is_read_only else self.tr("{0} – ViMD Studio")
        self.setWindowTitle(title.format(name))
        self.actions_.filters[CaptureFilter.ALL].setChecked(True)
        self._counts.read()

    def _on_relinked(self, report: RelinkReport) -> None:
        self._on_captures_changed(list(report.capture_ids))
        self._sources.reload()
        self._services.classify.classify_missing()

    def _on_project_closing(self) -> None:
        self.gallery.view.set_empty_text("")
        self.setWindowTitle("ViMD Studio")  # another project may not open

    # Helpers

    def _on(self, action: QAction, slot: Callable[[], object]) -> None:
        action.triggered.connect(lambda _checked=False: slot())
