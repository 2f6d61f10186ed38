"""Keeps lists, counts and the picture in step with what services change in the project (signal fan-out)."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.domain.records import ActionKind, AddedCaptures, CaptureCounts, LabelResult
from app.domain.stream_records import StreamRecord
from app.services.captures.relink_service import RelinkReport
from app.views.gallery.gallery_selection import GallerySelection
from app.views.projects.project_counts import ProjectCounts
from app.views.shared.room_context import RoomContext


class ProjectUpdates(QObject):
    """One slot for each kind of change."""

    filled = Signal()  # there is something to show, or there will be soon
    emptied = Signal()

    def __init__(self, context: RoomContext, counts: ProjectCounts, selection: GallerySelection) -> None:
        super().__init__(context.window)
        services, captures = context.services, context.captures
        self._services = services
        self._captures = captures
        self._sources = context.sources
        self._selection = selection
        self._counts = counts
        captures.rowsInserted.connect(counts.read_soon)
        captures.modelReset.connect(counts.read_soon)
        counts.counted.connect(self._on_counted)
        services.projects.opened.connect(lambda _name, _folder: counts.read())
        services.relink.relinked.connect(self._on_relinked)
        services.classify.captures_changed.connect(self._on_captures_changed)
        services.classify.answers_replaced.connect(self._on_answers_replaced)
        services.imports.captures_added.connect(self._on_captures_added)
        services.imports.finished.connect(counts.read_soon)
        services.streams.captures_added.connect(self._on_captures_added)
        services.streams.captures_forgotten.connect(self._on_captures_forgotten)
        services.streams.streams_changed.connect(self._on_streams_changed)
        services.labels.labels_changed.connect(self._on_labels_changed)
        services.suggestions.state.changed.connect(counts.read_soon)
        # Else the list stays as it is under the user's hands.
        services.suggestions.state.are_shown_changed.connect(captures.list_anew_by_answers)

    def _on_counted(self, counts: CaptureCounts) -> None:
        if counts.total or self._services.streams.records:
            self.filled.emit()
        else:
            self.emptied.emit()

    def _on_captures_added(self, added: AddedCaptures) -> None:
        if added.returned_ids:
            self._on_membership_changed(is_more=True)
        else:
            self._captures.append(added.ids)
        self._services.classify.add(added.readable_ids)
        self._counts.read_soon()
        self.filled.emit()

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

    def _on_streams_changed(self, records: list[StreamRecord]) -> None:
        if records:
            self._sources.reload()  # one may be called otherwise
            self.filled.emit()  # its panels say how they are doing, also before anything was captured

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
                self._selection.select_row(row)

    def _on_relinked(self, report: RelinkReport) -> None:
        self._on_captures_changed(list(report.capture_ids))
        self._sources.reload()
        self._services.classify.classify_missing()
