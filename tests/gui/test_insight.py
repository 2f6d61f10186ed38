"""What the real child finds out about captures, as a user asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import press, rows, select, wait_for, wait_until_classified

from app.bootstrap import SAMPLES, STARTER_MODEL, Studio
from app.storage.capture_query import CaptureQuery, SortField
from app.storage.records import ReviewState
from app.views.compare_view import CompareMode

Key = Qt.Key
NUM_SAMPLES = 48


@pytest.fixture
def studio(qtbot: QtBot, start) -> Studio:
    """The samples, classified by the starter model."""
    running: Studio = start(SAMPLES, model=STARTER_MODEL)
    wait_until_classified(qtbot, running, NUM_SAMPLES)
    return running


def listed(studio: Studio) -> list[int]:
    return studio.captures.capture_ids(0, studio.captures.rowCount() - 1)


def wait_for_all(qtbot: QtBot, studio: Studio) -> None:
    """All captures are listed as they came."""
    wait_for(
        qtbot,
        lambda: (
            len(listed(studio)) == NUM_SAMPLES
            and listed(studio) == sorted(listed(studio))
            and not studio.captures.is_loading
        ),
        "all are listed",
    )


def test_alike_unlike_doubted_and_explained(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    select(qtbot, studio, 3)
    looked_at = studio.captures.capture_id(3)
    press(qtbot, studio, Key.Key_S)
    wait_for(qtbot, lambda: "alike" in window.message_bar.text, "similar captures are listed")
    wait_for(
        qtbot, lambda: studio.captures.query.sort is SortField.GIVEN and listed(studio), "they are shown"
    )
    wait_for(qtbot, lambda: listed(studio)[0] == looked_at, "the capture itself is the most similar one")
    assert {path.suffix for path in embedding_folder(studio).iterdir()} == {".embeddings"}

    window.actions_.clear_filter.trigger()
    wait_for_all(qtbot, studio)
    window.gallery.selectAll()
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: all(r.state is ReviewState.ACCEPTED for r in rows(studio)), "all are accepted")
    window.actions_.queue_label_errors.trigger()
    wait_for(qtbot, lambda: "labels may be wrong" in window.message_bar.text, "labels are checked")
    assert "few labels" in window.message_bar.text

    window.actions_.clear_filter.trigger()
    wait_for_all(qtbot, studio)
    select(qtbot, studio, 5)
    press(qtbot, studio, Key.Key_W)
    wait_for(qtbot, lambda: "falls by" in window.inspector.explanation.text(), "the answer is explained")
    assert window.inspector.compare.explain_button.isChecked()
    press(qtbot, studio, Key.Key_W)
    assert not window.inspector.compare.explain_button.isChecked()


def test_embeddings_that_were_lost_are_computed_again(qtbot: QtBot, studio: Studio) -> None:
    (file,) = embedding_folder(studio).glob("*.embeddings")
    file.unlink()
    studio.window.actions_.queue_unlike.trigger()
    wait_for(qtbot, lambda: bool(studio.window.message_bar.text), "an answer comes")
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_S)
    wait_for(qtbot, lambda: "alike" in studio.window.message_bar.text, "similar captures are listed")


def test_what_is_least_sure_comes_first(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    press(qtbot, studio, Key.Key_1, Qt.KeyboardModifier.AltModifier)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.CONFIDENCE, "the order is another one")
    wait_for(qtbot, lambda: rows(studio)[0].probability == min(r.probability for r in rows(studio)), "sorted")
    window.actions_.queue_audit.trigger()
    wait_for(qtbot, lambda: studio.captures.query.within is not None, "some are picked")
    window.actions_.clear_filter.trigger()
    wait_for(qtbot, lambda: studio.captures.query == CaptureQuery(), "all are listed as they came")


def test_the_slider_uncovers_what_super_resolution_made(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.compare
    select(qtbot, studio, 0)
    wait_for(qtbot, lambda: compare.super_resolved.image is not None, "the SR view is there")
    qtbot.mouseClick(compare.mode_buttons[CompareMode.SLIDER], Qt.MouseButton.LeftButton)
    assert compare.wipe.isVisible()
    compare.wipe.setFocus()
    left = compare.wipe.grab().toImage().pixelColor(compare.wipe.width() // 3, compare.wipe.height() // 2)
    for _ in range(20):
        qtbot.keyClick(compare.wipe, Key.Key_Left)
    assert compare.wipe.share == 0
    uncovered = (
        compare.wipe.grab().toImage().pixelColor(compare.wipe.width() // 3, compare.wipe.height() // 2)
    )
    assert uncovered != left


def embedding_folder(studio: Studio) -> Path:
    project = studio.services.projects.project
    assert project is not None
    return project.folder / "embeddings"
