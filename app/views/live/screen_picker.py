"""Screen region picker: a part of the screen is chosen by dragging over it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QDialog, QWidget

_LEAST_PX: Final = 16
_SHADE: Final = QColor(0, 0, 0, 130)
_TEXT_SHADE: Final = QColor(0, 0, 0, 200)


class ScreenPicker(QDialog):
    """Lies over all screens until something was chosen.

    It shows the screens as they were when it was made, since a window can be seen through only where a compositor runs.
    Where no program may look at the screen (Wayland), the window itself is made half transparent.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.chosen: QRect | None = None
        self._start = QPoint()
        self._end = QPoint()
        self._area = QGuiApplication.primaryScreen().virtualGeometry()
        self._pictures: list[tuple[QRect, QPixmap]] = []
        for screen in QGuiApplication.screens():
            picture = screen.grabWindow(0)
            if not picture.isNull():
                self._pictures.append((screen.geometry().translated(-self._area.topLeft()), picture))
        if not self._pictures:
            self.setWindowOpacity(0.45)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(self._area)
        self.setAccessibleName(self.tr("Screen region"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is chosen so far, and what to do."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            self._paint_screens(painter)
            painter.fillRect(self.rect(), _SHADE)
            chosen = self._rect()
            if not chosen.isEmpty():
                painter.save()
                painter.setClipRect(chosen)
                painter.fillRect(chosen, Qt.GlobalColor.white)
                self._paint_screens(painter)
                painter.restore()
                painter.setPen(QPen(Qt.GlobalColor.red, 2))
                painter.drawRect(chosen)
            self._paint_hint(painter)

    def _paint_screens(self, painter: QPainter) -> None:
        for place, picture in self._pictures:
            painter.drawPixmap(place, picture)

    def _paint_hint(self, painter: QPainter) -> None:
        text = self.tr("Drag over the part of the screen to watch. Press Esc to cancel.")
        screen = QGuiApplication.primaryScreen().geometry().translated(-self._area.topLeft())
        box = painter.fontMetrics().boundingRect(text).adjusted(-16, -10, 16, 10)
        box.moveCenter(QPoint(screen.center().x(), screen.top() + screen.height() // 6))
        painter.fillRect(box, _TEXT_SHADE)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin."""
        self._start = self._end = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on."""
        self._end = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take it, unless it is too small to be meant."""
        self._end = event.position().toPoint()
        if min(self._rect().width(), self._rect().height()) < _LEAST_PX:
            self._end = self._start
            self.update()
            return
        ratio = self.devicePixelRatioF()
        placed = self._rect().translated(self.geometry().topLeft())
        self.chosen = QRect(
            round(placed.x() * ratio),
            round(placed.y() * ratio),
            round(placed.width() * ratio),
            round(placed.height() * ratio),
        )
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels."""
        if event.key() == Qt.Key.Key_Escape:
            self.reject()

    def _rect(self) -> QRect:
        return QRect(self._start, self._end).normalized()
