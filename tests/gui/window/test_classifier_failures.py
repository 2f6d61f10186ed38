"""The child process dies, hangs, or was never there; the user keeps everything."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot
from replies import reply
from verbs import (
    drop,
    make_captures,
    numbered,
    press,
    row_at,
    rows,
    scripted,
    select,
    wait_for,
    wait_until_classified,
    wait_until_worker,
)

from app.locations import settings_file
from app.services.classifier.worker_client import WorkerState
from vimd_core.processes.policies import CLASSIFIER_POLICY


def test_a_killed_child_is_said_and_replaced_and_the_batch_finished(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:
    folder = make_captures(tmp_path / "in", numbered(240))
    studio = start(model=tiny_bundle)
    drop(studio.window, folder)
    wait_for(qtbot, lambda: any(row.predicted for row in rows(studio)), "the first answers are there")
    select(qtbot, studio, 0)
    wait_for(qtbot, lambda: studio.window.inspector.panel.bars.bars[1].answer, "the inspector has the answer")
    press(qtbot, studio, Qt.Key.Key_2)
    wait_for(qtbot, lambda: row_at(studio, 0).label is not None, "a label is given meanwhile")
    label = row_at(studio, 0).label
    killed = studio.services.worker.process_id
    assert studio.services.classify.is_running
    os.kill(killed, signal.SIGKILL)
    wait_for(qtbot, lambda: "The classifier stopped" in studio.window.message_bar.text, "the app says so")
    assert "signal 9" in studio.window.message_bar.text
    wait_until_classified(qtbot, studio, 240)
    assert all(row.problem is None for row in rows(studio))
    # The last answers may have been in the pipe when the child died: then nothing is left but to start it again.
    worker = studio.services.worker
    wait_for(qtbot, lambda: worker.process_id not in (0, killed), "another child is there")
    assert row_at(studio, 0).label == label
    wait_for(qtbot, lambda: "was restarted" in studio.window.message_bar.text, "the error is over")


def test_a_restart_by_hand_finishes_the_batch_too(qtbot: QtBot, start, tmp_path: Path) -> None:
    studio = start(make_captures(tmp_path / "in", numbered(100)), command=scripted(0.01))
    wait_for(qtbot, lambda: any(row.predicted for row in rows(studio)), "the first answers are there")
    assert studio.services.classify.is_running
    studio.window.actions_.restart_worker.trigger()
    wait_until_classified(qtbot, studio, 100)
    assert "stopped" not in studio.window.message_bar.text


def test_a_capture_that_kills_the_child_is_left_out(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", [*numbered(20), "capture 005 kill.png", "capture 011 words.png"])
    studio = start(folder, policy=CLASSIFIER_POLICY)
    wait_until_classified(qtbot, studio, 22)
    problems = {row.path.name: str(row.problem) for row in rows(studio) if row.problem}
    assert set(problems) == {"capture 005 kill.png", "capture 011 words.png"}
    assert "crashes the classifier" in problems["capture 005 kill.png"]
    assert "the lens is cracked" in problems["capture 011 words.png"]  # its last words


def test_a_silent_child_is_killed_and_replaced(qtbot: QtBot, start, tmp_path: Path) -> None:
    folder = make_captures(tmp_path / "in", [*numbered(12), "capture 004 hang.png"])
    studio = start(folder, policy=replace(CLASSIFIER_POLICY, silence_s=0.6))
    wait_until_classified(qtbot, studio, 13)
    (problem,) = [row.problem for row in rows(studio) if row.problem]
    assert "did not respond" in str(problem)


def test_a_child_that_never_starts_is_given_up_and_can_be_tried_again(
    qtbot: QtBot, start, tmp_path: Path
) -> None:
    missing = tmp_path / "no such program"
    studio = start(command=[str(missing)], policy=replace(CLASSIFIER_POLICY, deaths=2))
    wait_until_worker(qtbot, studio, WorkerState.FAILED)
    assert "can't be started" in studio.window.message_bar.text
    assert studio.window.footer.state_text.text() == "Classifier failed"
    missing.write_text("#!/bin/sh\nexec " + " ".join(f"'{part}'" for part in scripted()) + "\n")
    missing.chmod(0o755)
    studio.window.message_bar.action_button.click()
    wait_until_worker(qtbot, studio, WorkerState.READY)


def test_a_model_that_can_not_be_used_is_said(qtbot: QtBot, start, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no model at all")
    studio = start(model=bad)
    wait_for(qtbot, lambda: str(bad.name) in studio.window.message_bar.text, "the app names the file")
    assert studio.window.footer.state_text.text() == "No model"


def test_while_a_model_is_being_loaded_none_is_said_to_be_missing(qtbot: QtBot, start) -> None:
    # The child is ready, and has not answered yet: loading is long on a slow computer.
    footer = start().window.footer
    footer.set_worker_state(WorkerState.READY, has_model=False, has_failed=False)
    assert footer.state_text.text() == "Loading model…"
    footer.set_worker_state(WorkerState.READY, has_model=False, has_failed=True)
    assert footer.state_text.text() == "No model"


def test_another_model_classifies_again(qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path) -> None:  # type: ignore[no-untyped-def]
    studio = start(make_captures(tmp_path / "in", numbered(3)), model=tmp_path / "missing.safetensors")
    wait_for(qtbot, lambda: "is missing" in studio.window.message_bar.text, "there is no model")
    reply(studio.window, ask_model=lambda _current: tiny_bundle)
    studio.window.message_bar.action_button.click()
    wait_until_classified(qtbot, studio, 3)
    assert "random-signs" in studio.window.footer.device.text()


def test_a_bad_choice_of_model_leaves_the_good_one_in_use(
    qtbot: QtBot, start, tmp_path: Path, tiny_bundle: Path
) -> None:  # type: ignore[no-untyped-def]
    studio = start(make_captures(tmp_path / "in", numbered(3)), model=tiny_bundle)
    wait_until_classified(qtbot, studio, 3)
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no model at all")
    reply(studio.window, ask_model=lambda _current: bad)
    studio.window.actions_.choose_model.trigger()
    wait_for(qtbot, lambda: bad.name in studio.window.message_bar.text, "the bad file is named")
    wait_for(qtbot, lambda: studio.services.classify.is_model_loaded, "the good model is back")
    assert studio.services.classify.model_path == tiny_bundle
    assert "random-signs" in studio.window.footer.device.text()
    drop(studio.window, make_captures(tmp_path / "more", numbered(4)))  # three of them are duplicates
    wait_until_classified(qtbot, studio, 4)
    kept = QSettings(str(settings_file()), QSettings.Format.IniFormat)
    assert kept.value("model/path") is None
