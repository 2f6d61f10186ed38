"""What becomes of an import: its child process, and the thread in which Python's garbage is collected."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QListView, QStyleOptionViewItem, QToolTip
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, rows, wait_for

from app.exchange.import_run import ImportReport
from app.garbage_collection import GarbageCollection
from app.item_models.capture_list_model import CaptureRole
from app.services.program.preferences import ThemeMode
from app.views.exchange.import_summary import import_summary
from app.views.gallery.tile_delegate import TileDelegate
from app.views.shared.theme import Theme

pytestmark = pytest.mark.usefixtures("qapp")  # speaks English with its plurals


def test_many_files_come_in_their_order_from_several_folders(qtbot: QtBot, start, tmp_path: Path) -> None:
    first = make_captures(tmp_path / "first", numbered(70))
    second = make_captures(tmp_path / "second", [f"later {name}" for name in numbered(90)[70:]])
    studio = start()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=60_000) as finished:
        drop(studio.window, first, second / "later capture 070.png", second)
    report: ImportReport = finished.args[0]
    # The second folder's pictures are those of the first one's first twenty.
    assert (report.added, report.num_duplicates, report.known) == (70, 21, 0)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 70, "all are listed")
    assert [row.path.name for row in rows(studio)] == numbered(70)


def test_what_is_left_out_is_counted_by_kind_and_the_rest_is_added(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(2))
    (folder / "notes.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "drawing.psd").write_bytes(b"8BPS")
    studio = start()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=60_000) as finished:
        drop(studio.window, folder, tmp_path / "drawing.psd")
    report: ImportReport = finished.args[0]
    assert report.added == 2
    assert import_summary(report) == "2 captures added. 2 files skipped: 1 DOCX, 1 PSD."
    assert rows(studio)[0].path.name == numbered(2)[0]


def test_a_jpeg_that_lacks_its_end_is_shown_classified_and_marked(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(1))
    whole = Image.open(folder / numbered(1)[0]).convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    whole.save(folder / "cut.jpg", quality=90)
    content = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(content[:-2])
    (folder / "half.jpg").write_bytes(content[: len(content) // 2])
    studio = start()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=60_000) as finished:
        drop(studio.window, folder)
    report: ImportReport = finished.args[0]
    assert (report.added, report.incomplete, report.unreadable) == (3, 1, 1)
    assert "1 is incomplete, but shown." in import_summary(report)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 3, "all are listed")
    by_name = {row.path.name: row for row in rows(studio)}
    cut = by_name["cut.jpg"]
    assert cut.problem is None and cut.notice is not None and "its end is missing" in str(cut.notice)
    assert by_name["half.jpg"].problem is not None and by_name["half.jpg"].notice is None


def test_what_was_read_before_the_child_died_is_kept(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch
) -> None:
    folder = make_captures(tmp_path / "in", numbered(60))
    dying = [sys.executable, "-c", "import sys; sys.stdin.buffer.read(1); sys.exit('the disk is on fire')"]
    studio = start()
    monkeypatch.setattr(studio.services.imports, "_index_command", dying)
    with qtbot.waitSignal(studio.services.imports.failed, timeout=60_000) as failed:
        drop(studio.window, folder)
    assert "the disk is on fire" in str(failed.args[0])
    wait_for(qtbot, lambda: studio.captures.rowCount() == 32, "the first ones are listed")
    monkeypatch.undo()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=60_000) as finished:
        drop(studio.window, folder)
    assert (finished.args[0].added, finished.args[0].known) == (28, 32)


def test_garbage_is_collected_in_the_windows_thread_alone(start) -> None:
    studio = start()
    assert not gc.isenabled()
    start.stop(studio)
    assert gc.isenabled() and gc.get_freeze_count() == 0


def test_garbage_is_collected_in_portions(qapp: QApplication) -> None:
    generations: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            generations.append(info["generation"])

    collection = GarbageCollection()
    collection.start()
    try:
        gc.callbacks.append(note)
        collection.look()
        assert generations == []  # there is too little of it
        young = [[number] for number in range(5_000)]
        collection.look()
        assert generations == [1]
        old = [[number] for number in range(200_000)]
        collection.look()
        assert generations == [1, 1, 2]
        old += [[number] for number in range(250_000)]
        collection.look()
        assert generations == [1, 1, 2, 1]  # all of it so soon again would take too much time
        assert young and old
    finally:
        gc.callbacks.remove(note)
        collection.stop()


def test_a_marked_tile_says_in_its_tool_tip_what_is_missing(
    qtbot: QtBot, qapp: QApplication, start, tmp_path: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(1))
    Image.open(folder / numbered(1)[0]).convert("RGB").save(folder / "cut.jpg")
    (folder / numbered(1)[0]).unlink()
    (folder / "cut.jpg").write_bytes((folder / "cut.jpg").read_bytes()[:-2])
    studio = start()
    drop(studio.window, folder)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 1, "it is listed")
    view = QListView()
    qtbot.addWidget(view)
    delegate = TileDelegate(Theme(qapp, ThemeMode.LIGHT), view)
    index = studio.captures.index(0)
    wait_for(qtbot, lambda: index.data(CaptureRole.ROW) is not None, "its row is loaded")
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(1, 1), QPoint(1, 1))
    assert delegate.helpEvent(event, view, QStyleOptionViewItem(), index)
    assert "This file is incomplete: its end is missing, but the image is intact." in QToolTip.text()
    QToolTip.hideText()
