"""The cells of the confusion matrix, painted at once: thousands of classes are thousands of pixels, not of widgets."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.item_models.confusion_model import ConfusionModel
from app.views.shared.theme import Theme

LARGEST_CELL_PX: Final = 34
SMALLEST_CELL_PX: Final = 4
# Smaller cells have no numbers in them, and no names beside them.
_NUMBERS_FROM_PX: Final = 22
_TITLES_FROM_PX: Final = 26
_NAMES_FROM_PX: Final = 14
_WIDEST_NAMES_PX: Final = 190
_NAMES_SHARE: Final = 0.4
_STRONGEST: Final = 0.8
_STEPS: Final = 24
# Numbers of colours in the image; 0 is an empty cell.
_DIAGONAL: Final = 1
_FIRST_RIGHT: Final = 2
_FIRST_WRONG: Final = _FIRST_RIGHT + _STEPS


class ConfusionTable(QTableView):
    """Rows are labels, columns answers. Cells shrink until all classes are in sight, or scroll when they would vanish.

    The row and the column of the cell under the pointer, or of the one with the focus, are lit.
    """

    cell_pointed = Signal(QModelIndex)  # an invalid one when there is none

    def __init__(self, model: ConfusionModel, theme: Theme) -> None:
        super().__init__()
        self._cells = model
        self._theme = theme
        self._image: QImage | None = None
        self._pointed = QModelIndex()
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setMinimumSectionSize(SMALLEST_CELL_PX)
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        # Low lines have no room to spare: letters would lose their feet.
        self.verticalHeader().setStyleSheet("QHeaderView::section { padding: 0px 6px; border: none; }")
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        model.modelReset.connect(self._on_changed)
        model.dataChanged.connect(self._on_changed)
        theme.changed.connect(self._on_changed)

    @property
    def cell_px(self) -> int:
        """The side of a cell."""
        return self.horizontalHeader().defaultSectionSize()

    @property
    def lit(self) -> QModelIndex:
        """The cell whose row and column are lit."""
        return self._pointed if self._pointed.isValid() else self.currentIndex()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells follow the room that there is."""
        super().resizeEvent(event)
        self._fit()

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Keys move what is lit."""
        super().currentChanged(current, previous)
        self._point(QModelIndex())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row and the column of the pointer."""
        super().mouseMoveEvent(event)
        self._point(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(event)
        self._point(QModelIndex())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the part of all cells that is in sight."""
        count, cell = self._cells.rowCount(), self.cell_px
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        if not count:
            return
        if self._image is None:
            self._image = self._drawn()
        left, top = -self.horizontalOffset(), -self.verticalOffset()
        area = QRect(left, top, count * cell, count * cell)
        # No smoothing: a cell is a cell, and a mistake of a single capture stays in sight.
        painter.drawImage(area, self._image)
        lit = self.lit
        if lit.isValid():
            band = QColor(self._theme.colour("accent"))
            band.setAlphaF(0.18)
            painter.fillRect(QRect(left, top + lit.row() * cell, area.width(), cell), band)
            painter.fillRect(QRect(left + lit.column() * cell, top, cell, area.height()), band)
            painter.setPen(self._theme.colour("accent"))
            painter.drawRect(QRect(left + lit.column() * cell, top + lit.row() * cell, cell - 1, cell - 1))
        if cell >= _NUMBERS_FROM_PX:
            self._number(painter, event.rect(), left, top)

    def _number(self, painter: QPainter, shown: QRect, left: int, top: int) -> None:
        cell = self.cell_px
        painter.setPen(self._theme.colour("text"))
        rows = range(max(0, (shown.top() - top) // cell), (shown.bottom() - top) // cell + 1)
        columns = range(max(0, (shown.left() - left) // cell), (shown.right() - left) // cell + 1)
        for row, column in self._cells.shares:
            if row in rows and column in columns:
                rect = QRect(left + column * cell, top + row * cell, cell, cell)
                text = str(self._cells.index(row, column).data())
                painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)

    def _drawn(self) -> QImage:
        """A pixel for each cell, as a number of its colour: millions of them are made in some milliseconds."""
        count = self._cells.rowCount()
        line_bytes = -(-count // 4) * 4
        pixels = bytearray(line_bytes * count)
        for place in range(count):
            pixels[place * line_bytes + place] = _DIAGONAL
        for (row, column), share in self._cells.shares.items():
            first = _FIRST_RIGHT if row == column else _FIRST_WRONG
            pixels[row * line_bytes + column] = first + round(share * (_STEPS - 1))
        image = QImage(pixels, count, count, line_bytes, QImage.Format.Format_Indexed8).copy()
        ground = self._theme.colour("surface")
        colours = [ground, self._theme.colour("hover")]
        # Of few pixels each must be seen.
        faintest = 0.15 if self.cell_px >= _NAMES_FROM_PX else 0.5
        for name in ("accepted", "corrected"):
            for step in range(_STEPS):
                strength = faintest + (_STRONGEST - faintest) * step / (_STEPS - 1)
                colours.append(_mixed(ground, self._theme.colour(name), strength))
        image.setColorTable([colour.rgb() for colour in colours])
        return image

    def _on_changed(self, *_what: object) -> None:
        self._image = None
        self._pointed = QModelIndex()
        self._fit()
        self.viewport().update()

    def _point(self, index: QModelIndex) -> None:
        if index != self._pointed:
            self._pointed = QModelIndex(index)
        self.cell_pointed.emit(self.lit)
        self.viewport().update()

    def _fit(self) -> None:
        count = self._cells.rowCount()
        if not count:
            return
        frame, room = 2 * self.frameWidth(), self.size()
        names_px = min(_WIDEST_NAMES_PX, int(room.width() * _NAMES_SHARE), self._names_px())
        numbers_px = self.fontMetrics().height() + 6
        with_names = min(
            (room.width() - frame - names_px) // count, (room.height() - frame - numbers_px) // count
        )
        has_names = with_names >= _NAMES_FROM_PX
        if not has_names:
            # Without their names more classes are in sight.
            with_names = min(
                (room.width() - frame) // count, (room.height() - frame) // count, _NAMES_FROM_PX
            )
        cell = max(SMALLEST_CELL_PX, min(LARGEST_CELL_PX, with_names))
        self.verticalHeader().setVisible(has_names)
        self.horizontalHeader().setVisible(cell >= _TITLES_FROM_PX)
        if cell != self.cell_px:
            self._image = None
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setDefaultSectionSize(cell)
        self.verticalHeader().setFixedWidth(max(24, names_px))

    def _names_px(self) -> int:
        names = [record.name for record in self._cells.classes]
        return self.fontMetrics().horizontalAdvance(max(names, key=len)) + 40 if names else 0


def _mixed(ground: QColor, colour: QColor, share: float) -> QColor:
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in (
                (ground.red(), colour.red()),
                (ground.green(), colour.green()),
                (ground.blue(), colour.blue()),
            )
        )
    )
