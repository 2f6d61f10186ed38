"""The folder of a training: one process at a time, and nothing finished in it is lost unasked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from places import HELPERS
from tiny_trainings import write_class_folders

from vimd_core.processes.locks import FileLock
from vimd_core.training.runs.claim import LOCK

TINY = HELPERS / "trainings/tiny_vimd.py"
ENVIRONMENT = os.environ | {"OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_class_folders(tmp_path_factory.mktemp("data") / "captures", groups=3)


def command(captures: Path, run: Path, *more: object) -> list[str]:
    fixed = ["train-teacher", "--data", captures, "--run", run, "--device", "cpu", "--batch-size", "6"]
    return [str(part) for part in (sys.executable, TINY, *fixed, *more)]


def train(captures: Path, run: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(captures, run, *more), capture_output=True, text=True, timeout=240, env=ENVIRONMENT
    )


def contents(run: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in run.iterdir() if path.name != LOCK}


def test_a_finished_training_is_not_replaced_unasked(captures: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    done = train(captures, run, "--epochs", 1)
    assert done.returncode == 0, done.stderr
    before = contents(run)
    again = train(captures, run, "--epochs", 2)
    assert again.returncode == 1
    assert (
        "contains a finished training (teacher.safetensors): choose another folder with --run" in again.stderr
    )
    resumed = train(captures, run, "--resume")
    assert resumed.returncode == 0 and "is finished: its result is" in resumed.stderr
    assert contents(run) == before
    mistaken = train(captures.parent / "nowhere", run, "--epochs", 2, "--overwrite")
    assert mistaken.returncode == 1 and contents(run) == before  # nothing was there to learn from
    replaced = train(captures, run, "--epochs", 2, "--overwrite")
    assert replaced.returncode == 0, replaced.stderr
    assert json.loads((run / "log.jsonl").read_text().splitlines()[-1])["epoch"] == 2
    # The folder of another kind of training is no place for this one either.
    other = subprocess.run(
        [sys.executable, TINY, "distill", "--data", captures, "--run", run],
        capture_output=True, text=True, timeout=240, env=ENVIRONMENT,
    )  # fmt: skip
    assert other.returncode == 1 and "contains a finished training" in other.stderr


def test_two_processes_do_not_train_in_one_folder(captures: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    with subprocess.Popen(
        command(captures, run, "--epochs", 100000),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=ENVIRONMENT,
    ) as first:  # fmt: skip
        assert first.stdout is not None
        for line in first.stdout:
            if json.loads(line)["step"] > 0:
                break
        for way in ("--resume", "--overwrite"):
            second = train(captures, run, way)
            assert second.returncode == 1
            assert f"Another training is running in {run} (process {first.pid})" in second.stderr
        first.kill()
    # Whoever is killed lets go of the folder.
    lock = FileLock(run / LOCK)
    assert lock.take()
    lock.release()
    anew = train(captures, run, "--epochs", 1)
    assert anew.returncode in (0, 1)
    if anew.returncode:  # it was killed after its first checkpoint
        assert "add --resume to continue it" in anew.stderr
