"""The Advanced page of the Retrain dialog: replay, device, epochs, and any other setting of a recipe."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)

from vimd_core.training.recipes.settings import parse_assignment
from vimd_core.training.retraining.split import HELD_BACK_SHARE


class RetrainSettings(QWidget):
    """What is left alone is as the effort says."""

    changed = Signal()  # something that tells how long it takes, or what it learns from

    def __init__(self) -> None:
        super().__init__()
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("Name of the model in use, numbered"))
        self.name.setMinimumWidth(300)
        self.replay = _spin(0, 500, 20)
        self.held_back = _spin(0, 50, round(100 * HELD_BACK_SHARE))
        self.held_back.setSuffix(" %")
        self.near_views = QCheckBox(self.tr("Also use near views stored next to the captures"))
        self.near_views.setChecked(True)
        self.near_views.toggled.connect(self.changed)
        self.device = QComboBox()
        for device, name in (
            ("auto", self.tr("Automatic")),
            ("cpu", self.tr("CPU")),
            ("cuda", self.tr("NVIDIA GPU")),
            ("mps", self.tr("Apple GPU")),
        ):
            self.device.addItem(name, device)
        self.threads = _spin(0, 64, 0, self.tr("All free threads but one"))
        self.epochs = _spin(0, 10_000, 0, self.tr("Preset default"))
        self.batch = _spin(0, 1024, 0, self.tr("Preset default"))
        self.rate = QDoubleSpinBox()
        self.rate.setDecimals(6)
        self.rate.setRange(0.0, 0.1)
        self.rate.setSingleStep(1e-4)
        self.rate.setSpecialValueText(self.tr("Preset default"))
        self.previous = QDoubleSpinBox()
        self.previous.setRange(0.0, 100.0)
        self.previous.setValue(1.0)
        self.others = QPlainTextEdit()
        self.others.setPlaceholderText("losses.label_smoothing=0.05\naugmentation.flip=true")
        self.others.setMaximumHeight(90)
        for title, field in (
            (self.tr("New model name"), self.name),
            (self.tr("Replayed captures per class"), self.replay),
            (self.tr("Held-out share"), self.held_back),
            (self.tr("Near views"), self.near_views),
            (self.tr("Device"), self.device),
            (self.tr("CPU threads"), self.threads),
            (self.tr("Epochs"), self.epochs),
            (self.tr("Batch size"), self.batch),
            (self.tr("Learning rate"), self.rate),
            (self.tr("Self-distillation weight"), self.previous),
            (self.tr("Other settings, one per line"), self.others),
        ):
            field.setAccessibleName(title)
            form.addRow(title, field)
        for spin in (self.epochs, self.batch, self.replay, self.held_back):
            spin.valueChanged.connect(self.changed)

    def changes(self) -> dict[str, Any]:
        """Settings that differ from those of the effort, as a recipe names them.

        Raises:
            ConfigError: a line of the other settings is none.
        """
        changes: dict[str, Any] = {}
        if self.epochs.value():
            changes["epochs"] = self.epochs.value()
        if self.batch.value():
            changes["batch_size"] = max(2, self.batch.value())
        if self.rate.value():
            changes["learning_rate"] = self.rate.value()
        if self.previous.value() != 1.0:
            changes["losses.previous_weight"] = self.previous.value()
        lines = [line for line in self.others.toPlainText().splitlines() if line.strip()]
        return changes | dict(parse_assignment(line) for line in lines)


def _spin(low: int, high: int, value: int, at_lowest: str = "") -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(low, high)
    spin.setValue(value)
    spin.setSpecialValueText(at_lowest)
    return spin
