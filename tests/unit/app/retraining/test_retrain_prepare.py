"""What there is to learn, what is replayed, and what is written for the training."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from retrain_verbs import QUICK, activate_bundle, add_coloured_captures, label_all, labelled_project
from storage_verbs import answer, predict

from app.domain.errors import ProjectError
from app.domain.records import NewCapture
from app.domain.training_records import CaptureOrigin
from app.retraining.choice import RetrainRequest
from app.retraining.training_stock import concerns_of, take_stock
from app.retraining.write import prepare_run, write_run_folder
from app.storage.project import Project
from vimd_core.data.classes.class_list import read_class_list
from vimd_core.data.datasets.manifest import read_manifest
from vimd_core.errors import CheckpointError
from vimd_core.training.recipes.settings import read_toml
from vimd_core.training.retraining.effort import Effort, images_to_see, training_settings
from vimd_core.training.retraining.split import CaptureSplit, SplitShares


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


ALL = replace(QUICK, shares=SplitShares(held_back=0.0, validation=0.0))


def near_views_learnt_from(project: Project, request: RetrainRequest) -> dict[str, str]:
    """Names of the captures that are learnt from with a near view, and of these."""
    run = prepare_run(project, request, "ada")
    rows = (project.folder / run.folder / "manifest.jsonl").read_text().splitlines()
    return {Path(row["path"]).name: Path(row["hr"]).name for row in map(json.loads, rows) if "hr" in row}


def frames(folder: Path, things: dict[str, int]) -> None:
    """Frames of things by their names, and one near view of each thing beside them."""
    near = folder.with_name(f"{folder.name}_hr")
    near.mkdir()
    source = next(folder.glob("*.png"))
    for thing, count in things.items():
        for frame in range(count):
            shutil.copy(source, folder / f"{thing}_{frame:02d}.png")
        shutil.copy(source, near / f"{thing}_99.png")


def add_frames(project: Project, folder: Path, thing: str, count: int, content: int) -> list[int]:
    captures = [
        NewCapture(folder / f"{thing}_{frame:02d}.png", bytes([content, frame]), 9, 1, 20, 20)
        for frame in range(count)
    ]

    def work(unit):  # type: ignore[no-untyped-def]
        return unit.captures.add(unit.captures.add_source(folder, is_folder=True), captures).ids

    return list(project.write(work).result())


@pytest.fixture
def with_frames(project: Project, tmp_path: Path, tiny_bundle: Path) -> tuple[Project, Path]:
    """Thirty captures without near views, and the things `sign` and `camera` with one each."""
    folder = tmp_path / "captures"
    ids = add_coloured_captures(project, folder)
    activate_bundle(project, tiny_bundle)
    label_all(project, ids)
    frames(folder, {"sign1": 6, "camera1": 45})
    return project, folder


def test_a_near_view_is_learnt_from_with_the_captures_of_its_thing(
    with_frames: tuple[Project, Path],
) -> None:
    project, folder = with_frames
    label_all(project, {"Stop": add_frames(project, folder, "sign1", 6, 1)})
    assert near_views_learnt_from(project, ALL) == {
        f"sign1_{frame:02d}.png": "sign1_99.png" for frame in range(6)
    }
    assert near_views_learnt_from(project, replace(ALL, use_near_views=False)) == {}


def test_a_near_view_that_captures_of_two_classes_share_is_not_learnt_from(
    with_frames: tuple[Project, Path],
) -> None:
    project, folder = with_frames
    ids = add_frames(project, folder, "sign1", 6, 1)
    label_all(project, {"Stop": ids})
    assert len(near_views_learnt_from(project, ALL)) == 6
    label_all(project, {"Give way": ids[:1]})
    assert near_views_learnt_from(project, ALL) == {}


def test_a_near_view_of_a_held_back_thing_is_not_learnt_from(with_frames: tuple[Project, Path]) -> None:
    """Forty-five frames of one camera are no group, so that some are held back; their near view shows them all."""
    project, folder = with_frames
    label_all(project, {"Stop": add_frames(project, folder, "camera1", 45, 2)})
    run = prepare_run(project, QUICK, "ada")
    captures = project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
    paths = dict(
        project.read(lambda unit: unit.captures.paths([one.capture_id for one in captures])).result()
    )
    splits = {one.split for one in captures if paths[one.capture_id].name.startswith("camera1")}
    assert {CaptureSplit.TRAIN, CaptureSplit.HELD_BACK} <= splits
    assert '"hr"' not in (project.folder / run.folder / "manifest.jsonl").read_text()


def test_one_class_alone_and_classes_of_one_capture_are_warned_of(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    ids = add_coloured_captures(project, tmp_path / "far")
    activate_bundle(project, tiny_bundle)
    label_all(project, {"Stop": ids["Stop"]})
    concerns = concerns_of(take_stock(project))
    assert concerns and (concerns.only_class, concerns.single) == ("Stop", ())
    label_all(project, {"Give way": ids["Give way"][:1], "Blue thing": ids["Blue thing"][:1]})
    concerns = concerns_of(take_stock(project))
    assert concerns and (concerns.only_class, concerns.single) == ("", ("Blue thing", "Give way"))
    label_all(project, ids)
    assert not concerns_of(take_stock(project))


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


def test_captures_without_a_label_are_listed_for_the_teacher_but_none_that_shows_a_held_back_thing(
    project: Project, tmp_path: Path, tiny_bundle: Path
) -> None:
    ids = add_coloured_captures(project, tmp_path / "far", frame=1)
    other_frames = add_coloured_captures(project, tmp_path / "far", frame=2)
    activate_bundle(project, tiny_bundle)
    label_all(project, ids)
    run = prepare_run(project, QUICK, "ada")
    captures = project.read(lambda unit: unit.revisions.captures(run.revision_id)).result()
    frame_of = {
        first: second
        for name, numbers in ids.items()
        for first, second in zip(numbers, other_frames[name], strict=True)
    }
    held = {frame_of[one.capture_id] for one in captures if one.split is CaptureSplit.HELD_BACK}
    taught = {one.capture_id for one in captures if one.split is CaptureSplit.TRAIN}
    folder = project.folder / run.folder
    listed = (folder / "captures.jsonl").read_text()
    keys = {json.loads(line)["key"] for line in listed.splitlines()}
    assert held and keys == taught | (set(frame_of.values()) - held)
    recipe = read_toml(folder / "recipe.toml")
    assert recipe["features_model"] == str(tiny_bundle) and recipe["captures"] == str(
        folder / "captures.jsonl"
    )
    assert run.config["unlabelled"] == len(keys - taught)
    # A run that goes on has the list that it has begun with, whatever was labelled since.
    label_all(project, {"Stop": other_frames["Stop"]})
    write_run_folder(project, run)
    assert (folder / "captures.jsonl").read_text() == listed
