"""Where the model and the humans agree, and where not; a click lists the captures of a cell."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.item_models.class_list_model import ClassListModel
from app.item_models.confusion_model import SHARE_ROLE, ConfusionModel
from app.services.review_statistics import ReviewStatistics
from app.services.statistics_service import StatisticsService
from app.storage.capture_query import CaptureQuery
from app.views.theme import Theme

_CELL_PX: Final = 34


class ConfusionPanel(QStackedWidget):
    """Rows are labels, columns answers; what is off the diagonal is in the colour of corrections."""

    query_chosen = Signal(object)  # CaptureQuery

    def __init__(self, statistics: StatisticsService, classes: ClassListModel, theme: Theme) -> None:
        super().__init__()
        self._statistics = statistics
        self._classes = classes
        self.model = ConfusionModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setItemDelegate(_CellDelegate(theme, self))
        self.table.setAccessibleName(self.tr("Labels against answers"))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        for header in (self.table.horizontalHeader(), self.table.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.table.horizontalHeader().setDefaultSectionSize(_CELL_PX)
        self.table.verticalHeader().setDefaultSectionSize(24)
        self.table.verticalHeader().setMaximumWidth(190)
        self.table.verticalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.setCornerButtonEnabled(False)
        self.table.verticalHeader().setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        caption = QLabel(
            self.tr(
                "Rows: your labels. Columns: the model's answers, by the numbers of the rows. "
                "Click a cell to list its captures."
            )
        )
        caption.setProperty("role", "muted")
        caption.setWordWrap(True)
        nothing = QLabel(self.tr("Label some captures to see where the model is wrong."))
        nothing.setProperty("role", "muted")
        nothing.setWordWrap(True)
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(caption)
        layout.addWidget(self.table, 1)
        self.addWidget(nothing)
        self.addWidget(page)
        statistics.changed.connect(self._show)

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the figures while they are seen."""
        super().showEvent(event)
        self._statistics.watch("confusion", is_watching=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._statistics.watch("confusion", is_watching=False)

    def _show(self, statistics: ReviewStatistics) -> None:
        self.model.set_counts(self._classes.records, statistics.confusion)
        self.setCurrentIndex(int(bool(statistics.confusion)))

    def _choose(self, index: QModelIndex) -> None:
        label, answer = self.model.pair(index)
        self.query_chosen.emit(
            CaptureQuery(label_class_ids=frozenset({label}), predicted_class_ids=frozenset({answer}))
        )


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        share = float(index.data(SHARE_ROLE))
        rect = option.rect.adjusted(1, 1, -1, -1)
        painter.save()
        if share:
            colour = QColor(self._theme.colour("accepted" if index.row() == index.column() else "corrected"))
            colour.setAlphaF(0.15 + 0.6 * share)
            painter.fillRect(rect, colour)
        elif index.row() == index.column():
            painter.fillRect(rect, self._theme.colour("hover"))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), str(index.data()))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(self._theme.colour("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.restore()
