"""The class picker: type-ahead (completion) for any class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QListView, QWidget

from app.domain.name_search import NameSearch
from app.domain.records import ClassRecord
from app.item_models.class_list_model import ClassListModel
from vimd_core.data.classes.class_identity import tidy_class_name

_ROWS_SHOWN: Final = 10
_NO_PARENT: Final = QModelIndex()
_MOVING: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class ClassPicker(QLineEdit):
    """A line to type in, and the classes that fit: Enter takes the highlighted one, Esc leaves.

    A new class is made only by the last row, which says so, or by Shift and Enter. The rows are no popup, since popups
    get no text from the input methods that Chinese is written with, and what was typed stays as it is meanwhile.
    """

    chosen = Signal(str)  # the name of a class, or of one to be made
    left = Signal()

    def __init__(self, classes: ClassListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = classes
        self._search = NameSearch(())
        self._searched: tuple[ClassRecord, ...] | None = None
        self.offers = _Offers(self)
        self.rows = _Rows(self.offers, self)
        self.rows.hide()
        self.rows.clicked.connect(self._take)
        self.setPlaceholderText(self.tr("Another class… (press / or L)"))
        self.setAccessibleName(self.tr("Class name"))
        self.setToolTip(
            self.tr("Type part of a class name and press Enter; press Shift+Enter to create a new class.")
        )
        self.setClearButtonEnabled(True)
        self.textChanged.connect(self._offer)
        classes.modelReset.connect(self._on_classes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose, move or leave."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._choose(self.text())
            else:
                self._take(self.rows.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self._leave()
        elif key in _MOVING:
            self._show_rows()
            self.rows.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Go on with what was typed."""
        super().focusInEvent(event)
        self.deselect()
        self._offer()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed stays."""
        super().focusOutEvent(event)
        self.rows.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """The rows lie elsewhere in the window."""
        super().hideEvent(event)
        self.rows.hide()

    def _on_classes(self) -> None:
        self._searched = None
        self._offer()

    def _offer(self) -> None:
        """Show what fits, the best of it highlighted; while nothing is typed nothing is."""
        if not self.hasFocus():
            return
        typed = tidy_class_name(self.text())
        if self._searched is None:
            self._searched = self._classes.records
            self._search = NameSearch([record.name for record in self._searched])
        found = [self._searched[position] for position in self._search.find(typed)]
        is_known = not typed or self._search.holds(typed)
        self.offers.show(found, "" if is_known else typed)
        best = self.offers.index(0) if typed and found else QModelIndex()
        self.rows.setCurrentIndex(best)
        self.rows.scrollToTop()
        if typed:
            self._show_rows()
        else:
            self.rows.hide()

    def _show_rows(self) -> None:
        self.rows.show_at(self)

    def _take(self, index: QModelIndex) -> None:
        name = index.data(_Offers.NAME_ROLE)
        if isinstance(name, str):
            self._choose(name)

    def _choose(self, name: str) -> None:
        known = self._classes.find(name)
        name = known.name if known is not None else tidy_class_name(name)
        if name:
            self.chosen.emit(name)
            self._leave()

    def _leave(self) -> None:
        self.rows.hide()
        self.clear()
        self.left.emit()


class _Offers(QAbstractListModel):
    """Classes that fit what was typed, and last, where there is none of that name, a new one."""

    NAME_ROLE: Final = Qt.ItemDataRole.UserRole

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._found: Sequence[ClassRecord] = ()
        self._new = ""

    def show(self, found: Sequence[ClassRecord], new: str) -> None:
        self.beginResetModel()
        self._found = found
        self._new = new
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._found) + bool(self._new)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        if index.row() >= len(self._found):
            if role == Qt.ItemDataRole.DisplayRole:
                return self.tr("Create “{0}” (Shift+Enter)").format(self._new)
            return self._new if role == self.NAME_ROLE else None
        record = self._found[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, self.NAME_ROLE):
            return record.name
        return QColor(record.colour) if role == Qt.ItemDataRole.DecorationRole else None


class _Rows(QListView):
    """Lies over the window, below the line or above it, and never takes the focus."""

    def __init__(self, offers: _Offers, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("completions")
        self.setAccessibleName(self.tr("Matching classes"))
        self.setIconSize(QSize(10, 10))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setUniformItemSizes(True)
        self.setModel(offers)

    def show_at(self, line: QWidget) -> None:
        """Show the rows by a line, in its window."""
        count = self.model().rowCount()
        if not count or not line.isVisible():
            self.hide()
            return
        window = line.window()
        if self.parent() is not window:
            self.setParent(window)
        height = min(count, _ROWS_SHOWN) * max(self.sizeHintForRow(0), 1) + 2 * self.frameWidth() + 4
        top = line.mapTo(window, QPoint(0, 0))
        below, above = window.height() - top.y() - line.height(), top.y()
        is_below = below >= height or below >= above
        height = min(height, below if is_below else above)
        y = top.y() + line.height() if is_below else top.y() - height
        self.setGeometry(top.x(), y, line.width(), height)
        self.show()
        self.raise_()
        self.scrollTo(self.currentIndex())

    def event(self, event: QEvent) -> bool:
        """Clicks between the rows are not for what lies below."""
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel):
            event.accept()
        return super().event(event)
