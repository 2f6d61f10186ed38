"""One sentence that does not get in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.views.error_wording import localised
from app.views.theme import Theme

_NOTICE_MS: Final = 15_000


class MessageBar(QFrame):
    """Shows the newest message until it is closed or another comes; a notice leaves by itself."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._theme = theme
        self._is_error = False
        self._action: Callable[[], None] | None = None
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(self.tr("Message"))
        self.action_button = QPushButton()
        self.action_button.setProperty("role", "quiet")
        self.action_button.setAccessibleName(self.tr("What helps"))
        self.action_button.clicked.connect(self._on_action)
        self.close_button = QToolButton()
        self.close_button.setAccessibleName(self.tr("Close the message"))
        self.close_button.setToolTip(self.tr("Close the message"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 8, 7)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.action_button)
        layout.addWidget(self.close_button)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(_NOTICE_MS)
        self._leaving.timeout.connect(self.hide)
        theme.changed.connect(self._show_icons)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown, or nothing."""
        return "" if self.isHidden() else self._text.text()

    @property
    def _leaves(self) -> bool:
        """What went well has been read by then; what is to be done about something stays until it is closed."""
        return not self._is_error and self._action is None

    def enterEvent(self, event: QEnterEvent) -> None:
        """Whoever points at it is still reading."""
        super().enterEvent(event)
        self._leaving.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """The notice goes a while after."""
        super().leaveEvent(event)
        if self._leaves and not self.isHidden():
            self._leaving.start()

    def show_notice(
        self, text: str, action_text: str | None = None, action: Callable[[], None] | None = None
    ) -> None:
        """Say something that is not an error, with a button for what can be done about it if there is one."""
        self._show(text, is_error=False, action_text=action_text, action=action)

    def show_error(
        self, text: str, action_text: str | None = None, action: Callable[[], None] | None = None
    ) -> None:
        """Say what went wrong, with a button that helps if there is one."""
        self._show(text, is_error=True, action_text=action_text, action=action)

    def _show(
        self,
        text: str,
        *,
        is_error: bool,
        action_text: str | None = None,
        action: Callable[[], None] | None = None,
    ) -> None:
        self._is_error = is_error
        self._action = action
        self._text.setText(localised(text))
        self.action_button.setText(action_text or "")
        self.action_button.setVisible(action is not None)
        self.setProperty("severity", "error" if is_error else "notice")
        self.style().unpolish(self)
        self.style().polish(self)
        self._show_icons()
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if self._leaves:
            self._leaving.start()
        else:
            self._leaving.stop()

    def _show_icons(self) -> None:
        icon, colour = ("warning", "problem") if self._is_error else ("info", "accent")
        self._icon.setPixmap(self._theme.icon(icon, colour).pixmap(18, 18))
        self.close_button.setIcon(self._theme.icon("close"))

    def _on_action(self) -> None:
        self.hide()
        if self._action is not None:
            self._action()
