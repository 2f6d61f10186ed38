"""Counts of captures of each kind, shown wherever counts are shown."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.records import CaptureCounts, ClassCounts
from app.item_models.class_list_model import ClassListModel
from app.item_models.source_list_model import SourceListModel
from app.services.project_service import ProjectService
from app.views.filters.quick_filters import QuickFilters
from app.views.gallery.gallery_view import GalleryView

_BURST_MS = 100


class ProjectCounts(QObject):
    """Reads the counts after changes, once for each burst of them."""

    counted = Signal(object)  # CaptureCounts

    def __init__(
        self,
        projects: ProjectService,
        quick_filters: QuickFilters,
        gallery: GalleryView,
        classes: ClassListModel,
        sources: SourceListModel,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._quick_filters = quick_filters
        self._gallery = gallery
        self._classes = classes
        self._sources = sources
        self._burst = QTimer(self)
        self._burst.setSingleShot(True)
        self._burst.setInterval(_BURST_MS)
        self._burst.timeout.connect(self.read)

    def read_soon(self) -> None:
        """Something has changed."""
        if not self._burst.isActive():  # never put off, or a long import would show no counts
            self._burst.start()

    def read(self) -> None:
        """Read and show them now."""
        self._projects.queries.counts(self._show)

    def _show(self, class_counts: ClassCounts, counts: CaptureCounts) -> None:
        self._quick_filters.set_counts(counts)
        self._classes.set_counts(class_counts)
        self._sources.set_counts(class_counts)
        self._gallery.set_empty_text(
            self.tr("No matching captures. Press Ctrl+Shift+F to show all.")
            if counts.total
            else self.tr("Drop captures here.")
        )
        self.counted.emit(counts)
