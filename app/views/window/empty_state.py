"""Empty state (start page): what the window shows before a project has captures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.views.shared.theme import Theme, application_icon
from vimd_core.data.images.formats import FORMAT_NAMES

_CARD_WIDTH_PX = 560


class EmptyState(QWidget):
    """Says what to drop and what happens then, and offers a folder dialog and the samples."""

    open_folder_wanted = Signal()
    samples_wanted = Signal()

    def __init__(self, theme: Theme, *, has_samples: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        icon = QLabel()
        icon.setPixmap(application_icon().pixmap(72, 72))
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel(self.tr("Drop captures here"))
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        what = QLabel(
            self.tr(
                "Folders or single images: {0}.\nEach capture is enlarged by super-resolution, "
                "classified, and shown here with its confidence. Correct mistakes with one key. Your "
                "files are never modified."
            ).format(FORMAT_NAMES)
        )
        what.setWordWrap(True)
        what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        what.setProperty("role", "muted")
        self.open_button = QPushButton(self.tr("Open folder…"))
        self.open_button.setProperty("role", "primary")
        self.open_button.clicked.connect(self.open_folder_wanted)
        self.samples_button = QPushButton(self.tr("Try the samples"))
        self.samples_button.setVisible(has_samples)
        self.samples_button.setToolTip(
            self.tr("48 small photographs of traffic signs, included with the program")
        )
        self.samples_button.clicked.connect(self.samples_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addStretch(1)
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.samples_button)
        buttons.addStretch(1)
        self._card = QWidget()
        self._card.setMaximumWidth(_CARD_WIDTH_PX)
        card_layout = QVBoxLayout(self._card)
        card_layout.setContentsMargins(48, 40, 48, 40)
        card_layout.setSpacing(14)
        card_layout.addWidget(icon)
        card_layout.addSpacing(4)
        card_layout.addWidget(title)
        card_layout.addWidget(what)
        card_layout.addSpacing(10)
        card_layout.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(self._card, 6, Qt.AlignmentFlag.AlignVCenter)
        layout.addStretch(1)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the place to drop on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour("border_strong"), 1.5, Qt.PenStyle.DashLine)
        pen.setDashPattern([6, 5])
        painter.setPen(pen)
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRoundedRect(self._card.geometry(), 18, 18)
