"""Key focus: which keys are for captures, and which widget has to have the focus for them.

A key without Ctrl, Alt or Meta is for the captures: Enter accepts, a digit or a letter labels. Such a key runs an
action only while a place that shows captures has the focus; everywhere else it belongs to the field, list or button
that has it. What decides is the key that is pressed, not the action: keys that the user has chosen fall under the same
rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

_WITH: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def is_capture_key(event: QKeyEvent) -> bool:
    """Whether a key is one that fields, lists and buttons may need: no Ctrl, Alt or Meta, no function key."""
    # Letters, digits, signs, and those from Esc to the arrows; then come the modifiers and the function keys.
    return not event.modifiers() & _WITH and event.key() < Qt.Key.Key_Shift


class KeyFocus(QObject):
    """Keeps such keys from the window's shortcuts, and leads the focus back to the captures.

    Args:
        home: where the focus belongs while nothing else needs it; it is the first of the places.
        is_bulk: whether a key would act on several captures; then a held key counts once.
        parent: the window.
    """

    escaped = Signal()  # Esc at the captures

    def __init__(self, home: QWidget, is_bulk: Callable[[], bool], parent: QWidget) -> None:
        super().__init__(parent)
        self._home = home
        self._is_bulk = is_bulk
        self._places = [home]
        self._homes: list[tuple[QWidget, QWidget]] = []
        self._left: QWidget | None = None
        self.guard(parent)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus_changed)

    @property
    def is_at_captures(self) -> bool:
        """Whether such a key is for the captures now."""
        return QApplication.focusWidget() in self._places

    def is_place(self, widget: QWidget) -> bool:
        """Whether such keys act while this widget has the focus."""
        return widget in self._places

    def add_place(self, place: QWidget) -> None:
        """Let such keys act while this widget has the focus, too."""
        self._places.append(place)

    def add_home(self, panel: QWidget, home: QWidget) -> None:
        """Where Enter and Esc lead to from the fields of a panel, when it is not to the captures."""
        self._homes.append((panel, home))

    def guard(self, window: QWidget) -> None:
        """Take care of a window, or of a panel that may become one."""
        window.installEventFilter(self)

    def leave_clicks_to_captures(self, window: QWidget, *, but: Sequence[QWidget]) -> None:
        """Let a click leave the focus where it is: the Tab key leads there still.

        Args:
            window: with all of its parts.
            but: what has keys of its own for what is clicked in it; fields to type in take the focus anyway.
        """
        for widget in window.findChildren(QWidget):
            if widget in self._places or widget in but or widget.window() is not window:
                continue
            if isinstance(widget, QAbstractSpinBox):
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # the wheel changes it and passes on
            elif _is_pointed_at(widget) and widget.focusPolicy().value & Qt.FocusPolicy.ClickFocus.value:
                widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the keys that the widget with the focus has no use for itself."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                return self._keep_from_shortcuts(event)
            if event.type() == QEvent.Type.KeyPress:
                return self._on_key(event)
        return super().eventFilter(watched, event)

    def _keep_from_shortcuts(self, event: QKeyEvent) -> bool:
        if not is_capture_key(event):
            return False
        if self.is_at_captures and not (event.isAutoRepeat() and self._is_bulk()):
            return False
        event.accept()  # then it comes as a key press to the widget that has the focus
        return True

    def _on_key(self, event: QKeyEvent) -> bool:
        """Enter means the button that the Tab key led to; from a field, Enter and Esc lead back."""
        focused = QApplication.focusWidget()
        if event.modifiers() & _WITH or event.key() not in (*_ENTER, Qt.Key.Key_Escape):
            return False
        if focused is None:
            return False
        if self.is_at_captures:
            if event.key() == Qt.Key.Key_Escape:
                self.escaped.emit()
            return False
        is_tick = isinstance(focused, QCheckBox | QRadioButton)
        if isinstance(focused, QAbstractButton) and not is_tick and event.key() in _ENTER:
            if not event.isAutoRepeat():
                focused.click()
        else:
            self._go_home(focused)
        return True

    def _go_home(self, focused: QWidget) -> None:
        home = next((home for panel, home in self._homes if panel.isAncestorOf(focused)), self._home)
        (home if home is not focused and home.isVisible() else self._home).setFocus()

    def _on_focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        # What had the focus may be about to go; Qt then gives the focus to whatever comes next.
        if self._left is None:
            QTimer.singleShot(0, self, self._come_back)
        self._left = old

    def _come_back(self) -> None:
        left, self._left = self._left, None
        focused = QApplication.focusWidget()
        is_lost = focused is None and QApplication.activeWindow() is self.parent()
        is_gone = left is not None and (not isValid(left) or not left.isVisible())
        if (is_lost or is_gone) and self._home.isVisible() and self._is_ours(focused):
            self._home.setFocus()

    def _is_ours(self, focused: QWidget | None) -> bool:
        return focused is None or focused.window() is self.parent()


def _is_pointed_at(widget: QWidget) -> bool:
    if isinstance(widget, QComboBox):
        return not widget.isEditable()
    if isinstance(widget, QTextEdit | QPlainTextEdit):
        return False
    return isinstance(widget, QAbstractButton | QAbstractScrollArea | QAbstractSlider | QTabBar)
