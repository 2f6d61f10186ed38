"""`kill -9` at any moment keeps every label that was acknowledged."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from storage_verbs import activate, add_captures

from app.storage.project import Project

WRITER = """
import sys, pathlib
from app.storage.project import Project
project = Project.open(pathlib.Path(sys.argv[1]))
classes = project.read(lambda unit: unit.catalogue.classes()).result()
capture_id = 0
while True:
    capture_id = capture_id % 300 + 1
    chosen = classes[capture_id % len(classes)].id
    project.write(lambda unit: unit.labels.label([capture_id], chosen, "ada")).result()
    sys.stdout.write(f"{capture_id}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("seed", range(4))
def test_acknowledged_labels_are_there_after_a_kill(folder: Path, seed: int) -> None:
    project = Project.open(folder)
    add_captures(project, 300)
    activate(project)
    project.close()
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline()
    time.sleep(random.Random(seed).uniform(0.0, 0.3))  # the moment of the kill is what is varied
    writer.kill()
    acknowledged = 1 + sum(line.endswith("\n") for line in writer.stdout)
    writer.wait(timeout=30)
    writer.stdout.close()

    project = Project.open(folder)
    counts = project.read(lambda unit: unit.captures.counts()).result()
    labelled = [i for i in range(1, 301) if project.read(lambda unit, c=i: unit.labels.history(c)).result()]
    project.close()
    assert labelled[: min(acknowledged, 300)] == list(range(1, min(acknowledged, 300) + 1))
    assert counts.corrected == len(labelled)
