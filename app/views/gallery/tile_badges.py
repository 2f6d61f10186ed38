"""The marks on a tile (badges): what a user has decided, what super-resolution changed, and a class's colour."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPen, QPixmap, QPolygonF

from app.domain.records import ReviewState
from app.views.shared.theme import Theme

BADGE_PX: Final = 18
DOT_PX: Final = 8
SPARK_PX: Final = 12
_SR: Final = "SR"
STATE_STYLE: Final = {
    ReviewState.ACCEPTED: ("accepted", "check"),
    ReviewState.CORRECTED: ("corrected", "pencil"),
    ReviewState.UNSURE: ("unsure", "question"),
    ReviewState.REJECTED: ("rejected", "forbid"),
}
"""Colour and icon of what a human has decided."""
CHANGED_STYLE: Final = ("unsure", "refresh")
"""The same of a capture whose file has changed on disk."""
CHANGED: Final = "changed"

INCOMPLETE: Final = "incomplete"
_OTHER_STYLES: Final = {CHANGED: CHANGED_STYLE, INCOMPLETE: ("unsure", "warning")}

# A star with four points, in pixels of the tile.
_SPARK: Final = [
    QPointF(6 + x, 6 + y)
    for x, y in ((0, -5.5), (1.6, -1.6), (5.5, 0), (1.6, 1.6), (0, 5.5), (-1.6, 1.6), (-5.5, 0), (-1.6, -1.6))
]


class TileBadges:
    """Draws each mark once for a theme and a pixel ratio, and keeps it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._ratio = 1.0
        self._badges: dict[str, QPixmap] = {}

    def set_ratio(self, ratio: float) -> None:
        """The pixel ratio of what is drawn next."""
        self._ratio = ratio
        self.clear()

    def clear(self) -> None:
        """Draw everything anew."""
        self._badges.clear()

    def state(self, name: str) -> QPixmap:
        """What a user has decided, or what is to be said of the file: a key of `STATE_STYLE`, or one of the others."""
        badge = self._badges.get(name)
        if badge is None:
            badge = self._badges[name] = self._draw_state_badge(name)
        return badge

    def sr_changed(self) -> QPixmap:
        """Super-resolution changed the answer."""
        badge = self._badges.get(_SR)
        if badge is None:
            badge = self._badges[_SR] = self._draw_sr_badge()
        return badge

    def _draw_state_badge(self, name: str) -> QPixmap:
        colour, icon = _OTHER_STYLES.get(name) or STATE_STYLE[ReviewState[name]]
        pixmap = self._blank(QSize(BADGE_PX + 2, BADGE_PX + 2))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("surface"), 1.5))
        painter.setBrush(self._theme.colour(colour))
        disc = QRect(1, 1, BADGE_PX, BADGE_PX)
        painter.drawEllipse(disc)
        self._theme.icon(icon, "accent_text").paint(painter, disc.adjusted(3, 3, -3, -3))
        painter.end()
        return pixmap

    def _draw_sr_badge(self) -> QPixmap:
        pixmap = self._blank(QSize(30, 16))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("corrected"))
        painter.drawRoundedRect(QRect(0, 0, 30, 16), 8, 8)
        font = QFont(QGuiApplication.font())
        font.setPixelSize(10)
        font.setWeight(QFont.Weight.Bold)
        painter.setFont(font)
        painter.setPen(self._theme.colour("accent_text"))
        painter.drawText(QRect(0, 0, 30, 16), Qt.AlignmentFlag.AlignCenter, "SR≠")
        painter.end()
        return pixmap

    def dot(self, colour: str, *, is_human: bool) -> QPixmap:
        """A class's colour: full for a human's label, a ring for the model's prediction."""
        key = f"{colour} {is_human}"
        dot = self._badges.get(key)
        if dot is None:
            dot = self._badges[key] = self._blank(QSize(DOT_PX, DOT_PX))
            painter = QPainter(dot)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(colour), 1.5))
            painter.setBrush(QColor(colour) if is_human else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(1, 1, DOT_PX - 2, DOT_PX - 2))
            painter.end()
        return dot

    def spark(self, colour: str) -> QPixmap:
        """A class that is suggested by the project's labels, in its colour."""
        key = f"{colour} spark"
        spark = self._badges.get(key)
        if spark is None:
            spark = self._badges[key] = self._blank(QSize(SPARK_PX, SPARK_PX))
            painter = QPainter(spark)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawPolygon(QPolygonF(_SPARK))
            painter.end()
        return spark

    def _blank(self, size: QSize) -> QPixmap:
        return blank_pixmap(size, self._ratio)


def blank_pixmap(size: QSize, ratio: float) -> QPixmap:
    """A transparent picture of this size on the screen."""
    pixmap = QPixmap((size.toSizeF() * ratio).toSize())
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
