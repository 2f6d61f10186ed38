"""The near view of a capture, and the prediction for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.classifier.inspect_service import NearAnswer, NearView
from app.views.shared.elided_label import ElidedLabel
from app.views.wording.numbers import percent

_SIDE_PX: Final = 84


class NearPanel(QFrame):
    """Hidden while there is no near view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("badge")
        self.picture = QLabel()
        self.picture.setFixedSize(_SIDE_PX, _SIDE_PX)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setAccessibleName(self.tr("Near view"))
        heading = QLabel(self.tr("NEAR VIEW"))
        heading.setProperty("role", "section")
        self.name = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.name.setProperty("role", "muted")
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        texts = QVBoxLayout()
        texts.setSpacing(3)
        texts.addWidget(heading)
        texts.addWidget(self.answer)
        texts.addWidget(self.name)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 10, 8)
        layout.setSpacing(10)
        layout.addWidget(self.picture)
        layout.addLayout(texts, 1)
        self.hide()

    def set_view(self, view: NearView | None) -> None:
        """Show a near view, or that there is none."""
        self.setVisible(view is not None)
        if view is None:
            return
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap.fromImage(view.image).scaled(
            self.picture.size() * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)
        self.name.setText(f"{view.image.width()} × {view.image.height()} px · {view.path.name}")
        self.answer.setText(self.tr("The same object, seen from closer."))

    def set_answer(self, answer: NearAnswer, far_class_id: int | None) -> None:
        """Say what the model answers for the near view itself, without super-resolution.

        Args:
            answer: that.
            far_class_id: what the capture was taken for; None while it is not classified.
        """
        if far_class_id is None:
            text = self.tr("Prediction from here: {0} ({1}).")
        elif far_class_id == answer.class_id:
            text = self.tr("Prediction from here: {0} ({1}), same as from afar.")
        else:
            text = self.tr("Prediction from here: {0} ({1}), different from afar.")
        self.answer.setText(text.format(answer.class_name, percent(answer.probability)))
