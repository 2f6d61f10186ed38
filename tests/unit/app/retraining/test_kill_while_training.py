"""Whatever is killed at whatever moment of a retraining: the database is sound, the active model is untouched, and
the same command goes on.

The environment variable VIMD_KILLS says how many moments are tried; the suite tries a few.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from places import HELPERS
from retrain_verbs import labelled_project

from app.domain.training_records import RunState
from app.retraining.model_files import problem_of
from app.retraining.process import is_alive
from app.storage.project import Project

KILLS = int(os.environ.get("VIMD_KILLS", "2"))
LONGEST_S = float(os.environ.get("VIMD_KILL_AFTER_S", "8"))
SCRIPT = HELPERS / "trainings/killed_retrain.py"
SETTINGS = ("epochs=40", "batch_size=8", "learning_rate=5e-3", "ema_decay=0.5", "epoch_images=0")

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="sends signals that Windows has not"),
    pytest.mark.timeout(max(300, 60 * KILLS)),
]


def retrain(folder: Path) -> subprocess.Popen[bytes]:
    words = ["retrain", str(folder), "--quick", "--device", "cpu", "--threads", "1", "--json"]
    words += [f"--set={setting}" for setting in SETTINGS]
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def trainers(folder: Path) -> list[int]:
    """Processes that train in this project."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes()
            if b"vimd_core.worker" in command and os.fsencode(folder) in command:
                found.append(int(entry.name))
    return found


def kill(process_ids: list[int]) -> None:
    for process_id in process_ids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process_id, signal.SIGKILL)


def check(folder: Path, sha256: str) -> RunState | None:
    """All is well; the state of the last run, if it has come to one."""
    project = Project.open(folder)
    try:
        project.check()
        active, runs, models = project.read(
            lambda unit: (unit.models.active(), unit.runs.all(), unit.models.all())
        ).result()
        assert active is not None and active.sha256 == sha256
        assert [problem_of(model) for model in models] == [None] * len(models)
        # One that has gone on alone may be finished, and another one begun.
        assert sum(run.state.is_open for run in runs) <= 1
        return runs[-1].state if runs else None
    finally:
        project.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes in /proc")
def test_kills_lose_nothing(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    project = Project.open(folder)
    active = project.read(lambda unit: unit.models.active()).result()
    project.close()
    assert active is not None
    random_moment = random.Random(KILLS)
    for number in range(KILLS):
        command = retrain(folder)
        time.sleep(random_moment.uniform(0.3, LONGEST_S))
        whom = ("app", "child", "both")[number % 3]
        if whom in ("child", "both"):
            kill(trainers(folder))
        if whom in ("app", "both"):
            command.kill()
        command.wait(timeout=120)
        check(folder, active.sha256)
    command = retrain(folder)
    assert command.wait(timeout=280) == 0
    assert check(folder, active.sha256) is RunState.FINISHED
    assert not [run for run in (folder / "runs").iterdir() if is_alive(run)]
