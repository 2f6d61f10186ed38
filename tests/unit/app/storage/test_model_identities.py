"""Figures and calibration are written into a project's model by real commands, and the project stays whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from retrain_verbs import COLOURS, activate_bundle, labelled_project
from storage_verbs import answer, predict
from test_migrations import migrate

from app.domain.training_records import NewModel, RegisteredModel
from app.retraining.model_files import problem_of, take_in
from app.storage.project import Project
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import answer_settings, file_id, model_id, write_description
from vimd_core.user_messages import Sentence

RETRAINED = 2


def vimd(*words: str | Path) -> str:
    """Run the real command."""
    done = subprocess.run(
        [sys.executable, "-m", "vimd_core", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def models(folder: Path) -> dict[int, RegisteredModel]:
    project = Project.open(folder)
    try:
        return {one.id: one for one in project.read(lambda unit: unit.models.all()).result()}
    finally:
        project.close()


@pytest.fixture
def labelled_folder(tmp_path: Path, tiny_bundle: Path) -> Path:
    """Captures in folders of two classes that the model knows."""
    chance = np.random.default_rng(3)
    for name in ("Stop", "Give way"):
        (tmp_path / "labelled" / name).mkdir(parents=True)
        for number in range(6):
            noise = chance.normal(0, 60, (20, 20, 3)) + np.array(COLOURS[name])
            image = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
            image.save(tmp_path / "labelled" / name / f"{number}.png")
    return tmp_path / "labelled"


@pytest.fixture
def signs(tmp_path: Path, tiny_bundle: Path) -> Path:
    """A closed project with a model of its own, as a training leaves it, which is the active one."""
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    trained = tmp_path / "student.safetensors"
    info = read_bundle_info(tiny_bundle)
    described = replace(
        info,
        name="signs 2",
        training={"seconds": 37},
        parent=model_id(tiny_bundle),
        classes=info.classes[::-1],
    )
    write_description(tiny_bundle, trained, described)
    project = Project.open(folder)
    try:
        add_model(project, trained)
        project.write(lambda unit: unit.models.activate(RETRAINED)).result()
        project.write(lambda unit: unit.models.note_settings(RETRAINED, answer_settings(described))).result()
        record = project.read(lambda unit: unit.models.active_record()).result()
        assert record is not None
        predict(project, record, [answer(1), answer(2)])
    finally:
        project.close()
    trained.unlink()
    return folder


def add_model(project: Project, file: Path) -> None:
    sha256, path = take_in(file, project.folder)
    info = read_bundle_info(file)

    def add(unit) -> int:  # type: ignore[no-untyped-def]
        class_ids = unit.catalogue.ensure_classes(info.classes)
        new = NewModel(
            sha256=sha256,
            name=info.name,
            path=path,
            classes=tuple((class_ids[name], name) for name in info.classes),
            parent_id=1,
            config={},
            metrics={**info.metrics, "seconds": info.training["seconds"]},
            author="ada",
        )
        return int(unit.models.add(new))

    assert project.write(add).result() == RETRAINED


def unclassified(folder: Path) -> int:
    project = Project.open(folder)
    try:
        return len(project.read(lambda unit: unit.captures.unclassified_ids(RETRAINED)).result())
    finally:
        project.close()


def test_recorded_figures_and_a_calibration_leave_the_project_whole(
    signs: Path, labelled_folder: Path
) -> None:
    before = models(signs)[RETRAINED]
    vimd("evaluate", "--model", before.path, "--data", labelled_folder, "--record", "bench", "--quiet")
    assert read_bundle_info(before.path).metrics["bench"]["n"] == 12
    assert problem_of(models(signs)[RETRAINED]) is None
    vimd("calibrate", "--model", before.path, "--data", labelled_folder, "--quiet")
    info = read_bundle_info(before.path)
    assert info.temperature != 1.0 and info.metrics["bench"]["n"] == 12
    after = models(signs)[RETRAINED]
    assert problem_of(after) is None and after.sha256 == before.sha256 == model_id(after.path)
    assert after.is_active


def test_a_new_temperature_makes_answers_outdated_and_other_figures_do_not(signs: Path) -> None:
    path = models(signs)[RETRAINED].path
    info = read_bundle_info(path)
    waiting = unclassified(signs)

    def load(described) -> bool:  # type: ignore[no-untyped-def]
        write_description(path, path, described)
        project = Project.open(signs)
        try:
            settings = answer_settings(read_bundle_info(path))
            return project.write(lambda unit: unit.models.note_settings(RETRAINED, settings)).result()
        finally:
            project.close()

    assert not load(replace(info, metrics={"bench": {"top1": 1.0}}))
    assert unclassified(signs) == waiting
    assert load(replace(info, temperature=1.7))
    assert unclassified(signs) == waiting + 2
    project = Project.open(signs)
    try:
        (first,) = project.read(lambda unit: unit.captures.rows([1])).result()
        assert first.probability == 0.75  # the answer of before is shown until another comes
        record = project.read(lambda unit: unit.models.active_record()).result()
        assert record is not None
        predict(project, record, [answer(1, probability=0.5)])
    finally:
        project.close()
    assert unclassified(signs) == waiting + 1
    assert not load(replace(info, temperature=1.7, name="signs 2"))


def test_a_damaged_weight_is_still_found(signs: Path) -> None:
    path = models(signs)[RETRAINED].path
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "damaged or was replaced" in str(problem_of(models(signs)[RETRAINED]))
    path.write_bytes(content[:-1])
    assert "damaged or was replaced" in str(problem_of(models(signs)[RETRAINED]))
    path.write_bytes(content)
    assert problem_of(models(signs)[RETRAINED]) is None


def make_old(folder: Path) -> None:
    """Give a closed project the form that the version before wrote: models are known, and named, by their file."""
    database, old = folder / "project.sqlite", folder / "old.sqlite"
    migrate(old, "0006")
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("ATTACH ? AS present", (str(database),))
        tables = [
            row[0] for row in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")
        ]
        for table in tables:
            if table != "alembic_version":
                columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
                connection.execute(f"INSERT INTO main.{table} SELECT {columns} FROM present.{table}")
        known = {
            str(row[0]): (row[1], row[2])
            for row in connection.execute("SELECT sha256, id, path FROM main.models")
        }
        for number, stored in known.values():
            path = folder / stored  # an absolute one stays what it is
            if number == RETRAINED:
                parent = file_id(folder / known_path(known, 1))
                write_description(path, path, replace(read_bundle_info(path), parent=parent))
                path = Path(path.rename(path.with_name(f"{file_id(path)[:16]}.safetensors")))
                stored = f"models/{path.name}"
            connection.execute(
                "UPDATE main.models SET sha256 = ?, path = ? WHERE id = ?", (file_id(path), stored, number)
            )
        added_ms = time.time_ns() // 1_000_000 + 1
        connection.execute("UPDATE main.models SET added_ms = ?", (added_ms,))
    for beside in ("-wal", "-shm"):
        database.with_name(database.name + beside).unlink(missing_ok=True)
    old.replace(database)


def known_path(known: Mapping[str, tuple[int, str]], wanted: int) -> str:
    return next(path for number, path in known.values() if number == wanted)


def write_later(path: Path, **changes: object) -> None:
    """What the old commands did to a model: the file is another one, some time after it was trained."""
    write_description(path, path, replace(read_bundle_info(path), **changes))  # type: ignore[arg-type]
    later_ns = time.time_ns() + 60_000_000_000
    os.utime(path, ns=(later_ns, later_ns))


def notices(folder: Path) -> tuple[Sentence, ...]:
    project = Project.open(folder)
    try:
        return project.notices
    finally:
        project.close()


def own_model(folder: Path) -> Path:
    (path,) = (folder / "models").glob("*.safetensors")
    return path


def test_an_old_project_keeps_its_models_and_what_they_have_said(signs: Path) -> None:
    waiting = unclassified(signs)
    make_old(signs)
    path = own_model(signs)
    assert notices(signs) == ()
    found = models(signs)
    assert [one.sha256 for one in found.values()] == [model_id(one.path) for one in found.values()]
    assert [problem_of(one) for one in found.values()] == [None, None]
    assert unclassified(signs) == waiting
    # What is calibrated from now on is noticed: the settings of before were read from the file.
    project = Project.open(signs)
    try:
        settings = answer_settings(replace(read_bundle_info(path), temperature=3.0))
        assert project.write(lambda unit: unit.models.note_settings(RETRAINED, settings)).result()
    finally:
        project.close()


@pytest.mark.parametrize("changes", [{"metrics": {"bench": {"top1": 0.5}}}, {"temperature": 1.8}])
def test_an_old_project_that_recorded_figures_had_broken_works_again(
    signs: Path, changes: dict[str, object]
) -> None:
    waiting = unclassified(signs)
    make_old(signs)
    write_later(own_model(signs), **changes)
    (said,) = notices(signs)
    assert "signs 2" in str(said) and "classified again" in str(said)
    found = models(signs)[RETRAINED]
    assert problem_of(found) is None and found.sha256 == model_id(found.path)
    assert unclassified(signs) == waiting + 2
    assert notices(signs) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"temperature": 1.8, "training": {"seconds": 38}},
        {"temperature": 1.8, "parent": "ab" * 32},
        {"temperature": 1.8, "name": "another"},
        {"temperature": 1.8, "classes": tuple("ABCDEFGH")},
    ],
)
def test_a_file_that_may_be_another_model_is_not_taken_for_the_old_one(
    signs: Path, changes: dict[str, object]
) -> None:
    make_old(signs)
    path = own_model(signs)
    if changes:
        write_later(path, **changes)
    else:
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        os.utime(path, ns=(time.time_ns() + 60_000_000_000,) * 2)
    assert notices(signs) == ()
    assert "damaged or was replaced" in str(problem_of(models(signs)[RETRAINED]))


def test_a_model_whose_file_comes_back_is_known_again(signs: Path, tmp_path: Path) -> None:
    make_old(signs)
    path = own_model(signs)
    shutil.move(path, tmp_path / "away")
    assert "missing" in str(problem_of(models(signs)[RETRAINED]))
    shutil.move(tmp_path / "away", path)
    assert problem_of(models(signs)[RETRAINED]) is None


def test_a_model_that_was_chosen_again_after_it_was_rewritten_is_there_once(
    signs: Path, tiny_bundle: Path
) -> None:
    """The old version took the file for a new model then: that one has the answers."""
    make_old(signs)
    path = own_model(signs)
    write_later(path, temperature=1.8)
    with closing(sqlite3.connect(signs / "project.sqlite", isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO models (id, sha256, name, path, classes, added_ms, state) SELECT 3, ?, name, path, classes, "
            "added_ms, state FROM models WHERE id = 2",
            (file_id(path),),
        )
    found = models(signs)
    assert found[3].sha256 == model_id(path) and problem_of(found[3]) is None
    assert "damaged or was replaced" in str(problem_of(found[RETRAINED]))


def test_a_model_is_the_same_wherever_its_file_was_described_anew(
    project: Project, tiny_bundle: Path, tmp_path: Path
) -> None:
    first = activate_bundle(project, tiny_bundle)
    other = tmp_path / "elsewhere.safetensors"
    write_description(tiny_bundle, other, replace(read_bundle_info(tiny_bundle), license="MIT"))
    assert activate_bundle(project, other).id == first.id
