"""Command palette: finds any action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.views.shared.fitting_dialog import FittingDialog
from app.views.window.shortcut_editor import keys_text, plain_text

_WIDTH: Final = 560
_ROWS_SHOWN: Final = 10
_ROW_PX: Final = 34
_MENU_PENALTY: Final = 10
_MOVING: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def match_quality(wanted: str, text: str) -> int | None:
    """How well a text fits what was typed: the smaller, the better; None when it doesn't.

    The letters may be the beginnings of words ("lcf" for "Least confident first"), a part of the text, or simply all
    there in this order.
    """
    wanted, text = wanted.casefold().replace(" ", ""), text.casefold()
    plain = text.replace(" ", "")
    if not wanted or plain.startswith(wanted):
        return 0
    if any(word.startswith(wanted) for word in text.split()):
        return 1
    if "".join(word[0] for word in text.split()).startswith(wanted):
        return 2
    if wanted in plain:
        return 3
    position = -1
    for letter in wanted:
        position = plain.find(letter, position + 1)
        if position < 0:
            return None
    return 4


class CommandPalette(FittingDialog):
    """A line to type in, and the actions that fit; Enter runs the chosen one, Esc none.

    It is a window and no popup, since popups get no text from the input methods that Chinese is written with.
    """

    def __init__(self, parent: QWidget, actions: Sequence[tuple[str, QAction]]) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("palette")
        self.setWindowTitle(self.tr("Find action"))
        self._actions = actions
        self.chosen: QAction | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search actions"))
        self.search.setAccessibleName(self.tr("Find action"))
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Actions"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.nothing = QLabel(self.tr("No matching action"))
        self.nothing.setProperty("role", "muted")
        self.nothing.setContentsMargins(10, 6, 10, 6)
        self.nothing.hide()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        layout.addWidget(self.nothing)
        layout.addStretch(1)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._take)
        self.list.itemClicked.connect(self._take)
        self._fill("")
        self.list.setFixedHeight(_ROWS_SHOWN * _ROW_PX + 2)
        self.resize(_WIDTH, self.sizeHint().height())
        self.move(parent.mapToGlobal(QPoint((parent.width() - _WIDTH) // 2, 60)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that move go to the list while the line has the focus."""
        is_press = watched is self.search and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in _MOVING:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keys at once."""
        super().showEvent(event)
        self.activateWindow()
        self.search.setFocus()

    def _fill(self, text: str) -> None:
        found = []
        for position, (menu, action) in enumerate(self._actions):
            name = plain_text(action)
            quality = _best_quality(text, name, f"{menu} {name}", action.objectName().replace("_", " "))
            if quality is not None:
                found.append((not action.isEnabled(), quality, position))
        self.list.clear()
        for _, _, position in sorted(found):
            self._add(*self._actions[position])
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))

    def _add(self, menu: str, action: QAction) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, action)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, plain_text(action))
        item.setSizeHint(QSize(10, _ROW_PX))
        if not action.isEnabled():
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)
        line = QWidget()
        layout = QHBoxLayout(line)
        layout.setContentsMargins(10, 0, 10, 0)
        name, where, keys = QLabel(plain_text(action)), QLabel(menu), QLabel(keys_text(action.shortcuts()))
        where.setProperty("role", "faint")
        keys.setProperty("role", "muted")
        name.setEnabled(action.isEnabled())
        layout.addWidget(name)
        layout.addWidget(where)
        layout.addStretch(1)
        layout.addWidget(keys)
        self.list.setItemWidget(item, line)

    def _take(self) -> None:
        item = self.list.currentItem()
        if item is not None and item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen = item.data(Qt.ItemDataRole.UserRole)
            self.accept()


def _best_quality(wanted: str, *names: str) -> int | None:
    """By the name itself, else by the later ones: with its menu, and in English, whatever the language is."""
    found = [
        quality + place * _MENU_PENALTY
        for place, name in enumerate(names)
        if (quality := match_quality(wanted, name)) is not None
    ]
    return min(found, default=None)
