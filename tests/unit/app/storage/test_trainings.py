"""Models, revisions, runs and comparisons in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from storage_verbs import CLASSES, activate, add_captures, answer, predict

from app.domain.errors import ProjectError
from app.domain.training_records import (
    CaptureOrigin,
    ModelState,
    NewModel,
    RevisionCapture,
    RevisionClass,
    RunState,
    TrainingRun,
)
from app.storage.project import Project
from vimd_core.evaluation.gate import ComparedCapture
from vimd_core.training.retraining.split import CaptureSplit


def freeze(project: Project, ids: tuple[int, ...], class_id: int = 1) -> int:
    captures = [
        RevisionCapture(number, class_id, CaptureSplit.TRAIN, CaptureOrigin.HUMAN, "g") for number in ids
    ]
    return project.write(
        lambda unit: unit.revisions.freeze(
            1, [RevisionClass(class_id, "Stop", (0,))], captures, {"a": 1}, "ada"
        )
    ).result()


def add_candidate(project: Project, sha256: str = "cd" * 32) -> int:
    model = NewModel(
        sha256=sha256,
        name="signs v2",
        path=project.folder / "models" / "new.safetensors",
        classes=((2, "Give way"), (1, "Stop"), (3, "No entry")),
        parent_id=1,
        config={"effort": "quick"},
        metrics={"validation_top1": 0.9},
        author="ada",
    )
    return project.write(lambda unit: unit.models.add(model)).result()


def test_a_candidate_has_a_parent_and_answers_in_its_own_order(project: Project) -> None:
    ids = add_captures(project, 3)
    old = activate(project)
    new_id = add_candidate(project)
    assert add_candidate(project) == new_id
    new, active = project.read(lambda unit: (unit.models.get(new_id), unit.models.active())).result()
    assert active is not None and active.id == old.id and active.is_active
    assert (new.parent_id, new.state, new.is_active) == (old.id, ModelState.CANDIDATE, False)
    assert new.class_ids == (2, 1, 3) and new.metrics == {"validation_top1": 0.9}
    assert new.path == project.folder / "models" / "new.safetensors"
    record = project.write(lambda unit: unit.models.activate(new_id)).result()
    predict(project, record, [answer(ids[0], first=0)])
    row = project.read(lambda unit: unit.captures.rows([ids[0]])).result()[0]
    assert row.predicted == "Give way"


def test_one_goes_back_to_the_model_that_was_active_before(project: Project) -> None:
    ids = add_captures(project, 1)
    old = activate(project)
    predict(project, old, [answer(ids[0], first=2)])
    assert project.read(lambda unit: unit.models.previous()).result() is None
    new_id = add_candidate(project)
    project.write(lambda unit: unit.models.activate(new_id)).result()
    assert project.read(lambda unit: unit.models.get(new_id)).result().state is ModelState.KEPT
    assert project.read(lambda unit: unit.captures.rows(ids)).result()[0].predicted is None
    previous = project.read(lambda unit: unit.models.previous()).result()
    assert previous is not None and previous.id == old.id
    project.write(lambda unit: unit.models.activate(previous.id)).result()
    # The answers of before are there again at once.
    assert project.read(lambda unit: unit.captures.rows(ids)).result()[0].predicted == CLASSES[2]


def test_the_active_model_is_never_discarded(project: Project) -> None:
    old = activate(project)
    with pytest.raises(ProjectError, match="model in use"):
        project.write(lambda unit: unit.models.set_state(old.id, ModelState.DISCARDED)).result()
    new_id = add_candidate(project)
    project.write(lambda unit: unit.models.set_state(new_id, ModelState.DISCARDED)).result()
    assert [one.id for one in project.read(lambda unit: unit.models.all()).result()] == [old.id]
    with pytest.raises(ProjectError, match="no model 99"):
        project.read(lambda unit: unit.models.get(99)).result()


@pytest.mark.parametrize("table", ["dataset_revisions", "revision_captures"])
@pytest.mark.parametrize("change", ["DELETE FROM {0}", "UPDATE {0} SET {1} = 2"])
def test_a_revision_is_never_changed(project: Project, table: str, change: str) -> None:
    ids = add_captures(project, 2)
    activate(project)
    revision_id = freeze(project, ids)
    column = "class_id" if table == "revision_captures" else "model_id"
    with pytest.raises(IntegrityError, match="never changed"):
        project._database.write(
            lambda connection: connection.execute(text(change.format(table, column)))
        ).result()
    revision = project.read(lambda unit: unit.revisions.get(revision_id)).result()
    assert revision.classes == (RevisionClass(1, "Stop", (0,)),) and revision.settings == {"a": 1}
    assert [
        one.capture_id for one in project.read(lambda unit: unit.revisions.captures(revision_id)).result()
    ] == list(ids)


def test_verified_captures_and_sure_answers_are_found(project: Project) -> None:
    ids = add_captures(project, 6)
    model = activate(project)
    predict(
        project, model, [answer(number, first=0, probability=0.95) for number in ids[:4]] + [answer(ids[4])]
    )
    project.write(lambda unit: unit.labels.accept(ids[:1], "ada")).result()
    project.write(lambda unit: unit.labels.label(ids[1:2], 2, "ada")).result()
    verified, sure = project.read(
        lambda unit: (unit.revisions.verified(), unit.revisions.model_labelled(0.9, 1))
    ).result()
    assert [(one.id, one.class_id, one.is_accepted, one.predicted_class_id) for one in verified] == [
        (ids[0], 1, True, 1),
        (ids[1], 2, False, 1),
    ]
    assert len(sure) == 1 and sure[0].id in ids[2:4] and sure[0].class_id == 1
    freeze(project, ids[:1])
    assert project.read(lambda unit: unit.revisions.learnt_before()).result() == {ids[0]}
    assert project.read(lambda unit: unit.revisions.earlier_splits()).result() == {ids[0]: CaptureSplit.TRAIN}


def start_run(project: Project) -> TrainingRun:
    revision_id = freeze(project, add_captures(project, 2))
    return project.write(lambda unit: unit.runs.add(revision_id, 1, "quick", {"b": 2}, "ada")).result()


def test_a_run_is_queued_goes_on_and_leads_to_a_model(project: Project) -> None:
    activate(project)
    run = start_run(project)
    assert (run.state, run.folder, run.config) == (RunState.QUEUED, "runs/000001", {"b": 2})
    project.write(lambda unit: unit.runs.note(run.id, state=RunState.RUNNING, pid=7)).result()
    assert [(one.id, one.pid) for one in project.read(lambda unit: unit.runs.open()).result()] == [
        (run.id, 7)
    ]
    model_id = add_candidate(project)
    project.write(
        lambda unit: unit.runs.note(run.id, state=RunState.FINISHED, result_model_id=model_id)
    ).result()
    assert project.read(lambda unit: unit.runs.open()).result() == []
    assert project.read(lambda unit: unit.runs.get(run.id)).result().result_model_id == model_id
    with pytest.raises(ProjectError, match="no training run 9"):
        project.read(lambda unit: unit.runs.get(9)).result()


def test_a_comparison_speaks_in_the_classes_of_today(project: Project) -> None:
    activate(project)
    run = start_run(project)
    model_id = add_candidate(project)
    answers = [
        ComparedCapture(1, 1, 2, 0.6, 1, 0.9),  # fixed, until 1 and 2 are one
        ComparedCapture(2, 3, 3, 0.8, 1, 0.7),  # broken
    ]
    project.write(
        lambda unit: unit.runs.add_comparison(1, model_id, run.revision_id, (2.0, 3.0), answers)
    ).result()
    found = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
    assert found is not None and found.answers == tuple(answers)
    assert (found.outcome().fixed, found.outcome().broken) == (1, 1)
    assert (found.baseline_ms, found.candidate_ms) == (2.0, 3.0)
    project.write(lambda unit: unit.labels.merge_classes([2], 1, "ada")).result()
    found = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
    assert found is not None and (found.outcome().both, found.outcome().fixed) == (1, 0)
    assert project.read(lambda unit: unit.runs.present_classes({1, 2, 3})).result() == {1: 1, 2: 1, 3: 3}
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert project.read(lambda unit: unit.runs.present_classes({2})).result() == {2: 2}


def test_a_project_of_before_keeps_its_content_and_can_go_back_to_its_model(tmp_path: Path) -> None:
    from contextlib import closing

    from test_migrations import migrate

    from app.storage.database.connections import connect

    folder = tmp_path / "Old.vimd"
    for name in ("captures", "models", "backups"):
        (folder / name).mkdir(parents=True)
    migrate(folder / "project.sqlite", "0003")
    with closing(connect(folder / "project.sqlite")) as old:
        old.executescript(
            """
            INSERT INTO models (id, sha256, name, path, classes, added_ms)
                VALUES (1, 'aa', 'signs', '/m', '["Stop"]', 5);
            INSERT INTO project (id, name, created_ms, active_model_id) VALUES (1, 'Old', 5, 1);
            INSERT INTO classes (id, name, colour, position) VALUES (1, 'Stop', '#112233', 0);
            INSERT INTO model_classes VALUES (1, 0, 1);
            INSERT INTO sources (id, path, is_folder, added_ms) VALUES (1, '/c', 1, 5);
            INSERT INTO captures (id, source_id, path, content_hash, file_size_bytes, modified_ns, added_ms, state,
                label_class_id) VALUES (1, 1, '/c/1.png', x'01', 9, 1, 5, 1, 1);
            """
        )
    project = Project.open(folder)
    try:
        active = project.read(lambda unit: unit.models.active()).result()
        assert active is not None and (active.name, active.state) == ("signs", ModelState.KEPT)
        assert [one.class_id for one in project.read(lambda unit: unit.revisions.verified()).result()] == [1]
        activate(project, sha256="bb" * 32)
        previous = project.read(lambda unit: unit.models.previous()).result()
        assert previous is not None and previous.id == 1
    finally:
        project.close()
