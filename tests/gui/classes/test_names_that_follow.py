"""What is shown of a class is what it is called now, a label stands by itself, and a queue ends with its message."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from verbs import (
    make_captures,
    numbered,
    press,
    row_at,
    select,
    tile,
    type_text,
    wait_for,
    wait_for_label,
    wait_until_classified,
)

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery, GroupField, SortField
from app.domain.records import CaptureRow, ReviewState
from app.item_models.capture_text import decision, differing_answer, shown_confidence
from app.item_models.number_text import percent
from app.services.classifier.insight_service import RankedCaptures, RankingKind
from app.views.gallery.tile_painter import PLAIN


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:  # type: ignore[no-untyped-def]
    running: Studio = start(make_captures(tmp_path / "in", numbered(8)))
    wait_until_classified(qtbot, running, 8)
    select(qtbot, running, 3)
    return running


def row(state: ReviewState, label: str | None, predicted: str | None = "pop bottle") -> CaptureRow:
    return CaptureRow(
        1, "/a.png", 8, 8, state, label, "#ff0000", predicted, 0.33, 0.1, False, None, "#00ff00"
    )


def chips(studio: Studio) -> list[str]:
    return [chip.text() for chip in studio.window.filters.chips.chips]


def class_id(studio: Studio, name: str) -> int:
    record = studio.classes.find(name)
    assert record is not None
    return record.id


@pytest.mark.parametrize(
    ("capture", "said", "confidence", "differs"),
    [
        (row(ReviewState.UNREVIEWED, None), "pop bottle 33", 0.33, None),
        (row(ReviewState.ACCEPTED, "pop bottle"), "pop bottle", 0.33, None),
        (row(ReviewState.CORRECTED, "Speed limit 20"), "Speed limit 20", None, "Model: pop bottle 33"),
        (row(ReviewState.UNSURE, None), "Unsure", None, "Model: pop bottle 33"),
        (row(ReviewState.REJECTED, None), "Rejected", None, "Model: pop bottle 33"),
        (row(ReviewState.CORRECTED, "Speed limit 20", None), "Speed limit 20", None, None),
    ],
)
def test_a_label_stands_without_the_confidence_of_another_class(
    capture: CaptureRow, said: str, confidence: float | None, differs: str | None
) -> None:
    assert (decision(capture) or "").startswith(said)
    assert shown_confidence(capture) == confidence
    if differs is None:
        assert differing_answer(capture) is None
    else:
        assert differing_answer(capture) == f"{differs}\u00a0%"


def test_tile_tooltip_and_screen_reader_say_so(qtbot: QtBot, studio: Studio) -> None:
    other = next(
        record.name for record in studio.classes.records if record.name != row_at(studio, 3).predicted
    )
    studio.window.review.session.choose_class(other)
    wait_for_label(qtbot, studio, 3, other)
    shown = tile(studio, 3)
    assert shown is not None
    assert shown.probability is not None
    index = studio.captures.index(3)
    answer = f"Model: {shown.predicted} {percent(shown.probability)}"
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert other in index.data(role)
        assert answer in index.data(role)
    tiles = studio.window.gallery.delegate.tiles
    tiles.begin_frame(1.0, 60.0)
    with_answer = tiles.pixmap(shown, None, PLAIN)[0].toImage()
    label_alone = CaptureRow(
        *(
            shown.id,
            shown.file,
            shown.width_px,
            shown.height_px,
            shown.state,
            shown.label,
            shown.label_colour,
        ),
        *(None, None, None, False, None, None),
    )
    assert tiles.pixmap(label_alone, None, PLAIN)[0].toImage() != with_answer  # the second line


def test_a_new_name_is_everywhere(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    first = row_at(studio, 0).predicted
    assert first is not None
    renamed = class_id(studio, first)
    window.docks.show_panel("progress")
    studio.captures.set_query(CaptureQuery(group=GroupField.CLASS, class_ids=frozenset({renamed})))
    wait_for(qtbot, lambda: [h.title for h in studio.captures.headings] == [first], "one heading")
    studio.services.labels.rename_class(renamed, "Round thing")
    wait_for(
        qtbot, lambda: [h.title for h in studio.captures.headings] == ["Round thing"], "the heading follows"
    )
    wait_for(
        qtbot, lambda: (shown := tile(studio, 0)) is not None and shown.predicted == "Round thing", "the tile"
    )
    assert any("Round thing" in chip for chip in chips(studio))
    wait_for(
        qtbot,
        lambda: (
            window.inspector.panel.detail is not None
            and window.inspector.panel.detail.row.predicted == "Round thing"
        ),
        "the inspector",
    )
    assert window.filters.panel.label.findText("Round thing") >= 0


def test_a_filter_goes_on_with_the_class_that_others_became(qtbot: QtBot, studio: Studio) -> None:
    """Also the one that was saved before, and it lets go of a class that is no more."""
    first, second = (record.id for record in studio.classes.records[:2])
    captures, labels = studio.captures, studio.services.labels
    captures.set_query(CaptureQuery(class_ids=frozenset({first}), label_class_ids=frozenset({first, second})))
    labels.merge_classes([first], second)
    wanted = CaptureQuery(class_ids=frozenset({second}), label_class_ids=frozenset({second}))
    wait_for(qtbot, lambda: captures.query == wanted, "the filter follows")
    assert not any("?" in chip for chip in chips(studio))
    captures.set_query(CaptureQuery(predicted_class_ids=frozenset({first})))
    wait_for(
        qtbot, lambda: captures.query.predicted_class_ids == frozenset({second}), "an old filter follows, too"
    )
    labels.add_class("Tram")
    wait_for(qtbot, lambda: studio.classes.find("Tram") is not None, "there is another class")
    captures.set_query(CaptureQuery(class_ids=frozenset({class_id(studio, "Tram")}), text="capture"))
    labels.undo()
    wait_for(qtbot, lambda: captures.query == CaptureQuery(text="capture"), "what is no more is no condition")


def test_an_undone_merge_is_undone_on_tiles_in_lists_and_in_the_inspector(
    qtbot: QtBot, studio: Studio
) -> None:
    captures, labels, inspector = studio.captures, studio.services.labels, studio.window.inspector.panel
    said = [row_at(studio, row).predicted for row in range(8)]
    gone = said[3]
    assert gone is not None
    into = next(name for name in (record.name for record in studio.classes.records) if name != gone)
    captures.set_query(CaptureQuery(class_ids=frozenset({class_id(studio, gone)})))
    wait_for(qtbot, lambda: captures.rowCount() == said.count(gone), "those of the class")
    labels.merge_classes([class_id(studio, gone)], class_id(studio, into))
    wait_for(
        qtbot,
        lambda: inspector.detail is not None and inspector.detail.row.predicted == into,
        "the inspector says the other class",
    )
    wait_for(qtbot, lambda: captures.rowCount() == said.count(gone) + said.count(into), "all are listed")
    labels.undo()
    wait_for(qtbot, lambda: captures.rowCount() == said.count(into), "those of the other class alone")
    captures.set_query(CaptureQuery())
    wait_for(qtbot, lambda: captures.rowCount() == 8, "all")
    wait_for(qtbot, lambda: [row_at(studio, row).predicted for row in range(8)] == said, "as before")


def test_a_condition_that_another_replaces_is_gone_at_once(qtbot: QtBot, studio: Studio) -> None:
    """Also while a menu is open, when nothing is deleted."""
    captures, shown = studio.captures, studio.window.filters.chips
    captures.set_query(CaptureQuery(text="one"))
    (old,) = shown.chips
    wait_for(qtbot, old.isVisible, "the condition")
    captures.set_query(CaptureQuery(text="two"))
    assert not old.isVisible()


def test_a_queue_starts_at_its_first_capture_and_says_what_it_filters(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    with qtbot.waitSignal(studio.captures.filter_applied):
        window.actions_.queue_least_sure.trigger()
    assert window.gallery.view.currentIndex().row() == 0
    assert not any("0–100" in chip for chip in chips(studio))
    with qtbot.waitSignal(studio.captures.filter_applied):
        studio.captures.set_query(CaptureQuery(sort=SortField.NAME))
    select(qtbot, studio, 4)
    kept = studio.captures.capture_id(4)
    with qtbot.waitSignal(studio.captures.filter_applied):
        studio.captures.reload()
    assert studio.captures.capture_id(window.gallery.view.currentIndex().row()) == kept  # no queue, no jump


def test_the_message_of_a_queue_leaves_with_it(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    ids = (studio.captures.capture_id(5), studio.captures.capture_id(3))
    with qtbot.waitSignal(studio.captures.filter_applied):
        studio.services.insight.ranking_found.emit(RankedCaptures(RankingKind.WORTH, ids, 8))
    assert "to label next" in window.message_bar.text
    assert studio.captures.capture_ids(0, 1) == list(ids)
    assert window.gallery.view.currentIndex().row() == 0
    window.actions_.clear_filter.trigger()
    assert window.message_bar.text == ""


def test_a_field_that_was_cleared_has_nothing_to_clear(qtbot: QtBot, studio: Studio) -> None:
    search = studio.window.filters.panel.search
    search.setFocus()
    type_text(studio, "capture")
    press(qtbot, studio, Qt.Key.Key_Return)
    wait_for(qtbot, lambda: studio.captures.query.text == "capture", "the filter is applied")
    (button,) = search.findChildren(QToolButton)
    wait_for(qtbot, lambda: button.property("opacity") == 1.0, "the button is there")
    studio.window.actions_.clear_filter.trigger()
    assert search.text() == ""
    wait_for(qtbot, lambda: button.property("opacity") == 0.0, "it is gone")
    assert studio.captures.query.text == ""
