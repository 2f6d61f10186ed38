"""The Progress panel: the model's accuracy on labels, its confidence interval, and what to label next."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.domain.capture_query import CaptureQuery, SortField
from app.domain.records import ReviewState
from app.insight.review_statistics import (
    FEWEST_TO_JUDGE,
    ClassStanding,
    ReviewStatistics,
)
from app.item_models import number_text
from app.item_models.class_list_model import ClassListModel
from app.item_models.row_model import Column, RowModel
from app.services.captures.statistics_service import StatisticsService
from app.views.insight.accuracy_chart import AccuracyChart
from app.views.shared.eliding import keep_ends
from app.views.shared.tables import RowTable
from app.views.shared.theme import Theme
from app.views.wording.numbers import count, percent, share_text

_NAME_LENGTH: Final = 40
_BUTTON_ROOM_PX: Final = 28


class ProgressPanel(QWidget):
    """Figures, a curve over time, and a line for each class."""

    query_chosen = Signal(object)  # CaptureQuery

    def __init__(self, statistics: StatisticsService, classes: ClassListModel, theme: Theme) -> None:
        super().__init__()
        self._statistics = statistics
        self._classes = classes
        self._shown: ReviewStatistics | None = None
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setToolTip(
            self.tr(
                "Captures that you chose to label may be easier or harder than the others. For a "
                "representative sample, use Review > Random audit."
            )
        )
        self.chart = AccuracyChart(theme)
        self.next_button = QPushButton()
        self.next_button.setAccessibleName(self.tr("What to label next"))
        self.next_button.clicked.connect(self._label_next)
        # A long name must not widen the panel: the text follows the width.
        self.next_button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._next_text = ""
        columns = (
            Column(self.tr("Class"), is_wide=True),
            Column(
                self.tr("Labels"),
                self.tr("Captures you labelled with this class"),
                is_number=True,
                sample="999,999",
            ),
            Column(
                self.tr("Recall"),
                self.tr(
                    "Share of these captures that the model predicts correctly, excluding training captures"
                ),
                is_number=True,
                sample=percent(1.0),
            ),
            Column(
                self.tr("Precision"),
                self.tr("Share of correct predictions of this class, excluding training captures"),
                is_number=True,
                sample=percent(1.0),
            ),
            Column(
                self.tr("Unreviewed"),
                self.tr("Unreviewed captures with this prediction"),
                is_number=True,
                sample="999,999",
            ),
        )
        self.table = RowTable(RowModel(columns, self), self.tr("Statistics by class"))
        self.table.doubleClicked.connect(lambda index: self._list_class(index.row()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.summary)
        layout.addWidget(self.chart)
        layout.addWidget(self.next_button)
        layout.addWidget(self.table, 1)
        statistics.changed.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the figures while they are seen."""
        super().showEvent(event)
        self._statistics.watch("progress", is_watching=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._statistics.watch("progress", is_watching=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button's text follows the width."""
        super().resizeEvent(event)
        self._fit_next()

    def _show(self, found: ReviewStatistics) -> None:
        if not self.isVisible():
            return  # the figures are read again when it is seen
        self._shown = found
        self.chart.set_statistics(found)
        self.summary.setText(self._summary(found))
        names = {record.id: record.name for record in self._classes.records}
        best = found.next_class
        self.next_button.setVisible(best is not None)
        if best is not None:
            self._offer(best, names.get(best.class_id, "?"))

        def texts(row: int) -> tuple[str, ...]:
            one = found.classes[row]
            return (
                names.get(one.class_id, "?"),
                number_text.count(one.labelled),
                share_text(one.recalled.right, one.recalled.total),
                share_text(one.precise.right, one.precise.total),
                number_text.count(one.waiting),
            )

        self.table.rows.set_texts(
            texts,
            [one.class_id for one in found.classes],
            lambda row: self._tip(found.classes[row], names.get(found.classes[row].class_id, "?")),
        )

    def _summary(self, found: ReviewStatistics) -> str:
        accuracy, learnt = found.accuracy, found.learnt
        more = number_text.count(FEWEST_TO_JUDGE - accuracy.total)
        if not accuracy.total and not learnt:
            return self.tr("No labels yet. Accept or correct some captures, preferably with a random audit.")
        if not found.can_judge:
            if learnt:
                return self.tr(
                    "The model was trained on {0} of your %Ln labelled capture(s). The other {1} are "
                    "too few to measure its accuracy. Label about {2} more, preferably with a random "
                    "audit.",
                    "",
                    learnt + accuracy.total,
                ).format(count(learnt), count(accuracy.total), more)
            return self.tr(
                "The model is right on {0} of %Ln labelled capture(s), too few to measure its "
                "accuracy. Label about {1} more, preferably with a random audit.",
                "",
                accuracy.total,
            ).format(count(accuracy.right), more)
        low, high = accuracy.interval
        text = (
            self.tr(
                "The model is right on {0} of %Ln labelled capture(s) not used for training: {1} (95 % "
                "confidence: {2} to {3}).",
                "",
                accuracy.total,
            )
            if learnt
            else self.tr(
                "The model is right on {0} of %Ln labelled capture(s): {1} (95 % confidence: {2} to {3}).",
                "",
                accuracy.total,
            )
        ).format(
            count(accuracy.right),
            percent(accuracy.value),
            percent(low),
            percent(high),
        )
        return f"{text} " + (
            self.tr("More labels would hardly change this estimate.")
            if found.is_enough
            else self.tr("About %Ln more label(s) would narrow this to ±5 %.", "", found.missing_labels)
        )

    def _offer(self, best: ClassStanding, name: str) -> None:
        short = keep_ends(name, _NAME_LENGTH, len)
        waiting = number_text.count(best.waiting)
        self._next_text = (
            self.tr("Look at {0} next: {1} unreviewed, up to {2} wrong").format(
                short, waiting, f"{best.gain:,.0f}"
            )
            if best.precise.total
            else self.tr("Look at {0} next: {1} unreviewed").format(short, waiting)
        )
        self.next_button.setToolTip(f"{name}\n{self._next_text}")
        self._fit_next()

    def _fit_next(self) -> None:
        width = self.next_button.width() - _BUTTON_ROOM_PX
        mode = Qt.TextElideMode.ElideMiddle
        self.next_button.setText(self.next_button.fontMetrics().elidedText(self._next_text, mode, width))

    def _tip(self, one: ClassStanding, name: str) -> str:
        lines = [name]
        for title, share in (
            (self.tr("Recall"), one.recalled),
            (self.tr("Precision"), one.precise),
        ):
            if share.total:
                low, high = share.interval
                lines.append(
                    self.tr("{0}: {1} of {2} (95 % confidence: {3} to {4})").format(
                        title,
                        number_text.count(share.right),
                        number_text.count(share.total),
                        percent(low),
                        percent(high),
                    )
                )
        return "\n".join(lines)

    def _label_next(self) -> None:
        best = self._shown.next_class if self._shown is not None else None
        if best is not None:
            self.query_chosen.emit(
                CaptureQuery(
                    states=frozenset({ReviewState.UNREVIEWED}),
                    predicted_class_ids=frozenset({best.class_id}),
                    sort=SortField.CONFIDENCE,
                )
            )

    def _list_class(self, row: int) -> None:
        self.query_chosen.emit(CaptureQuery(class_ids=frozenset({self.table.rows.key(row)})))
