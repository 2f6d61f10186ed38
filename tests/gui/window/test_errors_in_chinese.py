"""What is said by the child process, by sources, by storage and by trainings is read in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from stream_servers import Server, server
from stream_verbs import add_stream, new_stream
from verbs import make_captures, row_at, rows, select, wait_for, wait_until_classified

from app.item_models.stream_list_model import StreamRole
from app.item_models.worded import worded
from app.retraining.curves import TrainingCurves
from app.views.wording.translation import install_translation, remove_translation
from vimd_core.training.loop.events import NoticeEvent, notice, read_event
from vimd_core.training.loop.reporting import already_ended
from vimd_core.user_messages import sentence_from_json


@pytest.fixture(autouse=True)
def in_chinese(qapp: QApplication) -> Iterator[None]:
    translators = install_translation(qapp, "zh_CN")
    yield
    remove_translation(qapp, translators)


@pytest.fixture
def http() -> Iterator[Server]:
    with server("http") as started:
        yield started


def test_what_the_child_says_of_a_capture(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    studio = start(make_captures(tmp_path / "in", ["capture 1.png", "capture 2 broken.png"]))
    wait_until_classified(qtbot, studio, 2)
    position = next(i for i, row in enumerate(rows(studio)) if row.problem is not None)
    path = row_at(studio, position).path
    assert worded(row_at(studio, position).problem) == f"{path} 不完整或已损坏：请从来源重新复制。"
    select(qtbot, studio, position)
    wait_for(
        qtbot,
        lambda: "不完整或已损坏" in studio.window.inspector.panel.verdict.text(),
        "the inspector says so",
    )


def test_what_storage_says_of_a_project(qtbot: QtBot, start, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    (tmp_path / "Other.vimd").mkdir()
    (tmp_path / "Other.vimd" / "letter.txt").write_text("words", encoding="utf-8")
    studio.services.projects.open(tmp_path / "Other.vimd")
    wait_for(qtbot, lambda: "不是项目" in studio.window.message_bar.text, "it is no project")
    assert "choose" not in studio.window.message_bar.text


def test_what_a_source_says(qtbot: QtBot, start, http: Server) -> None:  # type: ignore[no-untyped-def]
    studio = start()
    add_stream(studio, new_stream(http.url("missing"), name="Gate"))
    bar = studio.window.message_bar
    wait_for(qtbot, lambda: bar.text.startswith("Gate: ") and "地址" in bar.text, "the bar says why")
    model = studio.window.live.stream_list.model()
    assert "地址" in model.index(0, 0).data(StreamRole.REASON)


def test_what_a_training_says() -> None:
    """Its events come from another process as JSON, and are kept so."""
    said = already_ended(8, 8)
    event = read_event(notice(said, 8).to_line().encode())
    assert isinstance(event, NoticeEvent)
    curves = TrainingCurves()
    curves.add(event)
    assert event.message == "This run had already finished, after step 8 of 8."
    assert [worded(notice) for notice in curves.notices] == [worded(said)]
    assert "8" in worded(said) and "run" not in worded(said)
    assert str(sentence_from_json(said.to_json())) == event.message
