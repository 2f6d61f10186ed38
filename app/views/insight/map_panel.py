"""All captures on a map: what looks alike to the model lies together; a drag lists what is inside."""

from __future__ import annotations

from array import array
from typing import Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.item_models.class_list_model import ClassListModel
from app.services.classifier.insight_service import CaptureMap, InsightService
from app.services.project_service import ProjectService
from app.views.shared.theme import Theme

_MARGIN_PX: Final = 10
_MANY: Final = 20_000
_REACH: Final = 1.5  # interquartile ranges beyond the quartiles


class MapPanel(QStackedWidget):
    """Makes the map on demand, and colours each capture by the class that it is shown with."""

    captures_chosen = Signal(object)  # tuple[int, ...]

    def __init__(
        self, insight: InsightService, projects: ProjectService, classes: ClassListModel, theme: Theme
    ) -> None:
        super().__init__()
        self._projects = projects
        self._classes = classes
        self.map = CaptureScatter(theme)
        self.map.captures_chosen.connect(self.captures_chosen)
        self.make_button = QPushButton(self.tr("Make the map"))
        self.make_button.setProperty("role", "primary")
        self.make_button.clicked.connect(insight.lay_out)
        text = QLabel(
            self.tr("The map puts captures that look alike to the model side by side: mistakes stand out.")
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
        page = QWidget()
        page_layout = QVBoxLayout(page)
        page_layout.setContentsMargins(8, 6, 8, 6)
        self.again_button = QPushButton(self.tr("Make it anew"))
        self.again_button.setProperty("role", "quiet")
        self.again_button.clicked.connect(insight.lay_out)
        hint = QLabel(self.tr("Draw around captures to list them."))
        hint.setProperty("role", "muted")
        page_layout.addWidget(self.map, 1)
        page_layout.addWidget(hint)
        page_layout.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.addWidget(start)
        self.addWidget(page)
        self._found: CaptureMap | None = None
        insight.map_found.connect(self._on_map)
        classes.modelReset.connect(self._colour_again)
        projects.closing.connect(self._on_project_closing)

    def _on_project_closing(self) -> None:
        self._found = None
        self.setCurrentIndex(0)

    def _colour_again(self) -> None:
        if self._found is not None:
            self._on_map(self._found)

    def _on_map(self, found: CaptureMap) -> None:
        self._found = found
        colours = {record.id: QColor(record.colour) for record in self._classes.records}

        def show(shown: tuple[array[int], array[int]]) -> None:
            self.map.set_map(found, dict(zip(*shown, strict=True)), colours)
            self.setCurrentIndex(1)

        self._projects.queries.shown_classes(show)


class CaptureScatter(QWidget):
    """A dot for each capture; drawn once into a picture, so that a million dots cost nothing to look at."""

    captures_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._map = CaptureMap(array("q"), array("f"))
        self._colours: Any = None
        self._picture: QImage | None = None
        self._lasso: list[QPointF] = []
        self.setMinimumSize(160, 140)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self.tr("Map of the captures"))
        theme.changed.connect(self._redraw)

    def set_map(self, found: CaptureMap, classes: dict[int, int], colours: dict[int, QColor]) -> None:
        """Show another map."""
        import numpy as np

        grey = (140, 140, 140)
        table = {i: (c.red(), c.green(), c.blue()) for i, c in colours.items()}
        chosen = [table.get(classes.get(capture_id, 0), grey) for capture_id in found.ids]
        self._map = found
        self._colours = np.array(chosen, dtype=np.uint8).reshape(-1, 3)
        self._redraw()

    def ids_within(self, polygon: QPolygonF) -> tuple[int, ...]:
        """The captures whose dots lie inside."""
        if not self._map.ids:
            return ()
        import numpy as np

        x, y = self._pixels()
        corners = [(polygon.at(i).x(), polygon.at(i).y()) for i in range(polygon.size())]
        inside = np.zeros(len(x), dtype=bool)
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            if y0 != y1:  # an edge that a ray to the right crosses turns outside into inside
                crosses = (y0 > y) != (y1 > y)
                inside ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
        ids = np.frombuffer(self._map.ids, dtype=np.int64)[inside]
        return tuple(ids.tolist())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dots and what is being drawn around them."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("canvas"))
        if self._picture is None:
            self._picture = self._draw()
        painter.drawImage(QPointF(0, 0), self._picture)
        if len(self._lasso) > 1:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            fill = QColor(self._theme.colour("accent"))
            fill.setAlpha(40)
            painter.setBrush(fill)
            painter.setPen(QPen(self._theme.colour("accent"), 1.5))
            painter.drawPolygon(QPolygonF(self._lasso))

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Draw anew."""
        self._redraw()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start to draw around captures."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._lasso = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on."""
        if self._lasso:
            self._lasso.append(event.position())
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """List what is inside; a click lists what is around it."""
        lasso, self._lasso = self._lasso, []
        if not lasso:
            return
        bounds = QPolygonF(lasso).boundingRect()
        if max(bounds.width(), bounds.height()) < 6:
            centre = lasso[0]
            lasso = [centre + QPointF(dx, dy) for dx, dy in ((-8, -8), (8, -8), (8, 8), (-8, 8))]
        ids = self.ids_within(QPolygonF(lasso))
        if ids:
            self.captures_chosen.emit(ids)
        self.update()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _pixels(self) -> tuple[Any, Any]:
        import numpy as np

        places = np.frombuffer(self._map.places, dtype=np.float32).reshape(-1, 2)
        area = QRectF(self.rect()).adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        # A few captures far off would leave the others no room: they stand at the border.
        low, high = np.quantile(places, [0.25, 0.75], axis=0)
        reach = _REACH * np.maximum(high - low, 1e-6)
        first = np.maximum(low - reach, places.min(axis=0))
        last = np.minimum(high + reach, places.max(axis=0))
        shares = np.clip((places - first) / np.maximum(last - first, 1e-6), 0.0, 1.0)
        return area.left() + shares[:, 0] * area.width(), area.top() + shares[:, 1] * area.height()

    def _draw(self) -> QImage:
        import numpy as np

        ratio = self.devicePixelRatioF()
        width, height = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        pixels = np.zeros((height, width, 4), dtype=np.uint8)
        if self._map.ids:
            x, y = self._pixels()
            size = round((1 if len(self._map.ids) > _MANY else 2) * ratio)
            for dy in range(-size, size + 1):
                for dx in range(-size, size + 1):
                    if dx * dx + dy * dy <= size * size + 1:
                        columns = np.clip((x * ratio).astype(int) + dx, 0, width - 1)
                        rows = np.clip((y * ratio).astype(int) + dy, 0, height - 1)
                        pixels[rows, columns, :3] = self._colours
                        pixels[rows, columns, 3] = 255
        image = QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        image.setDevicePixelRatio(ratio)
        return image
