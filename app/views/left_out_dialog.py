"""What an import has left out, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)


class LeftOutDialog(QDialog):
    """A line for each file and folder, which can be copied.

    Args:
        parent: the window.
        count: how many were left out.
        sentences: why, for the first of them at least.
    """

    def __init__(self, parent: QWidget, count: int, sentences: Sequence[str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Left out"))
        self.resize(680, 420)
        text = self.tr("{0} files or folders could not be added:").format(f"{count:,}")
        if count > len(sentences):
            text = self.tr("{0} files or folders could not be added. These are the first {1}:").format(
                f"{count:,}", f"{len(sentences):,}"
            )
        self.list = QPlainTextEdit("\n".join(sentences))
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(self.tr("What was left out"))
        self.list.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(QLabel(text))
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.list.toPlainText())
        self.copy_button.setText(self.tr("Copied"))
