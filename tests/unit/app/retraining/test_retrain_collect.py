"""What a training has left is taken in once, whole, in the classes that the project has by then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from retrain_verbs import QUICK, activate_bundle, add_coloured_captures, label_all

from app.domain.training_records import RunState, TrainingRun
from app.retraining.collect import collect_run
from app.retraining.write import prepare_run
from app.storage.project import Project
from vimd_core.errors import CheckpointError
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.training.runs.files import COMPARISON, FAILED, FINISHED, OUTCOME, RESULT, STOPPED


@pytest.fixture
def run(project: Project, tmp_path: Path, tiny_bundle: Path) -> TrainingRun:
    """A queued run that has learnt from two classes of the model, and whose process is gone."""
    ids = add_coloured_captures(project, tmp_path / "far")
    activate_bundle(project, tiny_bundle)
    label_all(project, {name: ids[name] for name in ("Stop", "Give way")})
    return prepare_run(project, QUICK, "ada")


def leave(project: Project, run: TrainingRun, name: str, content: Any) -> None:
    (project.folder / run.folder / name).write_text(json.dumps(content), encoding="utf-8")


def leave_result(project: Project, run: TrainingRun, bundle: Path) -> Path:
    """Another model: the same but for one number."""
    content = bytearray(bundle.read_bytes())
    content[-1] ^= 1
    result = project.folder / run.folder / RESULT
    result.write_bytes(content)
    (project.folder / run.folder / "last.pt").write_bytes(b"checkpoint")
    (project.folder / run.folder / "log.jsonl").write_bytes(b"log")
    leave(project, run, OUTCOME, {"kind": FINISHED})
    return result


def held_back(project: Project, run: TrainingRun) -> list[tuple[int, int]]:
    captures = project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
    return [(one.capture_id, one.class_id) for one in captures if one.split is CaptureSplit.HELD_BACK]


def leave_comparison(project: Project, run: TrainingRun, stop: int, give_way: int) -> list[int]:
    """The old model says Stop of everything, the new one is always right."""
    rows = held_back(project, run)
    outputs = {class_id: project_outputs(project, run)[class_id] for _, class_id in rows}
    leave(
        project,
        run,
        COMPARISON,
        {
            "baseline": {"milliseconds": 8.0},
            "candidate": {"milliseconds": 6.0},
            "answers": [
                [key, [project_outputs(project, run)[stop], 0.75], [outputs[class_id], 0.5]]
                for key, class_id in rows
            ],
        },
    )
    return [key for key, _ in rows]


def project_outputs(project: Project, run: TrainingRun) -> dict[int, int]:
    revision = project.read(lambda unit: unit.revisions.get(run.revision_id)).result()
    return {one.class_id: output for output, one in enumerate(revision.classes)}


def class_ids(project: Project) -> dict[str, int]:
    return {one.name: one.id for one in project.read(lambda unit: unit.catalogue.classes()).result()}


def test_the_model_the_comparison_and_the_end_are_written_down(
    project: Project, run: TrainingRun, tiny_bundle: Path
) -> None:
    of = class_ids(project)
    leave_result(project, run, tiny_bundle)
    keys = leave_comparison(project, run, of["Stop"], of["Give way"])
    assert len(keys) == 4

    ended = collect_run(project, run.id)

    assert (ended.id, ended.state, ended.pid, ended.problem) == (run.id, RunState.FINISHED, None, None)
    assert ended.ended_ms is not None and ended.ended_ms >= ended.created_ms
    model_id = ended.result_model_id
    assert model_id is not None
    model = project.read(lambda unit: unit.models.get(model_id)).result()
    assert (model.parent_id, model.author, model.is_active) == (run.parent_model_id, "ada", False)
    assert model.path.parent == project.folder / "models" and model.path.is_file()
    parent = project.read(lambda unit: unit.models.get(run.parent_model_id)).result()
    assert model.class_ids == parent.class_ids and model.sha256 != parent.sha256
    assert model.name == parent.name  # as the file says
    assert model.config == {"effort": "quick", **run.config}
    assert (model.metrics["held_back"], model.metrics["held_back_top1"]) == (4, 1.0)
    comparison = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
    assert comparison is not None
    assert (comparison.baseline_model_id, comparison.revision_id) == (parent.id, run.revision_id)
    assert (comparison.baseline_ms, comparison.candidate_ms) == (8.0, 6.0)
    assert sorted(one.capture_id for one in comparison.answers) == sorted(keys)
    assert {one.baseline_class_id for one in comparison.answers} == {of["Stop"]}
    assert all(one.candidate_class_id == one.class_id for one in comparison.answers)
    assert all(
        (one.baseline_probability, one.candidate_probability) == (0.75, 0.5) for one in comparison.answers
    )
    outcome = comparison.outcome()
    assert (outcome.fixed, outcome.broken) == (2, 0)
    folder = project.folder / run.folder
    assert not (folder / RESULT).exists() and not (folder / "last.pt").exists()
    assert (folder / "log.jsonl").exists() and (folder / COMPARISON).exists()


def test_without_a_comparison_there_is_a_model_all_the_same(
    project: Project, run: TrainingRun, tiny_bundle: Path
) -> None:
    leave_result(project, run, tiny_bundle)
    model_id = collect_run(project, run.id).result_model_id
    assert model_id is not None
    assert project.read(lambda unit: unit.runs.comparison_of(model_id)).result() is None
    assert "held_back" not in project.read(lambda unit: unit.models.get(model_id)).result().metrics


def test_a_damaged_comparison_is_said_and_nothing_is_taken_in(
    project: Project, run: TrainingRun, tiny_bundle: Path
) -> None:
    result = leave_result(project, run, tiny_bundle)
    (project.folder / run.folder / COMPARISON).write_text("[1, 2")
    with pytest.raises(CheckpointError, match=r"comparison in .* is damaged .*: resume"):
        collect_run(project, run.id)
    assert result.exists()
    assert project.read(lambda unit: unit.runs.get(run.id)).result().result_model_id is None


def test_a_class_that_was_merged_or_deleted_meanwhile_is_what_it_is_today(
    project: Project, run: TrainingRun, tiny_bundle: Path
) -> None:
    of = class_ids(project)
    leave_result(project, run, tiny_bundle)
    leave_comparison(project, run, of["Stop"], of["Give way"])
    project.write(lambda unit: unit.labels.merge_classes([of["Stop"]], of["No entry"], "ada")).result()
    model_id = collect_run(project, run.id).result_model_id
    assert model_id is not None
    model = project.read(lambda unit: unit.models.get(model_id)).result()
    outputs = project_outputs(project, run)
    assert model.class_ids[outputs[of["Stop"]]] == of["No entry"]
    assert model.class_ids[outputs[of["Give way"]]] == of["Give way"]


@pytest.mark.parametrize(
    ("outcome", "state", "problem"),
    [
        (None, RunState.PAUSED, "The training was interrupted: it can be resumed from the last checkpoint."),
        ({"kind": STOPPED}, RunState.PAUSED, ""),
        ({"kind": FAILED, "message": "the disk is full"}, RunState.FAILED, "the disk is full"),
    ],
)
def test_a_training_that_has_left_no_model_says_why(
    outcome: dict[str, str] | None, state: RunState, problem: str, project: Project, run: TrainingRun
) -> None:
    if outcome is not None:
        leave(project, run, OUTCOME, outcome)
    project.write(lambda unit: unit.runs.note(run.id, state=RunState.RUNNING, pid=77)).result()
    ended = collect_run(project, run.id)
    assert (ended.id, ended.state, str(ended.problem or ""), ended.pid) == (run.id, state, problem, None)
    assert ended.result_model_id is None
    assert (ended.ended_ms is not None) == (state is RunState.FAILED)
    assert project.read(lambda unit: unit.runs.get(run.id)).result() == ended
