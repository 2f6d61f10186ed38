"""The About dialog: version, licences, and diagnostics for a bug report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import resources
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.text_dialog import TextDialog
from app.views.shared.theme import application_icon
from vimd_core import __version__

# Made when the program is packaged: from sources, each library has its licence beside it.
LICENCES: Final = Path(resources.__file__).parent / "LICENCES.txt"


class AboutDialog(FittingDialog):
    """Version, licence, and a text about this computer that can be copied into a report."""

    def __init__(self, parent: QWidget, diagnostics: Mapping[str, str]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About ViMD Studio"))
        icon = QLabel()
        icon.setPixmap(application_icon().pixmap(64, 64))
        text = QLabel(
            self.tr(
                "<p style='font-size:18px; font-weight:600'>ViMD Studio {0}</p><p>Classifies "
                "low-resolution images with super-resolution and Vision Mamba, and learns from your "
                "corrections.</p><p>Licence: Apache-2.0</p>"
            ).format(__version__)
        )
        text.setWordWrap(True)
        heading = QLabel(self.tr("SYSTEM INFORMATION"))
        heading.setProperty("role", "section")
        self.diagnostics = QPlainTextEdit(
            "\n".join(f"{name}: {value}" for name, value in diagnostics.items())
        )
        self.diagnostics.setReadOnly(True)
        self.diagnostics.setTabChangesFocus(True)
        self.diagnostics.setAccessibleName(self.tr("System information"))
        self.diagnostics.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.diagnostics.setMinimumHeight(240)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self._copy)
        self.licences_button = QPushButton(self.tr("Licences…"))
        self.licences_button.clicked.connect(self._show_licences)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.licences_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.licences_button.setVisible(LICENCES.is_file())
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        line = QHBoxLayout()
        line.setSpacing(18)
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(heading)
        layout.addWidget(self.diagnostics)
        layout.addWidget(buttons)
        self.setMinimumWidth(540)

    def _show_licences(self) -> None:
        sentence = self.tr(
            "Components of ViMD Studio and their licences. Qt and all other libraries are separate "
            "files next to the program, and each can be replaced by another build."
        )
        text = LICENCES.read_text(encoding="utf-8")
        dialog = TextDialog(self, self.tr("Licences"), sentence, text)
        dialog.exec()
        dialog.deleteLater()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.diagnostics.toPlainText())
        self.copy_button.setText(self.tr("Copied"))
