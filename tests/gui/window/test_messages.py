"""Messages: none that matters is lost behind another."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from verbs import drop, make_captures, numbered, wait_for

from app.views.exchange.import_summary import LeftOutDialog


def test_an_error_comes_back_when_what_covered_it_is_closed(start) -> None:
    bar = start().window.message_bar
    helped: list[str] = []
    bar.show_error("The drive is full.", "Make room", lambda: helped.append("room"))
    bar.show_error("The camera is gone.")
    bar.show_notice("3 captures added.")
    assert bar.text == "3 captures added." and "2" in bar._more.text()
    bar.close_button.click()
    assert bar.text == "The camera is gone." and not bar.action_button.isVisible()
    bar.close_button.click()
    assert bar.text == "The drive is full." and not bar._more.isVisible()
    bar.action_button.click()
    assert helped == ["room"] and bar.text == ""


def test_what_is_said_again_is_said_once_and_notices_are_not_kept(start) -> None:
    bar = start().window.message_bar
    bar.show_notice("1 capture added.")
    for _ in range(3):
        bar.show_error("The camera is gone.")
        bar.show_error("The drive is full.")
    bar.close_button.click()
    assert bar.text == "The camera is gone."
    bar.close_button.click()
    assert bar.text == ""
    bar.show_error("The camera is gone.")
    bar.clear()
    assert bar.text == ""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_all_that_was_left_out_can_be_read(
    qtbot: QtBot, start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_captures(tmp_path / "in", numbered(40))
    for number in (3, 36):  # one of the first files, and one that the child process reads
        name = f"capture {number:03}.png"
        (folder / name).rename(folder / os.fsdecode(b"capture %03d \xff.png" % number))
    studio = start()
    with qtbot.waitSignal(studio.services.imports.finished, timeout=60_000):
        drop(studio.window, folder)
    window = studio.window
    wait_for(qtbot, lambda: "2 files or folders skipped" in window.message_bar.text, "it is said")
    shown: list[str] = []

    def look(dialog: LeftOutDialog) -> bool:
        shown.append(dialog.text.toPlainText())
        dialog.deleteLater()
        return True

    monkeypatch.setattr(window.questions.exchange, "_is_accepted", look)
    window.message_bar.action_button.click()
    (text,) = shown
    assert len(text.splitlines()) == 2 and text.count("is not valid text") == 2
