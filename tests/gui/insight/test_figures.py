"""The panels of figures with few and with very many classes, and where the model has learnt from labels."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.capture_query import CaptureQuery
from app.domain.records import ClassRecord
from app.insight.review_statistics import FEWEST_TO_JUDGE, ReviewStatistics, review_statistics
from app.item_models.confusion_model import ConfusionModel
from app.item_models.row_model import Column, RowModel
from app.storage.labels.insights import AnsweredCaptures, Decision
from app.views.insight.confusion_panel import ConfusionPanel
from app.views.insight.confusion_table import LARGEST_CELL_PX, SMALLEST_CELL_PX
from app.views.insight.progress_panel import ProgressPanel
from app.views.shared.tables import RowTable
from app.views.shared.theme import Theme, ThemeMode


class Statistics(QObject):
    """What the panels listen to."""

    changed = Signal(object)

    def watch(self, _name: str, *, is_watching: bool) -> None:
        """Figures come when the test says so."""


def records(count: int) -> tuple[ClassRecord, ...]:
    return tuple(
        ClassRecord(number, f"Class {number}", "#336699", None, False) for number in range(1, count + 1)
    )


def statistics(rows: list[tuple[int, int]], classes: int, learnt: int = 0) -> ReviewStatistics:
    """Captures from 1 by (label, answer), of which the model has learnt from the first ones."""
    ids = array("q", range(1, len(rows) + 1))
    labels, answers = array("q", [row[0] for row in rows]), array("q", [row[1] for row in rows])
    learnt_from = frozenset(range(1, learnt + 1))
    decisions = [
        Decision(number, label, answer, 1, number)
        for number, label, answer in zip(ids, labels, answers, strict=True)
        if number not in learnt_from
    ]
    class_ids = list(range(1, classes + 1))
    answered = AnsweredCaptures(ids, labels, answers)
    return review_statistics(class_ids, answered, learnt_from, dict.fromkeys(class_ids, 3), {}, decisions)


def many(classes: int, each: int = 3) -> ReviewStatistics:
    chance = random.Random(1)
    rows = [
        (label, label if chance.random() < 0.8 else chance.randint(1, classes))
        for label in range(1, classes + 1)
        for _ in range(each)
    ]
    return statistics(rows, classes)


class Panels:
    """Both panels, as they stand in their docks."""

    def __init__(self, qapp: QApplication, classes: int) -> None:
        self.figures = Statistics()
        theme = Theme(qapp, ThemeMode.LIGHT)
        listed: Any = SimpleNamespace(records=records(classes))
        self.confusion = ConfusionPanel(self.figures, listed, theme)
        self.progress = ProgressPanel(self.figures, listed, theme)
        self.queries: list[CaptureQuery] = []
        for panel in (self.confusion, self.progress):
            panel.resize(420, 700)
            panel.query_chosen.connect(self.queries.append)
            panel.show()

    def show(self, found: ReviewStatistics) -> None:
        self.figures.changed.emit(found)
        QApplication.processEvents()


@pytest.fixture
def panels(qapp: QApplication) -> Iterator[Any]:
    opened: list[Panels] = []

    def make(classes: int) -> Panels:
        opened.append(Panels(qapp, classes))
        return opened[-1]

    sheet = qapp.styleSheet()
    yield make
    for each in opened:
        each.confusion.deleteLater()
        each.progress.deleteLater()
    qapp.setStyleSheet(sheet)


@pytest.mark.parametrize("classes", [2, 12, 43, 90])
def test_all_classes_are_in_sight_as_long_as_a_cell_can_be_seen(panels: Any, classes: int) -> None:
    shown = panels(classes)
    shown.show(many(classes))
    table = shown.confusion.table
    assert SMALLEST_CELL_PX <= table.cell_px <= LARGEST_CELL_PX
    last = table.visualRect(table.model().index(classes - 1, classes - 1))
    assert table.viewport().rect().contains(last)


def test_cells_do_not_vanish_and_are_scrolled_instead(panels: Any) -> None:
    shown = panels(2000)
    shown.show(many(2000, each=1))
    table = shown.confusion.table
    assert table.cell_px == SMALLEST_CELL_PX
    assert table.horizontalScrollBar().maximum() > 0 and table.verticalScrollBar().maximum() > 0
    assert shown.progress.table.rowCount() == 2000


def test_what_is_not_in_sight_is_not_looked_at(panels: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """To look at each cell of 2,000 classes at each label, for the widths of columns, froze the window."""
    shown = panels(2000)
    shown.show(many(2000, each=1))
    asked = [0]
    for model in (RowModel, ConfusionModel):
        plain = model.data

        def count(self: Any, index: Any, role: int = 0, plain: Any = plain) -> Any:
            asked[0] += 1
            return plain(self, index, role)

        monkeypatch.setattr(model, "data", count)
    shown.show(many(2000, each=2))
    assert 0 < asked[0] < 4000


def test_the_row_and_the_column_of_the_pointer_are_lit_and_said(panels: Any, qtbot: QtBot) -> None:
    shown = panels(43)
    shown.show(many(43))
    panel, table = shown.confusion, shown.confusion.table
    cell = table.model().index(7, 30)

    def colour(row: int, column: int) -> Any:
        place = table.visualRect(table.model().index(row, column)).center()
        return table.viewport().grab().toImage().pixelColor(place)

    dark = colour(7, 12), colour(20, 30), colour(12, 13)
    move(table, table.visualRect(cell).center())
    assert table.lit == cell and panel.pointed.text() == "Class 8 → Class 31: 0"
    lit = colour(7, 12), colour(20, 30), colour(12, 13)
    assert lit[0] != dark[0] and lit[1] != dark[1] and lit[2] == dark[2]
    # By keys alone, too.
    table.setCurrentIndex(table.model().index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Right)
    assert (table.lit.row(), table.lit.column()) == (0, 1) and panel.pointed.text().startswith(
        "Class 1 → Class 2"
    )


def move(table: Any, place: Any) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(table.viewport().mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(table.viewport(), event)


def test_the_most_confused_pairs_come_first_and_list_their_captures(panels: Any, qtbot: QtBot) -> None:
    shown = panels(3)
    shown.show(statistics([(1, 2)] * 3 + [(1, 1)] * 30 + [(3, 1)] * 5, 3))
    pairs = shown.confusion.pairs
    assert [pairs.text(row, 2) for row in range(pairs.rowCount())] == ["5", "3"]
    assert (pairs.text(0, 0), pairs.text(0, 1)) == ("Class 3", "Class 1")
    place = pairs.visualRect(pairs.model().index(0, 0)).center()
    qtbot.mouseClick(pairs.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.queries == [CaptureQuery(label_class_ids=frozenset({3}), predicted_class_ids=frozenset({1}))]


def test_captures_that_were_learnt_from_are_counted_only_on_demand_and_with_a_warning(panels: Any) -> None:
    shown = panels(2)
    panel = shown.confusion
    shown.show(statistics([(1, 1)] * 30, 2))
    assert not panel.with_learnt.isVisible() and not panel.flattery.isVisible()
    shown.show(statistics([(1, 1)] * 40 + [(1, 2)] * 3, 2, learnt=38))
    assert panel.with_learnt.isVisible() and not panel.flattery.isVisible()
    assert panel.model.index(0, 0).data() == "2" and "5 captures" in panel.caption.text()
    panel.table.clicked.emit(panel.model.index(0, 0))
    assert shown.queries[-1].within == (39, 40)
    panel.with_learnt.setChecked(True)
    assert panel.model.index(0, 0).data() == "40"
    assert panel.flattery.isVisible() and "38" in panel.flattery.text()
    panel.table.clicked.emit(panel.model.index(0, 0))
    assert shown.queries[-1].within is None
    # Where nothing else is left, that is said.
    panel.with_learnt.setChecked(False)
    shown.show(statistics([(1, 1)] * 7, 2, learnt=7))
    assert panel.currentIndex() == 0 and "all 7" in panel._nothing.text()


def test_no_share_is_shown_where_too_few_captures_are_left(panels: Any) -> None:
    shown = panels(2)
    summary = shown.progress.summary
    shown.show(statistics([(1, 1)] * 100, 2, learnt=100 - FEWEST_TO_JUDGE + 1))
    assert "was trained on 81 of your 100" in summary.text() and "%" not in summary.text()
    shown.show(statistics([(1, 1)] * 150 + [(1, 2)] * 50, 2, learnt=100))
    assert "50 of 100 labelled captures not used for training" in summary.text()
    assert "95 % confidence: 40" in summary.text().replace("\u00a0", " ")
    # Of few captures of a class: what they are.
    shown.show(statistics([(1, 1)] * 30 + [(2, 2)] * 3 + [(2, 1)], 2))
    table = shown.progress.table
    assert [table.text(row, 2) for row in (0, 1)] == ["100\u00a0%", "3/4"]


def test_a_long_name_does_not_widen_the_panel(panels: Any) -> None:
    shown = panels(2)
    panel = shown.progress
    panel._classes.records = tuple(replace(one, name="Ж" * 200) for one in records(2))
    shown.show(statistics([(1, 1)] * 30, 2))
    assert panel.minimumSizeHint().width() < 400
    assert "…" in panel.next_button.text() and "Ж" * 200 in panel.next_button.toolTip()
    width = panel.next_button.fontMetrics().horizontalAdvance(panel.next_button.text())
    assert width < panel.next_button.width()


def test_models_are_sound(qtmodeltester: ModelTester, qapp: QApplication) -> None:
    rows = RowModel((Column("A", is_wide=True), Column("B", "tip", is_number=True)))
    qtmodeltester.check(rows)
    rows.set_rows([("a", "1"), ("b", "2")], [1, 2])
    qtmodeltester.check(rows)
    rows.set_rows([("a", "3"), ("b", "4")], [1, 2], lambda row: f"row {row}")
    assert rows.index(1, 0).data(Qt.ItemDataRole.ToolTipRole) == "row 1"
    rows.set_rows([], [])
    assert not rows.index(0, 0).isValid() and rows.data(QModelIndex()) is None
    confusion = ConfusionModel()
    for classes in (2, 5):
        confusion.set_counts(records(classes), many(classes).confusion)
        qtmodeltester.check(confusion)
    confusion.set_counts(records(5), {(1, 1): 1, (99, 1): 2})  # a class that is not known yet
    qtmodeltester.check(confusion)


def test_a_selected_row_stays_selected_when_its_figures_change(qtbot: QtBot) -> None:
    table = RowTable(RowModel((Column("A", is_wide=True), Column("B", is_number=True))), "Figures")
    qtbot.addWidget(table)
    table.set_rows([("a", "1"), ("b", "2")], [1, 2])
    table.selectRow(1)
    table.set_rows([("a", "1"), ("b", "3,000,000")], [1, 2])
    assert table.selected_rows == [1] and table.current_row == 1
    assert table.columnWidth(1) > table.fontMetrics().horizontalAdvance("3,000,000")
