"""The real program, killed while it adds, labels and exports: what its window showed as done is there afterwards."""

from __future__ import annotations

import csv
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from program import DRIVER, environment, query

KILLS = 3
LABELS_BEFORE_A_KILL = 12


def make_captures(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        Image.new("RGB", (20, 20), (number % 256, number // 256, 7)).save(folder / f"{number}.png")
    return folder


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_was_shown_as_done_outlives_kills(
    home: Path, tmp_path: Path, model_arguments: list[str]
) -> None:
    folder = make_captures(tmp_path / "in", 1500)
    told, chance = tmp_path / "told.txt", random.Random(3)
    told.touch()
    for _ in range(KILLS):
        before = told.read_text().count("label")
        process = subprocess.Popen(
            [sys.executable, str(DRIVER), "busy", str(tmp_path / "report.json"), *model_arguments],
            env=environment(home) | {"VIMD_TOLD": str(told), "VIMD_FOLDER": str(folder)},
        )
        try:
            deadline = time.monotonic() + 100
            while told.read_text().count("label") < before + LABELS_BEFORE_A_KILL:
                assert process.poll() is None and time.monotonic() < deadline, "it does nothing"
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.3))
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        check(home, told.read_text().splitlines())


def check(home: Path, told: list[str]) -> None:
    captures = {row[0] for row in query(home, "SELECT id FROM captures")}
    events = set(query(home, "SELECT capture_id, state FROM label_events"))
    for line in told:
        kind, *values = line.split(" ", 2)
        if kind == "capture":
            assert int(values[0]) in captures, line
        elif kind == "label":
            assert (int(values[0]), int(values[1])) in events, line
        elif kind == "export":
            with Path(values[1]).open(encoding="utf-8-sig", newline="") as file:
                assert len(list(csv.DictReader(file))) == int(values[0]), line
    assert query(home, "PRAGMA integrity_check") == [("ok",)]
