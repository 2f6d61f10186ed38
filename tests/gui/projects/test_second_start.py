"""A second start while a window is there, and starts that follow a close, a crash or a project that went away."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from places import ROOT
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.capture_query import CaptureQuery, SortField
from app.locations import default_project_folder
from app.main import parse_arguments
from app.services.program.handing_over import (
    MOST_BYTES,
    Handed,
    HandingOver,
    decode,
    encode,
    hand_over,
    server_name,
)
from app.services.program.recent_projects import MOST, RecentProjects
from app.storage.database.lock import ProjectLock
from app.storage.project import Project


def start_again(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """What the desktop or a terminal does, in the same home."""
    return subprocess.Popen(
        [sys.executable, "-m", "app.main", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        stderr=subprocess.PIPE,
    )


def wait_for_end(qtbot: QtBot, process: subprocess.Popen[bytes]) -> int:
    try:
        wait_for(qtbot, lambda: process.poll() is not None, "the second start ends")
    finally:
        process.kill()
    _, said = process.communicate()
    assert b"Traceback" not in said
    return process.returncode


def test_paths_of_a_second_start_come_to_the_window_that_is_there(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(5))
    studio: Studio = start(folder / "capture 000.png")
    wait_until_classified(qtbot, studio, 1)
    studio.window.showMinimized()
    assert wait_for_end(qtbot, start_again(folder)) == 0
    wait_for(qtbot, lambda: len(rows(studio)) == 5, "the others are added")
    assert not studio.window.isMinimized()
    assert wait_for_end(qtbot, start_again()) == 0
    assert wait_for_end(qtbot, start_again(default_project_folder())) == 0, (
        "the project itself means its window"
    )
    assert "Restore" not in studio.window.message_bar.action_button.text()


def test_the_slower_of_two_starts_gives_what_it_has_to_the_other(
    qtbot: QtBot, qapp, start, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    given: list[tuple[Path, Handed]] = []
    monkeypatch.setattr("app.bootstrap.hand_over", lambda *asked: bool(given.append(asked) or True))
    quits: list[bool] = []
    monkeypatch.setattr("PySide6.QtWidgets.QApplication.quit", lambda *_: quits.append(True))
    start()
    start(tmp_path / "a.png")
    assert given == [(default_project_folder(), Handed((tmp_path / "a.png",)))]
    assert quits == [True]


def test_paths_with_bytes_that_are_no_text_are_handed_over(tmp_path: Path) -> None:
    path = Path(os.fsdecode(b"/in/\xff\xfe\xc3\xa9.png"))
    handed = Handed((path,), ("http://localhost/a.png",), Path("/m.safetensors"))
    message = encode(handed)
    assert int.from_bytes(message[:4], "big") == len(message) - 4
    assert decode(message[4:]) == handed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xff",
        b'{"paths": "x", "addresses": [], "model": null}',
        b'{"paths": [1], "addresses": [], "model": null}',
        b'{"paths": ["relative.png"], "addresses": [], "model": null}',
        b'{"paths": ["/a\\u0000b"], "addresses": [], "model": null}',
        b'{"paths": [], "addresses": [], "model": 3}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_message_of_ours_is_dropped(content: bytes) -> None:
    assert decode(content) is None


def test_more_than_a_message_may_hold_is_not_sent() -> None:
    with pytest.raises(ValueError, match="too many"):
        encode(Handed(addresses=("x" * MOST_BYTES,)))


@pytest.fixture
def listener(home: Path) -> Iterator[HandingOver]:
    listener = HandingOver()
    yield listener
    listener.close()
    listener.deleteLater()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has named pipes")
def test_rubbish_on_the_socket_is_let_go_of_and_the_next_one_is_heard(
    qtbot: QtBot, listener: HandingOver, tmp_path: Path
) -> None:
    heard: list[Handed] = []
    listener.received.connect(heard.append)
    assert listener.listen(tmp_path / "A.vimd")
    path = server_name(tmp_path / "A.vimd")
    assert Path(path).stat().st_mode & 0o077 == 0, "nobody else may connect"
    for rubbish in (b"\xff" * 4, (9).to_bytes(4, "big") + b"not json!", (MOST_BYTES + 1).to_bytes(4, "big")):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(30)
            client.connect(path)
            client.sendall(rubbish)
            client.setblocking(False)

            def is_let_go(client: socket.socket = client) -> bool:
                try:
                    return client.recv(1) == b""
                except BlockingIOError:
                    return False
                except ConnectionResetError:
                    return True

            wait_for(qtbot, is_let_go, "it is let go of")
    with socket.socket(socket.AF_UNIX) as client:  # in pieces, as it may come
        client.connect(path)
        for byte in encode(Handed((Path("/in"),))):
            client.sendall(bytes([byte]))
        wait_for(qtbot, lambda: heard, "it is heard")
    assert heard == [Handed((Path("/in"),))]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has named pipes")
def test_a_socket_that_a_killed_program_has_left_is_replaced(
    home: Path, listener: HandingOver, tmp_path: Path
) -> None:
    project = tmp_path / "A.vimd"
    left = socket.socket(socket.AF_UNIX)
    left.bind(server_name(project))
    left.close()
    assert Path(server_name(project)).exists()
    assert not hand_over(project, Handed())
    assert listener.listen(project)
    assert listener.is_listening


def test_a_window_that_lives_is_not_taken_its_socket(
    qtbot: QtBot, home: Path, listener: HandingOver, tmp_path: Path
) -> None:
    other = HandingOver()
    assert listener.listen(tmp_path / "A.vimd")
    assert not other.listen(tmp_path / "A.vimd")
    assert other.listen(tmp_path / "B.vimd"), "another project is another window's"
    other.close()
    other.deleteLater()


def test_a_project_among_the_arguments_is_opened(tmp_path: Path) -> None:
    Project.open(tmp_path / "Signs.vimd").close()
    assert parse_arguments([str(tmp_path / "Signs.vimd")]).project == tmp_path / "Signs.vimd"
    local = parse_arguments([f"file://{tmp_path}/a%20b.png"])  # as some desktops give it
    assert (local.paths, local.addresses) == ((tmp_path / "a b.png",), ())
    mixed = parse_arguments(["rtsp://camera/1", str(tmp_path)])
    assert (mixed.addresses, mixed.paths, mixed.project) == (("rtsp://camera/1",), (tmp_path,), None)


def test_a_window_that_is_still_closing_is_waited_for(
    qtbot: QtBot, qapp, start, home: Path, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    folder = default_project_folder()
    Project.open(folder).close()
    lock = ProjectLock(folder)
    lock.note_closing()
    studio: Studio = start(make_captures(tmp_path / "in", numbered(3)), waits=False)
    bar = studio.window.message_bar
    wait_for(
        qtbot,
        lambda: bar.text == "ViMD Studio is still closing My captures. It will open in a moment.",
        "said",
    )
    lock.release()
    wait_for(qtbot, lambda: len(rows(studio)) == 3, "it opens, and takes what it was given")
    assert "still closing" not in bar.text


def test_a_closing_window_says_so_in_its_lock(start, monkeypatch: pytest.MonkeyPatch) -> None:
    studio: Studio = start()
    lock = default_project_folder() / "project.lock"
    assert "closing" not in lock.read_text()
    noted: list[str] = []
    close = Project.close

    def note_and_close(project: Project) -> None:
        noted.append(lock.read_text())
        close(project)

    monkeypatch.setattr(Project, "close", note_and_close)
    start.stop(studio)
    assert [text.endswith(", closing\n") for text in noted] == [True]


def test_a_project_that_is_open_elsewhere_is_not_offered_a_backup(qtbot: QtBot, start, home: Path) -> None:
    folder = default_project_folder()
    project = Project.open(folder)
    project.back_up_daily()
    project.close()
    lock = ProjectLock(folder)
    try:
        studio: Studio = start()
        bar = studio.window.message_bar
        assert "is open in another window" in bar.text
        assert bar.action_button.text() == "Open another…"
    finally:
        lock.release()


def test_the_last_project_is_opened_and_one_that_is_gone_is_said(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = tmp_path / "Signs.vimd"
    studio: Studio = start(make_captures(tmp_path / "in", numbered(2)), project=folder)
    wait_until_classified(qtbot, studio, 2)
    start.stop(studio)
    studio = start()
    assert studio.services.projects.folder == folder
    wait_for(qtbot, lambda: len(rows(studio)) == 2, "its captures are listed")
    start.stop(studio)
    shutil.move(folder, tmp_path / "Elsewhere.vimd")
    studio = start()
    assert studio.services.projects.project is None
    assert "The project Signs no longer exists" in studio.window.message_bar.text
    assert not folder.exists(), "nothing is made in its place"
    assert not default_project_folder().exists()
    folder.mkdir()  # a drive that is not connected leaves an empty folder
    start.stop(studio)
    studio = start()
    assert "no longer exists" in studio.window.message_bar.text
    assert not any(folder.glob("*.sqlite"))


def test_recent_projects_are_in_the_menu(qtbot: QtBot, start, tmp_path: Path) -> None:
    for name in ("One", "Two"):
        start.stop(start(project=tmp_path / f"{name}.vimd"))
    studio: Studio = start(project=tmp_path / "Three & four.vimd")
    menu: QMenu = studio.window.actions_.recent_projects
    menu.aboutToShow.emit()
    entries = [action for action in menu.actions() if not action.isSeparator()]
    assert [action.text() for action in entries] == ["Three && four", "Two", "One", "&Clear list"]
    with qtbot.waitSignal(studio.services.projects.opened, timeout=30_000):
        entries[1].trigger()
    assert studio.services.projects.folder == tmp_path / "Two.vimd"
    shutil.rmtree(tmp_path / "One.vimd")
    with qtbot.waitSignal(studio.services.projects.open_failed, timeout=30_000):
        entries[2].trigger()
    assert "The project One no longer exists" in studio.window.message_bar.text
    menu.aboutToShow.emit()
    next(a for a in menu.actions() if a.text() == "&Clear list").trigger()
    assert len(studio.recent.folders) == 1
    assert not any(path.parent == tmp_path for path in studio.recent.folders[1:])


def test_ten_projects_are_kept(home: Path, start, tmp_path: Path) -> None:
    recent: RecentProjects = start().recent
    for number in range(MOST + 5):
        recent.note(tmp_path / f"{number}.vimd")
        recent.note_place(tmp_path / f"{number}.vimd", {"current": number})
    assert [folder.stem for folder in recent.folders] == [str(n) for n in range(MOST + 4, 4, -1)]
    assert recent.place(tmp_path / "14.vimd") == {"current": 14}
    assert recent.place(tmp_path / "0.vimd") == {}


def test_a_project_is_opened_where_it_was_left(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(400)))
    wait_until_classified(qtbot, studio, 400)
    query = CaptureQuery(sort=SortField.NAME, descending=True, text="capture")
    studio.captures.set_query(query)
    wait_for(qtbot, lambda: studio.captures.rowCount() == 400 and not studio.captures.is_loading, "sorted")
    wait_for(qtbot, lambda: studio.captures.capture_id(0) == 400, "descending")
    studio.window.gallery.selection.select_row(300)
    wait_for(qtbot, lambda: studio.window.gallery.view.verticalScrollBar().value() > 0, "it is scrolled to")
    first = studio.window.gallery.view.rows_in_view.start
    start.stop(studio)
    studio = start()
    wait_for(qtbot, lambda: studio.captures.query == query, "the filter and the order are those of then")
    wait_for(qtbot, lambda: studio.captures.rowCount() == 400, "it is listed")
    gallery = studio.window.gallery.view
    wait_for(qtbot, lambda: gallery.currentIndex().row() == 300, "the current capture is that of then")
    assert first > 0
    line = 4  # one more of them may show an edge
    wait_for(qtbot, lambda: first - line <= gallery.rows_in_view.start <= first, "the same captures are seen")
    drop(studio.window, make_captures(tmp_path / "more", ["x.png"]))
    start.stop(studio)
    studio = start(project=tmp_path / "Other.vimd")
    assert studio.captures.query == CaptureQuery(), "another project has a place of its own"
