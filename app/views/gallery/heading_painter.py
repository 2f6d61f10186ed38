"""Paints the heading of a group of tiles."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from app.item_models import number_text
from app.item_models.gallery_heading import Heading
from app.views.gallery.tile_layout import HEADING_PX, MARGIN_PX
from app.views.shared.theme import Theme

_DOT_PX: Final = 10


class HeadingPainter:
    """A class's colour and name, or a source's name and folder, and how many captures follow."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint(self, painter: QPainter, place: QRect, heading: Heading) -> None:
        """Draw at the left top of `place`, over its width."""
        area = QRect(
            place.left() + MARGIN_PX + 8, place.top(), place.width() - 2 * MARGIN_PX - 16, HEADING_PX
        )
        painter.setPen(self._theme.colour("border"))
        painter.drawLine(area.left(), area.bottom(), area.right(), area.bottom())
        left = area.left()
        if heading.colour is not None:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(heading.colour))
            painter.drawEllipse(QRectF(left, area.center().y() - _DOT_PX / 2 + 1, _DOT_PX, _DOT_PX))
            painter.restore()
            left += _DOT_PX + 8
        font = QFont(painter.font())
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        count = number_text.count(heading.count)
        metrics = painter.fontMetrics()
        room = area.right() - left - metrics.horizontalAdvance(count) - 12
        title = metrics.elidedText(self._title(heading), Qt.TextElideMode.ElideMiddle, room)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(QRect(left, area.top(), room, HEADING_PX), Qt.AlignmentFlag.AlignVCenter, title)
        left += metrics.horizontalAdvance(title) + 10
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._theme.colour("faint"))
        painter.drawText(
            QRect(left, area.top(), area.right() - left, HEADING_PX), Qt.AlignmentFlag.AlignVCenter, count
        )

    def _title(self, heading: Heading) -> str:
        if not heading.title:
            return QCoreApplication.translate("HeadingPainter", "No class yet")
        if heading.colour is not None:
            return heading.title
        path = Path(heading.title)
        return f"{path.name}   {path.parent}"
