"""What a user does, and what a user sees, in words."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bootstrap import Studio
from app.domain.records import CaptureRow, LedgerEntry
from app.item_models.capture_list_model import CaptureRole
from app.services.classifier.worker_client import WorkerState
from app.views.window.main_window import MainWindow

WAIT_MS = 60_000
SCRIPTED_WORKER = Path(__file__).parent / "programs" / "scripted_worker.py"


def scripted(seconds_each: float = 0.0) -> list[str]:
    """The command of a child that needs no torch."""
    return [sys.executable, str(SCRIPTED_WORKER), str(seconds_each)]


def make_captures(folder: Path, names: Sequence[str]) -> Path:
    """A folder of small images, each with its own content."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        colour = (number * 37 % 256, number * 91 % 256, number * 7 % 256)
        image = Image.new("RGB", (24 + number % 9, 24), colour)
        image.putpixel((number % 24, number // 24 % 24), (255, 255, 255))
        image.save(path)
    return folder


def numbered(count: int) -> list[str]:
    return [f"capture {i:03}.png" for i in range(count)]


def drop(window: MainWindow, *paths: Path) -> None:
    """Drag files or folders over the window and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    middle = window.rect().center()
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def wait_for(qtbot: QtBot, condition: Callable[[], Any], what: str) -> None:
    """Go on as soon as something holds."""

    def check() -> None:
        assert condition(), what

    qtbot.waitUntil(check, timeout=WAIT_MS)


def wait_until_classified(qtbot: QtBot, studio: Studio, count: int) -> None:
    """All captures are there, and each one has an answer or a reason why not."""

    def is_done() -> bool:
        seen = rows(studio)
        known = [row for row in seen if row.predicted is not None or row.problem is not None]
        return len(known) == count and not studio.services.classify.is_running

    wait_for(qtbot, is_done, f"{count} captures are classified")


def wait_until_worker(qtbot: QtBot, studio: Studio, state: WorkerState) -> None:
    wait_for(qtbot, lambda: studio.services.worker.state is state, f"the classifier is {state}")


def rows(studio: Studio) -> list[CaptureRow]:
    """All captures as the project has them."""
    project = studio.services.projects.project
    assert project is not None
    model = studio.captures
    ids = model.capture_ids(0, model.rowCount() - 1) if model.rowCount() else []
    return project.read(lambda unit: unit.captures.rows(ids)).result()


def row_at(studio: Studio, position: int) -> CaptureRow:
    return rows(studio)[position]


def history(studio: Studio, position: int) -> tuple[LedgerEntry, ...]:
    project = studio.services.projects.project
    assert project is not None
    capture_id = studio.captures.capture_id(position)
    return project.read(lambda unit: unit.labels.history(capture_id)).result()


def select(qtbot: QtBot, studio: Studio, position: int) -> None:
    """Click on a tile and wait until the inspector shows it."""
    gallery = studio.window.gallery.view
    index = studio.captures.index(position)
    gallery.scrollTo(index)
    qtbot.mouseClick(gallery.viewport(), Qt.MouseButton.LeftButton, pos=gallery.visualRect(index).center())
    wait_until_shown(qtbot, studio, position)


def wait_until_shown(qtbot: QtBot, studio: Studio, position: int) -> None:
    capture_id = studio.captures.capture_id(position)

    def is_shown() -> bool:
        detail = studio.window.inspector.panel.detail
        return detail is not None and detail.row.id == capture_id

    wait_for(qtbot, is_shown, f"the inspector shows capture {position}")


def press(qtbot: QtBot, studio: Studio, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the focus is; the window must be active for shortcuts to work."""
    window = studio.window
    wait_for(qtbot, lambda: QApplication.focusWindow() is not None, "a window has the focus")
    modifier = Qt.KeyboardModifier.NoModifier
    for each in modifiers:
        modifier |= each
    target = QApplication.focusWidget() or window
    QTest.keyClick(target, key, modifier)


def type_text(studio: Studio, text: str) -> None:
    widget = QApplication.focusWidget() or studio.window
    QTest.keyClicks(widget, text)


def tile(studio: Studio, position: int) -> CaptureRow | None:
    """What the gallery itself would draw."""
    value = studio.captures.index(position).data(CaptureRole.ROW)
    return value if isinstance(value, CaptureRow) else None


def wait_for_label(qtbot: QtBot, studio: Studio, position: int, label: str | None) -> None:
    wait_for(
        qtbot,
        lambda: (shown := tile(studio, position)) is not None and shown.label == label,
        f"capture {position} has the label {label}",
    )


def process_is_gone(process_id: int, timeout_s: float = 10.0) -> bool:
    """Whether a process has ended, at the latest after a while."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False
