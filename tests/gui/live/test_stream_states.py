"""What becomes of sources: refused, corrected, ended, removed and added again; and where each of that is said."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from numbered_video import write_video
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
from verbs import rows, wait_for

from app.bootstrap import Studio
from app.item_models.stream_list_model import StreamRole
from app.views.live.stream_dialog import StreamDialog
from vimd_core.streaming.sources.addresses import Credentials
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.retention import Retention
from vimd_core.streaming.sources.settings import CaptureSettings
from vimd_core.streaming.sources.status import StreamState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="servers are stalled by signals")


@pytest.fixture(scope="module")
def http() -> Iterator[Server]:
    with server("http") as running:
        yield running


def row_data(studio: Studio, row: int, role: int) -> object:
    model = studio.window.live.stream_list.model()
    return model.index(row, 0).data(role)


def reason(studio: Studio, row: int = 0) -> str:
    return str(row_data(studio, row, StreamRole.REASON) or "")


def test_a_wrong_password_is_said_in_the_row_and_a_corrected_one_restarts_at_once(
    qtbot: QtBot, start, http: Server
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    window = studio.window
    add_stream(studio, new_stream(http.url("secret", user=USER, password="wrong-one")))
    wait_for_state(qtbot, studio, StreamState.REFUSED)
    height = window.live.stream_list.height()
    assert "rejected the user name or password" in reason(studio)
    wait_for(qtbot, lambda: "Gate: 127.0.0.1 rejected" in window.message_bar.text, "one line says so too")
    assert window.message_bar.action_button.isVisible()
    assert "wrong-one" not in window.message_bar.text + reason(studio)
    # Only the password is typed: the user name is as before.
    reply(window, ask_credentials=lambda _name: (Credentials("", PASSWORD), False))
    window.live.stream_list.setCurrentIndex(window.live.stream_list.model().index(0, 0))
    window.live.stream_list.password.trigger()
    wait_for_state(qtbot, studio, StreamState.LIVE)
    wait_for(qtbot, lambda: not window.message_bar.text, "nothing is said any more")
    assert reason(studio) == ""
    wait_for(qtbot, lambda: window.live.stream_list.height() < height, "its row is low again")


def test_a_password_corrected_in_the_settings_restarts_as_well(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url("secret", user=USER, password="wrong-one")))
    wait_for_state(qtbot, studio, StreamState.REFUSED)
    (record,) = studio.services.streams.records
    dialog = StreamDialog(studio.window, record.name, studio.services.streams.settings(record.id))
    dialog.password.setText(PASSWORD)
    dialog.add_button.click()
    new = dialog.new
    dialog.deleteLater()
    reply(studio.window, ask_stream=lambda *_: new)
    studio.window.live.commands.edit(record.id)
    wait_for_state(qtbot, studio, StreamState.LIVE)


def test_sources_that_fail_have_one_line_together_and_each_its_row(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    bar, streams = studio.window.message_bar, studio.services.streams
    for number, path in enumerate(("missing", "secret", "missing?2")):
        add_stream(studio, new_stream(http.url(path), name=f"Gate {number}"))
        wait_for(qtbot, lambda number=number: reason(studio, number) != "", "its row says why")
    wait_for(qtbot, lambda: "3 sources can't be read: Gate 0, Gate 1, Gate 2." in bar.text, "one sentence")
    panel = studio.window.docks.docks["sources"]
    wait_for(
        qtbot, lambda: panel.height() > studio.window.live.stream_list.height(), "the panel has room for them"
    )
    bar.close_button.click()
    assert bar.text == ""
    assert [bool(reason(studio, row)) for row in range(3)] == [True] * 3
    for record in list(streams.records)[:2]:
        streams.stop(record.id)
    qtbot.wait(50)
    assert bar.text == ""  # what was closed does not come back because there is less to say
    streams.stop(streams.records[2].id)
    streams.start(streams.records[0].id)
    wait_for(qtbot, lambda: bar.text.startswith("Gate 0: "), "another trouble")


def is_without_process(studio: Studio) -> bool:
    from vimd_core.streaming.supervisor import StreamSupervisor

    return not studio.services.streams.is_running(1) and all(
        one.process_id == 0 for one in _supervisors(StreamSupervisor)
    )


def _supervisors(kind: type) -> list:  # type: ignore[type-arg]
    import gc

    return [one for one in gc.get_objects() if isinstance(one, kind)]


def test_a_video_that_has_ended_gives_its_process_back_and_is_not_played_again_by_itself(
    qtbot: QtBot, start, tmp_path: Path
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    film = write_video(tmp_path / "film.avi", "MJPG")
    every = CaptureSettings(interval_s=0.3, duplicate_distance=None)
    add_stream(studio, new_stream(str(film), capture=every, name=""))
    wait_for_state(qtbot, studio, StreamState.ENDED)
    wait_for(qtbot, lambda: is_without_process(studio), "its process is gone")
    wait_for_captures(qtbot, studio, 4)
    assert row_data(studio, 0, 0) == "film.avi"
    project = studio.services.projects.project
    wait_for(
        qtbot,
        lambda: project.read(lambda unit: unit.streams.all()[0].has_ended).result(),
        "the project knows",
    )
    start.stop(studio)
    again = start()
    wait_for_state(qtbot, again, StreamState.ENDED)
    assert not again.services.streams.is_running(1)
    wait_for_captures(qtbot, again, 4)
    assert again.captures.rowCount() == 4
    window = again.window
    window.live.stream_list.setCurrentIndex(window.live.stream_list.model().index(0, 0))
    assert window.live.stream_list.start.text() == "Play again" and window.live.stream_list.start.isEnabled()
    window.live.stream_list.start.trigger()
    wait_for(qtbot, lambda: again.services.streams.is_running(1), "it plays")
    wait_for_state(qtbot, again, StreamState.ENDED)
    wait_for(qtbot, lambda: is_without_process(again), "its process is gone")


def test_a_source_that_is_removed_and_added_again_has_its_regions_and_settings(
    qtbot: QtBot, start, http: Server
) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    window, streams = studio.window, studio.services.streams
    region = Region(name="Sign", x_px=10, y_px=10, width_px=40, height_px=40)
    capture = CaptureSettings(regions=(region,), interval_s=0.2, duplicate_distance=None)
    add_stream(studio, new_stream(http.url(), capture=capture, retention=Retention(most=500)))
    wait_for_captures(qtbot, studio, 2)
    before = streams.settings(1)
    window.live.stream_list.setCurrentIndex(window.live.stream_list.model().index(0, 0))
    asked: list[str] = []
    reply(window, ask_stream_removal=lambda name: bool(asked.append(name)))
    window.live.stream_list.remove.trigger()
    assert asked == ["Gate"] and streams.records
    reply(window, ask_stream_removal=lambda _name: True)
    window.live.stream_list.remove.trigger()
    wait_for(qtbot, lambda: not streams.records, "it is gone")
    count = len(rows(studio))
    assert count >= 2  # its captures stay
    add_stream(studio, new_stream(http.url(), name=""))
    wait_for(qtbot, lambda: bool(streams.records), "it is back")
    (record,) = streams.records
    assert record.name == "Gate" and streams.settings(record.id) == before
    wait_for(qtbot, lambda: "its regions and settings are restored" in window.message_bar.text, "it is said")
    wait_for_captures(qtbot, studio, count + 1)
    assert len({row.path.parents[1] for row in rows(studio)}) == 1


def test_names_of_sources_are_their_own(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    streams = studio.services.streams
    on_demand = CaptureSettings(trigger="demand")
    for path in ("live", "live?1"):
        add_stream(studio, new_stream(http.url(path), name="", capture=on_demand))
        wait_for(qtbot, lambda path=path: any(r.url.endswith(path) for r in streams.records), "it is there")
    assert [record.name for record in streams.records] == ["127.0.0.1/live", "127.0.0.1/live 2"]
    first, second = (record.id for record in streams.records)
    streams.rename(second, "127.0.0.1/Live")
    wait_for(qtbot, lambda: "choose another name" in studio.window.message_bar.text, "it is refused")
    streams.rename(second, "http://me:geheim@host/x")
    wait_for(qtbot, lambda: streams.records[1].name == "http://***@host/x", "no password in a name")
    streams.rename(first, "Gate")
    wait_for(qtbot, lambda: row_data(studio, 0, 0) == "Gate", "it is called so")


def test_a_source_is_called_the_same_where_captures_are_chosen(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url()))
    wait_for_captures(qtbot, studio, 1)
    sources = studio.window.projects.source_panel.list.model()
    wait_for(qtbot, lambda: sources.rowCount() == 1 and sources.index(0, 0).data() == "Gate", "its name")
    studio.services.streams.rename(1, "North / west")
    wait_for(qtbot, lambda: sources.index(0, 0).data() == "North / west", "its new name")
    studio.window.live.view.review_wanted.emit(1)
    wait_for(
        qtbot,
        lambda: any("North / west" in chip.text() for chip in studio.window.filters.chips.chips),
        "the filter says so too",
    )


def test_a_password_of_an_earlier_version_goes_out_of_the_project(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url(), capture=CaptureSettings(trigger="demand")))
    wait_for_state(qtbot, studio, StreamState.LIVE)
    project = studio.services.projects.project
    url = http.url("user=admin_password=hunter2_channel=1")
    settings = dict(project.read(lambda unit: unit.streams.all()[0].settings).result())
    settings["address"] = {"kind": "stream", "url": url}

    def make_old(unit) -> None:  # type: ignore[no-untyped-def]
        from sqlalchemy import update

        from app.storage.database import schema

        unit.streams._connection.execute(update(schema.streams).values(url=url, settings=settings))

    project.write(make_old).result()
    start.stop(studio)
    again = start()
    shown = http.url("user=***_password=***_channel=1")
    wait_for(qtbot, lambda: [r.url for r in again.services.streams.records] == [shown], "it is masked")
    project = again.services.projects.project
    wait_for(
        qtbot,
        lambda: "hunter2" not in str(project.read(lambda unit: unit.streams.all()).result()),
        "in the project too",
    )
    wait_for_state(qtbot, again, StreamState.LIVE)


def test_a_password_goes_from_the_address_into_its_field(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    dialog = StreamDialog(studio.window)
    for text, url, login, parameters in (
        ("rtsp://admin:2024@host/live", "rtsp://host/live", ("admin", "2024"), ()),
        (
            "rtsp://host/user=root_password=2025_channel=1",
            "rtsp://host/user=***_password=***_channel=1",
            ("", ""),
            (("user", "root"), ("password", "2025")),
        ),
    ):
        for line in (dialog.user, dialog.password):
            line.clear()
        dialog.address.setEditText(text)
        dialog.address.lineEdit().editingFinished.emit()
        assert dialog.address.currentText() == url
        assert (dialog.user.text(), dialog.password.text()) == login
        dialog.new = None
        dialog.add_button.click()
        assert dialog.new is not None and dialog.new.address.url == url
        assert dialog.new.credentials == Credentials(*login, parameters)
    dialog.deleteLater()


def test_a_careless_password_is_refused_with_the_fields_for_it(qtbot: QtBot, start) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    dialog = StreamDialog(studio.window)
    dialog.address.setEditText("rtsp://admin:2024/cam@host")
    dialog.add_button.click()
    assert dialog.new is None and not dialog.problem.isHidden()
    assert "fields" in dialog.problem.text()
    assert "2024" not in dialog.problem.text() and "cam@" not in dialog.problem.text()
    dialog.address.setEditText("rtsp://host")
    dialog.user.setText("admin")
    dialog.password.setText("2024/cam")
    dialog.add_button.click()
    assert dialog.new is not None and dialog.new.credentials == Credentials("admin", "2024/cam")
    dialog.deleteLater()
    assert stream_state(studio) is StreamState.STOPPED
