"""The Export dialog: which captures, in which export format."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.capture_query import CaptureQuery
from app.domain.export_format import ExportFormat
from app.domain.records import ReviewState
from app.exchange.export_run import ExportRequest
from app.views.shared.fitting_dialog import FittingDialog

_REVIEWED = frozenset(ReviewState) - {ReviewState.UNREVIEWED}


class ExportDialog(FittingDialog):
    """Asks for the form and the captures, and then for the place."""

    def __init__(self, parent: QWidget, current: CaptureQuery, project_name: str) -> None:
        super().__init__(parent)
        self._project_name = project_name
        self.setWindowTitle(self.tr("Export"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(6)
        self.forms = {
            ExportFormat.CSV: QRadioButton(
                self.tr("Table (CSV) with labels and predictions, for spreadsheets")
            ),
            ExportFormat.FOLDERS: QRadioButton(
                self.tr("Class folders with copies of labelled captures, for training")
            ),
            ExportFormat.COCO: QRadioButton(self.tr("COCO classification (JSON)")),
        }
        everything = CaptureQuery()
        self.scopes: list[tuple[QRadioButton, CaptureQuery]] = [
            (QRadioButton(self.tr("All captures")), everything),
            (QRadioButton(self.tr("Reviewed captures")), CaptureQuery(states=_REVIEWED)),
            (
                QRadioButton(self.tr("Corrected captures")),
                CaptureQuery(states=frozenset({ReviewState.CORRECTED})),
            ),
            (QRadioButton(self.tr("Captures shown in the gallery")), current),
        ]
        self._add_group(layout, self.tr("FORMAT"), list(self.forms.values()))
        layout.addSpacing(8)
        self._add_group(layout, self.tr("CAPTURES"), [button for button, _ in self.scopes])
        self.scopes[-1][0].setEnabled(current.without_filter() != current)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.setProperty("role", "primary")
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout.addSpacing(10)
        layout.addWidget(buttons)

    @property
    def form(self) -> ExportFormat:
        """The form that is chosen."""
        return next(form for form, button in self.forms.items() if button.isChecked())

    @property
    def query(self) -> CaptureQuery:
        """The captures that are chosen."""
        return next(query for button, query in self.scopes if button.isChecked())

    def ask_target(self) -> Path | None:
        """Ask where to; None when it was given up."""
        suffix = self.form.suffix
        if not suffix:
            name, _ = QFileDialog.getSaveFileName(
                self, self.tr("New folder name"), str(Path.home() / self._project_name), ""
            )
        else:
            kinds = {
                ExportFormat.CSV: self.tr("CSV table (*.csv)"),
                ExportFormat.COCO: self.tr("COCO labels (*.json)"),
            }
            name, _ = QFileDialog.getSaveFileName(
                self,
                self.tr("Export"),
                str(Path.home() / f"{self._project_name}{suffix}"),
                kinds[self.form],
            )
        return Path(name) if name else None

    def request(self, target: Path) -> ExportRequest:
        """What was chosen."""
        return ExportRequest(self.form, self.query, target)

    def _add_group(self, layout: QVBoxLayout, title: str, buttons: list[QRadioButton]) -> None:
        heading = QLabel(title)
        heading.setProperty("role", "section")
        layout.addWidget(heading)
        group = QButtonGroup(self)
        for button in buttons:
            group.addButton(button)
            layout.addWidget(button)
        buttons[0].setChecked(True)
