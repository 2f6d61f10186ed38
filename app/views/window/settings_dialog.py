"""The Settings dialog: every preference that the user can set."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.services.program.preferences import MAX_BATCH_SIZE, NEVER, PreferenceValues, ThemeMode
from app.views.review.review_session import MANY
from app.views.shared.fitting_dialog import FittingDialog
from app.views.shared.forms import add_field

_WIDTH: Final = 620


class SettingsDialog(FittingDialog):
    """Shows settings and gives back what was made of them."""

    def __init__(self, parent: QWidget, values: PreferenceValues) -> None:
        super().__init__(parent)
        self._values = values
        self.setWindowTitle(self.tr("Settings"))
        self.theme = _box(
            self.tr("Theme"),
            {
                ThemeMode.SYSTEM: self.tr("System"),
                ThemeMode.LIGHT: self.tr("Light"),
                ThemeMode.DARK: self.tr("Dark"),
            },
            values.theme,
        )
        self.language = _box(
            self.tr("Language"),
            {"": self.tr("System"), "en": "English", "zh_CN": "简体中文"},
            values.language,
        )
        self.device = _box(
            self.tr("Device"),
            {
                "auto": self.tr("Automatic (fastest)"),
                "cpu": self.tr("Processor (CPU)"),
                "cuda": self.tr("NVIDIA GPU (CUDA)"),
                "mps": self.tr("Apple GPU (MPS)"),
            },
            values.device,
        )
        self.batch_size = QSpinBox()
        self.batch_size.setAccessibleName(self.tr("Batch size"))
        self.batch_size.setRange(0, MAX_BATCH_SIZE)
        self.batch_size.setSpecialValueText(self.tr("Automatic"))
        self.batch_size.setValue(values.batch_size)
        self.author = QLineEdit(values.author)
        self.author.setAccessibleName(self.tr("Name in history"))
        self.author.setMaxLength(100)
        self.unsure_below = _percent(self.tr("Highlight confidence below"), values.unsure_below)
        self.disagreement_from = _percent(self.tr("Show SR disagreement from"), values.disagreement_from)
        self.asks_before_many = QCheckBox(self.tr("Confirm changes to"))
        self.asks_before_many.setAccessibleName(self.tr("More than %Ln capture(s)", "", MANY))
        self.asks_before_many.setChecked(values.asks_before_many)
        self.promote_margin = _percent(
            self.tr("Switch to a better model automatically if no class drops by more than"),
            values.promote_margin,
        )
        self.promote_margin.setRange(round(100 * NEVER), 100)
        self.promote_margin.setSpecialValueText(self.tr("Never"))
        self.promote_margin.setValue(round(100 * values.promote_margin))
        self.checks_updates = QCheckBox(self.tr("Check at startup (nothing is installed)"))
        self.checks_updates.setAccessibleName(self.tr("Updates"))
        self.checks_updates.setChecked(values.checks_updates)
        self.update_address = QLineEdit(values.update_address)
        self.update_address.setAccessibleName(self.tr("Update address"))
        self.update_address.setPlaceholderText("https://")
        self.update_address.setEnabled(values.checks_updates)
        self.checks_updates.toggled.connect(self.update_address.setEnabled)
        self.restart_note = QLabel(self.tr("Restart ViMD Studio to change the language."))
        self.restart_note.setProperty("role", "muted")
        self.restart_note.hide()
        self.language.currentIndexChanged.connect(
            lambda: self.restart_note.setVisible(self.language.currentData() != values.language)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(8)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        _add_section(form, self.tr("WINDOW"), self.theme, self.language)
        form.addRow("", self.restart_note)
        _add_section(form, self.tr("CLASSIFIER"), self.device, self.batch_size, self.promote_margin)
        _add_section(
            form,
            self.tr("LABELLING"),
            self.author,
            self.unsure_below,
            self.disagreement_from,
            self.asks_before_many,
        )
        _add_section(form, self.tr("PROGRAM"), self.checks_updates, self.update_address)
        layout.addLayout(form)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Save"))
        buttons.button(QDialogButtonBox.StandardButton.Ok).setProperty("role", "primary")
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        defaults = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        defaults.setText(self.tr("Defaults"))
        defaults.clicked.connect(lambda: self.show_values(PreferenceValues(author=self._values.author)))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.buttons():
            button.setIcon(QIcon())
        layout.addSpacing(10)
        layout.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)

    @property
    def values(self) -> PreferenceValues:
        """What is set now."""
        return replace(
            self._values,
            theme=self.theme.currentData(),
            language=self.language.currentData(),
            device=self.device.currentData(),
            batch_size=self.batch_size.value(),
            author=self.author.text(),
            unsure_below=self.unsure_below.value() / 100,
            disagreement_from=self.disagreement_from.value() / 100,
            promote_margin=self.promote_margin.value() / 100,
            checks_updates=self.checks_updates.isChecked(),
            update_address=self.update_address.text().strip(),
            asks_before_many=self.asks_before_many.isChecked(),
        )

    def show_values(self, values: PreferenceValues) -> None:
        """Fill the fields."""
        for box, value in (
            (self.theme, values.theme),
            (self.language, values.language),
            (self.device, values.device),
        ):
            box.setCurrentIndex(box.findData(value))
        self.batch_size.setValue(values.batch_size)
        self.author.setText(values.author)
        self.unsure_below.setValue(round(100 * values.unsure_below))
        self.disagreement_from.setValue(round(100 * values.disagreement_from))
        self.promote_margin.setValue(round(100 * values.promote_margin))
        self.checks_updates.setChecked(values.checks_updates)
        self.update_address.setText(values.update_address)
        self.asks_before_many.setChecked(values.asks_before_many)


def _add_section(form: QFormLayout, title: str, *widgets: QWidget) -> None:
    heading = QLabel(title)
    heading.setProperty("role", "section")
    heading.setContentsMargins(0, 8, 0, 0)
    form.addRow(heading)
    for widget in widgets:
        add_field(form, widget.accessibleName(), widget)


def _box(name: str, texts: dict[str, str] | dict[ThemeMode, str], current: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in texts.items():
        box.addItem(text, value)
    box.setCurrentIndex(box.findData(current))
    return box


def _percent(name: str, fraction: float) -> QSpinBox:
    box = QSpinBox()
    box.setRange(0, 100)
    box.setSuffix("\u00a0%")
    box.setValue(round(100 * fraction))
    box.setAccessibleName(name)
    return box
