"""Bar chart of the model's most likely classes; a bar can be clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.domain.records import ClassProbability
from app.views.shared.theme import Theme
from app.views.wording.numbers import percent

NUM_BARS: Final = 5
_HEIGHT_PX: Final = 30
_KEY_PX: Final = 20
_NUMBER_PX: Final = 50


class AnswerBar(QAbstractButton):
    """One class with its key, its probability and a mark when it is the label."""

    def __init__(self, theme: Theme, key: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = key
        self._answer: ClassProbability | None = None
        self._is_label = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def answer(self) -> ClassProbability | None:
        """The class that it stands for."""
        return self._answer

    def set_answer(
        self, answer: ClassProbability | None, *, is_label: bool, is_suggestion: bool = False
    ) -> None:
        """Show a class, or nothing."""
        self._answer = answer
        self._is_label = is_label
        self.setEnabled(answer is not None)
        if answer is not None:
            text = (
                self.tr("Suggested: {0}, {1}: press {2} to select")
                if is_suggestion
                else self.tr("{0}, {1}: press {2} to select")
            )
            name = text.format(answer.name, percent(answer.probability), self._key)
            self.setAccessibleName(name)
            self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        """A line."""
        return QSize(240, _HEIGHT_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up under the mouse."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw key, bar, name and probability."""
        answer = self._answer
        if answer is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 2, -1, -2)
        track = area.adjusted(_KEY_PX + 8, 0, -_NUMBER_PX, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("hover" if self.underMouse() else "sunken"))
        painter.drawRoundedRect(track, 6, 6)
        painter.save()
        painter.setClipRect(
            QRectF(track.topLeft(), QSizeF(max(3.0, track.width() * answer.probability), track.height()))
        )
        painter.setBrush(self._theme.colour("bar_first" if self._key == 1 else "bar"))
        painter.drawRoundedRect(track, 6, 6)
        painter.restore()
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(track, 6, 6)
        self._paint_key(painter, QRect(1, (self.height() - _KEY_PX) // 2, _KEY_PX, _KEY_PX))
        self._paint_text(painter, track, area, answer)

    def _paint_key(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(QPen(self._theme.colour("border_strong"), 1))
        painter.setBrush(self._theme.colour("surface"))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(self._theme.colour("muted"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(self._key))

    def _paint_text(self, painter: QPainter, track: QRectF, area: QRectF, answer: ClassProbability) -> None:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold if self._is_label else QFont.Weight.Normal)
        painter.setFont(font)
        text_area = track.adjusted(24, 0, -8, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(answer.colour))
        painter.drawEllipse(QRectF(track.left() + 9, track.center().y() - 4, 8, 8))
        if self._is_label:
            mark = QRect(round(text_area.right()) - 14, round(track.center().y()) - 8, 16, 16)
            self._theme.icon("check", "text").paint(painter, mark)
            text_area.adjust(0, 0, -20, 0)
        painter.setPen(self._theme.colour("text"))
        elided = painter.fontMetrics().elidedText(
            answer.name, Qt.TextElideMode.ElideRight, round(text_area.width())
        )
        painter.drawText(text_area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.setPen(self._theme.colour("text" if self._key == 1 else "muted"))
        number = QRectF(track.right() + 4, area.top(), _NUMBER_PX - 4, area.height())
        painter.drawText(
            number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, percent(answer.probability)
        )


class AnswerBars(QWidget):
    """The five most likely classes."""

    chosen = Signal(int)  # position from 0

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        self.bars = [AnswerBar(theme, key) for key in range(1, NUM_BARS + 1)]
        for position, bar in enumerate(self.bars):
            bar.clicked.connect(lambda _checked=False, chosen=position: self.chosen.emit(chosen))
            layout.addWidget(bar)

    def set_answers(
        self,
        answers: Sequence[ClassProbability],
        label_class_id: int | None,
        *,
        are_suggestions: bool = False,
    ) -> None:
        """Show classes, most likely first.

        Args:
            answers: the classes.
            label_class_id: the one that is the label.
            are_suggestions: whether the project's labels say so, and not the model.
        """
        for position, bar in enumerate(self.bars):
            answer = answers[position] if position < len(answers) else None
            is_label = answer is not None and answer.class_id == label_class_id
            bar.set_answer(answer, is_label=is_label, is_suggestion=are_suggestions)
            bar.setVisible(answer is not None)
