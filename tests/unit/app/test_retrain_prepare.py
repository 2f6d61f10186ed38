"""What there is to learn, what is replayed, and what is written for the training."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from retrain_verbs import QUICK, activate_bundle, add_coloured_captures, label_all, labelled_project
from storage_verbs import answer, predict

from app.services.near_views import find_near_view
from app.services.retrain_prepare import prepare_run, take_stock, write_run_folder
from app.services.retrain_recipe import Effort, images_to_see, training_settings
from app.storage.errors import ProjectError
from app.storage.project import Project
from app.storage.training_records import CaptureOrigin, CaptureSplit
from vimd_core.data.class_list import read_class_list
from vimd_core.data.manifest import read_manifest
from vimd_core.distillation.settings import read_toml
from vimd_core.errors import CheckpointError


def test_the_stock_counts_what_there_is_of_each_class(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    ids = add_coloured_captures(project, tmp_path / "far")
    near = tmp_path / "far_hr"
    near.mkdir()
    shutil.copy(tmp_path / "far" / "Stop 1.png", near / "Stop 1.png")
    model = activate_bundle(project, tiny_bundle)
    predict(project, model, [answer(number, probability=0.95) for number in ids["Stop"]])
    label_all(project, {"Stop": ids["Stop"][:6], "Blue thing": ids["Blue thing"][:3]})
    stock = take_stock(project)
    of = {one.name: one for one in stock.classes}
    assert (of["Stop"].accepted, of["Stop"].corrected, of["Stop"].fresh) == (6, 0, 6)
    assert (of["Stop"].near_views, of["Stop"].replayable, of["Stop"].is_new) == (1, 4, False)
    assert of["Blue thing"].is_new and of["Blue thing"].is_thin and of["Blue thing"].corrected == 3
    assert of["No entry"].verified == 0 and len(stock.classes) == 9
    assert (stock.verified, stock.fresh, stock.trust, stock.trust_n) == (9, 9, None, 6)
    prepare_run(project, QUICK, "ada")
    assert take_stock(project).fresh == 0


def test_answers_that_humans_found_right_are_replayed_and_others_are_not(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    ids = add_coloured_captures(project, tmp_path / "far", per_class=40)
    model = activate_bundle(project, tiny_bundle)
    predict(project, model, [answer(number, probability=0.95) for number in ids["Stop"]])
    label_all(project, {"Stop": ids["Stop"][:20], "Give way": ids["Give way"][:5]})
    stock = take_stock(project)
    assert stock.is_trusted and (stock.trust, stock.trust_n) == (1.0, 20)
    run = prepare_run(project, replace(QUICK, replay_per_class=7), "ada")
    captures = project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
    replayed = [one for one in captures if one.origin is CaptureOrigin.MODEL]
    assert len(replayed) == 7 and {one.capture_id for one in replayed} <= set(ids["Stop"][20:])
    assert {one.split for one in replayed} == {CaptureSplit.TRAIN}
    # Once humans disagree with half of them, the model's answers are no lesson.
    label_all(project, {"Give way": ids["Stop"][10:20]})
    assert not take_stock(project).is_trusted
    run = prepare_run(project, QUICK, "ada")
    captures = project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
    assert {one.origin for one in captures} == {CaptureOrigin.HUMAN}


def test_the_folder_of_a_run_holds_what_is_learnt_and_apart_from_it_what_is_held_back(
    tmp_path: Path, tiny_bundle: Path
) -> None:
    project = Project.open(labelled_project(tmp_path / "Signs.vimd", tiny_bundle))
    try:
        run = prepare_run(project, QUICK, "ada")
        folder = project.folder / run.folder
        dataset = read_manifest(folder / "manifest.jsonl")
        held = [json.loads(line)["path"] for line in (folder / "held_back.jsonl").read_text().splitlines()]
        assert len(dataset.captures) == 24 and len(held) == 6
        assert not {str(one.path) for one in dataset.captures} & set(held)
        listed = read_class_list(folder / "classes.json")
        assert [one.outputs for one in listed] == [(number,) for number in range(8)] + [()]
        # Memory that was short stays short, whatever else is written anew.
        recipe = folder / "recipe.toml"
        recipe.write_text(recipe.read_text().replace("[training]", "[training]\naccumulation = 4"))
        shutil.rmtree(folder / "models", ignore_errors=True)
        (folder / "manifest.jsonl").unlink()
        write_run_folder(project, run)
        assert read_toml(recipe)["training"]["accumulation"] == 4
        assert read_manifest(folder / "manifest.jsonl").captures == dataset.captures
    finally:
        project.close()


def test_a_near_view_of_two_classes_or_of_a_held_back_thing_is_not_learnt_from(
    tmp_path: Path, tiny_bundle: Path
) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    near = tmp_path / "captures_hr"
    near.mkdir()
    for path in sorted((tmp_path / "captures").iterdir()):
        shutil.copy(path, near / path.name)
    project = Project.open(folder)
    try:
        run = prepare_run(project, QUICK, "ada")
        rows = [
            json.loads(line)
            for line in (project.folder / run.folder / "manifest.jsonl").read_text().splitlines()
        ]
        assert all(Path(row["hr"]) == find_near_view(Path(row["path"])) for row in rows)
        without = prepare_run(project, replace(QUICK, use_near_views=False), "ada")
        text = (project.folder / without.folder / "manifest.jsonl").read_text()
        assert '"hr"' not in text
    finally:
        project.close()


def test_what_can_not_be_learnt_is_said(project: Project, tmp_path: Path, tiny_bundle: Path) -> None:
    with pytest.raises(ProjectError, match="no model yet"):
        take_stock(project)
    bundle = Path(shutil.copy(tiny_bundle, tmp_path / "model.safetensors"))
    ids = add_coloured_captures(project, tmp_path / "far")
    activate_bundle(project, bundle)
    label_all(project, {"Stop": ids["Stop"][:3]})
    with pytest.raises(ProjectError, match="Only 3 captures"):
        prepare_run(project, QUICK, "ada")
    label_all(project, ids)
    bundle.write_bytes(bundle.read_bytes()[:-1])
    with pytest.raises(CheckpointError, match="damaged"):
        prepare_run(project, QUICK, "ada")


@pytest.mark.parametrize("captures", [2, 9, 50, 500, 50_000])
def test_an_effort_bounds_what_is_seen(captures: int) -> None:
    seen = [images_to_see(training_settings(effort, captures), captures) for effort in Effort]
    assert seen == sorted(seen) and seen[0] >= 7_500
    # One pass over all is the least.
    assert seen[0] <= max(12_500, captures)


def test_what_a_model_knows_is_changed_gently() -> None:
    rates = [training_settings(Effort.QUICK, 100, known)["learning_rate"] for known in (0.0, 0.6, 0.8, 0.97)]
    assert rates[0] == rates[1] > rates[2] > rates[3] == pytest.approx(0.1 * rates[0])
