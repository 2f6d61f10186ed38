"""Whatever is dropped, pasted or opened goes where it belongs."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, rows, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.exchange.arrivals import Arrivals, sort_out
from app.exchange.picture_download import DownloadError, IsStreamError, download_picture, save_picture
from app.locations import default_project_folder
from app.views.exchange.label_import_commands import LabelImportCommands
from app.views.exchange.questions import ExchangeQuestions
from app.views.live.questions import LiveQuestions

PNG_START = b"\x89PNG\r\n\x1a\n"


def png(colour: tuple[int, int, int] = (200, 30, 40)) -> bytes:
    buffer = BytesIO()
    Image.effect_noise((24, 24), 40).convert("RGB").save(buffer, "PNG")
    Image.new("RGB", (24, 20), colour).save(buffer := BytesIO(), "PNG")
    return buffer.getvalue()


ANSWERS: dict[str, tuple[str, bytes]] = {
    "/stop%20sign.png?size=1": ("text/plain", png()),
    "/page.png": ("image/png", b"<!DOCTYPE html><html>" + b" " * 2000),
    "/run.png": ("image/png", b"#!/bin/sh\nrm -rf /\n"),
    "/clip": ("application/octet-stream", b"\0\0\0\x18ftypmp42" + b"\0" * 3000),
    "/live": ("multipart/x-mixed-replace; boundary=x", b"--x\r\n"),
    "/large.png": ("image/png", PNG_START + bytes(3000)),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()
            return
        kind, content = ANSWERS.get(self.path, ("", b""))
        if not kind:
            self.send_error(404, "Not Found")
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def clipboard_is_left_empty(qapp: QApplication) -> Iterator[None]:
    """Qt would delete what is on it after Python has ended."""
    yield
    QGuiApplication.clipboard().clear()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that the dialog for a new source was opened with."""
    addresses: list[str] = []
    monkeypatch.setattr(
        LiveQuestions, "ask_stream", lambda _dialogs, *_, address="": addresses.append(address)
    )
    return addresses


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Tables that came to the import of labels."""
    taken: list[Path] = []
    monkeypatch.setattr(LabelImportCommands, "import_label_table", lambda _files, path: taken.append(path))
    return taken


def drop_data(studio: Studio, data: QMimeData) -> None:
    window = studio.window
    middle, none = window.rect().center(), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(middle, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(middle), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(window, event)
    assert event.isAccepted()


def drop_urls(studio: Studio, *urls: str) -> None:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    drop_data(studio, data)


def pasted() -> list[Path]:
    folder = default_project_folder() / "pasted"
    return sorted(folder.iterdir()) if folder.exists() else []


def copy(data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)


def press_ctrl_v(studio: Studio) -> None:
    focused = QApplication.focusWidget() or studio.window
    QTest.keyClick(focused, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def make_files(folder: Path) -> dict[str, Path]:
    folder.mkdir()
    contents = {
        "clip.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 100,
        "clip.dat": b"RIFF\0\0\0\0AVI LIST",
        "stream.ts": (b"G" + bytes(187)) * 6,
        "labels.csv": b"path,label\na.png,Stop\n",
        "labels.jsonl": b'{"path": "a.png", "label": "Stop"}\n',
        "picture.csv": png(),
        "letter.docx": b"PK\x03\x04" + bytes(50),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def test_files_are_sorted_by_what_is_in_them(tmp_path: Path) -> None:
    files = make_files(tmp_path / "in")
    (tmp_path / "folder.csv").mkdir()
    arrived = sort_out([*files.values(), tmp_path / "folder.csv", tmp_path / "missing.mp4"])
    assert arrived == Arrivals(
        captures=(
            files["picture.csv"],
            files["letter.docx"],
            tmp_path / "folder.csv",
            tmp_path / "missing.mp4",
        ),
        videos=(files["clip.mp4"], files["clip.dat"], files["stream.ts"]),
        tables=(files["labels.csv"], files["labels.jsonl"]),
    )


def test_a_mixed_drop_is_taken_apart(
    qtbot: QtBot, start, tmp_path: Path, asked: list[str], tables: list[Path]
) -> None:
    files = make_files(tmp_path / "other")
    folder = make_captures(tmp_path / "in", numbered(3))
    studio: Studio = start()
    drop(studio.window, folder, files["labels.csv"], files["clip.mp4"])
    wait_until_classified(qtbot, studio, 3)
    wait_for(qtbot, lambda: tables, "the labels come once their captures are there")
    assert tables == [files["labels.csv"]]
    assert asked == [str(files["clip.mp4"])]


def test_a_table_alone_becomes_labels(qtbot: QtBot, start, tmp_path: Path, tables: list[Path]) -> None:
    studio: Studio = start()
    drop(studio.window, make_files(tmp_path / "in")["labels.jsonl"])
    wait_for(qtbot, lambda: tables, "it is offered")


def test_a_table_that_is_given_at_the_start_waits_for_the_project(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a;b\n1;2\n", encoding="utf-8")
    studio: Studio = start(table)
    bar = studio.window.message_bar
    wait_for(
        qtbot,
        lambda: "table.csv" in bar.text and "Reading" not in bar.text,
        "it is said what is wrong with it",
    )


def test_a_mixed_drop_says_what_comes_next(
    qtbot: QtBot, start, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_files(tmp_path / "in")
    studio: Studio = start()
    said: list[str] = []
    monkeypatch.setattr(studio.window.message_bar, "show_notice", lambda text, *_: said.append(text))
    drop(studio.window, files["picture.csv"], files["clip.mp4"])
    wait_for(qtbot, lambda: asked, "the video is offered")
    assert any(text.endswith("asked about one at a time: videos: 1.") for text in said)


def test_a_dropped_address_of_a_picture_is_fetched_into_the_project(
    qtbot: QtBot, start, server: str, asked: list[str]
) -> None:
    studio: Studio = start()
    drop_urls(studio, f"{server}/stop%20sign.png?size=1")
    wait_until_classified(qtbot, studio, 1)
    assert [path.name for path in pasted()] == ["stop sign.png"]
    assert pasted()[0].read_bytes() == png()
    assert asked == []
    drop_urls(studio, f"{server}/stop%20sign.png?size=1")
    print("DBG", studio.window.message_bar.text, pasted())
    wait_for(qtbot, lambda: "duplicate" in studio.window.message_bar.text, "it is there already")
    assert len(pasted()) == 1, "the second file is deleted"


@pytest.mark.parametrize("address", ["/clip", "/live"])
def test_an_address_of_something_that_moves_is_offered_as_a_source(
    qtbot: QtBot, start, server: str, asked: list[str], address: str
) -> None:
    studio: Studio = start()
    drop_urls(studio, server + address)
    wait_for(qtbot, lambda: asked == [server + address], "the dialog knows the address")
    assert pasted() == []


def test_addresses_of_streams_and_with_passwords_are_offered_at_once(
    qtbot: QtBot, start, asked: list[str]
) -> None:
    studio: Studio = start()
    studio.window.exchange.incoming.take([], ["rtsp://camera/1", "http://me:secret@camera/pic.png"])
    assert asked == ["rtsp://camera/1", "http://me:secret@camera/pic.png"]
    assert "secret" not in studio.window.message_bar.text


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/nothing.png", "sent no image: 404"),
        ("/page.png", "There is no image at this address of 127.0.0.1"),
        ("/run.png", "There is no image at this address of 127.0.0.1"),
    ],
)
def test_what_is_no_picture_is_said_and_not_kept(
    qtbot: QtBot, start, server: str, address: str, sentence: str
) -> None:
    studio: Studio = start()
    studio.window.exchange.incoming.take([], [server + address])
    wait_for(qtbot, lambda: sentence in studio.window.message_bar.text, "it is said")
    assert pasted() == []


def test_an_answer_never_leads_to_a_file_of_this_computer(server: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadError):
        download_picture(f"{server}/away", tmp_path)
    with pytest.raises(DownloadError):
        download_picture("file:///etc/hostname", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_too_large_or_no_longer_wanted_is_given_up(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IsStreamError):
        download_picture(f"{server}/live", tmp_path)
    with pytest.raises(DownloadError, match="too long"):
        download_picture(f"{server}/large.png", tmp_path, lambda: True)
    monkeypatch.setattr("app.exchange.picture_download.MOST_BYTES", 2000)
    with pytest.raises(DownloadError, match="larger than 64 MB"):
        download_picture(f"{server}/large.png", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pasted_pictures_never_take_each_others_place(tmp_path: Path) -> None:
    paths = [save_picture(png((number, 0, 0)), tmp_path, "one") for number in range(3)]
    assert [path.name for path in paths] == ["one.png", "one 2.png", "one 3.png"]
    with pytest.raises(DownloadError, match="not a readable image"):
        save_picture(b"MZ\x90\0", tmp_path, "setup")


def test_a_copied_picture_is_pasted_as_a_capture(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    image = QImage(20, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    QGuiApplication.clipboard().setImage(image)
    studio.window.gallery.view.setFocus()
    press_ctrl_v(studio)
    wait_until_classified(qtbot, studio, 3)
    (path,) = pasted()
    assert path.suffix == ".png"
    wait_for(qtbot, lambda: path.name in studio.window.message_bar.text, "it is said what it is called")
    with Image.open(path) as saved:
        assert saved.size == (20, 30)
    sources = [name for name, _ in studio.services.projects.project.read(headings).result().values()]
    assert sources[-1].endswith("pasted"), "all of them are of one source"


def headings(unit: Any) -> dict[int, tuple[str, str | None]]:
    from app.domain.capture_query import GroupField

    return dict(unit.catalogue.headings(GroupField.SOURCE))


def test_data_of_a_browser_is_taken_as_it_is(qtbot: QtBot, start, asked: list[str]) -> None:
    studio: Studio = start()
    data = QMimeData()
    data.setUrls([QUrl("http://no.such.host.invalid/a.png")])
    data.setData("image/png", png((1, 2, 3)))
    data.setHtml('<img src="http://no.such.host.invalid/a.png">')
    drop_data(studio, data)
    wait_until_classified(qtbot, studio, 1)
    assert pasted()[0].read_bytes() == png((1, 2, 3)), "the network is not needed"


def test_copied_files_paths_and_addresses_are_pasted(
    qtbot: QtBot, start, tmp_path: Path, asked: list[str]
) -> None:
    folder = make_captures(tmp_path / "in", numbered(4))
    studio: Studio = start()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(folder / f"capture {n:03}.png")) for n in range(2)])
    copy(data)
    press_ctrl_v(studio)
    wait_until_classified(qtbot, studio, 2)
    text = QMimeData()
    text.setText(f"{folder / 'capture 002.png'}\n{folder / 'capture 003.png'}\n")
    copy(text)
    press_ctrl_v(studio)
    wait_until_classified(qtbot, studio, 4)
    address = QMimeData()
    address.setText("rtsp://camera/1\n")
    copy(address)
    press_ctrl_v(studio)
    assert asked == ["rtsp://camera/1"]
    other = QMimeData()
    other.setText("Dear aunt")
    copy(other)
    press_ctrl_v(studio)
    assert "The clipboard holds nothing" in studio.window.message_bar.text
    assert len(rows(studio)) == 4


def test_a_text_field_that_is_written_in_gets_what_is_pasted(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio: Studio = start(make_captures(tmp_path / "in", numbered(2)))
    wait_until_classified(qtbot, studio, 2)
    window = studio.window
    window.actions_.search.trigger()
    data = QMimeData()
    data.setText("rtsp://camera/1")
    copy(data)
    field = QApplication.focusWidget()
    press_ctrl_v(studio)
    assert field.text() == "rtsp://camera/1"
    field.clear()
    window.actions_.paste.trigger()  # the menu means the same
    assert field.text() == "rtsp://camera/1"


def test_an_address_can_be_opened_and_given_at_the_start(
    qtbot: QtBot, start, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio: Studio = start()
    monkeypatch.setattr(ExchangeQuestions, "ask_address", lambda *_: f"{server}/stop%20sign.png?size=1")
    studio.window.actions_.open_address.trigger()
    wait_until_classified(qtbot, studio, 1)


def test_open_files_takes_what_a_drop_takes(
    qtbot: QtBot, start, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = make_files(tmp_path / "in")
    studio: Studio = start()

    def ask(_questions: ExchangeQuestions) -> Sequence[Path]:
        return [files["clip.mp4"]]

    monkeypatch.setattr(ExchangeQuestions, "ask_files", ask)
    studio.window.actions_.open_files.trigger()
    wait_for(qtbot, lambda: asked == [str(files["clip.mp4"])], "the video is offered as a source")
