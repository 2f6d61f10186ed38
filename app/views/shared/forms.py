"""Form layouts: labels on the height of their fields, and texts that are as high as their lines need."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QLayout, QWidget


def add_field(form: QFormLayout, name: str, field: QWidget | QLayout) -> None:
    """Add a field; Qt would put its name a little above the middle."""
    form.addRow(name, field)
    label = form.labelForField(field)
    if label is not None:
        label.setMinimumHeight(field.sizeHint().height())


class WrappedLabel(QLabel):
    """A label on the page of a tab widget, which gives each widget the height that it has on one line."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setWordWrap(True)

    def setText(self, text: str) -> None:
        """Show a text, and take the room that it needs."""
        super().setText(text)
        self._take_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths need other heights."""
        super().resizeEvent(event)
        self._take_room()

    def _take_room(self) -> None:
        height = max(0, self.heightForWidth(self.width()))  # below 0 without a text
        if height != self.minimumHeight():
            self.setMinimumHeight(height)
