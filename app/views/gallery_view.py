"""A grid of tiles over a list model of any length.

Qt's own icon view keeps a rectangle for each item, which takes seconds and hundreds of megabytes for a
million captures. Here all tiles have one size, so that every position is computed.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from app.views.theme import Theme

_MARGIN_PX: Final = 10

AnyIndex = QModelIndex | QPersistentModelIndex


class GalleryView(QAbstractItemView):
    """Tiles in rows; click, Shift, Ctrl, drag and the arrow keys select as everywhere."""

    zoom_wanted = Signal(int)  # steps of thumbnail size, from Ctrl and the wheel

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tile = QSize(140, 170)
        self._anchor = 0
        self._band: QRect | None = None
        self._empty_text = ""
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName(self.tr("Gallery of captures"))
        theme.changed.connect(self.viewport().update)

    def set_tile_size(self, size: QSize) -> None:
        """Change the size of all tiles; what was in the middle stays in view."""
        middle = self.indexAt(self.viewport().rect().center())
        kept = self.currentIndex() if self._is_visible(self.currentIndex()) else middle
        self._tile = size
        self.updateGeometries()
        if kept.isValid():
            self.scrollTo(kept, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.viewport().update()

    def set_empty_text(self, text: str) -> None:
        """What to say when the list has no captures."""
        self._empty_text = text
        self.viewport().update()

    @property
    def columns(self) -> int:
        """Tiles side by side."""
        return self._columns_of(self.viewport().width())

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the number of rows."""
        count = self.model().rowCount() if self.model() is not None else 0
        rows = -(-count // self.columns)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, rows * self._tile.height() + 2 * _MARGIN_PX - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._tile.height() // 2))
        bar.setSingleStep(max(1, self._tile.height() // 4))
        super().updateGeometries()

    def rowsInserted(self, parent: AnyIndex, start: int, end: int) -> None:
        """Make room for new tiles."""
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def reset(self) -> None:
        """Start over after the list has changed altogether."""
        super().reset()
        self._anchor = 0
        self.updateGeometries()
        self.viewport().update()

    def visualRect(self, index: AnyIndex) -> QRect:
        """Where a tile is, in the viewport."""
        return self._rect_of(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile under a point of the viewport."""
        if self.model() is None:
            return QModelIndex()
        x = point.x() - self._left()
        y = point.y() + self.verticalOffset() - _MARGIN_PX
        column = x // self._tile.width()
        if x < 0 or y < 0 or column >= self.columns:
            return QModelIndex()
        row = y // self._tile.height() * self.columns + column
        return self.model().index(row, 0) if row < self.model().rowCount() else QModelIndex()

    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a tile into view."""
        if not index.isValid():
            return
        rect = self._rect_of(index.row())
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif rect.top() < _MARGIN_PX:
            bar.setValue(bar.value() + rect.top() - _MARGIN_PX)
        elif rect.bottom() > height - _MARGIN_PX:
            bar.setValue(bar.value() + rect.bottom() - height + _MARGIN_PX)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where an arrow key leads."""
        count = self.model().rowCount()
        if not count:
            return QModelIndex()
        cursor = QAbstractItemView.CursorAction
        page = max(1, self.viewport().height() // self._tile.height()) * self.columns
        steps = {
            cursor.MoveLeft: -1,
            cursor.MovePrevious: -1,
            cursor.MoveRight: 1,
            cursor.MoveNext: 1,
            cursor.MoveUp: -self.columns,
            cursor.MoveDown: self.columns,
            cursor.MovePageUp: -page,
            cursor.MovePageDown: page,
            cursor.MoveHome: -count,
            cursor.MoveEnd: count,
        }
        row = max(0, self.currentIndex().row())
        target = row + steps[action]
        is_vertical = action in (cursor.MoveUp, cursor.MoveDown)
        if is_vertical and not 0 <= target < count:
            # Down from the last but one row reaches the last tile even where no tile is right below.
            is_last_row = row // self.columns == (count - 1) // self.columns
            target = row if target < 0 or is_last_row else count - 1
        return self.model().index(min(max(target, 0), count - 1), 0)

    def horizontalOffset(self) -> int:
        """Tiles never lie beside the viewport."""
        return 0

    def verticalOffset(self) -> int:
        """How far the view is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _index: AnyIndex) -> bool:
        """No tile is hidden."""
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Select what a drag covers, or what lies between two tiles when Shift is held."""
        if self.model() is None or self.selectionModel() is None:
            return
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = rect
            self.selectionModel().select(self._selection_in(rect), command)
            self.viewport().update()
        elif command & QItemSelectionModel.SelectionFlag.Current:
            first, last = sorted((self._anchor, max(0, self.currentIndex().row())))
            self.selectionModel().select(self._range(first, last), command)
        else:
            index = self.indexAt(rect.center())
            if index.isValid():
                self._anchor = index.row()
                self.selectionModel().select(index, command)
            else:
                self.selectionModel().select(QItemSelection(), command)

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Remember where a range starts that Shift extends."""
        super().currentChanged(current, previous)
        if not QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = max(0, current.row())

    def visualRegionForSelection(self, _selection: QItemSelection) -> QRegion:
        """What to paint again when the selection changes: all, for a screen of tiles is quick."""
        return QRegion(self.viewport().rect())

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        super().mouseReleaseEvent(event)
        self._band = None
        self.viewport().update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or with Ctrl change the size of the tiles."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_wanted.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out again and keep the current one in view."""
        was_visible = self._was_visible(self.currentIndex(), event.oldSize())
        super().resizeEvent(event)
        self.updateGeometries()
        if was_visible:
            self.scrollTo(self.currentIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that are in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("window"))
        count = self.model().rowCount() if self.model() is not None else 0
        if not count:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(
                self.viewport().rect().adjusted(40, 40, -40, -40),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._empty_text,
            )
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain = option.state & ~(
            QStyle.StateFlag.State_Selected
            | QStyle.StateFlag.State_HasFocus
            | QStyle.StateFlag.State_MouseOver
        )
        hovered = (
            self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())).row()
            if self.underMouse()
            else -1
        )
        current = self.currentIndex().row()
        delegate = self.itemDelegate()
        for row in self._rows_in(event.rect(), count):
            index = self.model().index(row, 0)
            option.rect = self._rect_of(row)
            option.state = plain
            if self.selectionModel().isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if row == current:
                option.state |= QStyle.StateFlag.State_HasFocus
            if row == hovered:
                option.state |= QStyle.StateFlag.State_MouseOver
            delegate.paint(painter, option, index)
        if self._band is not None:
            fill = self._theme.colour("accent")
            painter.setPen(QPen(fill))
            fill = fill.lighter()
            fill.setAlpha(40)
            painter.setBrush(fill)
            painter.drawRect(self._band)

    def _columns_of(self, width_px: int) -> int:
        return max(1, (width_px - 2 * _MARGIN_PX) // self._tile.width())

    def _left(self) -> int:
        return max(0, (self.viewport().width() - self.columns * self._tile.width()) // 2)

    def _rect_of(self, row: int) -> QRect:
        line, column = divmod(row, self.columns)
        x = self._left() + column * self._tile.width()
        y = _MARGIN_PX + line * self._tile.height() - self.verticalOffset()
        return QRect(QPoint(x, y), self._tile)

    def _rows_in(self, rect: QRect, count: int) -> range:
        top = max(0, rect.top() + self.verticalOffset() - _MARGIN_PX) // self._tile.height()
        bottom = max(0, rect.bottom() + self.verticalOffset() - _MARGIN_PX) // self._tile.height()
        return range(min(count, top * self.columns), min(count, (bottom + 1) * self.columns))

    def _selection_in(self, rect: QRect) -> QItemSelection:
        selection = QItemSelection()
        width = self._tile.width()
        first_column = max(0, (rect.left() - self._left()) // width)
        last_column = min(self.columns - 1, (rect.right() - self._left()) // width)
        count = self.model().rowCount()
        lines = self._rows_in(rect, count)
        for start in range(lines.start, lines.stop, self.columns):
            first, last = start + first_column, min(start + last_column, count - 1)
            if first <= last:
                selection.merge(self._range(first, last), QItemSelectionModel.SelectionFlag.Select)
        return selection

    def _range(self, first: int, last: int) -> QItemSelection:
        return QItemSelection(self.model().index(first, 0), self.model().index(last, 0))

    def _was_visible(self, index: AnyIndex, old_size: QSize) -> bool:
        """Whether a tile was in view before the viewport changed its size."""
        line = index.row() // self._columns_of(old_size.width())
        y = _MARGIN_PX + line * self._tile.height() - self.verticalOffset()
        return index.isValid() and -self._tile.height() < y < old_size.height()

    def _is_visible(self, index: AnyIndex) -> bool:
        return index.isValid() and self._rect_of(index.row()).intersects(self.viewport().rect())
