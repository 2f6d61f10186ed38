"""How good the model is on what was labelled, how sure that is, and what to label next."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.item_models.class_list_model import ClassListModel
from app.services.review_statistics import WINDOW, ReviewStatistics, Share
from app.services.statistics_service import StatisticsService
from app.storage.capture_query import CaptureQuery, SortField
from app.storage.records import ReviewState
from app.views.tables import align_headers
from app.views.theme import Theme
from app.views.wording import percent

_CHART_HEIGHT_PX: Final = 130
_ROW_PX: Final = 26


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
        self.chart = AccuracyChart(theme)
        self.next_button = QPushButton()
        self.next_button.setAccessibleName(self.tr("What to label next"))
        self.next_button.clicked.connect(self._label_next)
        self.table = QTableWidget(0, 5)
        columns = (
            (self.tr("Class"), ""),
            (self.tr("Labels"), self.tr("Captures that you gave this class")),
            (
                self.tr("Found"),
                self.tr("How many of those the model gives this class too (recall)"),
            ),
            (
                self.tr("Right"),
                self.tr("How many of the model's answers with this class were right (precision)"),
            ),
            (
                self.tr("Waiting"),
                self.tr("Captures nobody has looked at that the model holds for this class"),
            ),
        )
        for column, (title, tip) in enumerate(columns):
            item = QTableWidgetItem(title)
            item.setToolTip(tip)
            self.table.setHorizontalHeaderItem(column, item)
        align_headers(self.table, first_number=1)
        self.table.setAccessibleName(self.tr("Figures of each class"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        self.table.setWordWrap(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.cellDoubleClicked.connect(self._list_class)
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

    def _show(self, found: ReviewStatistics) -> None:
        self._shown = found
        self.chart.set_statistics(found)
        if not found.accuracy.total:
            self.summary.setText(
                self.tr("Nothing is labelled yet: accept or correct some captures, best by a random audit.")
            )
        else:
            low, high = found.accuracy.interval
            text = self.tr(
                "The model is right on {0} of {1} labelled captures, {2} (95 % certain: {3} to {4})."
            ).format(
                f"{found.accuracy.right:,}",
                f"{found.accuracy.total:,}",
                percent(found.accuracy.value),
                percent(low),
                percent(high),
            )
            text += " " + (
                self.tr("More labels would hardly change that.")
                if found.is_enough
                else self.tr("About {0} more labels would make that known to ±5 %.").format(
                    f"{found.missing_labels:,}"
                )
            )
            self.summary.setText(text)
        names = {record.id: record.name for record in self._classes.records}
        best = found.next_class
        self.next_button.setVisible(best is not None)
        if best is not None:
            self.next_button.setText(
                self.tr("Look at {0} next: {1} wait, maybe {2} wrong").format(
                    names.get(best.class_id, "?"), f"{best.waiting:,}", f"{best.gain:,.0f}"
                )
            )
        self.table.setRowCount(len(found.classes))
        for row, standing in enumerate(found.classes):
            texts = (
                names.get(standing.class_id, "?"),
                f"{standing.labelled:,}",
                _share(standing.recalled),
                _share(standing.precise),
                f"{standing.waiting:,}",
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text if not column else "")
                if column:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)

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

    def _list_class(self, row: int, _column: int) -> None:
        if self._shown is not None:
            chosen = frozenset({self._shown.classes[row].class_id})
            self.query_chosen.emit(CaptureQuery(class_ids=chosen))


class AccuracyChart(QWidget):
    """The share of the latest labels that the model had right, over the labels in their order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._statistics: ReviewStatistics | None = None
        self.setFixedHeight(_CHART_HEIGHT_PX)
        self.setToolTip(
            self.tr(
                "How many of your latest {0} labels the model of that time had right. "
                "The band is where the true share lies with 95 % certainty; a line marks a new model."
            ).format(WINDOW)
        )
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Wide and low."""
        return QSize(240, _CHART_HEIGHT_PX)

    def set_statistics(self, statistics: ReviewStatistics) -> None:
        """Show other figures."""
        self._statistics = statistics
        value = statistics.recent.value
        self.setAccessibleName(self.tr("Accuracy over time, now {0}").format(percent(value)))
        self.setVisible(bool(statistics.curve))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the axes, the band and the curve."""
        if self._statistics is None or not self._statistics.curve:
            return
        curve = self._statistics.curve
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("100 %") + 8
        area = QRectF(left, 8, self.width() - left - 8, self.height() - metrics.height() - 16)
        painter.setPen(QPen(self._theme.colour("border"), 1))
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.save()
            painter.setPen(self._theme.colour("faint"))
            box = QRectF(0, y - 8, left - 6, 16)
            painter.drawText(
                box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), percent(share)
            )
            painter.restore()
        last = curve[-1].labels

        def at(labels: int, share: float) -> QPointF:
            return QPointF(area.left() + area.width() * labels / last, area.bottom() - area.height() * share)

        upper = [at(point.labels, point.share.interval[1]) for point in curve]
        lower = [at(point.labels, point.share.interval[0]) for point in curve]
        band = QColor(self._theme.colour("accent"))
        band.setAlpha(45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF(upper + lower[::-1]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.colour("border_strong"), 1, Qt.PenStyle.DashLine))
        for point in curve:
            if point.model_changed:
                x = at(point.labels, 0).x()
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        path = QPainterPath(at(curve[0].labels, curve[0].share.value))
        for point in curve[1:]:
            path.lineTo(at(point.labels, point.share.value))
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.drawPath(path)
        painter.setPen(self._theme.colour("faint"))
        painter.drawText(
            QRectF(area.left(), area.bottom() + 4, area.width(), metrics.height()),
            int(Qt.AlignmentFlag.AlignRight),
            self.tr("{0} labels").format(f"{last:,}"),
        )


def _share(share: Share) -> str:
    return percent(share.value) if share.total else "–"
