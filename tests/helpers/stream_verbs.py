"""What a user does with cameras and streams, and sees of them."""

from __future__ import annotations

from typing import Literal

from pytestqt.qtbot import QtBot
from replies import reply
from stream_servers import PASSWORD, USER, Server, server
from verbs import wait_for

from app.bootstrap import Studio
from app.item_models.stream_list_model import StreamRole
from app.streams.adding import NewStream
from vimd_core.streaming.sources.addresses import parse_source
from vimd_core.streaming.sources.retention import Retention
from vimd_core.streaming.sources.settings import CaptureSettings, ReadSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus

__all__ = ["PASSWORD", "USER", "Server", "server"]
OFTEN = CaptureSettings(interval_s=0.2, duplicate_distance=None)


def new_stream(
    source: str,
    *,
    capture: CaptureSettings = OFTEN,
    name: str = "Gate",
    keeps: bool = True,
    keep_below: float | None = None,
    retention: Retention | None = None,
    pace: Literal["fast", "real time"] = "fast",
) -> NewStream:
    address, credentials = parse_source(source)
    read = ReadSettings(connect_timeout_s=2.0, read_timeout_s=1.5, stall_after_s=0.5, settle_s=0.2, pace=pace)
    settings = StreamSettings(
        address=address,
        read=read,
        capture=capture,
        keep_below=keep_below,
        retention=retention or Retention(),
    )
    return NewStream(
        name=name, address=address, credentials=credentials, settings=settings, keeps_credentials=keeps
    )


def add_stream(studio: Studio, new: NewStream) -> None:
    """Choose Add camera or stream, and fill the dialog in."""
    reply(studio.window, ask_stream=lambda *_: new)
    studio.window.actions_.add_stream.trigger()


def stream_state(studio: Studio) -> StreamState:
    status = studio.window.live.stream_list.model().index(0, 0).data(StreamRole.STATUS)
    assert status is None or isinstance(status, StreamStatus)
    return StreamState.STOPPED if status is None else status.state


def wait_for_state(qtbot: QtBot, studio: Studio, state: StreamState) -> None:
    wait_for(qtbot, lambda: stream_state(studio) is state, f"the source is {state}")


def wait_for_captures(qtbot: QtBot, studio: Studio, count: int) -> None:
    wait_for(qtbot, lambda: studio.captures.rowCount() >= count, f"{count} captures came")
