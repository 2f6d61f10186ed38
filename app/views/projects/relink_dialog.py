"""The Relink dialog: where the folders are now that captures came from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.item_models import number_text
from app.item_models.row_model import Column, RowModel
from app.services.captures.relink_service import SourceState
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.tables import RowTable


class RelinkDialog(FittingDialog):
    """A line for each folder; the chosen one can be looked for elsewhere."""

    def __init__(self, parent: QWidget, states: Sequence[SourceState]) -> None:
        super().__init__(parent)
        self._states = sorted(states, key=lambda state: -state.missing)
        self.new_folder: Path | None = None
        self.setWindowTitle(self.tr("Find moved folders"))
        self.resize(680, 360)
        text = QLabel(
            self.tr("Select a missing folder, then choose its new location. Labels and predictions are kept.")
            if any(state.missing for state in states)
            else self.tr("No captures are missing.")
        )
        text.setWordWrap(True)
        columns = (
            Column(self.tr("Folder"), is_wide=True),
            Column(self.tr("Captures"), is_number=True),
            Column(self.tr("Missing"), is_number=True),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("Folders"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_rows(
            [
                (str(state.place.folder), number_text.count(state.captures), number_text.count(state.missing))
                for state in self._states
            ],
            [str(state.place.folder) for state in self._states],
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.choose_button = QPushButton(self.tr("Choose new location…"))
        self.choose_button.setProperty("role", "primary")
        buttons.addButton(self.choose_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.choose_button.clicked.connect(self._choose)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(text)
        layout.addWidget(self.table, 1)
        layout.addWidget(buttons)
        self.table.selectionModel().currentChanged.connect(lambda _new, _old: self._show_choice())
        if self._states:
            self.table.selectRow(0)
        self._show_choice()

    @property
    def chosen(self) -> SourceState | None:
        """The folder that is chosen."""
        row = self.table.current_row
        return self._states[row] if 0 <= row < len(self._states) else None

    def _show_choice(self) -> None:
        self.choose_button.setEnabled(self.chosen is not None and self.chosen.missing > 0)

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("New location of the folder"))
        if name:
            self.new_folder = Path(name)
            self.accept()
