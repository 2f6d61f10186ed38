"""A grid of tiles over a list model of any length.

Qt's own icon view keeps a rectangle for each item, which takes seconds and hundreds of megabytes for a
million captures. Here all tiles have one size, so that every position is computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.gallery_heading import Heading
from app.views.gallery.gallery_bar import GalleryBar
from app.views.gallery.gallery_headings import HeadingPainter
from app.views.gallery.gallery_place import GalleryPlace
from app.views.gallery.tile_delegate import TileDelegate
from app.views.gallery.tile_layout import MARGIN_PX, TileLayout
from app.views.gallery.tile_painter import CURRENT, HOVERED, PLAIN, SELECTED
from app.views.shared.theme import Theme

# For drawing new tiles in one frame; what is left comes with the next ones.
_FRAME_BUDGET_S: Final = 0.003
# A paint that has not come by then will not come, as when the window is covered.
_PAINT_PATIENCE_S: Final = 0.25
_MANY: Final = 200

AnyIndex = QModelIndex | QPersistentModelIndex


class GalleryView(QAbstractItemView):
    """Tiles in rows, under headings when they are grouped; the mouse and the arrow keys select as everywhere."""

    zoom_wanted = Signal(int)  # steps of thumbnail size, from Ctrl and the wheel

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tile = QSize(140, 170)
        self._layout = TileLayout(0, 1, (140, 170), ())
        self._headings = HeadingPainter(theme)
        self._captures: CaptureListModel | None = None
        self._bar: GalleryBar | None = None
        self._place: GalleryPlace | None = None
        self._anchor = 0
        self._hovered = -1
        self._band: QRect | None = None
        self._empty_text = ""
        self._moved_at: float | None = None
        self._unfinished = QTimer(self)
        self._unfinished.setSingleShot(True)
        self._unfinished.setInterval(8)
        self._unfinished.timeout.connect(self.viewport().update)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        # Every pixel is painted here, so that a scroll may move what is on the screen already.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Gallery of captures"))
        theme.changed.connect(self.viewport().update)

    def setModel(self, model: object) -> None:
        """Show a list; one of captures gets a line for its order, and keeps its place when listed anew."""
        super().setModel(model)  # type: ignore[arg-type]
        if isinstance(model, CaptureListModel) and self._captures is None:
            self._captures = model
            self._place = GalleryPlace(self, model)
            self._bar = GalleryBar(model, self, self._theme)
            self.place_bar()

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

    def set_smooth(self, is_smooth: bool) -> None:
        """Smooth enlarged captures, or show their own pixels."""
        delegate = self.itemDelegate()
        if isinstance(delegate, TileDelegate):
            delegate.tiles.set_smooth(is_smooth)
            self.viewport().update()

    def add_to_bar(self, widget: QWidget) -> None:
        """Put another control into the line above the tiles."""
        if self._bar is not None:
            self._bar.add_widget(widget)

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
    def is_behind(self) -> bool:
        """Whether the last step from capture to capture is still to be painted."""
        return self._moved_at is not None and monotonic() - self._moved_at < _PAINT_PATIENCE_S

    def updateGeometries(self) -> None:
        """Lay out, and fit the scroll bar to it."""
        count = self.model().rowCount() if self.model() is not None else 0
        headings: Sequence[Heading] = self._captures.headings if self._captures is not None else ()
        tile = (self._tile.width(), self._tile.height())
        self._layout = TileLayout(count, self.viewport().width(), tile, headings)
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
        self._hovered = -1
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
        self._moved_at = monotonic()
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

    def event(self, event: QEvent) -> bool:
        """Let a held key wait until the last step is on the screen, so that nothing is left to do afterwards.

        The window's shortcuts are asked for here first, by an event of this type.
        """
        if event.type() == QEvent.Type.ShortcutOverride and self._is_too_early(event):
            event.accept()  # then it comes as a key press
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move or select, but no faster than it can be shown."""
        if self._is_too_early(event):
            event.accept()
        else:
            super().keyPressEvent(event)

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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the tile under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag."""
        super().mouseReleaseEvent(event)
        if self._band is not None:
            self._band = None
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """The mouse went elsewhere."""
        super().leaveEvent(event)
        self._hover(None)

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
        self.place_bar()
        self.updateGeometries()
        if was_visible:
            self.scrollTo(self.currentIndex())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Move what is on the screen; only what comes into view is painted."""
        if self._band is not None or abs(dy) >= self.viewport().height():
            self.viewport().update()
        else:
            self.viewport().scroll(dx, dy)
        if self._hovered >= 0:
            self._hover(self.viewport().mapFromGlobal(self.cursor().pos()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tiles that are in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("window"))
        self._moved_at = None
        if not self._layout.count:
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(
                self.viewport().rect().adjusted(40, 40, -40, -40),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                self._empty_text,
            )
            return
        offset = self.verticalOffset()
        top, bottom = event.rect().top() + offset, event.rect().bottom() + offset
        for y, heading in self._layout.headings_between(top, bottom):
            self._headings.paint(painter, QRect(0, y - offset, self.viewport().width(), 0), heading)
        delegate = self.itemDelegate()
        if self._captures is not None and isinstance(delegate, TileDelegate):
            shown = self.rows_in_view
            if shown:
                self._captures.show(shown.start, shown.stop - 1)
            self._paint_captures(painter, self._captures, delegate, top, bottom)
        else:
            self._paint_items(painter, top, bottom)
        if self._band is not None:
            fill = self._theme.colour("accent")
            painter.setPen(QPen(fill))
            fill = fill.lighter()
            fill.setAlpha(40)
            painter.setBrush(fill)
            painter.drawRect(self._band)

    def _paint_captures(
        self, painter: QPainter, captures: CaptureListModel, delegate: TileDelegate, top: int, bottom: int
    ) -> None:
        layout, tiles, offset = self._layout, delegate.tiles, self.verticalOffset()
        selection = self.selectionModel()
        has_selection = selection.hasSelection()
        current, hovered = self.currentIndex().row(), self._hovered
        tiles.begin_frame(self.viewport().devicePixelRatioF(), _FRAME_BUDGET_S)
        is_finished = True
        for first, end, y in layout.lines_between(top, bottom):
            x = layout.left
            for position in range(first, end):
                look = PLAIN
                if has_selection and selection.isSelected(captures.index(position)):
                    look = SELECTED
                if position == current:
                    look += CURRENT
                if position == hovered:
                    look += HOVERED
                row = captures.capture_row(position)
                thumbnail = captures.thumbnail(row) if row is not None else None
                pixmap, is_fresh = tiles.pixmap(row, thumbnail, look)
                painter.drawPixmap(x, y - offset, pixmap)
                is_finished = is_finished and is_fresh
                x += layout.tile_width
        if not is_finished:
            self._unfinished.start()

    def _paint_items(self, painter: QPainter, top: int, bottom: int) -> None:
        """Tiles of any other model, by its own delegate."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        for first, end, _ in self._layout.lines_between(top, bottom):
            for row in range(first, end):
                option.rect = self._rect_of(row)
                self.itemDelegate().paint(painter, option, self.model().index(row, 0))

    def _is_too_early(self, event: QEvent) -> bool:
        return isinstance(event, QKeyEvent) and event.isAutoRepeat() and self.is_behind

    def _hover(self, point: QPoint | None) -> None:
        row = self._row_at(point) if point is not None else None
        hovered = -1 if row is None else row
        if hovered != self._hovered:
            for changed in (self._hovered, hovered):
                if 0 <= changed < self._layout.count:
                    self.viewport().update(self._rect_of(changed))
            self._hovered = hovered

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

    @property
    def rows_in_view(self) -> range:
        """The tiles that are seen, if only in part."""
        offset = self.verticalOffset()
        return self._layout.rows_between(offset, offset + self.viewport().height() - 1)

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
