"""Suggestions without a window: `vimd project suggest` and `Project.suggestions()`, by the real child."""

from __future__ import annotations

from pathlib import Path

import pytest
from retrain_verbs import COLOURS, labelled_project
from test_project_command import lines, vimd_project

import vimd_core as vimd
from app.domain.records import ActionKind
from app.storage.project import Project
from app.suggestions import suggestion_run
from vimd_core.errors import CancelledError, VimdError, WorkerError
from vimd_core.processes.child_process import child_command

NUM_OPEN = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Path:
    """Captures in clear colours; of the first ones of each colour nobody has said what they are."""
    made = labelled_project(tmp_path_factory.mktemp("suggested") / "Signs.vimd", tiny_bundle)
    project = Project.open(made)
    verified = project.read(lambda unit: unit.revisions.verified()).result()
    by_class: dict[int, list[int]] = {}
    for one in verified:
        by_class.setdefault(one.class_id, []).append(one.id)
    cleared = [one for ids in by_class.values() for one in ids[:NUM_OPEN]]
    project.write(lambda unit: unit.labels.mark(ActionKind.CLEAR, cleared, "ada")).result()
    project.close()
    return made


def truth(path: str) -> str:
    """What a capture shows, by the name of its file."""
    return Path(path).stem.rsplit(" ", 1)[0]


def test_every_capture_without_a_label_gets_one_suggestion(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert vimd_project("suggest", folder, "--json") == 0
    rows = lines(capsys)
    assert len(rows) == NUM_OPEN * len(COLOURS)
    for row in rows:
        assert list(row) == ["path", "label", "suggestion", "confidence", "novelty"]
        assert row["label"] is None and 0 <= row["confidence"] <= 1 and 0 <= row["novelty"] <= 1
    right = [row["suggestion"] == truth(row["path"]) for row in rows]
    assert sum(right) >= 0.8 * len(right)

    # Once more is a matter of reading what is kept: no child is started, and all is the same.
    assert vimd_project("suggest", folder, "--all", "--json") == 0
    everything = lines(capsys)
    assert [row for row in everything if row["label"] is None] == rows
    assert len(everything) > len(rows)
    assert vimd_project("suggest", folder) == 0
    table = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[:2] for line in table] == [[row["path"], row["suggestion"]] for row in rows]

    with vimd.open_project(folder) as project:
        told = project.suggestions()
        assert [str(one.path) for one in told] == [row["path"] for row in everything]
        assert isinstance(told[0], vimd.ProjectSuggestion)


def test_with_one_class_it_is_said_what_to_do(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    project = Project.open(folder)
    every = project.read(lambda unit: [one.id for one in unit.revisions.verified()]).result()
    project.write(lambda unit: unit.labels.mark(ActionKind.CLEAR, every, "ada")).result()
    with pytest.raises(VimdError, match="at least two classes"):
        suggestion_run.suggest_for(project, child_command())
    project.close()


def test_it_can_be_stopped_and_a_child_that_dies_is_said(tmp_path: Path, tiny_bundle: Path) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    project = Project.open(folder)
    with pytest.raises(WorkerError, match="stopped unexpectedly"):
        suggestion_run.suggest_for(project, [str(tmp_path / "no such program")])
    looked: list[tuple[int, int]] = []
    with pytest.raises(CancelledError):
        suggestion_run.suggest_for(
            project, child_command(), lambda done, total: looked.append((done, total)), lambda: bool(looked)
        )
    assert len(looked) == 1 and 0 < looked[0][0] <= looked[0][1]
    project.close()
