"""`vimd project`: the whole way from labels to a better model and back, without a window."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from retrain_verbs import COLOURS, labelled_project

from app.commands import project as command
from app.domain.export_format import ExportFormat
from app.domain.records import ActionKind
from app.domain.training_records import ModelState
from app.storage.project import Project
from vimd_core.api.project_records import ExportForm
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.errors import CheckpointError, VimdError
from vimd_core.training.retraining.split import CaptureSplit

TINY = ["--quick", "--device", "cpu", "--threads", "1", "--json"]
TINY += [
    f"--set={setting}"
    for setting in ("epochs=12", "epoch_images=0", "batch_size=8", "learning_rate=5e-3", "ema_decay=0.5")
]


def vimd_project(*words: str | Path) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(dest="command"))
    arguments = parser.parse_args(["project", *map(str, words)])
    return int(arguments.run(arguments))


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def models(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> dict[int, dict[str, Any]]:
    capsys.readouterr()
    assert vimd_project("models", folder, *words, "--json") == 0
    return {line["model"]: line for line in lines(capsys)}


@pytest.fixture(scope="module")
def retrained(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path) -> Path:
    """A project that was retrained once; to be copied."""
    folder = labelled_project(tmp_path_factory.mktemp("retrained") / "Signs.vimd", tiny_bundle)
    assert vimd_project("retrain", folder, *TINY) == 0
    return folder


@pytest.fixture
def folder(retrained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(retrained, tmp_path / "Signs.vimd"))


def test_a_retrained_model_is_promoted_and_rolled_back(
    folder: Path, capsys: pytest.CaptureFixture[str], tiny_bundle: Path
) -> None:
    listed = models(folder, capsys)
    assert {number: (one["active"], one["state"], one["parent"]) for number, one in listed.items()} == {
        2: (False, "candidate", 1),
        1: (True, "kept", None),
    }
    new = Path(listed[2]["path"])
    assert new.parent == folder / "models"
    # The classes of the old model, and the one that it did not know.
    assert read_bundle_info(new).classes == (*read_bundle_info(tiny_bundle).classes, "Blue thing")
    assert read_bundle_info(new).parent == listed[1]["model_id"]
    project = Project.open(folder)
    comparison = project.read(lambda unit: unit.runs.comparison_of(2)).result()
    captures = project.read(lambda unit: unit.revisions.captures(1)).result()
    project.close()
    assert comparison is not None
    held = {one.capture_id for one in captures if one.split is CaptureSplit.HELD_BACK}
    assert {one.capture_id for one in comparison.answers} == held and len(held) == 2 * len(COLOURS)
    assert listed[2]["metrics"]["held_back_top1"] == comparison.outcome().second_top1
    assert comparison.outcome().second_top1 == 1.0 > comparison.outcome().first_top1
    # What it has learnt from says nothing of how good it is: the six that were held back do.
    assert (listed[2]["judged_on"], listed[2]["accuracy"]) == (6, 1.0)
    assert listed[2]["accuracy_interval"][0] < 0.7
    assert models(folder, capsys, "promote", "2")[2]["active"]
    assert models(folder, capsys, "rollback")[1]["active"]
    assert list(models(folder, capsys, "discard", "2")) == [1]


def test_models_are_listed_with_how_good_they_are_or_that_nothing_tells(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert vimd_project("models", folder) == 0
    assert "6 of 6, too few to tell" in capsys.readouterr().out


def test_a_training_of_one_class_is_warned_of_before_it_starts(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = labelled_project(tmp_path / "Signs.vimd", tiny_bundle)
    project = Project.open(folder)
    ids = {one.name: one.id for one in project.read(lambda unit: unit.catalogue.classes()).result()}
    verified = project.read(lambda unit: unit.revisions.verified()).result()
    others = [one.id for one in verified if one.class_id != ids["Stop"]]
    project.write(lambda unit: unit.labels.mark(ActionKind.CLEAR, others, "ada")).result()
    project.close()
    assert vimd_project("retrain", folder, *TINY, "--set=epochs=1") == 0
    told = lines(capsys)
    assert told[0]["event"] == "warning" and "one class, Stop" in told[0]["message"]


def test_the_folder_of_a_finished_run_keeps_its_words_and_not_its_weights(folder: Path) -> None:
    names = {path.name for path in (folder / "runs" / "000001").iterdir()}
    assert {"recipe.toml", "events.jsonl", "log.jsonl", "comparison.json", "manifest.jsonl"} <= names
    assert not names & {"last.pt", "student.safetensors"}


def test_a_second_training_starts_from_the_promoted_model_and_judges_on_the_same_captures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models(folder, capsys, "promote", "2")
    assert vimd_project("retrain", folder, *TINY, "--name", "third") == 0
    result = next(line for line in lines(capsys) if line["event"] == "result")
    assert (result["name"], result["gate"]["captures"]) == ("third", 6)
    assert models(folder, capsys)[3]["parent"] == 2


def test_a_damaged_or_missing_model_is_said_and_never_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path(models(folder, capsys)[2]["path"])
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert "damaged" in models(folder, capsys)[2]["problem"]
    with pytest.raises(CheckpointError, match="damaged"):
        vimd_project("models", folder, "promote", "2")
    path.unlink()
    assert "missing" in models(folder, capsys)[2]["problem"]
    assert models(folder, capsys)[1]["active"]


def test_the_project_is_left_alone_while_the_window_has_it(folder: Path) -> None:
    holder = Project.open(folder)
    try:
        with pytest.raises(VimdError, match="open in another window"):
            vimd_project("retrain", folder)
    finally:
        holder.close()


def test_what_can_not_be_done_is_said(tmp_path: Path, folder: Path, tiny_bundle: Path) -> None:
    with pytest.raises(VimdError, match="is not a project"):
        vimd_project("retrain", tmp_path)
    with pytest.raises(VimdError, match="Which model"):
        vimd_project("models", folder, "promote")
    with pytest.raises(VimdError, match="no previous model to revert to"):
        vimd_project("models", folder, "rollback")
    empty = tmp_path / "Empty.vimd"
    Project.open(empty).close()
    with pytest.raises(VimdError, match="no model yet"):
        vimd_project("retrain", empty)


def test_classes_that_were_merged_while_it_trained_are_one_in_the_new_model(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.open(folder)
    ids = {one.name: one.id for one in project.read(lambda unit: unit.catalogue.classes()).result()}
    project.write(lambda unit: unit.labels.merge_classes([ids["Give way"]], ids["Stop"], "ada")).result()
    project.close()
    assert vimd_project("retrain", folder, *TINY, "--set=epochs=1") == 0
    new = max(models(folder, capsys))
    project = Project.open(folder)
    model = project.read(lambda unit: unit.models.get(new)).result()
    project.close()
    assert "Give way" not in model.class_names and len(model.class_ids) == 8
    assert model.state is ModelState.CANDIDATE


def test_the_command_is_plugged_in() -> None:
    root = Path(command.__file__).parents[3]
    entry_points = tomllib.loads((root / "pyproject.toml").read_text())["project"]["entry-points"]
    assert entry_points["vimd.commands"] == {"project": "app.commands.project"}


def test_describing_the_command_loads_neither_torch_nor_the_database() -> None:
    code = (
        "import argparse, sys; from app.commands import project; "
        "project.add_parser(argparse.ArgumentParser().add_subparsers()); "
        "sys.exit(bool({'torch', 'sqlalchemy', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_window_command_line_and_python_offer_the_same_export_formats(
    capsys: pytest.CaptureFixture[str],
) -> None:
    names = [str(form) for form in ExportFormat]
    assert list(get_args(ExportForm)) == names
    with pytest.raises(SystemExit):
        vimd_project("export", "--help")
    assert f"--format {{{','.join(names)}}}" in capsys.readouterr().out
