"""The map of captures (scatter plot of embeddings): what looks alike lies together; a drag lists what is inside."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QImage, QImageWriter, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app.domain.records import CaptureRow
from app.item_models.capture_text import decision
from app.item_models.class_list_model import ClassListModel
from app.item_models.map_captures import MapCaptures
from app.services.classifier.insight_service import InsightService
from app.services.classifier.suggestion_state import SuggestionState
from app.services.pictures.image_service import ImageService
from app.services.project_service import ProjectService
from app.views.charts.loading import ChartLibrary
from app.views.insight.map_legend import MapLegend
from app.views.shared.theme import Theme

if TYPE_CHECKING:
    from app.views.insight.map_view import MapView

_PREVIEW_PX = 96
_ZOOM = 0.7


class MapPanel(QStackedWidget):
    """Makes the map on demand, and colours each capture by the class that it is shown with."""

    captures_chosen = Signal(object)  # tuple[int, ...]

    def __init__(
        self,
        insight: InsightService,
        projects: ProjectService,
        classes: ClassListModel,
        images: ImageService,
        suggestions: SuggestionState,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._classes = classes
        self._theme = theme
        self._captures = MapCaptures(insight, projects, classes, images, suggestions, self)
        self._pointed: int | None = None
        self._place = QPoint()
        self.map: MapView | None = None
        self._library = ChartLibrary(self._on_library, self)
        self.make_button = QPushButton(self.tr("Create map"))
        self.make_button.setProperty("role", "primary")
        self.make_button.clicked.connect(insight.lay_out)
        self.again_button = QPushButton(self.tr("Update map"))
        self.again_button.setProperty("role", "quiet")
        self.again_button.clicked.connect(insight.lay_out)
        self.pan_button = self._tool("⇔", self.tr("Drag to pan (or hold Shift)"))
        self.pan_button.setCheckable(True)
        self.pan_button.toggled.connect(self._set_pans)
        self.in_button = self._tool("+", self.tr("Zoom in (wheel)"))
        self.in_button.clicked.connect(lambda: self._zoom(_ZOOM))
        self.out_button = self._tool("−", self.tr("Zoom out (wheel)"))
        self.out_button.clicked.connect(lambda: self._zoom(1 / _ZOOM))
        self.whole_button = self._tool(
            self.tr("Show all"), self.tr("Show the whole map (Home or double-click)")
        )
        self.whole_button.clicked.connect(self._show_all)
        self.legend = MapLegend()
        self.legend.changed.connect(self._show)
        self.addWidget(self._make_start())
        self.addWidget(self._make_page())
        self._captures.changed.connect(self._on_captures)
        self._captures.cleared.connect(self._on_cleared)
        self._captures.preview_came.connect(self._on_preview)

    def showEvent(self, event: QShowEvent) -> None:
        """Load what draws it."""
        super().showEvent(event)
        self._library.load()

    def _tool(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setProperty("role", "small")
        return button

    def _make_start(self) -> QWidget:
        text = QLabel(
            self.tr(
                "The map places captures that the model finds similar close together, so mistakes stand out."
            )
        )
        text.setWordWrap(True)
        text.setProperty("role", "muted")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        start = QWidget()
        layout = QVBoxLayout(start)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addStretch(1)
        layout.addWidget(text)
        layout.addWidget(self.make_button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        return start

    def _make_page(self) -> QWidget:
        hint = QLabel(self.tr("Draw around captures to select them."))
        hint.setProperty("role", "muted")
        hint.setWordWrap(True)
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in (self.pan_button, self.in_button, self.out_button, self.whole_button):
            tools.addWidget(button)
        tools.addStretch(1)
        page = QWidget()
        self._page = QVBoxLayout(page)
        self._page.setContentsMargins(8, 6, 8, 6)
        self._page.addLayout(tools)
        self._page.addWidget(self.legend)
        self._page.addWidget(hint)
        self._page.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        return page

    def _on_library(self) -> None:
        from app.views.insight.map_view import MapView

        self.map = MapView(self._theme)
        self.map.pans = self.pan_button.isChecked()
        self.map.captures_chosen.connect(self.captures_chosen)
        self.map.pointed_at.connect(self._on_pointed)
        self._page.insertWidget(1, self.map, 1)
        self._show()

    def _on_captures(self) -> None:
        self.legend.set_classes(self._captures.captures, self._classes.records)
        self._show()
        self.setCurrentIndex(1)

    def _on_cleared(self) -> None:
        self._show()
        self.setCurrentIndex(0)

    def _show(self) -> None:
        if self.map is not None:
            colours = {record.id: QColor(record.colour) for record in self._classes.records}
            self.map.set_captures(self._captures.captures, colours, self.legend.hidden)

    def _set_pans(self, *, pans: bool) -> None:
        if self.map is not None:
            self.map.pans = pans

    def _zoom(self, scale: float) -> None:
        if self.map is not None:
            self.map.zoom(scale)

    def _show_all(self) -> None:
        if self.map is not None:
            self.map.show_all()

    def _on_pointed(self, capture_id: int | None, place: QPoint) -> None:
        self._pointed, self._place = capture_id, place
        if capture_id is None:
            QToolTip.hideText()
        else:
            self._on_preview(capture_id)

    def _on_preview(self, capture_id: int) -> None:
        """Tell what is below the pointer, as far as that is there by now."""
        found = self._captures.preview(capture_id) if capture_id == self._pointed else None
        if found is not None and self.map is not None:
            QToolTip.showText(self._place or QCursor.pos(), preview_text(*found), self.map)


def preview_text(row: CaptureRow, thumbnail: QImage | None) -> str:
    """A capture as a tool tip: its picture, what it is held for, the name of its file."""
    lines = [escape(text) for text in (decision(row), row.path.name) if text]
    if thumbnail is None:
        return "<br>".join(lines)
    scale = _PREVIEW_PX / max(1, thumbnail.width(), thumbnail.height())
    width, height = max(1, round(thumbnail.width() * scale)), max(1, round(thumbnail.height() * scale))
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(thumbnail)
    data = bytes(content.toBase64().data()).decode("ascii")
    picture = f'<img src="data:image/png;base64,{data}" width="{width}" height="{height}">'
    return "<br>".join([picture, *lines])
