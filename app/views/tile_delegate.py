"""Draws a capture's tile wherever Qt asks for one; the gallery takes the finished tiles itself."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.item_models.capture_list_model import CaptureRole
from app.views.theme import Theme
from app.views.tile_painter import CHANGED_STYLE, CURRENT, PLAIN, SELECTED, STATE_STYLE, TilePainter

__all__ = ["CHANGED_STYLE", "STATE_STYLE", "TileDelegate"]

_NO_LIMIT_S = 60.0


class TileDelegate(QStyledItemDelegate):
    """A thumbnail in nearest-neighbour pixels, what the capture is held for, and how sure that is."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tiles = TilePainter(theme, self)

    def set_thumbnail_size(self, size_px: int) -> QSize:
        """Change the size of thumbnails.

        Returns:
            The size of a tile.
        """
        return self.tiles.set_thumbnail_size(size_px)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one tile; what is not loaded yet leaves an empty card."""
        look = PLAIN
        if option.state & QStyle.StateFlag.State_Selected:
            look |= SELECTED
        if option.state & QStyle.StateFlag.State_HasFocus:
            look |= CURRENT
        self.tiles.begin_frame(painter.device().devicePixelRatioF(), _NO_LIMIT_S)
        row, thumbnail = index.data(CaptureRole.ROW), index.data(CaptureRole.THUMBNAIL)
        painter.drawPixmap(option.rect.topLeft(), self.tiles.pixmap(row, thumbnail, look)[0])
