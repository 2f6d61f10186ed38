"""Suggestions in the window: told apart from predictions, accepted as they were seen, outranked by labels."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    history,
    make_captures,
    numbered,
    press,
    row_at,
    rows,
    select,
    tile,
    wait_for,
    wait_for_label,
    wait_until_classified,
    wait_until_shown,
)

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.records import ReviewState
from app.domain.suggestions import CurrentSuggestions
from app.locations import default_project_folder
from app.services.classifier.insight_service import CaptureMap
from app.services.classifier.suggestion_state import SEEN_AFTER_S
from app.views.review.bulk_accept import ACCEPT_FROM

Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
COUNT = 8


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Scene:
    """A project with two labels, rust and bolt, and suggestions by hand for all other captures."""

    def __init__(self, qtbot: QtBot, studio: Studio) -> None:
        self.qtbot, self.studio = qtbot, studio
        self.state = studio.services.suggestions.state
        self.clock = self.state._now_s = Clock()
        for position, name in ((COUNT - 2, "rust"), (COUNT - 1, "bolt")):
            studio.services.labels.label_by_name([self.capture(position)], name)
            wait_for_label(qtbot, studio, position, name)
        records = studio.classes.records
        wait_for(qtbot, lambda: studio.classes.find("bolt") is not None, "the classes are listed")
        records = studio.classes.records
        self.ids = {record.name: record.id for record in records}
        self.classes = {record.id: (record.name, record.colour) for record in records}
        self.settle()

    def capture(self, position: int) -> int:
        return self.studio.captures.capture_id(position)

    def settle(self) -> None:
        wait_for(self.qtbot, lambda: not self.studio.services.suggestions.is_busy, "nothing is read any more")

    def suggest(
        self, *classes: tuple[str, float], novelty: float = 0.125, are_shown: bool = True, waits: bool = True
    ) -> None:
        """For the captures from the first: class and probability; the other class has the rest."""
        captures = [self.capture(position) for position in range(len(classes))]
        self.suggest_for(captures, *classes, novelty=novelty, are_shown=are_shown, waits=waits)

    def suggest_for(
        self,
        captures: list[int],
        *classes: tuple[str, float],
        novelty: float = 0.125,
        are_shown: bool = True,
        waits: bool = True,
    ) -> None:
        """For these captures, whether the list shows them or not."""
        self.settle()
        other = {"rust": "bolt", "bolt": "rust"}
        both = [self.ids[one] for name, _ in classes for one in (name, other[name])]
        made = CurrentSuggestions(
            array("q", captures),
            array("q", both),
            array("f", [share for _, sure in classes for share in (sure, 1 - sure)]),
            array("f", [novelty + position / 100 for position in range(len(classes))]),
            named=2,
            num_labels=2,
        )
        project = self.studio.services.projects.project
        assert project is not None
        project.set_suggestions(made, are_shown=are_shown)
        self.state.set(made, self.classes, are_shown=are_shown)
        if waits:
            self.clock.now_s += SEEN_AFTER_S

    def text(self, position: int) -> str:
        model = self.studio.captures
        return str(model.index(position).data(Qt.ItemDataRole.AccessibleTextRole))

    def bars(self) -> list[str]:
        panel = self.studio.window.inspector.panel
        return [bar.answer.name for bar in panel.bars.bars if bar.answer is not None]


@pytest.fixture
def scene(qtbot: QtBot, start, tmp_path: Path) -> Scene:  # type: ignore[no-untyped-def]
    running: Studio = start(make_captures(tmp_path / "in", numbered(COUNT)))
    wait_until_classified(qtbot, running, COUNT)
    made = Scene(qtbot, running)
    select(qtbot, running, 0)
    return made


def test_tiles_and_inspector_tell_them_apart_from_predictions(scene: Scene) -> None:
    panel = scene.studio.window.inspector.panel
    predicted = row_at(scene.studio, 0).predicted
    assert predicted is not None and "Suggested" not in scene.text(0) and scene.bars()[0] == predicted
    scene.suggest(("rust", 0.83), ("bolt", 0.6))
    assert "Suggested: rust 83\u00a0%" in scene.text(0) and predicted not in scene.text(0)
    assert "Suggested: bolt 60\u00a0%" in scene.text(1)
    assert scene.bars() == ["rust", "bolt"] and panel._answers_heading.text() == "SUGGESTION"
    assert panel.other_answer.text().startswith(f"Model: {predicted}")
    assert "Suggested: rust" in panel.bars.bars[0].accessibleName()
    # A label outranks both.
    assert scene.text(COUNT - 1).startswith("capture 007.png, bolt") and "Suggested" not in scene.text(
        COUNT - 1
    )


def test_where_the_model_knows_the_classes_both_are_said(scene: Scene) -> None:
    panel = scene.studio.window.inspector.panel
    scene.suggest(("rust", 0.83), are_shown=False)
    assert (
        panel._answers_heading.text() == "PREDICTION" and scene.bars()[0] == row_at(scene.studio, 0).predicted
    )
    assert panel.other_answer.text() == "Suggested: rust 83\u00a0%"
    row = tile(scene.studio, 0)
    assert row is not None and not row.is_suggestion_shown


def test_enter_accepts_what_the_tile_shows(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.83), ("bolt", 0.6))
    press(qtbot, scene.studio, Key.Key_Return)
    wait_for_label(qtbot, scene.studio, 0, "rust")
    assert row_at(scene.studio, 0).state is ReviewState.ACCEPTED
    (entry,) = history(scene.studio, 0)
    assert (entry.model_name, entry.model_said) == (None, "rust")
    assert entry.model_probability == pytest.approx(0.83)
    select(qtbot, scene.studio, 0)
    assert "rust, as suggested" in scene.studio.window.inspector.panel.ledger.lines[0]
    press(qtbot, scene.studio, Key.Key_Z, CONTROL)
    wait_for_label(qtbot, scene.studio, 0, None)
    assert "Suggested: rust" in scene.text(0)
    press(qtbot, scene.studio, Key.Key_Z, CONTROL | SHIFT)
    wait_for_label(qtbot, scene.studio, 0, "rust")
    select(qtbot, scene.studio, 0)
    ledger = scene.studio.window.inspector.panel.ledger
    wait_for(qtbot, lambda: ledger.lines[0].startswith("Redone: rust, as suggested"), "it is said so again")
    # A label that undo brings back was not what the model predicts.
    press(qtbot, scene.studio, Key.Key_2)
    wait_for_label(qtbot, scene.studio, 0, "bolt")
    press(qtbot, scene.studio, Key.Key_Z, CONTROL)
    wait_for_label(qtbot, scene.studio, 0, "rust")
    select(qtbot, scene.studio, 0)
    wait_for(
        qtbot, lambda: ledger.lines[0].startswith("Undone: rust (previously bolt)"), "it is plainly rust"
    )


def test_a_key_for_what_stood_there_before_labels_nothing(qtbot: QtBot, scene: Scene) -> None:
    window = scene.studio.window
    scene.suggest(("rust", 0.83))
    scene.suggest(("bolt", 0.7), waits=False)
    press(qtbot, scene.studio, Key.Key_Return)
    press(qtbot, scene.studio, Key.Key_1)
    assert window.gallery.view._flashed == 0
    assert "has just changed" in window.message_bar.text
    assert row_at(scene.studio, 0).state is ReviewState.UNREVIEWED
    scene.clock.now_s += SEEN_AFTER_S
    press(qtbot, scene.studio, Key.Key_Return)
    wait_for_label(qtbot, scene.studio, 0, "bolt")


def test_surer_of_the_same_class_is_no_other_suggestion(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.6))
    scene.suggest(("rust", 0.9), waits=False)
    press(qtbot, scene.studio, Key.Key_Return)
    wait_for_label(qtbot, scene.studio, 0, "rust")


def test_digits_choose_from_what_is_suggested(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.83))
    press(qtbot, scene.studio, Key.Key_2)
    wait_for_label(qtbot, scene.studio, 0, "bolt")


def test_several_captures_are_accepted_each_as_its_own_class(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.83), ("bolt", 0.6), ("rust", 0.7))
    press(qtbot, scene.studio, Key.Key_A, CONTROL)
    wait_for(qtbot, lambda: len(scene.studio.window.review.session.selected) == COUNT, "all are selected")
    press(qtbot, scene.studio, Key.Key_Return)
    for position, name in enumerate(("rust", "bolt", "rust")):
        wait_for_label(qtbot, scene.studio, position, name)
    assert row_at(scene.studio, COUNT - 1).label == "bolt"  # a label stays


@pytest.mark.parametrize("is_meant", [True, False])
def test_confident_suggestions_are_accepted_at_once_after_asking(
    qtbot: QtBot, scene: Scene, is_meant: bool
) -> None:
    asked: list[str] = []

    def ask(question: str, *, only_unreviewed: bool) -> tuple[bool, bool]:
        assert only_unreviewed
        asked.append(question)
        scene.suggest(("bolt", 0.99), ("bolt", 0.99), ("bolt", 0.99))  # what comes meanwhile was not meant
        return is_meant, True

    reply(scene.studio.window, ask_many=ask)
    scene.suggest(("rust", 0.97), ("bolt", ACCEPT_FROM - 0.01), ("rust", 0.99))
    press(qtbot, scene.studio, Key.Key_Return, CONTROL)
    wait_for(qtbot, lambda: bool(asked), "it is asked")
    assert "suggestions for 2 captures" in asked[0] and "95" in asked[0]
    if is_meant:
        wait_for_label(qtbot, scene.studio, 2, "rust")
    assert [row.label for row in rows(scene.studio)[:3]] == (
        ["rust", None, "rust"] if is_meant else [None] * 3
    )


def test_where_nothing_is_sure_nothing_is_asked(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.9))
    press(qtbot, scene.studio, Key.Key_Return, CONTROL)
    wait_for(qtbot, lambda: "No unreviewed capture" in scene.studio.window.message_bar.text, "that is said")


def test_none_of_these_is_one_key_and_a_class_with_a_sign(qtbot: QtBot, scene: Scene) -> None:
    press(qtbot, scene.studio, Key.Key_N, SHIFT)
    wait_for_label(qtbot, scene.studio, 0, "None of these")
    wait_until_shown(qtbot, scene.studio, 1)
    press(qtbot, scene.studio, Key.Key_N, SHIFT)
    wait_for_label(qtbot, scene.studio, 1, "None of these")
    wait_for(qtbot, lambda: scene.studio.classes.find("None of these") is not None, "the class is listed")
    record = scene.studio.classes.find("None of these")
    assert record is not None and record.is_none


def test_the_queue_of_what_is_none_of_these_goes_by_novelty(qtbot: QtBot, scene: Scene) -> None:
    scene.suggest(("rust", 0.97), ("bolt", 0.6), ("rust", 0.99))
    scene.studio.window.actions_.queue_unlike.trigger()
    wanted = [scene.studio.captures.capture_id(position) for position in (2, 1, 0)]
    model = scene.studio.captures
    wait_for(qtbot, lambda: model.rowCount() == 3, "only what has a suggestion is listed")
    assert model.capture_ids(0, 2) == wanted


def test_a_list_that_was_made_before_the_first_suggestions_is_made_anew_in_each_project(
    qtbot: QtBot, scene: Scene, tmp_path: Path
) -> None:
    scene.suggest(("rust", 0.97))
    projects, model = scene.studio.services.projects, scene.studio.captures
    for folder, count in ((tmp_path / "Other.vimd", 0), (default_project_folder(), COUNT)):
        projects.open(folder)
        wait_for(qtbot, lambda count=count: model.rowCount() == count, "the project's captures are listed")
    captures = model.capture_ids(0, 2)
    scene.settle()
    model.set_query(CaptureQuery(suggested_class_ids=frozenset({scene.ids["rust"]})))
    wait_for(qtbot, lambda: model.rowCount() == 0, "nothing is suggested yet")
    scene.suggest_for(captures, ("rust", 0.97), ("bolt", 0.6), ("rust", 0.99))
    wait_for(qtbot, lambda: model.rowCount() == 2, "what is suggested now is listed")
    assert model.capture_ids(0, 1) == [captures[0], captures[2]]


def test_what_is_unlike_everything_is_said(scene: Scene) -> None:
    panel = scene.studio.window.inspector.panel
    scene.suggest(("rust", 0.6))
    assert panel.novelty.isHidden()
    scene.suggest(("rust", 0.6), novelty=0.9)
    assert not panel.novelty.isHidden() and "90" in panel.novelty.text()


def test_the_map_is_coloured_by_what_captures_are_shown_with(qtbot: QtBot, scene: Scene) -> None:
    studio = scene.studio
    ids = array("q", [scene.capture(position) for position in (0, 1, COUNT - 1)])
    studio.services.insight.map_found.emit(CaptureMap(ids, array("f", [0.5] * 6)))
    on_map = studio.window.insight.map._captures
    wait_for(qtbot, lambda: on_map.captures.ids == ids, "the map is there")
    scene.suggest(("rust", 0.97), ("bolt", 0.6))
    wanted = [scene.ids[name] for name in ("rust", "bolt", "bolt")]
    wait_for(qtbot, lambda: on_map.captures.classes.tolist() == wanted, "it has other colours")
    wait_for(qtbot, lambda: on_map.preview(ids[0]) is not None, "what is pointed at is read")
    shown = on_map.preview(ids[0])
    assert shown is not None and shown[0].suggestion is not None and shown[0].suggestion.name == "rust"
