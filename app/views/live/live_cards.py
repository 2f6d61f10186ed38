"""Cards of regions: the region as it is, its super-resolved view beside it, and the prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.streams.live_service import LiveAnswer, LiveState
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.flow_layout import FlowLayout
from app.views.wording.numbers import percent

translate = QCoreApplication.translate
_SIDE_PX: Final = 56
_WIDTH_PX: Final = 244
_HEIGHT_PX: Final = 88  # an answer of two lines


def short_wording(answer: LiveAnswer) -> str:
    """What is written at a thing in the picture."""
    if answer.state is LiveState.ASKED:
        return "…"
    if answer.state is LiveState.PLAIN:
        return translate("LiveCards", "no image")
    said = f"{answer.name} {percent(answer.probability)}"
    if answer.state is LiveState.STILL:
        return translate("LiveCards", "{0}, no motion").format(said)
    return said


class LiveCard(QFrame):
    """One region."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("badge")
        self.setFixedWidth(_WIDTH_PX)
        self.setFixedHeight(_HEIGHT_PX)
        self.plain, self.sr_view = QLabel(), QLabel()
        for label, name in ((self.plain, self.tr("Original")), (self.sr_view, self.tr("Super-resolved"))):
            label.setFixedSize(_SIDE_PX, _SIDE_PX)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            label.setAccessibleName(name)
            label.setToolTip(name)
        self.region = ElidedLabel()
        self.region.setProperty("role", "muted")
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        font = self.answer.font()
        font.setBold(True)
        self.answer.setFont(font)
        self.probability = QLabel()
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addStretch(1)
        texts.addWidget(self.region)
        texts.addWidget(self.answer)
        texts.addWidget(self.probability)
        texts.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.plain)
        layout.addWidget(self.sr_view)
        layout.addLayout(texts, 1)

    def show_answer(self, answer: LiveAnswer, region: str, *, is_unsure: bool) -> None:
        """Show what is there now."""
        self.plain.setPixmap(self._fitted(answer.image, Qt.TransformationMode.FastTransformation))
        if answer.sr_view is None:
            self.sr_view.clear()
        else:
            self.sr_view.setPixmap(self._fitted(answer.sr_view, Qt.TransformationMode.SmoothTransformation))
        self.region.setText(region)
        if answer.state is LiveState.ASKED:
            self.answer.setText("…")
            self.probability.clear()
        elif answer.state is LiveState.PLAIN:
            self.answer.setText(self.tr("No image"))
            self.probability.clear()
        else:
            self.answer.setText(answer.name)
            text = percent(answer.probability)
            self.probability.setText(self.tr("{0}, unsure").format(text) if is_unsure else text)
            if answer.state is LiveState.STILL:
                self.probability.setText(self.tr("{0}, no motion").format(text))
        self.answer.setEnabled(answer.state is LiveState.ANSWERED)
        self.probability.setEnabled(answer.state is LiveState.ANSWERED)

    def _fitted(self, image: QImage, how: Qt.TransformationMode) -> QPixmap:
        ratio = self.devicePixelRatioF()
        side = round(_SIDE_PX * ratio)
        pixmap = QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, how))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap


class LiveCards(QWidget):
    """As many cards as there are answers."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[LiveCard] = []
        self._layout = FlowLayout(self, spacing=8)

    def show_answers(self, answers: Sequence[LiveAnswer], unsure_below: float) -> None:
        """Show what the model says now."""
        while len(self.cards) < len(answers):
            card = LiveCard()
            self.cards.append(card)
            self._layout.addWidget(card)
        for number, card in enumerate(self.cards):
            card.setVisible(number < len(answers))
            if number < len(answers):
                answer = answers[number]
                region = answer.region or self.tr("Whole frame")
                card.show_answer(answer, region, is_unsure=answer.probability < unsure_below)
