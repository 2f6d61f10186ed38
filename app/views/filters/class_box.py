"""A searchable combo box for one class out of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from app.domain.records import ClassRecord

_SEVERAL: Final = -1  # more classes than a box can show


class ClassBox(QComboBox):
    """Type any part of a class's name, or choose it from the list; what fits no class is discarded."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._line = QLineEdit()
        self._line.setAccessibleName(name)
        self.setLineEdit(self._line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        completer = QCompleter(self.model(), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Typing replaces the class that is chosen."""
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.MouseFocusReason:
            QTimer.singleShot(0, self._line.selectAll)  # the click itself would put the cursor into the name
        elif event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._line.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed and not chosen is discarded."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.setEditText(self.itemText(self.currentIndex()))

    def set_classes(self, classes: Sequence[ClassRecord]) -> None:
        """Offer these, and any."""
        blocker = QSignalBlocker(self)
        self.clear()
        self.addItem(self.tr("any"), None)
        self.addItem(self.tr("several"), _SEVERAL)
        self.view().setRowHidden(1, True)  # type: ignore[attr-defined]
        for record in classes:
            self.addItem(record.name, record.id)
        del blocker

    def show_chosen(self, ids: frozenset[int] | None) -> None:
        """Show the classes of a query, None for any."""
        row = 0
        if ids is not None:
            row = self.findData(next(iter(ids))) if len(ids) == 1 else 1
        self.setCurrentIndex(max(row, 0))
        self._line.setCursorPosition(0)

    def chosen(self, now: frozenset[int] | None) -> frozenset[int] | None:
        """The classes that were chosen, None for any.

        Args:
            now: those of the query, which stay where the box stands for several.
        """
        value = self.currentData()
        if value == _SEVERAL:
            return now
        return None if value is None else frozenset({int(value)})
