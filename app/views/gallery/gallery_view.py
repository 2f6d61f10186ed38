"""The gallery: paints captures' tiles within the time of a frame, and keeps a held key from running ahead."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from app.item_models.capture_list_model import CaptureListModel
from app.item_models.gallery_heading import Heading
from app.views.gallery.heading_painter import HeadingPainter
from app.views.gallery.tile_delegate import TileDelegate
from app.views.gallery.tile_grid import AnyIndex, TileGrid
from app.views.gallery.tile_painter import CURRENT, FLASHED, HOVERED, PLAIN, SELECTED
from app.views.shared.theme import Theme

# For drawing new tiles in one frame; what is left comes with the next ones.
_FRAME_BUDGET_S: Final = 0.003
# A paint that has not come by then will not come, as when the window is covered.
_PAINT_PATIENCE_S: Final = 0.25
_FLASH_MS: Final = 600


class GalleryView(TileGrid):
    """Captures as tiles, under headings when they are grouped; a held key moves no faster than it can be shown."""

    zoom_wanted = Signal(int)  # steps of thumbnail size, from Ctrl and the wheel

    _captures: CaptureListModel | None = None  # here, since Qt asks for the layout while it is constructed

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading_painter = HeadingPainter(theme)
        self._hovered = -1
        self._empty_text = ""
        self._moved_at: float | None = None
        self._unfinished = QTimer(self)
        self._unfinished.setSingleShot(True)
        self._unfinished.setInterval(8)
        self._unfinished.timeout.connect(self.viewport().update)
        self._flashed = -1
        self._flash = QTimer(self)
        self._flash.setSingleShot(True)
        self._flash.setInterval(_FLASH_MS)
        self._flash.timeout.connect(lambda: self._light_up(-1))
        self.viewport().setMouseTracking(True)
        # Every pixel is painted here, so that a scroll may move what is on the screen already.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(self.tr("Gallery"))
        theme.changed.connect(self.viewport().update)

    def setModel(self, model: object) -> None:
        """Show a list; of one of captures, the thumbnails that come into view are loaded."""
        super().setModel(model)  # type: ignore[arg-type]
        if isinstance(model, CaptureListModel):
            self._captures = model

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

    @property
    def is_behind(self) -> bool:
        """Whether the last step from capture to capture is still to be painted."""
        return self._moved_at is not None and monotonic() - self._moved_at < _PAINT_PATIENCE_S

    def reset(self) -> None:
        """Start over after the list has changed altogether."""
        self._hovered = -1
        super().reset()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """Note when the current capture changed: the next step waits until this one is painted."""
        self._moved_at = monotonic()
        super().currentChanged(current, previous)

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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the tile under the mouse."""
        super().mouseMoveEvent(event)
        self._hover(event.position().toPoint())

    def flash(self, row: int) -> None:
        """Draw the eye to a tile for a moment: it shows something else than a key was meant for."""
        self._light_up(row)
        self._flash.start()

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
            self._heading_painter.paint(painter, QRect(0, y - offset, self.viewport().width(), 0), heading)
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

    def _headings(self) -> Sequence[Heading]:
        return self._captures.headings if self._captures is not None else ()

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
                if position == self._flashed:
                    look += FLASHED
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

    def _light_up(self, row: int) -> None:
        for changed in (self._flashed, row):
            if 0 <= changed < self._layout.count:
                self.viewport().update(self._rect_of(changed))
        self._flashed = row

    def _hover(self, point: QPoint | None) -> None:
        row = self._row_at(point) if point is not None else None
        hovered = -1 if row is None else row
        if hovered != self._hovered:
            for changed in (self._hovered, hovered):
                if 0 <= changed < self._layout.count:
                    self.viewport().update(self._rect_of(changed))
            self._hovered = hovered
