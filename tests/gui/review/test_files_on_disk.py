"""Captures that are overwritten on disk, with the window closed and open."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    drop,
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
)

from app.bootstrap import Studio
from app.domain.records import CaptureFilter
from app.services.pictures.thumbnails import PictureFile, load_thumbnail
from app.storage.captures.thumbnail_store import ThumbnailStore
from app.views.review.questions import ChangedLabels


def overwrite(path: Path, colour: tuple[int, int, int], side: int = 40) -> None:
    """Put another picture in a file's place, as a program that saves again does."""
    Image.new("RGB", (side, side), colour).save(path)
    later_ns = time.time_ns() + 5_000_000_000
    os.utime(path, ns=(later_ns, later_ns))


def shade(studio: Studio, position: int) -> tuple[int, int, int] | None:
    """The colour in the middle of a thumbnail, or None before it is there."""
    row = tile(studio, position)
    image = studio.captures.thumbnail(row) if row is not None else None
    if not isinstance(image, QImage):
        return None
    colour = image.pixelColor(image.width() // 2, image.height() // 2)
    return colour.red(), colour.green(), colour.blue()


@pytest.fixture
def labelled(qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path) -> Path:  # type: ignore[no-untyped-def]
    """The folder of a project whose second and third capture are labelled; the window is closed."""
    folder = make_captures(tmp_path / "in", numbered(4))
    studio: Studio = start(folder, model=tiny_bundle)
    wait_until_classified(qtbot, studio, 4)
    studio.services.labels.label_by_name([studio.captures.capture_id(1)], "Stop")
    studio.services.labels.label_by_name([studio.captures.capture_id(2)], "Rust")
    wait_for(qtbot, lambda: row_at(studio, 2).label == "Rust", "it is labelled")
    start.stop(studio)
    return folder


def wait_until_looked(qtbot: QtBot, studio: Studio) -> None:
    wait_for(qtbot, lambda: not studio.services.files.is_checking, "all files were compared")


def test_a_capture_that_was_overwritten_is_said_and_its_label_asked_about(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path, labelled: Path
) -> None:
    overwrite(labelled / "capture 001.png", (250, 10, 20))
    overwrite(labelled / "capture 003.png", (10, 250, 20))
    os.utime(labelled / "capture 000.png")
    studio: Studio = start(model=tiny_bundle)
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: "1 capture has changed on disk since it was labelled" in bar.text, "it is said")
    wait_until_classified(qtbot, studio, 4)
    assert [row.label for row in rows(studio)] == [None, None, "Rust", None]
    assert [row.changed for row in rows(studio)] == [False, True, False, True]
    assert (row_at(studio, 1).width_px, row_at(studio, 1).height_px) == (40, 40)
    assert history(studio, 1)[0].model_probability not in (None, row_at(studio, 1).probability)
    wait_for(qtbot, lambda: shade(studio, 1) == (250, 10, 20), "the tile shows the new picture")
    chip = studio.window.filters.quick.chips[CaptureFilter.CHANGED]
    wait_for(qtbot, lambda: chip.isVisible() and chip.text().endswith("2"), "there is a filter for them")
    select(qtbot, studio, 1)
    assert studio.window.inspector.panel.label_text.text() == "Changed on disk"
    assert studio.window.inspector.panel.ledger.lines[0].startswith("Changed on disk (previously Stop)")
    reply(studio.window, ask_changed_labels=lambda count: ChangedLabels.SHOW)
    qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 2, "they are listed")
    studio.captures.set_filter(CaptureFilter.ALL)  # what was listed last is listed at the next start
    wait_for(qtbot, lambda: studio.captures.rowCount() == 4, "all are listed")
    start.stop(studio)
    again: Studio = start(model=tiny_bundle)
    bar = again.window.message_bar
    wait_for(qtbot, lambda: "since it was labelled" in bar.text, "what is open is said again")
    reply(again.window, ask_changed_labels=lambda count: ChangedLabels.KEEP)
    qtbot.mouseClick(bar.action_button, Qt.MouseButton.LeftButton)
    wait_for_label(qtbot, again, 1, "Stop")
    assert not any(row.changed for row in rows(again))
    again.window.gallery.view.setFocus()
    press(qtbot, again, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    wait_for_label(qtbot, again, 1, None)
    assert [row.changed for row in rows(again)] == [False, True, False, True]


def test_a_capture_that_is_overwritten_while_it_is_looked_at_is_noticed(
    qtbot: QtBot, start, tiny_bundle: Path, labelled: Path
) -> None:
    studio: Studio = start(model=tiny_bundle)
    wait_until_classified(qtbot, studio, 4)
    wait_until_looked(qtbot, studio)
    wait_for(qtbot, lambda: shade(studio, 2) is not None, "it is shown")
    old = shade(studio, 2)
    overwrite(labelled / "capture 002.png", (1, 2, 250))
    select(qtbot, studio, 2)
    wait_for(qtbot, lambda: row_at(studio, 2).changed, "it is marked")
    wait_for(qtbot, lambda: shade(studio, 2) == (1, 2, 250) != old, "the tile shows the new picture")
    wait_until_classified(qtbot, studio, 4)

    def is_new_picture() -> bool:
        image = studio.window.inspector.panel.compare.nearest.image
        return isinstance(image, QImage) and image.width() == 40

    wait_for(qtbot, is_new_picture, "the inspector shows the new picture")
    overwrite(labelled / "capture 000.png", (1, 250, 3))
    studio.window.gallery.view.setFocus()
    press(qtbot, studio, Qt.Key.Key_F5)
    wait_for(qtbot, lambda: row_at(studio, 0).changed, "F5 looks for changes")


def test_adding_again_finds_what_has_changed_and_what_was_renamed(
    qtbot: QtBot, start, tiny_bundle: Path, labelled: Path
) -> None:
    studio: Studio = start(model=tiny_bundle)
    wait_until_classified(qtbot, studio, 4)
    wait_until_looked(qtbot, studio)
    (labelled / "capture 001.png").rename(labelled / "renamed.png")
    overwrite(labelled / "capture 002.png", (1, 2, 250))
    drop(studio.window, labelled)
    wait_for(qtbot, lambda: row_at(studio, 1).path.name == "renamed.png", "it is followed")
    wait_for(qtbot, lambda: row_at(studio, 2).changed, "it is marked")
    assert (row_at(studio, 1).label, row_at(studio, 2).label) == ("Stop", None)
    wait_until_classified(qtbot, studio, 4)
    assert len(rows(studio)) == 4
    assert "since it was labelled" in studio.window.message_bar.text


def test_an_answer_belongs_to_what_was_read(qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path) -> None:
    """The file is replaced after it was added and before the model reads it."""
    folder = make_captures(tmp_path / "in", numbered(3))
    studio: Studio = start(folder, model=tiny_bundle)
    wait_for(qtbot, lambda: len(rows(studio)) == 3, "they are added")
    overwrite(folder / "capture 001.png", (250, 10, 20))
    wait_until_classified(qtbot, studio, 3)
    wait_for(qtbot, lambda: row_at(studio, 1).width_px == 40, "it is what the file holds now")
    wait_until_classified(qtbot, studio, 3)
    project = studio.services.projects.project
    assert project is not None
    assert (
        project.read(lambda unit: unit.contents.of([2])).result()[0].file_size_bytes
        == (folder / "capture 001.png").stat().st_size
    )


def test_a_thumbnail_is_kept_by_a_hash_only_while_that_is_the_files(qapp: object, tmp_path: Path) -> None:
    path, store = tmp_path / "large.png", ThumbnailStore(tmp_path / "thumbnails.sqlite")
    Image.new("RGB", (600, 600), (250, 10, 20)).save(path)
    status = path.stat()
    file = PictureFile(path, b"0" * 16, status.st_size, status.st_mtime_ns)
    try:
        first = load_thumbnail(file, store)
        assert isinstance(first, QImage) and store.get(file.content_hash) is not None
        overwrite(path, (10, 250, 20), 600)
        for _ in range(2):
            second = load_thumbnail(file, store)
            assert isinstance(second, QImage) and second.pixelColor(9, 9).green() > 200
        overwrite(path, (10, 20, 250), 600)
        status = path.stat()
        fresh = PictureFile(path, b"1" * 16, status.st_size, status.st_mtime_ns - 1)
        load_thumbnail(fresh, store)
        assert store.get(fresh.content_hash) is None
    finally:
        store.close()
