"""Lets a part of the screen be chosen by dragging over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QWidget

_LEAST_PX = 16


class ScreenPicker(QDialog):
    """Lies over all screens until something was chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        self.chosen: QRect | None = None
        self._start = QPoint()
        self._end = QPoint()
        self.setWindowOpacity(0.45)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setGeometry(QGuiApplication.primaryScreen().virtualGeometry())
        self.setAccessibleName(self.tr("Part of the screen"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what is chosen so far, and what to do."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), Qt.GlobalColor.black)
            painter.setPen(Qt.GlobalColor.white)
            text = self.tr("Drag over the part of the screen that is to be watched. Escape gives it up.")
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), text)
            if not self._rect().isEmpty():
                painter.fillRect(self._rect(), Qt.GlobalColor.white)
                painter.setPen(QPen(Qt.GlobalColor.red, 2))
                painter.drawRect(self._rect())

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
        """Escape gives it up."""
        if event.key() == Qt.Key.Key_Escape:
            self.reject()

    def _rect(self) -> QRect:
        return QRect(self._start, self._end).normalized()
