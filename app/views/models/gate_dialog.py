"""The gate: a new model beside the one in use, on captures that neither has learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.training_records import ModelComparison, ModelState
from app.insight.review_statistics import Share
from app.item_models import number_text
from app.item_models.row_model import Column, RowModel
from app.services.training.model_service import GateReport
from app.views.gallery.tile_painter import AnswerChange
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.flow_layout import FlowLayout
from app.views.shared.tables import RowTable
from app.views.wording.numbers import count, percent, share_text
from vimd_core.evaluation.gate import Verdict, broken, fixed, wrong_in_both

_NUMBER: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class GateDialog(FittingDialog):
    """Not modal: what was fixed and what was broken is looked at in the gallery beside it."""

    changes_chosen = Signal(object)  # captures to list, in order, each with an `AnswerChange`
    promote_wanted = Signal(int)
    decided = Signal(int, object)  # id of the model, ModelState

    def __init__(self, parent: QWidget, report: GateReport, class_names: Mapping[int, str]) -> None:
        super().__init__(parent)
        self._report = report
        model, verdict = report.model, report.verdict
        self.setWindowTitle(
            self.tr("{0} and {1}").format(*self._names)
            if report.is_pair
            else self.tr("New model: {0}").format(model.name)
        )
        self.resize(620, 560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        heading = QLabel(self._heading(verdict))
        heading.setProperty("role", "heading")
        heading.setWordWrap(True)
        self.heading = heading
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(12)
        layout.addWidget(heading)
        if verdict is not None and report.comparison is not None and verdict.outcome.n:
            explained = QLabel(self._explained(verdict))
            explained.setProperty("role", "muted")
            explained.setWordWrap(True)
            layout.addWidget(explained)
            layout.addLayout(self._figures(verdict))
            layout.addLayout(self._galleries(report.comparison, class_names))
            self.table = self._class_table(verdict, class_names)
            layout.addWidget(self.table, 1)
        else:
            layout.addStretch(1)
        layout.addWidget(self._buttons(verdict))
        self._default.setDefault(True)
        self._default.setFocus()

    def _galleries(self, comparison: ModelComparison, class_names: Mapping[int, str]) -> FlowLayout:
        """Buttons that list captures, each with what both models say of it."""
        found = (fixed(comparison), broken(comparison), wrong_in_both(comparison))
        self.fixed_ids, self.broken_ids, self.wrong_ids = (
            tuple(one.capture_id for one in captures) for captures in found
        )
        texts = (
            self.tr("Show {0} fixed"),
            self.tr("Show {0} newly wrong"),
            self.tr("Show {0} wrong in both"),
        )
        row = FlowLayout()
        buttons = []
        for text, captures in zip(texts, found, strict=True):
            button = QPushButton(text.format(number_text.count(len(captures))))
            button.setEnabled(bool(captures))
            button.setAutoDefault(False)
            changes = {
                one.capture_id: AnswerChange(
                    class_names.get(one.baseline_class_id, "?"),
                    class_names.get(one.candidate_class_id, "?"),
                    was_right=one.baseline_class_id == one.class_id,
                    is_right=one.candidate_class_id == one.class_id,
                )
                for one in captures
            }
            button.clicked.connect(lambda _checked=False, changes=changes: self.changes_chosen.emit(changes))
            row.addWidget(button)
            buttons.append(button)
        self.fixed_button, self.broken_button, self.wrong_button = buttons
        return row

    @property
    def _names(self) -> tuple[str, str]:
        """What stands over the columns of both models."""
        report = self._report
        if report.is_pair and report.baseline is not None:
            return report.baseline.name, report.model.name
        if report.model.is_active:
            return self.tr("Previous"), self.tr("In use")
        return self.tr("In use"), self.tr("New")

    def _heading(self, verdict: Verdict | None) -> str:
        if verdict is None or not verdict.outcome.n:
            return self.tr(
                "No captures were held out for comparison. Label more captures to find out whether the "
                "new model is better."
            )
        if self._report.is_pair:
            return self._pair_heading(verdict)
        if self._report.model.is_active:
            if not verdict.is_significant:
                return self.tr("In use. No significant difference from the previous model.")
            return (
                self.tr("In use. Significantly better than the previous model.")
                if verdict.is_better
                else self.tr("In use. Significantly worse than the previous model.")
            )
        if verdict.is_better:
            return self.tr("Significantly better than the model in use.")
        if verdict.is_worse:
            return self.tr("Significantly worse than the model in use. Keep the current model.")
        return self.tr("No significant difference from the model in use. More labels would help to decide.")

    def _pair_heading(self, verdict: Verdict) -> str:
        older, newer = self._names
        if verdict.is_significant:
            better, worse = (newer, older) if verdict.is_better else (older, newer)
            return self.tr("{0} is significantly better than {1}.").format(better, worse)
        return self.tr(
            "No significant difference between {0} and {1}. More labels would help to decide."
        ).format(older, newer)

    def _explained(self, verdict: Verdict) -> str:
        if self._report.is_pair:
            return self.tr(
                "On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only "
                "with {1} and {2} only with {3}. If both models were equally good, such a difference "
                "would occur by chance with probability {4} (exact McNemar test).",
                "",
                verdict.outcome.n,
            ).format(
                count(verdict.outcome.fixed),
                self._names[1],
                count(verdict.outcome.broken),
                self._names[0],
                percent(verdict.p_value),
            )
        return self.tr(
            "On %Ln labelled capture(s) that neither model was trained on, {0} (is/are) right only "
            "with the new model and {1} only with the old one. If both models were equally good, such "
            "a difference would occur by chance with probability {2} (exact McNemar test).",
            "",
            verdict.outcome.n,
        ).format(
            count(verdict.outcome.fixed),
            count(verdict.outcome.broken),
            percent(verdict.p_value),
        )

    def _figures(self, verdict: Verdict) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setColumnStretch(3, 1)
        speed = self.tr("{0} times").format(f"{verdict.speed_ratio:.2f}")
        outcome = verdict.outcome
        shares = (
            Share(outcome.both + outcome.broken, outcome.n),
            Share(outcome.both + outcome.fixed, outcome.n),
        )
        rows = [
            ("", *self._names),
            (
                self.tr("Accuracy (captures)"),
                *(f"{percent(one.value)} ({number_text.count(one.right)})" for one in shares),
            ),
            (self.tr("95 % confidence"), *map(_interval, verdict.intervals)),
            (
                self.tr("Calibration error"),
                percent(verdict.baseline_error),
                percent(verdict.candidate_error),
            ),
        ]
        if len(verdict.things) < outcome.n:  # captures of one thing count as one observation
            things = number_text.count(len(verdict.things))
            rows.insert(2, (self.tr("Things shown"), things, things))
        comparison = self._report.comparison
        if comparison is not None and comparison.baseline_ms and comparison.candidate_ms:
            rows.append((self.tr("Time per capture"), self.tr("{0} times").format("1.00"), speed))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                label = QLabel(text)
                if row == 0 or column == 0:
                    label.setProperty("role", "muted")
                grid.addWidget(label, row, column, _NUMBER if column else Qt.AlignmentFlag.AlignLeft)
        return grid

    def _class_table(self, verdict: Verdict, class_names: Mapping[int, str]) -> RowTable:
        first, second = self._names
        model = RowModel(
            (
                Column(self.tr("Class"), is_wide=True),
                Column(self.tr("Captures"), is_number=True),
                Column(first, is_number=True),
                Column(second, is_number=True),
            ),
            self,
        )
        table = RowTable(model, self.tr("Results by class"))
        table.set_rows(
            [
                (
                    class_names.get(one.class_id, "?"),
                    number_text.count(one.outcome.n),
                    share_text(one.outcome.both + one.outcome.broken, one.outcome.n),
                    share_text(one.outcome.both + one.outcome.fixed, one.outcome.n),
                )
                for one in verdict.classes
            ],
            [one.class_id for one in verdict.classes],
        )
        return table

    def _buttons(self, verdict: Verdict | None) -> QDialogButtonBox:
        model_id = self._report.model.id
        buttons = QDialogButtonBox()
        self.promote_button = QPushButton(self._promote_text(verdict))
        self.promote_button.setEnabled(not self._report.model.is_active)
        self.keep_button = QPushButton(self.tr("Keep for later"))
        self.discard_button = QPushButton(self.tr("Discard"), self)
        self.discard_button.setEnabled(not self._report.model.is_active)
        buttons.addButton(self.promote_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.keep_button, QDialogButtonBox.ButtonRole.RejectRole)
        if self._report.is_pair or self._report.model.is_active:
            self.keep_button.setText(self.tr("Close"))
            self.discard_button.hide()
        else:
            buttons.addButton(self.discard_button, QDialogButtonBox.ButtonRole.DestructiveRole)
        # Enter does what the figures say: only a model that is better, by more than chance, replaces another.
        is_better = verdict is not None and verdict.is_better and self.promote_button.isEnabled()
        default = self.promote_button if is_better else self.keep_button
        default.setProperty("role", "primary")
        for button in buttons.buttons():
            button.setIcon(QIcon())
            if isinstance(button, QPushButton):
                button.setAutoDefault(button is default)
        self._default = default
        self.promote_button.clicked.connect(lambda: self._decide(None))
        self.keep_button.clicked.connect(self.close)
        self.discard_button.clicked.connect(lambda: self._decide(ModelState.DISCARDED))
        self._model_id = model_id
        return buttons

    def _promote_text(self, verdict: Verdict | None) -> str:
        is_worse = verdict is not None and verdict.is_worse
        if self._report.is_pair:
            text = self.tr("Use {0} anyway") if is_worse else self.tr("Use {0}")
            return text.format(self._names[1])
        return self.tr("&Use new model anyway") if is_worse else self.tr("&Use new model")

    def _decide(self, state: ModelState | None) -> None:
        if state is None:
            self.promote_wanted.emit(self._model_id)
        else:
            self.decided.emit(self._model_id, state)
        self.close()


def _interval(interval: tuple[float, float]) -> str:
    low, high = interval
    return f"{percent(low)} – {percent(high)}"
