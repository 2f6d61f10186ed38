"""A grid of tiles over a list model of any length: geometry, arrow keys and selection (a virtual item view).

Qt's own icon view keeps a rectangle for each item, which takes seconds and hundreds of megabytes for a
million captures. Here all tiles have one size, so that every position is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
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
)
from PySide6.QtGui import QGuiApplication, QMouseEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.item_models.gallery_heading import Heading
from app.views.gallery.tile_layout import MARGIN_PX, TileLayout

_MANY: Final = 200

AnyIndex = QModelIndex | QPersistentModelIndex


class TileGrid(QAbstractItemView):
    """Tiles in rows, under headings when there are some; the mouse and the arrow keys select as everywhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tile = QSize(140, 170)
        self._layout = TileLayout(0, 1, (140, 170), ())
        self._bar: QWidget | None = None
        self._anchor = 0
        self._band: QRect | None = None
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)

    def set_tile_size(self, size: QSize) -> None:
        """Change the size of all tiles; what was in the middle stays in view."""
        middle = self.indexAt(self.viewport().rect().center())
        kept = self.currentIndex() if self._is_visible(self.currentIndex()) else middle
        self._tile = size
        self.updateGeometries()
        if kept.isValid():
            self.scrollTo(kept, QAbstractItemView.ScrollHint.PositionAtCenter)
        self.viewport().update()

    def set_bar(self, bar: QWidget) -> None:
        """Put a line above the tiles."""
        self._bar = bar
        bar.setParent(self)
        bar.show()
        self.place_bar()

    def place_bar(self) -> None:
        """Give the line above the tiles the height that it needs at this width."""
        if self._bar is None:
            return
        self._bar.resize(self.width(), self._bar.height())  # its height follows from its width
        height = self._bar.sizeHint().height()
        self._bar.setGeometry(0, 0, self.width(), height)
        if self.viewportMargins().top() != height:
            self.setViewportMargins(0, height, 0, 0)

    @property
    def columns(self) -> int:
        """Tiles side by side."""
        return self._layout.columns

    @property
    def rows_in_view(self) -> range:
        """The tiles that are seen, if only in part."""
        offset = self.verticalOffset()
        return self._layout.rows_between(offset, offset + self.viewport().height() - 1)

    def updateGeometries(self) -> None:
        """Lay out, and fit the scroll bar to it."""
        count = self.model().rowCount() if self.model() is not None else 0
        tile = (self._tile.width(), self._tile.height())
        self._layout = TileLayout(count, self.viewport().width(), tile, self._headings())
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._tile.height() // 2))
        bar.setSingleStep(max(1, self._tile.height() // 4))
        super().updateGeometries()

    def rowsInserted(self, parent: AnyIndex, start: int, end: int) -> None:
        """Make room for new tiles."""
        super().rowsInserted(parent, start, end)
        self.updateGeometries()
        self.viewport().update()

    def dataChanged(self, top: AnyIndex, bottom: AnyIndex, roles: Sequence[int] = ()) -> None:
        """Paint again what of the changed tiles is in view."""
        shown = self.rows_in_view
        first, last = max(top.row(), shown.start), min(bottom.row(), shown.stop - 1)
        if first <= last:
            self.viewport().update(self._bounds_of(first, last))

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
        row = self._row_at(point)
        return self.model().index(row, 0) if row is not None else QModelIndex()

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
        elif hint == QAbstractItemView.ScrollHint.PositionAtTop or rect.top() < self._layout.room_above(
            index.row()
        ):
            bar.setValue(bar.value() + rect.top() - self._layout.room_above(index.row()))
        elif rect.bottom() > height - MARGIN_PX:
            bar.setValue(bar.value() + rect.bottom() - height + MARGIN_PX)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, _modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where an arrow key leads."""
        count = self.model().rowCount()
        if not count:
            return QModelIndex()
        cursor = QAbstractItemView.CursorAction
        row = max(0, self.currentIndex().row())
        if action == cursor.MoveUp:
            row = self._layout.above(row)
        elif action == cursor.MoveDown:
            row = self._layout.below(row)
        elif action in (cursor.MovePageUp, cursor.MovePageDown):
            step = self._layout.above if action == cursor.MovePageUp else self._layout.below
            for _ in range(max(1, self.viewport().height() // self._tile.height())):
                reached = step(row)
                if reached == row:  # from the first or last line on to the very end
                    row = 0 if action == cursor.MovePageUp else count - 1
                    break
                row = reached
        else:
            steps = {
                cursor.MoveLeft: -1,
                cursor.MovePrevious: -1,
                cursor.MoveRight: 1,
                cursor.MoveNext: 1,
                cursor.MoveHome: -count,
                cursor.MoveEnd: count,
            }
            row += steps[action]
        return self.model().index(min(max(row, 0), count - 1), 0)

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
        for index in (current, previous):
            self.viewport().update(self.visualRect(index))
        if not QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._anchor = max(0, current.row())

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to paint again when the selection changes: what of it is in view."""
        shown = self.rows_in_view
        region = QRegion()
        if selection.size() > _MANY:
            return QRegion(self.viewport().rect())
        for part in (selection.at(i) for i in range(selection.size())):
            first, last = max(part.top(), shown.start), min(part.bottom(), shown.stop - 1)
            if first <= last:
                region += self._bounds_of(first, last)
        return region

    def keyboardSearch(self, _search: str) -> None:
        """Letters are commands here."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start a selection; a click on a heading selects all that stands under it."""
        point = event.position().toPoint()
        place = self._layout.heading_at(point.y() + self.verticalOffset())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        heading = self._layout.headings[place]
        flag = QItemSelectionModel.SelectionFlag
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        command = flag.Select if adds else flag.ClearAndSelect
        self.selectionModel().setCurrentIndex(self.model().index(heading.first, 0), flag.NoUpdate)
        self.selectionModel().select(self._range(heading.first, heading.first + heading.count - 1), command)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out again and keep the current one in view."""
        was_visible = self._was_visible(self.currentIndex(), event.oldSize())
        super().resizeEvent(event)
        self.place_bar()
        self.updateGeometries()
        if was_visible:
            self.scrollTo(self.currentIndex())

    def _headings(self) -> Sequence[Heading]:
        """Above which rows there is a heading."""
        return ()

    def _row_at(self, point: QPoint) -> int | None:
        return self._layout.row_at(point.x(), point.y() + self.verticalOffset())

    def _rect_of(self, row: int) -> QRect:
        x, y = self._layout.position(row)
        return QRect(QPoint(x, y - self.verticalOffset()), self._tile)

    def _bounds_of(self, first: int, last: int) -> QRect:
        """A rectangle around rows that follow each other."""
        start, end = self._rect_of(first), self._rect_of(last)
        if start.top() == end.top():
            return start.united(end)
        return QRect(0, start.top(), self.viewport().width(), end.bottom() - start.top() + 1)

    def _selection_in(self, rect: QRect) -> QItemSelection:
        selection = QItemSelection()
        columns = self._layout.columns_between(rect.left(), rect.right())
        offset = self.verticalOffset()
        for start, end, _ in self._layout.lines_between(rect.top() + offset, rect.bottom() + offset):
            first, last = start + columns.start, min(start + columns.stop, end) - 1
            if first <= last:
                selection.merge(self._range(first, last), QItemSelectionModel.SelectionFlag.Select)
        return selection

    def _range(self, first: int, last: int) -> QItemSelection:
        return QItemSelection(self.model().index(first, 0), self.model().index(last, 0))

    def _was_visible(self, index: AnyIndex, old_size: QSize) -> bool:
        """Whether a tile was in view before the viewport changed its size."""
        if not index.isValid() or index.row() >= self._layout.count:
            return False
        y = self._layout.position(index.row())[1] - self.verticalOffset()
        return -self._tile.height() < y < old_size.height()

    def _is_visible(self, index: AnyIndex) -> bool:
        return (
            index.isValid()
            and index.row() < self._layout.count
            and self._rect_of(index.row()).intersects(self.viewport().rect())
        )
