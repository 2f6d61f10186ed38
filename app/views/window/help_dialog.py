"""The Help dialog: the manual, which comes with the program."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

import resources
from app.views.shared.fitting_dialog import FittingDialog

_FOLDER: Final = Path(resources.__file__).parent / "help"


def manual(language: str) -> str:
    """The manual as Markdown, in English when there is none in that language."""
    file = _FOLDER / f"{language}.md"
    if not file.is_file():
        file = _FOLDER / "en.md"
    return file.read_text(encoding="utf-8")


class HelpDialog(FittingDialog):
    """Shows the manual and finds words in it; needs no network."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Help"))
        self.resize(720, 640)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search the manual"))
        self.search.setAccessibleName(self.tr("Search the manual"))
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Manual"))
        self.text.setOpenExternalLinks(False)
        self.text.document().setDocumentMargin(18)
        self.text.setMarkdown(manual(self.tr("en", "language of the manual, as in the name of its file")))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(self.tr("Close"))
        buttons.rejected.connect(self.reject)
        close.setIcon(QIcon())
        close.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.search.textChanged.connect(self._find_first)
        self.search.returnPressed.connect(self._find_next)

    def _find_first(self, text: str) -> None:
        cursor = self.text.textCursor()
        cursor.setPosition(0)
        self.text.setTextCursor(cursor)
        if text:
            self.text.find(text)

    def _find_next(self) -> None:
        if self.search.text() and not self.text.find(self.search.text()):
            self._find_first(self.search.text())
