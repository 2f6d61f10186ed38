"""Review queues: what is listed, and how one is worked off."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, press, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import SortField
from app.domain.records import ReviewState

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(30)))
    wait_until_classified(qtbot, running, 30)
    return running


def wait_until_listed(qtbot: QtBot, studio: Studio, count: int) -> None:
    wait_for(
        qtbot,
        lambda: not studio.captures.is_loading and studio.captures.rowCount() == count,
        f"{count} listed",
    )


def test_queues_list_what_nobody_has_looked_at(qtbot: QtBot, studio: Studio) -> None:
    select(qtbot, studio, 0)
    first = studio.captures.capture_id(0)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: rows(studio)[0].state is ReviewState.ACCEPTED, "one is accepted")
    press(qtbot, studio, Key.Key_1, ALT)
    wait_until_listed(qtbot, studio, 29)
    seen = [row.probability or 0.0 for row in rows(studio)]
    assert seen == sorted(seen)
    assert first not in {row.id for row in rows(studio)}
    press(qtbot, studio, Key.Key_2, ALT)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.DISAGREEMENT, "the other queue")
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is listed")
    differ = [row.disagreement or 0.0 for row in rows(studio)]
    assert differ == sorted(differ, reverse=True)
    press(qtbot, studio, Key.Key_5, ALT)
    wait_until_listed(qtbot, studio, 30)
    assert {row.id for row in rows(studio)} >= {first}, "an audit asks of everything"


def test_a_queue_is_worked_off_by_one_key(qtbot: QtBot, studio: Studio) -> None:
    press(qtbot, studio, Key.Key_1, ALT)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.CONFIDENCE, "the queue is listed")
    wait_until_listed(qtbot, studio, 30)
    order = [row.id for row in rows(studio)]
    select(qtbot, studio, 0)
    for _ in range(5):
        press(qtbot, studio, Key.Key_U)
    wait_for(
        qtbot, lambda: [row.state for row in rows(studio)[:5]] == [ReviewState.UNSURE] * 5, "five are done"
    )
    assert [row.id for row in rows(studio)] == order, "what is done stays where it was until F5"
    press(qtbot, studio, Key.Key_F5)
    wait_until_listed(qtbot, studio, 25)
