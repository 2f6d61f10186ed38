"""The confusion matrix: where model and labels agree, and where not; a click lists the captures of a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.capture_query import CaptureQuery
from app.insight.review_statistics import ReviewStatistics
from app.item_models import number_text
from app.item_models.class_list_model import ClassListModel
from app.item_models.confusion_model import ConfusionModel
from app.item_models.row_model import Column, RowModel
from app.services.captures.statistics_service import StatisticsService
from app.views.insight.confusion_table import ConfusionTable
from app.views.shared.elided_label import ElidedLabel
from app.views.shared.tables import RowTable
from app.views.shared.theme import Theme

_MOST_PAIRS: Final = 200
_MARGIN_PX: Final = 8
_PAIRS_PX: Final = 220


class ConfusionPanel(QStackedWidget):
    """Rows are labels, columns answers; what is off the diagonal is in the colour of corrections."""

    query_chosen = Signal(object)  # CaptureQuery

    def __init__(self, statistics: StatisticsService, classes: ClassListModel, theme: Theme) -> None:
        super().__init__()
        self._statistics = statistics
        self._classes = classes
        self._shown: ReviewStatistics | None = None
        self.model = ConfusionModel(self)
        self.table = ConfusionTable(self.model, theme)
        self.table.setAccessibleName(self.tr("Labels and predictions"))
        self.table.clicked.connect(self._choose)
        self.table.activated.connect(self._choose)
        self.table.cell_pointed.connect(self._say)
        self.caption = QLabel()
        self.caption.setProperty("role", "muted")
        self.caption.setWordWrap(True)
        self.with_learnt = QCheckBox(self.tr("Include training captures"))
        self.with_learnt.toggled.connect(self._fill)
        self.flattery = QLabel()
        self.flattery.setProperty("role", "notice")
        self.flattery.setWordWrap(True)
        self.pointed = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.pointed.setProperty("role", "muted")
        self.pairs = RowTable(
            RowModel(
                (
                    Column(self.tr("Your label"), is_wide=True),
                    Column(self.tr("Predicted"), is_wide=True),
                    Column(self.tr("Captures"), is_number=True),
                ),
                self,
            ),
            self.tr("Most confused classes"),
        )
        self.pairs.clicked.connect(lambda index: self._list(*self.pairs.rows.key(index.row())))
        self.pairs.activated.connect(lambda index: self._list(*self.pairs.rows.key(index.row())))
        title = QLabel(self.tr("Most confused classes"))
        title.setProperty("role", "section")
        self.pairs.setMinimumWidth(_PAIRS_PX)
        self.no_pairs = QLabel(self.tr("None of these captures is misclassified."))
        self.no_pairs.setProperty("role", "muted")
        self.no_pairs.setWordWrap(True)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(_column(self.table, self.pointed))
        self.splitter.addWidget(_column(title, self.no_pairs, self.pairs))
        self.splitter.setSizes([500, 200])
        for place, stretch in ((0, 3), (1, 2)):
            self.splitter.setStretchFactor(place, stretch)
        self._nothing = QLabel()
        self._nothing.setProperty("role", "muted")
        self._nothing.setWordWrap(True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._show_all = QCheckBox(self.tr("Include training captures"))
        self._show_all.toggled.connect(self.with_learnt.setChecked)
        self.with_learnt.toggled.connect(self._show_all.setChecked)
        self.addWidget(_column(self._nothing, self._show_all, margin_px=_MARGIN_PX))
        self.addWidget(
            _column(self.caption, self.with_learnt, self.flattery, self.splitter, margin_px=_MARGIN_PX)
        )
        statistics.changed.connect(self._show)
        self._fill()

    def showEvent(self, event: QShowEvent) -> None:
        """Keep the figures while they are seen."""
        super().showEvent(event)
        self._statistics.watch("confusion", is_watching=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._statistics.watch("confusion", is_watching=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list stands beside the cells where the panel is wide, and below them where it is high."""
        super().resizeEvent(event)
        is_wide = self.width() > self.height()
        wanted = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if wanted is not self.splitter.orientation():
            self.splitter.setOrientation(wanted)
            self.splitter.setSizes([300, 200] if is_wide else [500, 200])

    def _show(self, statistics: ReviewStatistics) -> None:
        if not self.isVisible():
            return  # the figures are read again when it is seen
        self._shown = statistics
        self._fill()

    def _fill(self) -> None:
        found = self._shown
        learnt = 0 if found is None else found.learnt
        for box in (self.with_learnt, self._show_all):
            box.setVisible(learnt > 0)
        is_flattering = self.with_learnt.isChecked() and learnt > 0
        counts: Mapping[tuple[int, int], int] = {}
        if found is not None:
            counts = found.confusion_with_learnt if is_flattering else found.confusion
        self.flattery.setVisible(is_flattering)
        self.flattery.setText(
            self.tr(
                "The model was trained on {0} of these captures, so it looks better here than it is."
            ).format(number_text.count(learnt))
        )
        self.caption.setText(
            self.tr(
                "Rows: your labels. Columns: predictions, in the same order. %Ln capture(s) not used "
                "for training. Click a cell to list its captures.",
                "",
                0 if found is None else found.accuracy.total,
            )
            if not is_flattering
            else self.tr(
                "Rows: your labels. Columns: predictions, in the same order. Click a cell to list its "
                "captures."
            )
        )
        self._nothing.setText(
            self.tr(
                "The model was trained on (the/all) %Ln capture(s) that you have labelled. Label "
                "others to see its mistakes.",
                "",
                learnt,
            )
            if learnt
            else self.tr("Label some captures to see the model's mistakes.")
        )
        self.model.set_counts(self._classes.records, counts)
        names = {record.id: record.name for record in self.model.classes}
        pairs = self.model.worst_pairs(_MOST_PAIRS)
        self.pairs.set_rows(
            [(names[label], names[answer], number_text.count(count)) for label, answer, count in pairs],
            [(label, answer) for label, answer, _ in pairs],
            lambda row: self.model.sentence(*pairs[row]),
        )
        self.pairs.setVisible(bool(pairs))
        self.no_pairs.setVisible(not pairs)
        self._say(self.table.lit)
        self.setCurrentIndex(int(bool(counts)))

    def _say(self, index: QModelIndex) -> None:
        if not index.isValid():
            self.pointed.setText(self.tr("Point at a cell or use the arrow keys."))
            return
        rows = self.model.classes
        self.pointed.setText(
            self.tr("{0} → {1}: {2}").format(
                rows[index.row()].name, rows[index.column()].name, str(index.data()) or "0"
            )
        )

    def _choose(self, index: QModelIndex) -> None:
        self._list(*self.model.pair(index))

    def _list(self, label: int, answer: int) -> None:
        found = self._shown
        if found is None:
            return
        # Just those that were counted.
        within = (
            None
            if self.with_learnt.isChecked() or not found.learnt
            else found.captures_of(label, answer, with_learnt=False)
        )
        self.query_chosen.emit(
            CaptureQuery(
                label_class_ids=frozenset({label}), predicted_class_ids=frozenset({answer}), within=within
            )
        )


def _column(*widgets: QWidget, margin_px: int = 0) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(margin_px, margin_px, margin_px, margin_px)
    layout.setSpacing(6)
    for widget in widgets:
        layout.addWidget(widget, int(isinstance(widget, QSplitter | ConfusionTable | RowTable)))
    return page
