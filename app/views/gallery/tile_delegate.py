"""Item delegate that paints a capture's tile wherever Qt asks for one; the gallery takes finished tiles itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from app.domain.records import CaptureRow
from app.item_models.capture_list_model import CaptureRole
from app.views.gallery.tile_painter import CURRENT, PLAIN, SELECTED, TilePainter
from app.views.shared.theme import Theme
from app.views.wording.numbers import short_problem

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

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Show the tool tip, and in it what is to be said of an incomplete file."""
        row: CaptureRow | None = index.data(CaptureRole.ROW) if index.isValid() else None
        if row is None or row.notice is None or event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        text = f"{index.data(Qt.ItemDataRole.ToolTipRole)}\n{short_problem(row.notice, row.path)}"
        QToolTip.showText(event.globalPos(), text, view)
        return True

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
