"""Two processes of `torchrun` learn what one does from the same batches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from places import HELPERS
from safetensors.torch import load_file
from tiny_trainings import child_environment, write_class_folders

from vimd_core.training.distributed import OneProcess, open_processes

ENVIRONMENT = child_environment()


def test_two_processes_equal_one_with_the_same_batch(tmp_path: Path) -> None:
    # The preset without batch norms: on a processor each process takes the statistics of its own part of the batch.
    data = write_class_folders(tmp_path / "data", groups=4)
    options = [
        HELPERS / "trainings/tiny_vimd.py", "train-teacher", "--data", data, "--preset", "balanced", "--epochs", "3",
        "--batch-size", "8", "--accumulation", "2", "--device", "cpu", "--precision", "float32",
        "--set", "training.drop_path=0.0",
    ]  # fmt: skip
    started = [
        [sys.executable, *options, "--run-folder", tmp_path / "one"],
        [
            sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone", *options,
            "--run-folder", tmp_path / "two",
        ],
    ]  # fmt: skip
    for command in started:
        answer = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, timeout=100)
        assert answer.returncode == 0, answer.stderr
    rows = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    # One of the two processes speaks.
    assert [row["epoch"] for row in rows if row.get("event") == "epoch"] == [1, 2, 3]
    one, two = (load_file(tmp_path / name / "teacher.safetensors") for name in ("one", "two"))
    assert one.keys() == two.keys()
    for name, value in one.items():
        torch.testing.assert_close(two[name], value, rtol=1e-4, atol=2e-6)
    logs = [
        [json.loads(line) for line in (tmp_path / name / "log.jsonl").read_text().splitlines()]
        for name in ("one", "two")
    ]
    for alone, together in zip(*logs, strict=True):
        assert together["validation_top1"] == alone["validation_top1"]
        assert together["losses"]["cross_entropy"] == pytest.approx(
            alone["losses"]["cross_entropy"], abs=1e-5
        )


def test_one_process_needs_nothing_of_fabric() -> None:
    code = (
        "import sys; import vimd_core.training.loop.run_loop, vimd_core.training.distributed as p; "
        "p.open_processes('cpu'); sys.exit('lightning_fabric' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
    assert isinstance(open_processes("cpu"), OneProcess)
