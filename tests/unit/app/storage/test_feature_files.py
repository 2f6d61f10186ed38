"""Files of features: kept beside the project, dropped with what they are of, and no loss when they are gone."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from bundles import write_tiny_bundle
from storage_verbs import CLASSES, activate, add_captures, answer, new_capture

from app.classification.predictions import PredictionBatch, store_predictions
from app.domain.records import ModelRecord
from app.domain.training_records import NewModel
from app.storage.captures.feature_files import (
    NewFeatures,
    drop_other_features,
    feature_files,
    forget_features,
    keep_features,
    known_captures,
    map_file,
    missing_features,
)
from app.storage.project import Project
from vimd_core.checkpoints.bundled_model import GENERAL_MODEL, models_folder
from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.feature_ids import FeatureFiles, OwnNetwork
from vimd_core.embeddings.features import open_features
from vimd_core.embeddings.file import stored_ids
from vimd_core.processes.messages import Float16Matrix

ROOT_SHA256 = "ab" * 32


def matrix(ids: tuple[int, ...], width: int) -> Float16Matrix:
    """Each row says whose it is."""
    return Float16Matrix.of(np.repeat(np.array(ids, np.float16)[:, None], width, axis=1))


def new(*ids: int, own: int = 4, companion: int = 6) -> NewFeatures:
    return NewFeatures(ids, matrix(ids, own), matrix(ids, companion))


@pytest.fixture
def files(tmp_path: Path) -> FeatureFiles:
    return feature_files(tmp_path, ROOT_SHA256)


def test_each_network_has_a_file_and_what_is_missing_is_found(files: FeatureFiles) -> None:
    assert missing_features(files, [1, 2]) == {1: (True, True), 2: (True, True)}
    keep_features(files, new(1, 2, 3))
    keep_features(files, new(4, companion=0))
    keep_features(files, new(5, own=0))
    assert missing_features(files, [1, 4, 5, 6]) == {4: (False, True), 5: (True, False), 6: (True, True)}
    assert known_captures(files) == {1, 2, 3}
    found = open_features(files.own, files.companion)  # type: ignore[arg-type]
    assert found.ids.tolist() == [1, 2, 3] and found.own[:, 0].tolist() == [1, 2, 3]
    alone = FeatureFiles(files.own, None)
    assert missing_features(alone, [4, 5]) == {5: (True, False)} and known_captures(alone) == {1, 2, 3, 4}
    assert map_file(alone) != map_file(files)


def test_captures_that_were_read_otherwise_are_not_kept(files: FeatureFiles) -> None:
    keep_features(files, new(1, 2, 3).without({2}))
    assert known_captures(files) == {1, 3}
    assert open_features(files.own, files.companion).companion[:, 5].tolist() == [1, 3]


def test_files_of_older_forms_and_of_models_long_gone_are_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "embeddings"
    folder.mkdir()
    for name in (f"{ROOT_SHA256[:16]}.embeddings", f"{ROOT_SHA256[:16]}.map", "notes.txt"):
        (folder / name).write_bytes(b"of an older version")
    models = [f"{number:064x}" for number in range(5)]
    for age, model in enumerate(models):
        files = feature_files(tmp_path, model)
        keep_features(files, new(1))
        map_file(files).touch()
        os.utime(files.own, (1_000_000 - age, 1_000_000 - age))
    drop_other_features(tmp_path, [*models, ROOT_SHA256])
    kept = [feature_files(tmp_path, model) for model in models[:3]]
    expected = {one.own for one in kept} | {map_file(one) for one in kept} | {kept[0].companion}
    assert set(folder.iterdir()) == {*expected, folder / "notes.txt"}
    drop_other_features(tmp_path / "no project", [])


def test_what_is_forgotten_is_forgotten_by_both(files: FeatureFiles, tmp_path: Path) -> None:
    keep_features(files, new(1, 2))
    forget_features(tmp_path, [2])
    assert stored_ids(files.own) == stored_ids(files.companion) == {1}  # type: ignore[arg-type]


def test_a_capture_whose_file_changes_loses_its_features(project: Project) -> None:
    first, second = add_captures(project, 2)
    files = feature_files(project.folder, ROOT_SHA256)
    keep_features(files, new(first, second))
    changed = new_capture(0, content=99)
    project.write(lambda unit: unit.contents.note_changed([(first, changed)])).result()
    assert known_captures(files) == {second}


def own_network(project: Project, model: int) -> OwnNetwork:
    found: OwnNetwork = project.read(lambda unit: unit.models.own_network(model)).result()
    return found


def retrained(project: Project, parent: int) -> ModelRecord:
    path = project.folder / "models" / "new.safetensors"
    model = NewModel(
        sha256="11" * 32, name="new", path=path, classes=tuple(enumerate(CLASSES, 1)), parent_id=parent,
        config={}, metrics={}, author="ada",
    )  # fmt: skip

    def work(unit):  # type: ignore[no-untyped-def]
        return unit.models.activate(unit.models.add(model))

    return project.write(work).result()


def test_the_own_network_is_the_one_that_a_lineage_began_with(project: Project, tmp_path: Path) -> None:
    path = write_tiny_bundle(tmp_path / "origin.safetensors")
    sha256 = model_id(path)
    root = project.write(
        lambda unit: unit.models.activate_file(sha256, "origin", path, ("Stop", "Yield", "Speed limit 20"))
    ).result()
    later = retrained(project, root.id)
    assert own_network(project, root.id) == own_network(project, later.id) == OwnNetwork(sha256, path)


def test_where_its_file_is_gone_one_that_comes_with_the_program_stands_for_it(
    project: Project, tmp_path: Path
) -> None:
    general = models_folder() / GENERAL_MODEL
    expected = OwnNetwork(model_id(general), general)
    assert own_network(project, activate(project).id) == expected, "nothing is known of it"
    moved = tmp_path / "earlier version" / GENERAL_MODEL
    moved.parent.mkdir()
    shutil.copy(general, moved)
    root = project.write(
        lambda unit: unit.models.activate_file(expected.model_id, "general", moved, CLASSES)
    ).result()
    moved.unlink()
    assert own_network(project, root.id) == expected


def test_classifying_with_the_first_model_gives_own_features_and_with_a_later_one_none(
    project: Project,
) -> None:
    first, second = add_captures(project, 2)
    root = activate(project, sha256=ROOT_SHA256)
    files = feature_files(project.folder, ROOT_SHA256)

    def store(model: ModelRecord, capture_id: int, stamp: tuple[int, int]) -> None:
        seen = PredictionBatch(
            answers=[answer(capture_id)],
            stamps=[(capture_id, *stamp)],
            features=new(capture_id, companion=0),
        )
        project.write(lambda unit: store_predictions(unit, model, seen, project.folder)).result()

    store(root, second, (1, 1))
    assert stored_ids(files.own) == set(), "another file was read than the project knows"
    store(root, first, (900, 1_000_000))
    assert stored_ids(files.own) == {first}
    store(retrained(project, root.id), second, (900, 1_000_000))
    assert stored_ids(files.own) == {first} and len(list(files.own.parent.iterdir())) == 1
