"""List widget whose items have a colour, a name and a count: classes, sources."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.item_models import number_text
from app.views.shared.theme import Theme

_LINE_PX = 26
_SWATCH_PX = 10
_SIGN_PX = 14
_MARGIN_PX = 10


class CountedList(QListView):
    """Lines can be chosen one by one, with Ctrl and with Shift; Esc chooses none."""

    remove_wanted = Signal()  # Del was pressed

    def __init__(
        self,
        theme: Theme,
        count_role: int,
        key_role: int | None = None,
        trouble_role: int | None = None,
        sign_role: int | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("countedList")
        self.setItemDelegate(_LineDelegate(theme, count_role, key_role, trouble_role, sign_role, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc chooses none; Del is for what is chosen."""
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        elif event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys go to, also when nothing is chosen."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.selectionModel().setCurrentIndex(
                self.model().index(0, 0), self.selectionModel().SelectionFlag.NoUpdate
            )


class _LineDelegate(QStyledItemDelegate):
    def __init__(
        self,
        theme: Theme,
        count_role: int,
        key_role: int | None,
        trouble_role: int | None,
        sign_role: int | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count_role = count_role
        self._key_role = key_role
        self._trouble_role = trouble_role
        self._sign_role = sign_role

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(120, _LINE_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state, rect, metrics = option.state, option.rect, option.fontMetrics
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        if is_selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(self._theme.colour("accent_soft" if is_selected else "hover"))
            painter.drawRoundedRect(rect.adjusted(3, 1, -3, -1), 5, 5)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.colour("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(3, 1, -4, -2), 5, 5)
            painter.setPen(Qt.PenStyle.NoPen)
        line = rect.adjusted(_MARGIN_PX, 0, -_MARGIN_PX, 0)
        swatch = index.data(Qt.ItemDataRole.DecorationRole)
        sign = index.data(self._sign_role) if self._sign_role is not None else None
        if sign:
            place = QRect(line.left() - 2, line.center().y() - _SIGN_PX // 2, _SIGN_PX, _SIGN_PX)
            self._theme.icon(sign, "muted").paint(painter, place)
            line.setLeft(line.left() + _SWATCH_PX + 8)
        elif isinstance(swatch, QColor):
            painter.setBrush(swatch)
            top = line.center().y() - _SWATCH_PX // 2
            painter.drawEllipse(QRect(line.left(), top, _SWATCH_PX, _SWATCH_PX))
            line.setLeft(line.left() + _SWATCH_PX + 8)
        if self._trouble_role is not None and index.data(self._trouble_role):
            place = QRect(line.left(), line.center().y() - _SIGN_PX // 2, _SIGN_PX, _SIGN_PX)
            self._theme.icon("warning", "problem").paint(painter, place)
            line.setLeft(line.left() + _SIGN_PX + 6)
        count = index.data(self._count_role)
        numbers = number_text.count(count)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(self._theme.colour("muted" if count else "faint"))
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), numbers)
        line.setRight(line.right() - metrics.horizontalAdvance(numbers) - 8)
        key = index.data(self._key_role) if self._key_role is not None else ""
        if key:
            width = max(metrics.horizontalAdvance(key) + 10, 18)
            badge = QRect(line.right() - width, line.center().y() - 8, width, 17)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colour("border_strong"))
            painter.drawRoundedRect(badge, 4, 4)
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), key)
            line.setRight(badge.left() - 6)
        painter.setPen(self._theme.colour("text" if count else "muted"))
        name = metrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignLeft), name)
        painter.restore()
