"""The gate as it is shown: what Enter does, and what is listed of the captures that both models were asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.domain.records import CaptureRow, ReviewState
from app.domain.training_records import ModelComparison, ModelState, RegisteredModel
from app.services.training.model_service import GateReport
from app.views.gallery.tile_painter import PLAIN, AnswerChange, TilePainter
from app.views.models.gate_dialog import GateDialog
from app.views.shared.theme import Theme, ThemeMode
from vimd_core.evaluation.gate import ComparedCapture, judge

NAMES = {1: "Stop", 2: "Give way"}


def model(number: int, *, is_active: bool) -> RegisteredModel:
    return RegisteredModel(
        id=number,
        sha256=f"{number}" * 64,
        name=f"signs v{number}",
        path=Path("/models/signs.safetensors"),
        state=ModelState.KEPT,
        is_active=is_active,
        parent_id=None,
        class_ids=(1, 2),
        class_names=("Stop", "Give way"),
        metrics={},
        config=None,
        author="ada",
        notes="",
        added_ms=1,
    )


def report(
    *, fixed: int = 0, broken: int = 0, wrong: int = 0, both: int = 5, is_pair: bool = False
) -> GateReport:
    said = [((2, 1), fixed), ((1, 2), broken), ((2, 2), wrong), ((1, 1), both)]
    answers = []
    for (old, new), count in said:
        answers += [
            ComparedCapture(100 + len(answers) + place, 1, old, 0.8, new, 0.9) for place in range(count)
        ]
    comparison = ModelComparison(1, 1, 2, 1, 1.0, 1.0, tuple(answers))
    return GateReport(
        model(2, is_active=False), model(1, is_active=True), comparison, judge(comparison), is_pair=is_pair
    )


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Callable[[GateReport], GateDialog]]:
    parent = QWidget()
    qtbot.addWidget(parent)

    def show(what: GateReport) -> GateDialog:
        dialog = GateDialog(parent, what, NAMES)
        dialog.show()
        return dialog

    yield show


def test_enter_takes_a_model_that_is_better_and_no_other(shown: Callable[[GateReport], GateDialog]) -> None:
    better = shown(report(fixed=12))
    assert better.promote_button.isDefault() and better.promote_button.property("role") == "primary"
    assert better.promote_button.text() == "&Use new model"
    for what in (report(broken=12), report(fixed=2, broken=1), report(both=0)):
        dialog = shown(what)
        assert dialog.keep_button.isDefault() and not dialog.promote_button.isDefault()
        assert dialog.promote_button.property("role") != "primary" and not dialog.promote_button.autoDefault()
        wanted: list[int] = []
        dialog.promote_wanted.connect(wanted.append)
        dialog.keep_button.click()
        assert not wanted
    worse = shown(report(broken=12))
    assert "worse" in worse.heading.text() and "anyway" in worse.promote_button.text()
    assert "anyway" in shown(report(broken=12, is_pair=True)).promote_button.text()


def test_a_model_that_is_in_use_already_is_spoken_of_as_such(
    shown: Callable[[GateReport], GateDialog],
) -> None:
    what = replace(report(broken=12), model=model(2, is_active=True))
    dialog = shown(what)
    assert "Significantly worse than the previous model" in dialog.heading.text()
    assert [column.title for column in dialog.table.rows.columns[2:]] == ["Previous", "In use"]
    assert dialog.keep_button.text() == "Close" and dialog.keep_button.isDefault()
    assert (
        dialog.table.text(0, 2) == "100\u00a0%" and shown(report(fixed=1, both=3)).table.text(0, 2) == "3/4"
    )


def test_what_was_fixed_broken_and_wrong_in_both_is_listed_with_both_answers(
    shown: Callable[[GateReport], GateDialog],
) -> None:
    dialog = shown(report(fixed=3, broken=2, wrong=4))
    listed: list[dict[int, AnswerChange]] = []
    dialog.changes_chosen.connect(listed.append)
    for button in (dialog.fixed_button, dialog.broken_button, dialog.wrong_button):
        button.click()
    assert [len(found) for found in listed] == [3, 2, 4]
    assert [tuple(found) for found in listed] == [dialog.fixed_ids, dialog.broken_ids, dialog.wrong_ids]
    assert [next(iter(found.values())) for found in listed] == [
        AnswerChange("Give way", "Stop", was_right=False, is_right=True),
        AnswerChange("Stop", "Give way", was_right=True, is_right=False),
        AnswerChange("Give way", "Give way", was_right=False, is_right=False),
    ]
    assert not shown(report(fixed=3)).wrong_button.isEnabled()


def test_a_tile_shows_the_old_and_the_new_answer_while_they_are_compared(qapp: QApplication) -> None:
    tiles = TilePainter(Theme(qapp, ThemeMode.LIGHT))
    row = CaptureRow(
        7, "/captures/7.png", 20, 20, ReviewState.ACCEPTED, "Stop", "#ff0000", "Stop", 0.9, 0.0, False, None
    )

    def drawn() -> QImage:
        tiles.begin_frame(1.0, 60.0)
        return tiles.pixmap(row, None, PLAIN)[0].toImage()

    plain = drawn()
    tiles.set_changes({7: AnswerChange("Give way", "Stop", was_right=False, is_right=True)})
    changed = drawn()
    tiles.set_changes({7: AnswerChange("Stop", "Give way", was_right=True, is_right=False)})
    assert plain != changed != drawn()
    tiles.set_changes({})
    assert drawn() == plain
    qapp.setStyleSheet("")
