"""Orders and groups of the gallery."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from verbs import make_captures, numbered, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import GroupField, SortField
from app.views.gallery.gallery_bar import GalleryBar

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, start, tmp_path: Path) -> Studio:
    running: Studio = start(make_captures(tmp_path / "in", numbered(30)))
    wait_until_classified(qtbot, running, 30)
    return running


def gallery_bar(studio: Studio) -> GalleryBar:
    return studio.window.gallery.view.findChild(GalleryBar)


def test_orders_are_chosen_in_the_menu_and_turned_round(qtbot: QtBot, studio: Studio) -> None:
    bar = gallery_bar(studio)
    bar.sort_actions[SortField.CONFIDENCE].trigger()
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is sorted")
    seen = [row.probability or 0.0 for row in rows(studio)]
    assert seen == sorted(seen) and seen[0] < seen[-1]
    qtbot.mouseClick(bar.direction_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: rows(studio)[0].probability == seen[-1], "it is turned round")
    bar.sort_actions[SortField.SIZE].trigger()
    wait_for(qtbot, lambda: rows(studio)[0].width_px == 32, "the largest come first")
    sizes = [max(row.width_px or 0, row.height_px or 0) for row in rows(studio)]
    assert sizes == sorted(sizes, reverse=True)
    assert bar.sort_button.text().endswith("Size") and bar.direction_button.text() == "↓"


def test_classes_stand_together_under_headings(qtbot: QtBot, studio: Studio) -> None:
    gallery_bar(studio).group_actions[GroupField.CLASS].trigger()
    wait_for(qtbot, lambda: studio.captures.query.group is GroupField.CLASS, "it is asked for")
    wait_for(qtbot, lambda: not studio.captures.is_loading, "it is grouped")
    names = [row.predicted for row in rows(studio)]
    runs = [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]
    assert len(runs) == len(set(names)) > 1, "each class is one run"
