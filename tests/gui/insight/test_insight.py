"""What the real child finds out about captures, as a user asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from verbs import press, rows, select, wait_for, wait_until_classified

from app.bootstrap import SAMPLES, STARTER_MODEL, Studio
from app.domain.capture_query import CaptureQuery, SortField
from app.domain.records import ReviewState
from app.views.inspector.compare_view import CompareMode

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
    wait_for(qtbot, lambda: "similar" in window.message_bar.text, "similar captures are listed")
    wait_for(
        qtbot, lambda: studio.captures.query.sort is SortField.GIVEN and listed(studio), "they are shown"
    )
    wait_for(qtbot, lambda: listed(studio)[0] == looked_at, "the capture itself is the most similar one")
    assert {path.suffix for path in embedding_folder(studio).iterdir()} == {".embeddings"}

    window.actions_.clear_filter.trigger()
    wait_for_all(qtbot, studio)
    window.gallery.view.selectAll()
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: all(r.state is ReviewState.ACCEPTED for r in rows(studio)), "all are accepted")
    window.actions_.queue_label_errors.trigger()
    wait_for(qtbot, lambda: "labels may be wrong" in window.message_bar.text, "labels are checked")
    assert "few labels" in window.message_bar.text

    window.actions_.clear_filter.trigger()
    wait_for_all(qtbot, studio)
    select(qtbot, studio, 5)
    press(qtbot, studio, Key.Key_W)
    wait_for(
        qtbot, lambda: "falling to" in window.inspector.panel.explanation.text(), "the answer is explained"
    )
    assert window.inspector.panel.compare.explain_button.isChecked()
    press(qtbot, studio, Key.Key_W)
    assert not window.inspector.panel.compare.explain_button.isChecked()


def test_what_is_worth_a_label_is_listed(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    select(qtbot, studio, 0)
    labelled = studio.captures.capture_id(0)
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: rows(studio)[0].state is ReviewState.ACCEPTED, "one is labelled")
    press(qtbot, studio, Key.Key_6, Qt.KeyboardModifier.AltModifier)
    wait_for(qtbot, lambda: "to label next" in window.message_bar.text, "they are ranked")
    wait_for(qtbot, lambda: len(listed(studio)) == NUM_SAMPLES - 1, "they are shown")
    assert labelled not in listed(studio)


def test_what_was_removed_is_not_among_what_is_alike_nor_on_the_map(qtbot: QtBot, studio: Studio) -> None:
    window, insight = studio.window, studio.services.insight
    gone = listed(studio)[1:9]
    studio.services.labels.remove(gone)
    wait_for(qtbot, lambda: studio.captures.rowCount() == NUM_SAMPLES - 8, "they are not listed")
    select(qtbot, studio, 0)
    with qtbot.waitSignal(insight.ranking_found, timeout=60_000) as found:
        window.actions_.find_similar.trigger()
    assert not set(found.args[0].ids) & set(gone)
    assert found.args[0].searched == NUM_SAMPLES - 8
    with qtbot.waitSignal(insight.map_found, timeout=60_000) as laid_out:
        insight.lay_out()
    assert sorted(laid_out.args[0].ids) == sorted(set(range(1, NUM_SAMPLES + 1)) - set(gone))


def test_embeddings_that_were_lost_are_computed_again(qtbot: QtBot, studio: Studio) -> None:
    wait_for(qtbot, lambda: not studio.services.features.is_running, "features are computed")
    own, companion = embedding_folder(studio).glob("*.embeddings")
    own.unlink()
    companion.unlink()
    studio.window.actions_.queue_unlike.trigger()
    wait_for(qtbot, lambda: bool(studio.window.message_bar.text), "an answer comes")
    select(qtbot, studio, 0)
    press(qtbot, studio, Key.Key_S)
    wait_for(qtbot, lambda: "similar" in studio.window.message_bar.text, "similar captures are listed")


def test_what_is_least_sure_comes_first(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    press(qtbot, studio, Key.Key_1, Qt.KeyboardModifier.AltModifier)
    wait_for(qtbot, lambda: studio.captures.query.sort is SortField.CONFIDENCE, "the order is another one")
    wait_for(qtbot, lambda: rows(studio)[0].probability == min(r.probability for r in rows(studio)), "sorted")
    window.actions_.queue_audit.trigger()
    wait_for(qtbot, lambda: studio.captures.query.within is not None, "some are picked")
    window.actions_.clear_filter.trigger()
    wait_for(qtbot, lambda: studio.captures.query == CaptureQuery(), "all are listed as they came")


def test_the_map_lists_what_is_drawn_around(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    window.docks.docks["map"].toggleViewAction().trigger()
    wait_for(qtbot, window.insight.map.make_button.isVisible, "the map can be made")
    qtbot.mouseClick(window.insight.map.make_button, Qt.MouseButton.LeftButton)
    panel = window.insight.map
    wait_for(qtbot, lambda: panel.map is not None and panel.map.isVisible(), "the map is there")
    wait_for(qtbot, lambda: len(panel.map.shown_ids) == NUM_SAMPLES, "with all captures")
    scatter = panel.map.viewport()
    drag(qtbot, scatter, [(0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)])
    wait_for(qtbot, lambda: studio.captures.query.within is not None, "the left half is listed")
    left = set(studio.captures.query.within or ())
    drag(qtbot, scatter, [(0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)])
    wait_for(qtbot, lambda: set(studio.captures.query.within or ()) != left, "the right half is listed")
    right = set(studio.captures.query.within or ())
    assert left and right and not left & right and len(left | right) == NUM_SAMPLES


def drag(qtbot: QtBot, widget: QWidget, corners: list[tuple[float, float]]) -> None:
    # QPoint(0, 0) would mean the middle.
    points = [
        QPoint(max(1, round(x * (widget.width() - 1))), round(y * (widget.height() - 1))) for x, y in corners
    ]
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=points[0])
    for point in points[1:]:
        QApplication.sendEvent(
            widget,
            QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(point),
                QPointF(widget.mapToGlobal(point)),
                Qt.MouseButton.NoButton,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            ),
        )
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=points[-1])


def test_figures_follow_the_labels_and_a_cell_lists_its_captures(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    window.docks.docks["progress"].toggleViewAction().trigger()
    wait_for(qtbot, lambda: "No labels yet" in window.insight.progress.summary.text(), "no figures yet")
    select(qtbot, studio, 0)
    said = rows(studio)[0].predicted
    press(qtbot, studio, Key.Key_2)
    wait_for(qtbot, lambda: "0 of 1" in window.insight.progress.summary.text(), "one wrong answer")
    label = rows(studio)[0].label
    press(qtbot, studio, Key.Key_Return)
    wait_for(qtbot, lambda: "1 of 2" in window.insight.progress.summary.text(), "and one right")
    window.docks.docks["confusion"].toggleViewAction().trigger()
    table, model = window.insight.confusion.table, window.insight.confusion.model
    wait_for(qtbot, lambda: model.rowCount() >= 2 and table.isVisible(), "the classes occur")
    names = [record.name for record in model.classes]
    cell = model.index(names.index(label), names.index(said))
    table.scrollTo(cell)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(cell).center())
    wait_for(qtbot, lambda: len(listed(studio)) == 1, "its capture is listed")
    assert {chip.text().split(":")[0] for chip in window.filters.chips.chips} == {"Model", "Label"}


def test_models_of_panels_are_sound(qtmodeltester: ModelTester, studio: Studio) -> None:
    window = studio.window
    for model in (studio.classes, studio.sources, studio.captures, window.insight.confusion.model):
        qtmodeltester.check(model)


def test_the_slider_uncovers_what_super_resolution_made(qtbot: QtBot, studio: Studio) -> None:
    compare = studio.window.inspector.panel.compare
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
