"""The message bar (notifications): one sentence at a time, and earlier ones that must not be lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.item_models.worded import worded
from app.views.shared.theme import Theme
from vimd_core.user_messages import Sentence

_NOTICE_MS: Final = 15_000
_KEPT: Final = 20
LAST_ACTION: Final = "last action"  # topic of what was done last: it is withdrawn when something else is done


@dataclass(frozen=True)
class _Message:
    text: str
    is_error: bool
    action_text: str
    action: Callable[[], None] | None
    is_brief: bool = False  # what its button does can be done otherwise too
    topic: str = ""  # of which there is never more than one message

    @property
    def leaves(self) -> bool:
        """What went well has been read after a while; what is to be done about something stays until it is closed."""
        return not self.is_error and (self.action is None or self.is_brief)


class MessageBar(QFrame):
    """Shows the newest message until it is closed; a notice leaves by itself.

    An error that another message covers comes back when that one is closed or leaves.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self._theme = theme
        self._shown: _Message | None = None
        self._covered: list[_Message] = []  # the newest last
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(self.tr("Message"))
        self.action_button = QPushButton()
        self.action_button.setProperty("role", "quiet")
        self.action_button.setAccessibleName(self.tr("Suggested action"))
        self.action_button.clicked.connect(self._on_action)
        self._more = QLabel()
        self._more.setProperty("role", "muted")
        self.close_button = QToolButton()
        self.close_button.setAccessibleName(self.tr("Close the message"))
        self.close_button.setToolTip(self.tr("Close the message"))
        self.close_button.setIconSize(QSize(14, 14))
        self.close_button.clicked.connect(self._close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 7, 8, 7)
        layout.setSpacing(10)
        layout.addWidget(self._icon)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.action_button)
        layout.addWidget(self._more)
        layout.addWidget(self.close_button)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(_NOTICE_MS)
        self._leaving.timeout.connect(self._close)
        theme.changed.connect(self._show_icons)
        self.hide()

    @property
    def text(self) -> str:
        """The message that is shown, or nothing."""
        return "" if self.isHidden() else self._text.text()

    def clear(self) -> None:
        """Forget all messages: what they say is of something before."""
        self._covered.clear()
        self._shown = None
        self._leaving.stop()
        self.hide()

    def retract(self, said: str | Sentence) -> None:
        """Take a message back that does not hold any more."""
        text = worded(said)
        self._covered = [each for each in self._covered if each.text != text]
        if self._shown is not None and self._shown.text == text:
            self._close()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Whoever points at it is still reading."""
        super().enterEvent(event)
        self._leaving.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """The notice goes a while after."""
        super().leaveEvent(event)
        if self._shown is not None and self._shown.leaves:
            self._leaving.start()

    def show_notice(
        self,
        text: str | Sentence,
        action_text: str | None = None,
        action: Callable[[], None] | None = None,
        *,
        topic: str = "",
    ) -> None:
        """Say something that is not an error, with a button for what can be done about it if there is one."""
        self._add(_Message(worded(text), False, action_text or "", action, topic=topic))

    def show_error(
        self,
        text: str | Sentence,
        action_text: str | None = None,
        action: Callable[[], None] | None = None,
        *,
        topic: str = "",
    ) -> None:
        """Say what went wrong, with a button that helps if there is one.

        Args:
            text: what is said.
            action_text: what stands on the button.
            action: what the button does.
            topic: what it is about; it takes the place of an earlier message of that topic.
        """
        self._add(_Message(worded(text), True, action_text or "", action, topic=topic))

    def has(self, topic: str) -> bool:
        """Whether a message of this topic is there, perhaps behind others."""
        shown = [] if self._shown is None else [self._shown]
        return any(message.topic == topic for message in (*self._covered, *shown))

    def withdraw(self, topic: str) -> None:
        """Take the message of this topic away: what it says is over."""
        self._covered = [message for message in self._covered if message.topic != topic]
        if self._shown is not None and self._shown.topic == topic:
            self._close()

    def show_undo(self, text: str, undo: Callable[[], None]) -> None:
        """Say what was done, with a button that takes it back while nothing else has been done since."""

        def take_back() -> None:
            self._close()
            undo()

        self._add(_Message(text, False, self.tr("Undo"), take_back, is_brief=True, topic=LAST_ACTION))

    def _add(self, message: _Message) -> None:
        before = self._shown
        if message.topic:
            self._covered = [each for each in self._covered if each.topic != message.topic]
        if before is not None and not before.leaves and (not message.topic or before.topic != message.topic):
            self._covered.append(before)
        # Said again it counts once: a source that fails every second must not pile up.
        self._covered = [each for each in self._covered if each.text != message.text][-_KEPT:]
        self._show(message)

    def _show(self, message: _Message) -> None:
        self._shown = message
        self._text.setText(message.text)
        self.action_button.setText(message.action_text)
        self.action_button.setVisible(message.action is not None)
        count = len(self._covered)
        self._more.setText(self.tr("{0} more").format(count) if count else "")
        self._more.setVisible(count > 0)
        self.setProperty("severity", "error" if message.is_error else "notice")
        self.style().unpolish(self)
        self.style().polish(self)
        self._show_icons()
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if message.leaves:
            self._leaving.start()
        else:
            self._leaving.stop()

    def _close(self) -> None:
        """Go back to the message that this one has covered, if there is one."""
        if self._covered:
            self._show(self._covered.pop())
        else:
            self.clear()

    def _show_icons(self) -> None:
        is_error = self._shown is not None and self._shown.is_error
        icon, colour = ("warning", "problem") if is_error else ("info", "accent")
        self._icon.setPixmap(self._theme.icon(icon, colour).pixmap(18, 18))
        self.close_button.setIcon(self._theme.icon("close"))

    def _on_action(self) -> None:
        action = self._shown.action if self._shown is not None else None
        self._close()
        if action is not None:
            action()
