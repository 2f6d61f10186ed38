"""Stories of learning while one labels: twenty captures by keys, and suggestions that follow each of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.bootstrap import Studio
from app.domain.records import CaptureRow
from app.item_models.capture_list_model import CaptureRole
from app.services.classifier.suggestion_state import SEEN_AFTER_S

NUM_LABELLED = 20
CLASSES = ("disc", "bar", "ring")
Condition = Callable[[], object]
report: dict[str, object] = {}


def pictures() -> Path:
    """Where the pictures lie; their names say what they show."""
    return Path(os.environ["VIMD_PICTURES"])


def rows(studio: Studio) -> list[CaptureRow]:
    """All captures as the gallery shows them, as far as they are read."""
    shown = (studio.captures.index(row).data(CaptureRole.ROW) for row in range(studio.captures.rowCount()))
    return [row for row in shown if isinstance(row, CaptureRow)]


def shown_suggestions(studio: Studio) -> dict[str, str]:
    """What tiles show as suggested, by the names of the captures."""
    return {
        row.path.name: row.suggestion.name
        for row in rows(studio)
        if row.is_suggestion_shown and row.suggestion is not None and row.label is None
    }


def truth(name: str) -> str:
    return name.split("-")[0]


def go_to(studio: Studio, wanted: str, *, is_suggested: bool = False) -> Iterator[Condition]:
    """Press the arrow keys until an unlabelled capture of a class is looked at."""
    gallery = studio.window.gallery.view
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    while True:
        yield lambda: is_looked_at(studio, gallery.currentIndex().row())
        row = gallery.currentIndex().data(CaptureRole.ROW)
        fits = row.label is None and truth(row.path.name) == wanted
        if fits and (not is_suggested or (row.suggestion is not None and row.suggestion.name == wanted)):
            return
        assert gallery.currentIndex().row() < studio.captures.rowCount() - 1, f"no {wanted} is left"
        QTest.keyClick(gallery, Qt.Key.Key_Right)


def is_looked_at(studio: Studio, position: int) -> bool:
    row = studio.captures.index(position).data(CaptureRole.ROW)
    detail = studio.window.inspector.panel.detail
    return isinstance(row, CaptureRow) and detail is not None and detail.row.id == row.id


def type_class(studio: Studio, name: str) -> Iterator[Condition]:
    """Name the class of the capture that is looked at, as one does before there is a key for it."""
    gallery, picker = studio.window.gallery.view, studio.window.inspector.panel.picker
    before = sum(row.label is not None for row in rows(studio))
    QTest.keyClick(gallery, Qt.Key.Key_Slash)
    yield lambda: QApplication.focusWidget() is picker
    QTest.keyClicks(picker, name)
    is_known = studio.classes.find(name) is not None
    QTest.keyClick(
        picker, Qt.Key.Key_Return, no_modifier() if is_known else Qt.KeyboardModifier.ShiftModifier
    )
    yield lambda: sum(row.label is not None for row in rows(studio)) == before + 1
    yield lambda: QApplication.focusWidget() is gallery


def no_modifier() -> Qt.KeyboardModifier:
    return Qt.KeyboardModifier.NoModifier


def is_up_to_date(studio: Studio) -> bool:
    """Whether all captures have suggestions, by all labels, and these were there long enough to be seen."""
    service, state = studio.services.suggestions, studio.services.suggestions.state
    captures, found = rows(studio), state.suggestions
    num_labels = sum(row.label is not None for row in captures)
    return (
        found is not None
        and found.num_labels == num_labels
        and not service.is_busy
        and all(row.label is not None or row.suggestion is not None for row in captures)
        and not any(state.has_just_changed(row.id) for row in captures)
    )


def label_twenty(studio: Studio) -> Iterator[Condition]:
    """Name two classes, agree with suggestions, name a third, take one label back, and leave."""
    assert SEEN_AFTER_S < 1
    yield lambda: studio.services.projects.project
    studio.window.exchange.imports.add([pictures()])
    count = len(list(pictures().iterdir()))
    yield lambda: len(rows(studio)) == count and all(row.predicted for row in rows(studio))
    yield lambda: QApplication.focusWindow() is not None
    studio.window.gallery.view.setFocus()
    yield from go_to(studio, "disc")
    yield from type_class(studio, "disc")
    report["after_one_class"] = shown_suggestions(studio)
    yield from go_to(studio, "bar")
    yield from type_class(studio, "bar")
    yield lambda: is_up_to_date(studio)
    report["after_two_classes"] = shown_suggestions(studio)
    accepted = 0
    while accepted < 6:
        wanted = CLASSES[accepted % 2]
        yield from go_to(studio, wanted, is_suggested=True)
        before = sum(row.label is not None for row in rows(studio))
        QTest.keyClick(studio.window.gallery.view, Qt.Key.Key_Return)
        yield lambda before=before: sum(row.label is not None for row in rows(studio)) == before + 1
        yield lambda: is_up_to_date(studio)
        accepted += 1
    yield from go_to(studio, "ring")
    yield from type_class(studio, "ring")
    yield lambda: is_up_to_date(studio)
    report["after_three_classes"] = shown_suggestions(studio)
    for number in range(9, NUM_LABELLED):
        yield from go_to(studio, CLASSES[number % 3])
        yield from type_class(studio, CLASSES[number % 3])
    yield lambda: is_up_to_date(studio)
    report["labels"] = {row.path.name: row.label for row in rows(studio) if row.label is not None}
    report["after_twenty"] = shown_suggestions(studio)
    QTest.keyClick(studio.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    yield lambda: sum(row.label is not None for row in rows(studio)) == NUM_LABELLED - 1
    yield lambda: is_up_to_date(studio)
    report["after_undo"] = shown_suggestions(studio)
    report["footer"] = studio.window.footer.suggestions.text()


def next_morning(studio: Studio) -> Iterator[Condition]:
    """What was suggested is there before the classifier is."""
    yield lambda: len(rows(studio)) > NUM_LABELLED
    yield lambda: bool(shown_suggestions(studio)) or studio.services.classify.is_model_loaded
    report["has_model"] = studio.services.classify.is_model_loaded
    report["suggestions"] = shown_suggestions(studio)


STORIES = {story.__name__: story for story in (label_twenty, next_morning)}
