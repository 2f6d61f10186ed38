"""Runs the real program and uses it: `python driver.py STORY REPORT.json [arguments of vimd-studio]`.

The program is started by its own `main`; this file only posts the events that a hand would cause, each as soon
as what it waits for is on the screen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import app.main
from app.bootstrap import SAMPLES, Studio
from app.item_models.capture_list_model import CaptureRole
from app.storage.records import CaptureRow

CORRECTED_ROW = 5
Condition = Callable[[], object]
report: dict[str, object] = {}


def tile(studio: Studio, row: int) -> CaptureRow | None:
    """A capture as the gallery shows it."""
    shown = studio.captures.index(row).data(CaptureRole.ROW)
    return shown if isinstance(shown, CaptureRow) else None


def answers(studio: Studio) -> list[str]:
    return [bar.answer.name for bar in studio.window.inspector.bars.bars if bar.answer is not None]


def click_tile(studio: Studio, row: int) -> None:
    gallery = studio.window.gallery
    index = studio.captures.index(row)
    gallery.scrollTo(index)
    position = gallery.visualRect(index).center()
    QTest.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, position)


def drop(studio: Studio, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    window = studio.window
    middle, copy = window.rect().center(), Qt.DropAction.CopyAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(middle, copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(middle), copy, data, left, none))


def all_classified(studio: Studio) -> bool:
    count = studio.captures.rowCount()
    shown = [tile(studio, row) for row in range(count)]
    return count > 40 and all(row is not None and row.predicted is not None for row in shown)


def inspector_shows(studio: Studio, row: int) -> bool:
    detail = studio.window.inspector.detail
    return detail is not None and detail.row.id == studio.captures.capture_id(row) and bool(detail.top)


def first_day(studio: Studio) -> Iterator[Condition]:
    """Drop the samples, wait for the answers, correct one, and leave."""
    yield lambda: studio.services.projects.project
    report["was_empty"] = studio.window.is_empty
    drop(studio, SAMPLES)
    yield lambda: all_classified(studio)
    report["captures"] = studio.captures.rowCount()
    click_tile(studio, CORRECTED_ROW)
    yield lambda: inspector_shows(studio, CORRECTED_ROW)
    yield lambda: studio.window.inspector.compare.super_resolved.image is not None
    yield lambda: QApplication.focusWindow() is not None
    chosen = answers(studio)[1]
    QTest.keyClick(studio.window.gallery, Qt.Key.Key_2)
    yield lambda: (shown := tile(studio, CORRECTED_ROW)) is not None and shown.label == chosen
    report["label"] = chosen
    corrected = tile(studio, CORRECTED_ROW)
    assert corrected is not None
    report["name"] = corrected.path.name
    report["model_said"] = corrected.predicted


def second_day(studio: Studio) -> Iterator[Condition]:
    """Find everything as it was left."""
    yield lambda: studio.captures.rowCount() > 40
    click_tile(studio, CORRECTED_ROW)
    yield lambda: tile(studio, CORRECTED_ROW) is not None and inspector_shows(studio, CORRECTED_ROW)
    yield lambda: studio.services.classify.is_model_loaded
    shown = tile(studio, CORRECTED_ROW)
    assert shown is not None
    report["captures"] = studio.captures.rowCount()
    report["name"] = shown.path.name
    report["label"] = shown.label
    report["state"] = shown.state.name
    report["label_on_screen"] = studio.window.inspector.label_text.text()
    report["history"] = studio.window.inspector.ledger.lines
    report["classifies_again"] = studio.services.classify.is_running


STORIES = {"first_day": first_day, "second_day": second_day}


def main() -> int:
    story_name, report_path = sys.argv[1:3]
    del sys.argv[1:3]
    start = Studio.start

    def start_with_story(studio: Studio) -> None:
        start(studio)
        story = STORIES[story_name](studio)
        waiting: list[Condition] = [next(story)]
        timer = QTimer(studio)

        def go_on() -> None:
            if waiting and not waiting[0]():
                return
            try:
                waiting[:] = [next(story)]
            except StopIteration:
                timer.stop()
                report["ended"] = True
                studio.window.close()
            except Exception:
                timer.stop()
                studio.window.close()
                raise

        timer.timeout.connect(go_on)
        timer.start(20)

    Studio.start = start_with_story  # type: ignore[method-assign]
    exit_code = app.main.main()
    report["torch_loaded"] = "torch" in sys.modules
    Path(report_path).write_text(json.dumps(report), encoding="utf-8")
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
