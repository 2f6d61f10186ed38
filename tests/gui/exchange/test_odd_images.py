"""Five hundred files that only look like images, among good ones of every kind, in one import."""

from __future__ import annotations

from pathlib import Path

from odd_images import MALFORMED, write_good, write_malformed
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from verbs import drop, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.records import CaptureFilter
from app.item_models.capture_list_model import CaptureRole


def test_five_hundred_malformed_files_stop_nothing(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:
    good = write_good(tmp_path / "in" / "good")
    bad = write_malformed(tmp_path / "in" / "bad")
    assert len(bad) == MALFORMED
    studio: Studio = start(model=tiny_bundle)
    child = studio.services.worker.process_id
    with qtbot.waitSignal(studio.services.imports.finished, timeout=120_000) as finished:
        drop(studio.window, tmp_path / "in")
    select(qtbot, studio, 0)  # the window answers while the classifier meets the first of them
    report = finished.args[0]
    assert report.added == len(good) + MALFORMED and not report.left_out
    assert f"{report.unreadable:,} can't be read" in studio.window.message_bar.text
    wait_until_classified(qtbot, studio, len(good) + MALFORMED)
    seen = {row.path.name: row for row in rows(studio)}
    assert {name for name, row in seen.items() if row.problem is None} == good
    assert all(seen[name].predicted for name in good)
    for name in bad:
        problem = str(seen[name].problem or "")
        assert seen[name].path.name in problem and problem.endswith("."), problem
        assert ":" in problem, f"it does not say what to do: {problem}"
    assert (seen["turned.jpg"].width_px, seen["turned.jpg"].height_px) == (20, 30), "EXIF turns it"
    assert studio.services.worker.process_id == child, "the classifier died of a file"
    studio.window.actions_.filters[CaptureFilter.UNREADABLE].trigger()
    wait_for(qtbot, lambda: studio.captures.rowCount() == MALFORMED, "they are listed by themselves")


def test_odd_images_are_drawn(qtbot: QtBot, start, tmp_path: Path) -> None:
    good = write_good(tmp_path / "in")
    studio: Studio = start(tmp_path / "in")
    wait_until_classified(qtbot, studio, len(good))
    indexes = [studio.captures.index(row) for row in range(len(good))]

    def are_drawn() -> bool:
        shown = [index.data(CaptureRole.THUMBNAIL) for index in indexes]
        assert not [each for each in shown if isinstance(each, str)]
        return all(isinstance(each, QImage) for each in shown)

    wait_for(qtbot, are_drawn, "each has a thumbnail")
