"""Cameras and streams in the window: real servers, real child processes, the real project."""

from __future__ import annotations

import errno
import itertools
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import keyring
import keyring.backend
import keyring.errors
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot
from replies import reply
from stream_verbs import (
    PASSWORD,
    USER,
    Server,
    add_stream,
    new_stream,
    server,
    stream_state,
    wait_for_captures,
    wait_for_state,
)
from verbs import make_captures, numbered, rows, select, wait_for, wait_until_classified

from app.bootstrap import Studio
from app.domain.stream_records import StreamRecord
from app.item_models.stream_list_model import state_text
from app.services.streams.stream_service import StreamService
from app.views.live.screen_picker import ScreenPicker
from app.views.live.stream_dialog import StreamDialog
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.retention import Retention
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings
from vimd_core.streaming.sources.status import StreamState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers are stalled by signals")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A key store that works, as those of desktops do."""

    priority = 1.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError(username)
        del self.kept[service, username]


@pytest.fixture
def key_store() -> MemoryKeyring:
    before, store = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(store)
    yield store  # type: ignore[misc]
    keyring.set_keyring(before)


@pytest.fixture
def no_key_store() -> None:
    from keyring.backends import fail

    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield  # type: ignore[misc]
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def http() -> Server:
    with server("http") as running:
        yield running  # type: ignore[misc]


def test_what_a_stream_shows_arrives_classified_and_the_row_says_how_it_is(
    qtbot: QtBot, start, http: Server
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    QAbstractItemModelTester(studio.window.live.stream_list.model())
    assert not studio.window.live.stream_list.isVisible()
    add_stream(studio, new_stream(http.url()))
    wait_for_captures(qtbot, studio, 3)
    assert studio.window.live.stream_list.isVisible()
    wait_for_state(qtbot, studio, StreamState.LIVE)
    studio.window.live.stream_list.setCurrentIndex(studio.window.live.stream_list.model().index(0, 0))
    studio.window.live.stream_list.stop.trigger()
    wait_for_state(qtbot, studio, StreamState.STOPPED)
    wait_for(qtbot, lambda: all(row.predicted for row in rows(studio)), "all of them are classified")
    folder = studio.services.streams.records[0].folder
    for row in rows(studio):
        assert row.path.is_relative_to(folder) and row.path.suffix == ".png"
        with Image.open(row.path) as image:
            assert image.size == (160, 120)
    project = studio.services.projects.project
    seen = project.read(lambda unit: unit.streams.seen(studio.captures.capture_id(0))).result()
    assert seen is not None and seen.reason == "interval" and seen.frame_number >= 1


def test_a_stream_starts_with_the_project_unless_it_was_stopped(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url()))
    wait_for_captures(qtbot, studio, 1)
    start.stop(studio)
    again = start()
    wait_for_state(qtbot, again, StreamState.LIVE)
    count = again.captures.rowCount()
    wait_for_captures(qtbot, again, count + 2)
    again.services.streams.set_enabled(again.services.streams.records[0].id, False)
    wait_for(qtbot, lambda: not again.services.streams.records[0].is_enabled, "it is disabled")
    start.stop(again)
    third = start()
    wait_for(qtbot, lambda: bool(third.services.streams.records), "the sources are read")
    assert stream_state(third) is StreamState.STOPPED


def test_the_row_follows_a_server_that_dies_and_comes_back(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    with server("http") as own:
        studio = start()
        add_stream(studio, new_stream(own.url()))
        wait_for_captures(qtbot, studio, 1)
        own.kill()
        wait_for_state(qtbot, studio, StreamState.RECONNECTING)
        status = studio.services.streams.status(studio.services.streams.records[0].id)
        assert state_text(status).startswith("reconnecting in")
        own.start()
        wait_for_state(qtbot, studio, StreamState.LIVE)
        wait_for_captures(qtbot, studio, studio.captures.rowCount() + 2)


def everything_stored(studio: Studio) -> bytes:
    project = studio.services.projects.project
    assert project is not None
    return b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())


def test_a_password_is_in_the_key_store_and_nowhere_else(
    qtbot: QtBot,
    start,  # type: ignore[no-untyped-def]
    http: Server,
    key_store: MemoryKeyring,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    studio = start()
    add_stream(studio, new_stream(http.url("secret", user=USER, password=PASSWORD)))
    wait_for_captures(qtbot, studio, 1)
    wait_for(qtbot, lambda: bool(key_store.kept), "the key store has it")
    assert PASSWORD in next(iter(key_store.kept.values()))
    stored = everything_stored(studio)
    assert PASSWORD.encode() not in stored and USER.encode() not in stored
    start.stop(studio)
    again = start()
    wait_for_state(qtbot, again, StreamState.LIVE)
    again.services.streams.remove(again.services.streams.records[0].id)
    wait_for(qtbot, lambda: not key_store.kept, "the key store has forgotten it")
    assert PASSWORD not in caplog.text


def test_without_a_key_store_the_password_is_asked_for_again(  # type: ignore[no-untyped-def]
    qtbot: QtBot, start, http: Server, no_key_store: None
) -> None:
    studio = start()
    add_stream(studio, new_stream(http.url("secret", user=USER, password=PASSWORD)))
    wait_for(qtbot, lambda: "No system keychain" in studio.window.message_bar.text, "it is said")
    wait_for_captures(qtbot, studio, 1)
    start.stop(studio)
    again = start()
    wait_for_state(qtbot, again, StreamState.REFUSED)
    reply(again.window, ask_credentials=lambda _name: (Credentials(USER, PASSWORD), True))
    again.window.live.commands.ask_credentials(again.services.streams.records[0].id)
    wait_for_state(qtbot, again, StreamState.LIVE)


def test_a_watched_folder_refers_to_the_files_themselves(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = make_captures(tmp_path / "incoming", numbered(2))
    studio = start()
    add_stream(studio, new_stream(str(folder)))
    wait_for_captures(qtbot, studio, 2)
    (tmp_path / "more").mkdir()
    make_captures(tmp_path / "more", numbered(4))
    (tmp_path / "more" / "capture 003.png").rename(folder / "late.png")
    wait_for_captures(qtbot, studio, 3)
    assert [row.path for row in rows(studio)] == [
        folder / "capture 000.png",
        folder / "capture 001.png",
        folder / "late.png",
    ]
    add_stream(studio, new_stream(str(folder)))
    wait_for(qtbot, lambda: "already watched" in studio.window.message_bar.text, "it is said")


def test_a_name_that_comes_again_in_a_watched_folder_is_another_capture_with_its_own_picture(
    qtbot: QtBot, start, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "camera"
    folder.mkdir()
    studio = start()
    add_stream(studio, new_stream(str(folder)))
    colours = [(10, 0, 0), (60, 0, 0), (110, 0, 0), (160, 0, 0), (210, 0, 0)]
    for number, colour in enumerate(colours, start=1):
        Image.new("RGB", (20, 20), colour).save(tmp_path / "made.png")
        if number % 2:
            (tmp_path / "made.png").replace(folder / "snapshot.png")
        else:
            (folder / "snapshot.png").write_bytes((tmp_path / "made.png").read_bytes())
        wait_for_captures(qtbot, studio, number)
        if number == 1:
            wait_until_classified(qtbot, studio, 1)
            studio.services.labels.label_by_name([studio.captures.capture_id(0)], "Dark")
            wait_for(qtbot, lambda: rows(studio)[0].label == "Dark", "it is labelled")

    def shown() -> list[tuple[int, ...]]:
        found = []
        for row in rows(studio):
            with Image.open(row.path) as image:
                found.append(image.convert("RGB").getpixel((5, 5)))
        return found  # type: ignore[return-value]

    wait_for(qtbot, lambda: shown() == colours, "each capture has the picture that it was made of")
    assert [row.label for row in rows(studio)] == ["Dark", None, None, None, None]
    assert not any(row.changed or row.problem for row in rows(studio))
    project = studio.services.projects.project
    assert project is not None
    assert [row.path.is_relative_to(project.folder) for row in rows(studio)] == [True] * 4 + [False]
    # What is overwritten while nobody watches keeps its picture as well.
    start.stop(studio)
    Image.new("RGB", (20, 20), (250, 250, 0)).save(folder / "snapshot.png")
    again = start()
    wait_for_captures(qtbot, again, 6)
    studio = again
    wait_for(qtbot, lambda: shown() == [*colours, (250, 250, 0)], "the last one, too")


def test_a_source_that_is_added_while_the_project_still_reads_its_sources_stays(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    late: list[Callable[[], None]] = []

    def deliver_late(self: StreamService, records: list[StreamRecord]) -> None:
        late.append(partial(on_opened_records, self, records))

    on_opened_records = StreamService._on_opened_records
    monkeypatch.setattr(StreamService, "_on_opened_records", deliver_late)
    folder = make_captures(tmp_path / "incoming", numbered(2))
    studio = start()
    wait_for(qtbot, lambda: bool(late), "the sources of the project, of which there are none, were read")
    add_stream(studio, new_stream(str(folder)))
    wait_for(qtbot, lambda: bool(studio.services.streams.records), "the source is there")
    late.pop()()
    assert [record.name for record in studio.services.streams.records] == ["Gate"]
    wait_for_captures(qtbot, studio, 2)


def test_the_dialog_takes_an_address_apart_and_says_what_is_wrong(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    dialog = StreamDialog(studio.window)
    dialog.address.setEditText(f"ftp://{USER}:{PASSWORD}@host/x")
    dialog.add_button.click()
    assert dialog.new is None and "rtsp" in dialog.problem.text()
    assert PASSWORD not in dialog.problem.text()
    dialog.address.setEditText(f"rtsp://{USER}:{PASSWORD}@host/live")
    dialog.name.setText("Gate")
    dialog.captures.trigger.setCurrentIndex(1)
    dialog.captures.interval.setValue(2.5)
    dialog.add_button.click()
    assert dialog.new is not None
    assert dialog.new.address.url == "rtsp://host/live"
    assert dialog.new.credentials == Credentials(USER, PASSWORD)
    assert dialog.new.settings.capture == CaptureSettings(interval_s=2.5)
    assert dialog.findChildren(QDialogButtonBox)
    dialog.deleteLater()


def test_settings_are_edited_and_hold_at_once(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url()))
    wait_for_captures(qtbot, studio, 1)
    streams = studio.services.streams
    record, before = streams.records[0], streams.settings(streams.records[0].id)
    dialog = StreamDialog(studio.window, record.name, before)
    assert dialog.add_button.text() == "Save"
    dialog.add_button.click()
    assert dialog.new is not None and dialog.new.settings == before  # what is shown is what it has
    assert dialog.new.name == "Gate"
    dialog.deleteLater()

    dialog = StreamDialog(studio.window, record.name, before)
    dialog.name.setText("North gate")
    dialog.captures.trigger.setCurrentIndex(0)
    dialog.captures.min_size.setValue(20)
    dialog.captures.looks.setValue(7)
    dialog.captures.agreeing.setValue(4)
    dialog.captures.duplicates.setValue(6)
    dialog.keep.only_unsure.click()
    dialog.keep.below.setValue(70)
    dialog.keep.most.setValue(1000)
    dialog.keep.megabytes.setValue(5)
    dialog.starts.click()
    dialog.add_button.click()
    new = dialog.new
    dialog.deleteLater()
    assert new is not None
    motion = new.settings.capture.motion
    assert motion is not None and motion.min_size_px == 20
    assert (new.settings.capture.agreeing_frames, new.settings.capture.track_frames) == (4, 7)
    assert new.settings.capture.duplicate_distance == 6 and new.settings.keep_below == 0.7
    assert new.settings.retention == Retention(most=1000, most_bytes=5_000_000)

    reply(studio.window, ask_stream=lambda *_: new)
    studio.window.live.stream_list.setCurrentIndex(studio.window.live.stream_list.model().index(0, 0))
    reconnections = streams.status(record.id).reconnections
    studio.window.live.stream_list.edit_settings.trigger()
    wait_for(
        qtbot, lambda: studio.window.live.stream_list.model().index(0, 0).data() == "North gate", "its name"
    )
    assert streams.settings(record.id) == new.settings
    wait_for_state(qtbot, studio, StreamState.LIVE)
    assert streams.status(record.id).reconnections == reconnections
    start.stop(studio)
    again = start()
    wait_for(qtbot, lambda: bool(again.services.streams.records), "the sources are read")
    assert again.services.streams.settings(record.id) == new.settings
    assert not again.services.streams.is_running(record.id)  # not with the project any more


def test_another_address_is_connected_to_with_the_same_captures(
    qtbot: QtBot,
    start,  # type: ignore[no-untyped-def]
    http: Server,
    key_store: MemoryKeyring,
) -> None:
    studio = start()
    add_stream(studio, new_stream(http.url("missing")))
    wait_for_state(qtbot, studio, StreamState.MISSING)
    new = new_stream(http.url("secret", user=USER, password=PASSWORD))
    reply(studio.window, ask_stream=lambda *_: new)
    studio.window.live.commands.edit(studio.services.streams.records[0].id)
    wait_for_state(qtbot, studio, StreamState.LIVE)
    wait_for_captures(qtbot, studio, 1)
    wait_for(qtbot, lambda: len(key_store.kept) == 1, "the key store has the password")
    (record,) = studio.services.streams.records
    assert record.has_credentials and record.url == http.url("secret")
    assert PASSWORD.encode() not in everything_stored(studio)


def test_limits_are_kept_while_captures_come(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    often = CaptureSettings(interval_s=0.0, duplicate_distance=None)
    add_stream(studio, new_stream(http.url(), capture=often, retention=Retention(most=5)))
    wait_for_captures(qtbot, studio, 2)
    accepted = studio.captures.capture_id(0)
    wait_for(qtbot, lambda: rows(studio)[0].predicted is not None, "an answer")
    select(qtbot, studio, 0)
    studio.window.review.session.accept()
    forgotten: list[int] = []
    studio.services.streams.captures_forgotten.connect(forgotten.extend)
    wait_for(qtbot, lambda: len(forgotten) > 20, "some have gone")
    studio.services.streams.stop(studio.services.streams.records[0].id)
    assert accepted not in forgotten
    ids = studio.services.projects.project.read(
        lambda unit: [c.id for c in unit.streams.captures(1)]
    ).result()
    assert accepted in ids and not set(ids) & set(forgotten)
    folder = studio.services.streams.records[0].folder
    wait_for(
        qtbot,
        lambda: {path.name for path in folder.rglob("*.png")} == {row.path.name for row in rows(studio)},
        "files and list are the same",
    )


def test_of_a_moving_thing_the_look_is_kept_that_the_model_is_surest_of(
    qtbot: QtBot, start, http: Server
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    motion = CaptureSettings(
        motion=MotionSettings(min_size_px=10, cool_down_s=0.0, max_track_s=1.0), duplicate_distance=None
    )
    add_stream(studio, new_stream(http.url(), capture=motion))
    wait_for_captures(qtbot, studio, 1)
    seen = studio.services.projects.project.read(lambda unit: unit.streams.seen(1)).result()
    assert seen.reason == "motion" and seen.looks > 1
    assert seen.votes is not None and 1 <= seen.votes <= seen.looks and seen.is_agreed is not None
    select(qtbot, studio, 0)
    assert studio.window.inspector.panel.seen.text().endswith(
        f"{seen.votes} of {seen.looks} predictions agree"
    )


def test_a_part_of_the_screen_is_chosen_by_dragging(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    dialog = StreamDialog(studio.window)
    picker = ScreenPicker(dialog)
    picker.show()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for end, chosen in ((QPoint(33, 44), None), (QPoint(130, 90), QRect(30, 40, 101, 51))):
        QTest.mousePress(picker, left, none, QPoint(30, 40))
        QTest.mouseMove(picker, end)
        QTest.mouseRelease(picker, left, none, end)
        assert picker.chosen == chosen
    picker.deleteLater()
    dialog.deleteLater()


def test_a_slow_disk_loses_no_capture_and_stops_no_window(
    qtbot: QtBot, start, http: Server, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    import os

    may_write = threading.Event()
    rename = os.replace
    waiting: list[str] = []

    def rename_slowly(source: str, target: str) -> None:
        if str(target).endswith(".png"):
            waiting.append(str(target))
            assert may_write.wait(60)
        rename(source, target)

    studio = start()
    monkeypatch.setattr(os, "replace", rename_slowly)
    add_stream(studio, new_stream(http.url()))
    status = studio.services.streams.status
    wait_for(qtbot, lambda: waiting and status(1).waiting >= 5, "captures wait in the source's process")
    assert status(1).state is StreamState.LIVE and not rows(studio)
    frames = status(1).frames
    wait_for(qtbot, lambda: status(1).frames > frames + 5, "its frames are still read")
    studio.window.actions_.larger.trigger()  # the window's thread never waits for the disk
    held = status(1).sightings + status(1).waiting
    may_write.set()
    wait_for_captures(qtbot, studio, held)
    assert status(1).missed == 0
    seen = studio.services.projects.project.read(
        lambda unit: [unit.streams.seen(row).frame_number for row in range(1, held + 1)]
    ).result()
    gaps = [later - earlier for earlier, later in itertools.pairwise(seen)]
    assert min(gaps) > 0 and max(gaps) < 30  # what was seen while the disk was away is there


def test_a_disk_that_is_full_is_said_and_waited_for(
    qtbot: QtBot, start, http: Server, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    import os

    is_full = [True]
    rename = os.replace

    def rename_or_fail(source: str, target: str) -> None:
        if is_full[0] and str(target).endswith(".png"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        rename(source, target)

    studio = start()
    monkeypatch.setattr(os, "replace", rename_or_fail)
    add_stream(studio, new_stream(http.url()))
    wait_for(qtbot, lambda: "waiting to retry" in studio.window.message_bar.text, "it is said")
    assert stream_state(studio) is StreamState.LIVE and not rows(studio)
    is_full[0] = False
    wait_for_captures(qtbot, studio, 4)
    assert studio.services.streams.status(1).missed == 0
    folder = studio.services.streams.records[0].folder
    studio.services.streams.stop(1)
    wait_for(qtbot, lambda: not list(folder.rglob("*.part")), "nothing half-written is left")
