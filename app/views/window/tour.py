"""The tour (onboarding): three cards for the first start."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

_WIDTH: Final = 380


class Tour(QFrame):
    """One card at a time, above the footer; it leaves the focus where it is, so that labelling can start at once."""

    ended = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour")
        self.setFixedWidth(_WIDTH)
        self._cards = (
            (
                self.tr("Read a tile"),
                self.tr(
                    "Below each capture are the prediction and its confidence. A ring in the colour of "
                    "a class is a prediction, a full dot is your label. SR≠ means that "
                    "super-resolution changed the prediction."
                ),
            ),
            (
                self.tr("Label with one key"),
                self.tr(
                    "Press Enter to accept the prediction, 1 to 5 to choose another, or / to search "
                    "for any class. The next capture is selected automatically. Press Ctrl+Z to undo."
                ),
            ),
            (
                self.tr("See what the model sees"),
                self.tr(
                    "The inspector shows the capture next to its super-resolved view. The Review menu "
                    "finds the captures most worth checking, and Ctrl+K finds any action."
                ),
            ),
        )
        self._position = 0
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._dots = QLabel()
        self._dots.setProperty("role", "faint")
        self.skip_button = QPushButton(self.tr("S&kip"))
        self.skip_button.setProperty("role", "quiet")
        self.next_button = QPushButton()
        self.next_button.setProperty("role", "primary")
        for button in (self.skip_button, self.next_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.skip_button.clicked.connect(self.end)
        self.next_button.clicked.connect(self._go_on)
        line = QHBoxLayout()
        line.addWidget(self._dots)
        line.addStretch(1)
        line.addWidget(self.skip_button)
        line.addWidget(self.next_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(10)
        layout.addWidget(self._heading)
        layout.addWidget(self._text)
        layout.addLayout(line)
        self._show_card()

    def start(self) -> None:
        """Show the first card."""
        self._position = 0
        self._show_card()
        self.show()
        self.raise_()

    def event(self, event: QEvent) -> bool:
        """Another font, once it is there, needs another height."""
        is_done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self.place()
        return is_done

    def end(self) -> None:
        """Put the cards away."""
        if not self.isHidden():
            self.hide()
            self.ended.emit()

    def stay_on_top(self) -> None:
        """A panel that comes up puts the middle of the window above everything that lies over it."""
        if not self.isHidden():
            self.raise_()

    def place(self) -> None:
        """Stay in the corner."""
        window = self.parentWidget()
        # Not `adjustSize`, which counts the lines of a text as wide as it would like to be.
        layout = self.layout()
        if layout is not None:
            self.resize(_WIDTH, layout.totalHeightForWidth(_WIDTH))
        if window is not None:
            self.move((window.width() - self.width()) // 2, window.height() - self.height() - 56)

    def _go_on(self) -> None:
        if self._position + 1 == len(self._cards):
            self.end()
            return
        self._position += 1
        self._show_card()

    def _show_card(self) -> None:
        heading, text = self._cards[self._position]
        self._heading.setText(heading)
        self._text.setText(text)
        self.setAccessibleName(f"{heading}: {text}")
        self._dots.setText(f"{self._position + 1} / {len(self._cards)}")
        is_last = self._position + 1 == len(self._cards)
        self.next_button.setText(self.tr("&Start labelling") if is_last else self.tr("Ne&xt"))
        self.skip_button.setHidden(is_last)
        self.place()
