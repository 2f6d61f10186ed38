"""The Restore dialog: chooses a backup of a project to put back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.records import BackupRecord
from app.item_models import number_text
from app.item_models.row_model import Column, RowModel
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.tables import RowTable
from app.views.wording.numbers import local_time


class RestoreDialog(FittingDialog):
    """A line for each copy, newest first."""

    def __init__(self, parent: QWidget, project_name: str, backups: Sequence[BackupRecord]) -> None:
        super().__init__(parent)
        self._backups = list(backups)
        self.setWindowTitle(self.tr("Restore backup of {0}").format(project_name))
        self.resize(560, 380)
        text = QLabel(
            self.tr(
                "The project is restored to its state at that time. Its present state is saved as "
                "another backup."
            )
            if backups
            else self.tr("No backups yet. A backup is made on each day that you open the project.")
        )
        text.setWordWrap(True)
        columns = (
            Column(self.tr("Created")),
            Column(self.tr("Reason"), is_wide=True),
            Column(self.tr("Captures"), is_number=True),
            Column(self.tr("Labels"), is_number=True),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("Backups"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_rows(
            [self._texts(record) for record in self._backups], [record.path for record in self._backups]
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.restore_button = QPushButton(self.tr("Restore"))
        self.restore_button.setProperty("role", "primary")
        self.restore_button.setEnabled(bool(self._backups))
        buttons.addButton(self.restore_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        self.table.doubleClicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(text)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        if self._backups:
            self.table.selectRow(0)

    @property
    def chosen(self) -> Path | None:
        """The copy that is chosen."""
        row = self.table.current_row
        return self._backups[row].path if 0 <= row < len(self._backups) else None

    def _texts(self, record: BackupRecord) -> tuple[str, ...]:
        reasons = {
            "daily": self.tr("Daily"),
            "before-restore": self.tr("Before restoring a backup"),
        }
        reason = reasons.get(record.reason) or (
            self.tr("Before an update") if record.reason.startswith("before-") else record.reason
        )
        return (
            local_time(round(record.made.timestamp() * 1000)),
            reason,
            number_text.count(record.captures),
            number_text.count(record.labels),
        )
