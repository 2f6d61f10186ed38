"""What the gallery lists, and a project with two sources to list from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import (
    make_captures,
    numbered,
    wait_for,
    wait_until_classified,
)

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery
from app.domain.records import CaptureRow

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


def start_with_two_sources(qtbot: QtBot, start: Callable[..., Studio], folder: Path) -> Studio:
    """Twelve captures, six of each folder, classified."""
    root = make_captures(
        folder, [f"{'near' if i < 6 else 'far'}/{name}" for i, name in enumerate(numbered(12))]
    )
    running = start(root / "near", root / "far")
    wait_until_classified(qtbot, running, 12)
    wait_for(qtbot, lambda: running.sources.rowCount() == 2, "the sources are counted")
    wait_for(qtbot, lambda: sum(running.classes.counts.shown.values()) == 12, "the classes are counted")
    return running


def wait_for_list(qtbot: QtBot, studio: Studio, passes: Callable[[CaptureRow], bool], what: str) -> None:
    """The gallery lists what passes, all of it and nothing else."""
    everything = all_rows(studio)
    wanted = [row.id for row in everything if passes(row)]
    assert wanted, "the test would show nothing"

    def listed() -> list[int]:
        return studio.captures.capture_ids(0, studio.captures.rowCount() - 1)

    wait_for(qtbot, lambda: listed() == wanted, what)


def all_rows(studio: Studio) -> list[CaptureRow]:
    project = studio.services.projects.project
    assert project is not None
    return project.read(
        lambda unit: unit.captures.rows(unit.captures.find(CaptureQuery()).ids.tolist())
    ).result()


def class_of(studio: Studio, name: str) -> int:
    record = studio.classes.find(name)
    assert record is not None
    return record.id
