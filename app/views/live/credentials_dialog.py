"""The log-in dialog of one source: user name and password."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.forms import add_field
from vimd_core.streaming.sources.addresses import Credentials


class CredentialsDialog(FittingDialog):
    """Asks how to be let in to one source."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("User name and password"))
        self.user = QLineEdit()
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keeps = QCheckBox(self.tr("Save in the system keychain"))
        self.keeps.setChecked(True)
        form = QFormLayout()
        add_field(form, self.tr("User name"), self.user)
        add_field(form, self.tr("Password"), self.password)
        form.addRow("", self.keeps)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        heading = QLabel(self.tr("{0} requires sign-in.").format(name))
        heading.setWordWrap(True)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(buttons)

    @property
    def credentials(self) -> Credentials:
        """What was typed."""
        return Credentials(self.user.text(), self.password.text())
