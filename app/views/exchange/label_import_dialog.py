"""The Import labels dialog: a preview of what would change, before anything is written."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.records import ReviewState
from app.exchange.label_import import LabelDraft
from app.exchange.label_plan import ImportChoice, LabelPlan, Proposal, UnusedLine
from app.item_models import number_text
from app.item_models.plan_table_model import NewClassModel, PlanTableModel
from app.services.captures.label_import_service import LabelImportService
from app.views.exchange.label_import_wording import level_name, present, proposed, table_facts, why_left_out
from app.views.exchange.plan_table import PlanTable
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.fitting_dialog import FittingDialog

_SIZE: Final = (760, 560)
_COMBO_CHARACTERS: Final = 24


class LabelImportDialog(FittingDialog):
    """Counts, a choice, and lists of what is new, different and left out.

    Args:
        parent: the window.
        imports: works out anew what would change.
        draft: what is imported.
        plan: what would change.
    """

    def __init__(
        self, parent: QWidget, imports: LabelImportService, draft: LabelDraft, plan: LabelPlan
    ) -> None:
        super().__init__(parent)
        self._imports = imports
        self._draft = draft
        self.plan = plan
        self._is_planning = False
        self.setWindowTitle(
            self.tr("Labels from folder names") if draft.table is None else self.tr("Labels from a file")
        )
        self.resize(*_SIZE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 14)
        layout.setSpacing(8)
        self.level_box = self._level_box()
        if draft.table is not None:
            facts = ElidedLabel(table_facts(draft.table), mode=Qt.TextElideMode.ElideMiddle)
            facts.setProperty("role", "muted")
            layout.addWidget(facts)
        elif draft.levels:
            row = QHBoxLayout()
            name = QLabel(self.tr("C&lass folder:"))
            name.setBuddy(self.level_box)
            row.addWidget(name)
            row.addWidget(self.level_box, 1)
            layout.addLayout(row)
        self.counts = QLabel()
        self.counts.setWordWrap(True)
        layout.addWidget(self.counts)
        self.choices = {
            ImportChoice.ONLY_NEW: QRadioButton(),
            ImportChoice.KEEP_MINE: QRadioButton(),
            ImportChoice.TAKE_THEIRS: QRadioButton(),
        }
        self._group = QButtonGroup(self)
        for button in self.choices.values():
            self._group.addButton(button)
            layout.addWidget(button)
        self.choices[ImportChoice.ONLY_NEW].setChecked(True)
        self._make_lists()
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self._buttons())
        self._group.buttonToggled.connect(self._show_choice)
        self.new_classes.instead_changed.connect(self._plan_anew)
        self._show_plan()
        self.tabs.setCurrentIndex(self._first_list())

    @property
    def choice(self) -> ImportChoice:
        """What becomes of captures that have another label or mark."""
        return next(choice for choice, button in self.choices.items() if button.isChecked())

    def _level_box(self) -> QComboBox:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_COMBO_CHARACTERS)
        for level in self._draft.levels:
            box.addItem(level_name(level), level.number)
            box.setItemData(box.count() - 1, level_name(level), Qt.ItemDataRole.ToolTipRole)
        box.setCurrentIndex(box.findData(self._draft.level))
        box.currentIndexChanged.connect(self._plan_anew)
        return box

    def _make_lists(self) -> None:
        capture, label = self.tr("Capture"), self.tr("New label")
        self.new = PlanTableModel[Proposal]([capture, label], lambda one: (one.file, proposed(one)), self)
        self.different = PlanTableModel[Proposal](
            [capture, self.tr("Current label"), self.tr("Imported label")],
            lambda one: (one.file, present(one), proposed(one)),
            self,
        )
        self.new_classes = NewClassModel(
            [self.tr("New class"), self.tr("Captures"), self.tr("Possible typo")],
            self.tr("Use “{0}” instead"),
            self,
        )
        has_lines = self._draft.table is not None
        self.left_out = PlanTableModel[UnusedLine](
            [*([self.tr("Row")] if has_lines else []), capture, self.tr("Reason")],
            lambda one: (*([one.line] if has_lines else []), one.name, why_left_out(one)),
            self,
        )
        self.left_out_table = PlanTable(
            self.left_out, self.tr("Skipped rows"), (6, 0, 46) if has_lines else (0, 30)
        )
        self.new_class_table = PlanTable(self.new_classes, self.tr("New classes"), (0, 9, 28))
        self.copy_button = QPushButton(self.tr("&Copy list"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(lambda: self.left_out_table.copy(everything=True))
        left_out = QWidget()
        rows = QVBoxLayout(left_out)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.left_out_table, 1)
        rows.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignRight)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(PlanTable(self.different, self.tr("Different"), (0, 20, 20)), "")
        self.tabs.addTab(self.new_class_table, "")
        self.tabs.addTab(left_out, "")
        self.tabs.addTab(PlanTable(self.new, self.tr("New labels"), (0, 28)), "")

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.import_button = QPushButton()
        self.import_button.setProperty("role", "primary")
        self.import_button.setDefault(True)
        buttons.addButton(self.import_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        return buttons

    def _plan_anew(self) -> None:
        self._is_planning = True
        self._show_choice()
        level = self.level_box.currentData() if self._draft.levels else 0
        self._imports.plan(self._draft, level, self.new_classes.instead, self._on_planned)

    def _on_planned(self, draft: LabelDraft, plan: LabelPlan) -> None:
        self._is_planning = False
        self._draft, self.plan = draft, plan
        self._show_plan()

    def _show_plan(self) -> None:
        plan = self.plan
        unsure = sum(one.before[0] is ReviewState.UNSURE for one in plan.different)
        self.counts.setText(
            self.tr("{0} new, {1} unchanged, {2} different, {3} skipped").format(
                *(
                    number_text.count(n)
                    for n in (len(plan.new), plan.equal, len(plan.different), len(plan.left_out))
                )
            )
        )
        texts = {
            ImportChoice.ONLY_NEW: self.tr("&Only new: captures without a label or mark ({0})"),
            ImportChoice.KEEP_MINE: self.tr("&Keep mine: new labels, and captures marked as unsure ({0})"),
            ImportChoice.TAKE_THEIRS: self.tr(
                "&Replace mine: also replace labels and marks that differ ({0})"
            ),
        }
        for choice, text in texts.items():
            self.choices[choice].setText(text.format(number_text.count(plan.counts[choice])))
            self.choices[choice].setVisible(bool(plan.different))
        self.choices[ImportChoice.KEEP_MINE].setVisible(bool(unsure))
        if not self.choices[self.choice].isVisibleTo(self):
            self.choices[ImportChoice.ONLY_NEW].setChecked(True)
        self.new.set_rows(plan.new)
        self.different.set_rows(plan.different)
        self.left_out.set_rows(plan.left_out)
        self._show_choice()

    def _show_choice(self) -> None:
        plan = self.plan
        count = plan.counts[self.choice]
        self.import_button.setText(self.tr("Import %Ln label(s)", "", count))
        self.import_button.setEnabled(bool(count) and not self._is_planning)
        self.new_classes.set_classes(plan.new_classes(self.choice))
        for tab, (text, rows) in enumerate(
            (
                (self.tr("Different ({0})"), len(plan.different)),
                (self.tr("New classes ({0})"), self.new_classes.rowCount()),
                (self.tr("Skipped ({0})"), len(plan.left_out)),
                (self.tr("New ({0})"), len(plan.new)),
            )
        ):
            self.tabs.setTabText(tab, text.format(number_text.count(rows)))
            self.tabs.setTabEnabled(tab, bool(rows))
        self.copy_button.setEnabled(bool(plan.left_out))

    def _first_list(self) -> int:
        return next((tab for tab in range(self.tabs.count()) if self.tabs.isTabEnabled(tab)), 0)
