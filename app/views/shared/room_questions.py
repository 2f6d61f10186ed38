"""Base class of the rooms' questions (modal dialogs)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QInputDialog, QWidget


class RoomQuestions(QObject):
    """All modal dialogs of one room; tests replace its methods, as nobody is there to answer.

    A dialog is imported when it is first opened: together they take as long as the window itself.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def _ask_text(self, title: str, question: str) -> str:
        """A line of text; nothing when it was given up."""
        text, is_given = QInputDialog.getText(self._window, title, question)
        return text.strip() if is_given else ""

    def _is_accepted(self, dialog: QDialog) -> bool:
        try:
            return dialog.exec() == QDialog.DialogCode.Accepted
        finally:
            dialog.deleteLater()


def path_or_none(name: str) -> Path | None:
    """What a file dialog returns, which is empty when it was cancelled."""
    return Path(name) if name else None
