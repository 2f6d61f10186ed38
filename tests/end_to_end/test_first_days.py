"""The real program in a fresh home: drop, wait, correct, leave, come back."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from program import ROOT, environment, query, run_story

from app.bootstrap import SAMPLES


def test_a_correction_is_found_again_after_a_restart(home: Path, model_arguments: list[str]) -> None:
    first = run_story("first_day", home, model_arguments)
    assert first["was_empty"]
    assert not first["torch_loaded"]
    num_samples = sum(1 for path in SAMPLES.rglob("*") if path.is_file())
    assert first["captures"] == num_samples
    events = query(
        home,
        "SELECT labels.name, said.name, model_probability, actions.kind, captures.path FROM label_events "
        "JOIN label_actions AS actions ON actions.id = action_id "
        "JOIN classes AS labels ON labels.id = class_id JOIN classes AS said ON said.id = model_class_id "
        "JOIN captures ON captures.id = capture_id",
    )
    ((label, said, probability, kind, path),) = events
    assert (label, said, kind) == (first["label"], first["model_said"], "label")
    assert 0 < probability <= 1
    assert Path(path).name == first["name"]

    second = run_story("second_day", home, model_arguments)
    assert second["captures"] == num_samples
    assert (second["name"], second["label"]) == (first["name"], first["label"])
    assert (second["state"], second["label_on_screen"]) == ("CORRECTED", first["label"])
    assert first["model_said"] in second["history"][0]
    assert not second["classifies_again"]


def test_the_program_itself_classifies_a_folder_and_ends_when_asked(
    home: Path, model_arguments: list[str]
) -> None:
    command = [sys.executable, "-m", "app.main", str(SAMPLES), *model_arguments]
    program = subprocess.Popen(command, env=environment(home), cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 120
        while count_answers(home) < 48:
            assert program.poll() is None, program.communicate()[1]
            assert time.monotonic() < deadline, "no answers in time"
            time.sleep(0.2)
        program.send_signal(signal.SIGTERM)
        _, errors = program.communicate(timeout=30)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, errors
    assert "Traceback" not in errors
    assert query(home, "PRAGMA integrity_check") == [("ok",)]


def count_answers(home: Path) -> int:
    try:
        return int(query(home, "SELECT count(*) FROM predictions")[0][0])
    except sqlite3.OperationalError:  # the project is not made yet
        return 0
