"""Before labels are split without a window, a child process groups what looks alike; a failure stops nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from retrain_verbs import activate_bundle

from app.domain.records import GroupCounts, NewCapture
from app.retraining.look_alikes import group_by_look
from app.storage.captures.feature_files import feature_files
from app.storage.project import Project
from vimd_core.data.files.measuring import measure_file
from vimd_core.embeddings.file import stored_ids
from vimd_core.processes.child_process import child_command

VISITS, PHOTOGRAPHS = 12, 4


@pytest.fixture
def photographs(project: Project, tmp_path: Path, tiny_bundle: Path) -> list[int]:
    """Captures of some visits, each of which has a light and a pattern of its own."""
    generator = np.random.default_rng(0)
    found = []
    for visit in range(VISITS):
        scene = generator.uniform(0, 255, (5, 5, 3)).repeat(4, axis=0).repeat(4, axis=1)
        for number in range(PHOTOGRAPHS):
            path = tmp_path / f"{'abcdefghijkl'[visit]}{'wxyz'[number]}.png"
            pixels = np.clip(scene + generator.normal(0, 4, scene.shape), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(path)
            file = measure_file(path)
            found.append(NewCapture(path, file.content_hash, file.file_size_bytes, file.modified_ns, 20, 20))

    def add(unit):  # type: ignore[no-untyped-def]
        return unit.captures.add(unit.captures.add_source(tmp_path, is_folder=True), found).ids

    activate_bundle(project, tiny_bundle)
    return list(project.write(add).result())


def counts(project: Project) -> GroupCounts:
    return project.read(lambda unit: unit.groups.counts()).result()


def test_photographs_of_one_visit_become_one_thing(project: Project, photographs: list[int]) -> None:
    shares: list[float] = []
    group_by_look(project, child_command(), on_progress=shares.append)
    things = project.read(lambda unit: unit.groups.of(photographs)).result()
    expected = {one: photographs[place - place % PHOTOGRAPHS] for place, one in enumerate(photographs)}
    assert things == expected and counts(project) == GroupCounts(48, 12)
    assert shares[0] == 0.0 and shares[-1] == 1.0
    model = project.read(lambda unit: unit.models.active()).result()
    assert stored_ids(feature_files(project.folder, model.sha256).own) == set(
        photographs
    )  # kept for whatever needs them next


def test_without_an_answer_labels_can_be_split_all_the_same(
    project: Project, photographs: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    group_by_look(project, [sys.executable, "-c", "raise SystemExit(3)"])
    assert "Look-alikes were not found" in caplog.text
    group_by_look(project, child_command(), should_stop=lambda: True)
    assert counts(project) == GroupCounts(48, 48)
