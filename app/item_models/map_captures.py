"""Data of the map of captures: positions and classes of all, and a preview of the one that is pointed at."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.domain.records import CaptureRow
from app.item_models.class_list_model import ClassListModel
from app.item_models.gallery_thumbnails import GalleryThumbnails
from app.item_models.suggested_rows import SuggestedRows
from app.services.classifier.insight_service import CaptureMap, InsightService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.pictures.image_service import ImageService
from app.services.project_service import ProjectService

_ROWS_KEPT: Final = 500
_SETTLE_MS: Final = 500


@dataclass(frozen=True)
class CapturesOnMap:
    """Captures with their places and the classes that they are shown with.

    Attributes:
        ids: int64.
        places: x and y of each, float32, twice as long.
        classes: int64, 0 for none.
    """

    ids: array[int] = field(default_factory=lambda: array("q"))
    places: array[float] = field(default_factory=lambda: array("f"))
    classes: array[int] = field(default_factory=lambda: array("q"))


class MapCaptures(QObject):
    """Follows the model's map and the classes of the open project."""

    changed = Signal()
    cleared = Signal()
    preview_came = Signal(int)  # capture

    def __init__(
        self,
        insight: InsightService,
        projects: ProjectService,
        classes: ClassListModel,
        images: ImageService,
        suggestions: SuggestionState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._suggested = SuggestedRows(suggestions)
        # Suggestions change with each label, and to ask for the classes of all captures takes a moment.
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._read_classes)
        suggestions.changed.connect(self._settle.start)
        self._projects = projects
        self._classes = classes
        self._thumbnails = GalleryThumbnails(images, self)
        self._rows: OrderedDict[int, CaptureRow] = OrderedDict()
        self._found: CaptureMap | None = None
        self.captures = CapturesOnMap()
        insight.map_found.connect(self._on_map)
        classes.modelReset.connect(self._read_classes)
        projects.closing.connect(self._on_project_closing)
        self._thumbnails.thumbnail_came.connect(self.preview_came)

    def preview(self, capture_id: int) -> tuple[CaptureRow, QImage | None] | None:
        """A capture with its thumbnail as far as they are there; `preview_came` follows when more is."""
        row = self._rows.get(capture_id)
        if row is None:
            self._projects.queries.rows([capture_id], self._on_rows)
            return None
        thumbnail = self._thumbnails.get(row)
        return self._suggested.with_suggestion(row), thumbnail if isinstance(thumbnail, QImage) else None

    def _on_map(self, found: CaptureMap) -> None:
        self._found = found
        self._read_classes()

    def _read_classes(self) -> None:
        found = self._found
        if found is None:
            return
        self._rows.clear()

        def show(classes: array[int]) -> None:
            if found is self._found:
                self.captures = CapturesOnMap(found.ids, found.places, classes)
                self.changed.emit()

        self._projects.queries.shown_classes(found.ids, show)

    def _on_rows(self, rows: list[CaptureRow]) -> None:
        for row in rows:
            self._rows[row.id] = row
            if len(self._rows) > _ROWS_KEPT:
                self._rows.popitem(last=False)
            self.preview_came.emit(row.id)

    def _on_project_closing(self) -> None:
        self._settle.stop()
        self._found = None
        self.captures = CapturesOnMap()
        self._rows.clear()
        self._thumbnails.clear()
        self.cleared.emit()
