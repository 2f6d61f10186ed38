"""Type-ahead for any class."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QListView, QWidget

from app.item_models.class_list_model import ClassListModel


class ClassPicker(QLineEdit):
    """A line that completes names of classes; Enter chooses, a new name makes a new class, Esc leaves."""

    chosen = Signal(str)
    left = Signal()

    def __init__(self, classes: ClassListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = classes
        completer = QCompleter(classes, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        self._popup = QListView()
        self._popup.setObjectName("completions")
        self._popup.setIconSize(QSize(10, 10))
        completer.setPopup(self._popup)
        self.setCompleter(completer)
        self._popup.clicked.connect(self._on_clicked)
        self.setPlaceholderText(self.tr("Another class… (press / or L)"))
        self.setAccessibleName(self.tr("Name of the class"))
        self.setToolTip(
            self.tr("Type a part of a class's name and press Enter; a new name makes a new class.")
        )
        self.setClearButtonEnabled(True)

    def event(self, event: QEvent) -> bool:
        """Keep Enter and Esc from the window's shortcuts while the line has the focus."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose or leave."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._best_match())
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Offer all classes."""
        super().focusInEvent(event)
        self.selectAll()

    def _best_match(self) -> str:
        """The class that is meant: that name, else the only one that holds it, else a new one."""
        highlighted = self._popup.currentIndex()
        if self._popup.isVisible() and highlighted.isValid():
            return str(highlighted.data())
        typed = self.text().strip()
        exact = self._classes.find(typed)
        if exact is not None:
            return exact.name
        completer = self.completer()
        if typed and completer.completionCount() == 1 and completer.setCurrentRow(0):
            return str(completer.currentCompletion())
        return typed

    def _on_clicked(self, index: QModelIndex) -> None:
        self._choose(str(index.data()))

    def _choose(self, name: str) -> None:
        if name:
            self.chosen.emit(name)
            self._leave()

    def _leave(self) -> None:
        self._popup.hide()
        self.clear()
        self.left.emit()
