"""Draws a capture's tile."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.item_models.capture_list_model import CaptureRole
from app.storage.records import CaptureRow, ReviewState
from app.views.theme import Theme
from app.views.wording import percent, short_problem

_PADDING_PX: Final = 5
_CAPTION_PX: Final = 26
_RADIUS_PX: Final = 8
_BADGE_PX: Final = 18
_ROOM_FOR_NUMBER_PX: Final = 76
_ROOM_FOR_REASON_PX: Final = 84
STATE_STYLE: Final = {
    ReviewState.ACCEPTED: ("accepted", "check"),
    ReviewState.CORRECTED: ("corrected", "pencil"),
    ReviewState.UNSURE: ("unsure", "question"),
    ReviewState.REJECTED: ("rejected", "forbid"),
}
"""Colour and icon of what a human has decided."""


class TileDelegate(QStyledItemDelegate):
    """A thumbnail in nearest-neighbour pixels, what the capture is held for, and how sure that is."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnail_px = 112

    def set_thumbnail_size(self, size_px: int) -> QSize:
        """Change the size of thumbnails.

        Returns:
            The size of a tile.
        """
        self._thumbnail_px = size_px
        side = size_px + 4 * _PADDING_PX
        return QSize(side, side + _CAPTION_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one tile; what is not loaded yet leaves a quiet gap."""
        painter.save()
        card = option.rect.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_PADDING_PX)
        row: CaptureRow | None = index.data(CaptureRole.ROW)
        self._paint_card(painter, option, card)
        picture = card.adjusted(_PADDING_PX, _PADDING_PX, -_PADDING_PX, -_CAPTION_PX - 1)
        if row is not None:
            self._paint_picture(painter, picture, row, index.data(CaptureRole.THUMBNAIL))
            caption = QRect(card.left() + 8, picture.bottom() + 1, card.width() - 16, _CAPTION_PX)
            self._paint_caption(painter, option.font, caption, row)
            self._paint_badges(painter, picture, row)
        painter.restore()

    def _paint_card(self, painter: QPainter, option: QStyleOptionViewItem, card: QRect) -> None:
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        is_current = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill = "accent_soft" if is_selected else "hover" if is_hovered else "surface"
        border = self._theme.colour("accent" if is_selected or is_current else "border")
        painter.setBrush(self._theme.colour(fill))
        painter.setPen(QPen(border, 2 if is_current else 1))
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS_PX, _RADIUS_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_picture(self, painter: QPainter, area: QRect, row: CaptureRow, thumbnail: object) -> None:
        if isinstance(thumbnail, QImage):
            scale = min(area.width() / thumbnail.width(), area.height() / thumbnail.height())
            size = QSize(max(1, round(thumbnail.width() * scale)), max(1, round(thumbnail.height() * scale)))
            target = QRect(area.topLeft(), size)
            target.moveCenter(area.center())
            # Captures keep their pixels; only what is larger than the tile is smoothed.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=scale < 1)
            painter.drawImage(target, thumbnail)
        elif isinstance(thumbnail, str):
            painter.setPen(self._theme.colour("problem"))
            font = painter.font()
            font.setPixelSize(11)
            painter.setFont(font)
            icon = QRect(area.left(), area.top() + 4, area.width(), 22)
            has_room = area.width() >= _ROOM_FOR_REASON_PX
            self._theme.icon("warning", "problem").paint(painter, icon if has_room else area)
            if not has_room:
                return
            painter.drawText(
                area.adjusted(2, 28, -2, 0),
                Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap,
                short_problem(thumbnail, row.path),
            )

    def _paint_caption(self, painter: QPainter, base_font: QFont, area: QRect, row: CaptureRow) -> None:
        font = QFont(base_font)
        font.setPixelSize(12)
        is_human = row.state is not ReviewState.UNREVIEWED
        text, colour = self._caption(row)
        if not is_human and row.probability is not None and area.width() >= _ROOM_FOR_NUMBER_PX:
            painter.setFont(font)
            painter.setPen(self._theme.colour("faint"))
            number = percent(row.probability)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
            area = area.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(number) - 6, 0)
        if is_human and row.label_colour is not None:
            dot = QRectF(area.left(), area.center().y() - 3, 8, 8)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(row.label_colour))
            painter.drawEllipse(dot)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            area = area.adjusted(14, 0, 0, 0)
        font.setWeight(QFont.Weight.DemiBold if is_human else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(self._theme.colour(colour))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

    def _caption(self, row: CaptureRow) -> tuple[str, str]:
        if row.state is ReviewState.UNSURE:
            return self.tr("Unsure"), "unsure"
        if row.state is ReviewState.REJECTED:
            return self.tr("Not a capture"), "rejected"
        if row.label is not None:
            return row.label, "text"
        if row.problem is None and row.predicted is not None:
            return row.predicted, "muted"
        return row.path.name, "faint"

    def _paint_badges(self, painter: QPainter, area: QRect, row: CaptureRow) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.state in STATE_STYLE:
            colour, icon = STATE_STYLE[row.state]
            badge = QRect(area.right() - _BADGE_PX + 4, area.top() - 3, _BADGE_PX, _BADGE_PX)
            painter.setPen(QPen(self._theme.colour("surface"), 1.5))
            painter.setBrush(self._theme.colour(colour))
            painter.drawEllipse(badge)
            self._theme.icon(icon, "accent_text").paint(painter, badge.adjusted(3, 3, -3, -3))
        if row.sr_changed and row.problem is None:
            badge = QRect(area.left() - 2, area.top() - 3, 30, 16)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("corrected"))
            painter.drawRoundedRect(badge, 8, 8)
            font = painter.font()
            font.setPixelSize(10)
            font.setWeight(QFont.Weight.Bold)
            painter.setFont(font)
            painter.setPen(self._theme.colour("accent_text"))
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "SR≠")
