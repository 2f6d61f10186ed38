"""The registry: all models of a project, where they come from, and which one is in use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.training_records import ModelState, RegisteredModel
from app.insight.review_statistics import FEWEST_TO_JUDGE
from app.item_models import number_text
from app.item_models.row_model import Column, RowModel
from app.item_models.worded import worded
from app.services.training.model_service import ListedModel, ModelService
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.tables import RowTable
from app.views.wording import numbers
from app.views.wording.numbers import local_time, percent, share_text


class ModelsDialog(FittingDialog):
    """Not modal: captures are classified anew behind it."""

    import_wanted = Signal()

    def __init__(self, parent: QWidget, models: ModelService) -> None:
        super().__init__(parent)
        self._models = models
        self._listed: list[ListedModel] = []
        self._noted: int | None = None
        self.setWindowTitle(self.tr("Models"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 460)
        columns = (
            Column(self.tr("Model"), is_wide=True),
            Column(self.tr("State")),
            Column(self.tr("Classes"), is_number=True),
            Column(self.tr("Trained from")),
            Column(
                self.tr("Accuracy"),
                self.tr(
                    "On labelled captures with a prediction that were not used for training. Use "
                    "Compare… to see two models side by side on the same captures."
                ),
                is_number=True,
            ),
            Column(self.tr("Since")),
            Column(self.tr("By")),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("Models of this project"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.selectionModel().selectionChanged.connect(lambda _on, _off: self._show_chosen())
        self.table.selectionModel().currentChanged.connect(lambda _new, _old: self._show_chosen())
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.notes = QPlainTextEdit()
        self.notes.setMaximumHeight(64)
        self.notes.setPlaceholderText(self.tr("Notes on this model"))
        self.notes.setAccessibleName(self.tr("Notes"))
        self.use_button = self._button(self.tr("Use"), self._use)
        self.back_button = self._button(self.tr("Revert to previous"), models.roll_back)
        self.compare_button = self._button(self.tr("Compare…"), self._compare)
        self.compare_button.setToolTip(
            self.tr("Compare the model with the one it was trained from, or two selected models (Ctrl+click)")
        )
        self.export_button = self._button(self.tr("Export…"), self._export)
        self.discard_button = self._button(self.tr("Discard"), self._discard)
        self.import_button = self._button(self.tr("Import…"), self.import_wanted.emit)
        row = QHBoxLayout()
        for button in (
            self.use_button,
            self.back_button,
            self.compare_button,
            self.export_button,
            self.discard_button,
            self.import_button,
        ):
            row.addWidget(button)
        row.addStretch(1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.notes)
        layout.addLayout(row)
        layout.addWidget(buttons)
        self.finished.connect(lambda _result: self._keep_notes())
        models.models_ready.connect(self._on_models)
        models.changed.connect(models.list_models)
        self._show_chosen()
        models.list_models()

    @property
    def chosen(self) -> RegisteredModel | None:
        """The model of the selected line."""
        row = self.table.current_row
        return self._listed[row].model if 0 <= row < len(self._listed) else None

    @property
    def _pair(self) -> tuple[int, int] | None:
        """The two models of the selected lines, if there are just two."""
        rows = self.table.selected_rows
        if len(rows) != 2:
            return None
        return self._listed[rows[0]].model.id, self._listed[rows[1]].model.id

    def _button(self, text: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    def _on_models(self, listed: Sequence[ListedModel]) -> None:
        chosen = self.chosen
        self._keep_notes()
        self._listed = list(listed)
        names = {one.model.id: one.model.name for one in listed}
        states = {
            ModelState.CANDIDATE: self.tr("candidate"),
            ModelState.KEPT: self.tr("kept"),
            ModelState.DISCARDED: self.tr("discarded"),
        }
        self.table.set_rows(
            [
                (
                    one.model.name,
                    self.tr("in use") if one.model.is_active else states[one.model.state],
                    number_text.count(len(one.model.class_ids)),
                    names.get(one.model.parent_id, "") if one.model.parent_id is not None else "",
                    share_text(one.accuracy.right, one.accuracy.total, FEWEST_TO_JUDGE),
                    local_time(one.model.added_ms),
                    one.model.author,
                )
                for one in self._listed
            ],
            [one.model.id for one in self._listed],
            lambda row: self._tip(self._listed[row]),
        )
        wanted = next(
            (row for row, one in enumerate(self._listed) if chosen is not None and one.model.id == chosen.id),
            0,
        )
        if self._listed:
            self.table.selectRow(wanted)
        self._show_chosen()

    def _tip(self, one: ListedModel) -> str:
        if not one.accuracy.total:
            return self.tr(
                "{0}: accuracy unknown, as no labelled captures outside its training data have predictions."
            ).format(one.model.name)
        low, high = one.accuracy.interval
        return self.tr(
            "{0}: right on {1} of %Ln labelled capture(s) not used for training (95 % confidence: {2} "
            "to {3})",
            "",
            one.accuracy.total,
        ).format(
            one.model.name,
            numbers.count(one.accuracy.right),
            percent(low),
            percent(high),
        )

    def _show_chosen(self) -> None:
        self._keep_notes()
        model = self.chosen
        is_usable = model is not None and not self._listed[self.table.current_row].problem
        is_one = self._pair is None
        self.use_button.setEnabled(model is not None and is_one and is_usable and not model.is_active)
        self.export_button.setEnabled(is_usable and is_one)
        self._enable_compare()
        self.discard_button.setEnabled(model is not None and is_one and not model.is_active)
        self.notes.setEnabled(model is not None)
        self._noted = None
        self.notes.setPlainText("" if model is None else model.notes)
        self._noted = None if model is None else model.id
        problem = None if model is None else self._listed[self.table.current_row].problem
        self.problem.setText("" if problem is None else worded(problem))
        self.problem.setVisible(problem is not None)

    def _keep_notes(self) -> None:
        text = self.notes.toPlainText()
        for one in self._listed:
            if one.model.id == self._noted and one.model.notes != text:
                self._models.set_notes(one.model.id, text)
                self._noted = None

    def _use(self) -> None:
        if self.chosen is not None:
            self._models.promote(self.chosen.id)

    def _enable_compare(self) -> None:
        """Two lines are compared with each other, one with the model that it was made from."""
        model, rows = self.chosen, set(self.table.selected_rows)
        has_parent = len(rows) <= 1 and model is not None and model.parent_id is not None
        self.compare_button.setEnabled(self._pair is not None or has_parent)

    def _compare(self) -> None:
        pair = self._pair
        if pair is not None:
            self._models.compare_pair(*pair)
        elif self.chosen is not None:
            self._models.compare(self.chosen.id)

    def _discard(self) -> None:
        if self.chosen is not None:
            self._models.decide(self.chosen.id, ModelState.DISCARDED)

    def _export(self) -> None:
        model = self.chosen
        if model is None:
            return
        name, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export model"),
            f"{model.name}.safetensors",
            self.tr("Model bundles (*.safetensors)"),
        )
        if name:
            self._models.export(model, Path(name))
