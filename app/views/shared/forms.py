"""Forms whose names stand on the same height as their fields."""

from __future__ import annotations

from PySide6.QtWidgets import QFormLayout, QLayout, QWidget


def add_field(form: QFormLayout, name: str, field: QWidget | QLayout) -> None:
    """Add a field; Qt would put its name a little above the middle."""
    form.addRow(name, field)
    label = form.labelForField(field)
    if label is not None:
        label.setMinimumHeight(field.sizeHint().height())
