"""A project made, filled, labelled, listed and exported by the command line alone."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.domain.records import ReviewState
from app.storage.project import Project
from vimd_core.checkpoints.find_model import find_model
from vimd_core.cli import main
from vimd_core.errors import VimdError


def make_captures(folder: Path, count: int) -> Path:
    for number in range(count):
        path = folder / ("red" if number % 2 else "blue") / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((12, 9, 3), 40 + number, np.uint8)).save(path)
    return folder


@pytest.fixture
def project(tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    folder = tmp_path / "signs.vimd"
    assert main(["project", "new", str(folder), "--model", str(tiny_bundle)]) == 0
    captures = make_captures(tmp_path / "captures", 6)
    (captures / "red" / "broken.png").write_bytes(b"no image")
    assert main(["project", "add", str(folder), "--quiet", str(captures)]) == 3
    said = capsys.readouterr().out
    assert "7 captures added" in said and "1 unreadable" in said
    return folder


def run_json(capsys: pytest.CaptureFixture[str], *arguments: object, code: int = 0) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["project", *map(str, arguments), "--json"]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def states_of(folder: Path) -> dict[str, tuple[ReviewState, str | None]]:
    project = Project.open(folder)
    marks = project.read(lambda unit: unit.label_import.marks()).result()
    project.close()
    return {
        Path(one.file).name: (one.state, None if one.label is None else marks.classes[one.label])
        for one in marks.captures
    }


def test_a_project_is_made_once_and_with_its_suffix(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["project", "new", str(project)]) == 1
    assert "already exists" in capsys.readouterr().err
    assert main(["project", "new", str(tmp_path / "signs")]) == 1
    assert "ends in .vimd" in capsys.readouterr().err and not (tmp_path / "signs").exists()
    (summary,) = run_json(capsys, "list", project)
    assert (summary["total"], summary["unreadable"], summary["active_model"]) == (7, 1, "random-signs")
    # Adding the same again changes nothing.
    (again,) = run_json(capsys, "add", project, tmp_path / "captures")
    assert (again["added"], again["known"]) == (0, 7)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="all names of files are text here")
def test_names_that_are_no_text_are_said_or_mended(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad\udcff.vimd"
    with pytest.raises(VimdError, match="is not valid text: choose another name"):
        Project.open(bad)
    assert not bad.exists()
    capture = tmp_path / "captures" / "blue" / "0.png"
    (done,) = run_json(capsys, "label", project, "--class", "Caf\udce9", "--author", "Ren\udce9", capture)
    assert done["written"] == 1 and states_of(project)["0.png"][1] == "Caf\ufffd"


def test_what_gets_no_label_is_said(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.png").touch()
    assert (
        main(["project", "label", str(project), "--class", "Stop", str(tmp_path / "other.png"), "none.png"])
        == 0
    )
    said = capsys.readouterr().out
    assert "other.png: not in the project: add it first" in said
    assert "none.png: no capture with this name in the project" in said


def test_labels_come_from_folders_tables_and_names_and_never_over_ones_own(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captures = tmp_path / "captures"
    (one,) = run_json(
        capsys, "label", project, "--class", "Stop", captures / "blue" / "0.png", "elsewhere.png"
    )
    assert one["written"] == 1 and one["left_out"][0]["why"] == "unknown"
    (planned,) = run_json(capsys, "label", project, "--folders", "--dry-run")
    assert planned["written"] == 0 and planned["new"] == 5
    assert {row["class"] for row in planned["new_classes"]} == {"red", "blue"}
    assert [row["is"] for row in planned["different"]] == ["Stop"]
    assert states_of(project)["2.png"][0] is ReviewState.UNREVIEWED
    assert run_json(capsys, "label", project, "--folders")[0]["written"] == 5
    states = states_of(project)
    assert states["0.png"][1] == "Stop" and states["1.png"][1] == "red" and states["2.png"][1] == "blue"
    assert states["broken.png"][0] is ReviewState.UNREVIEWED
    table = tmp_path / "labels.csv"
    table.write_text("path,label\n0.png,Give way\n1.png,RED\nother.png,red\n")
    (kept,) = run_json(capsys, "label", project, "--table", table)
    assert (kept["written"], kept["equal"], len(kept["different"])) == (0, 1, 1)
    (taken,) = run_json(capsys, "label", project, "--table", table, "--choice", "take-theirs")
    assert taken["written"] == 1 and states_of(project)["0.png"][1] == "Give way"
    assert main(["project", "label", str(project), "--folders", "--level", "9"]) == 1
    assert "There is no level 9" in capsys.readouterr().err
    assert main(["project", "label", str(project), "--class", "Stop"]) == 1
    assert "Name the captures" in capsys.readouterr().err


def test_what_was_labelled_is_exported_and_nothing_is_overwritten(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_json(capsys, "label", project, "--folders")
    table = tmp_path / "out.csv"
    (told,) = run_json(capsys, "export", project, table, "--which", "reviewed")
    assert told["captures"] == 6 and told["format"] == "csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert {row["label"] for row in csv.DictReader(file)} == {"red", "blue"}
    before = table.read_bytes()
    assert main(["project", "export", str(project), str(table)]) == 1
    assert "--overwrite" in capsys.readouterr().err and table.read_bytes() == before
    assert run_json(capsys, "export", project, table, "--overwrite")[0]["captures"] == 7
    assert run_json(capsys, "export", project, tmp_path / "coco.json")[0]["format"] == "coco"
    run_json(capsys, "export", project, tmp_path / "folders")
    assert sorted(path.name for path in (tmp_path / "folders" / "red").glob("*.png")) == [
        "1.png",
        "3.png",
        "5.png",
    ]
    rows = run_json(capsys, "list", project, "captures")
    assert {row["state"] for row in rows} == {"corrected", "unreviewed"}
    assert [bool(row["error"]) for row in rows].count(True) == 1
    classes = {row["class"]: row["labelled"] for row in run_json(capsys, "list", project, "classes")}
    assert classes["red"] == 3 and classes["Stop"] == 0


def test_an_export_never_takes_the_place_of_the_database_or_of_a_capture(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database, capture = project / "project.sqlite", tmp_path / "captures" / "red" / "1.png"
    link = tmp_path / "link.csv"
    link.symlink_to(capture)
    before = capture.read_bytes()
    for target, said in (
        (database, "is inside a project folder: choose another location"),
        (project / "models", "is inside a project folder"),
        (capture, "is one of the captures: choose another name"),
        (link, "is one of the captures"),
    ):
        form = "folders" if target.is_dir() else "csv"
        command = ["project", "export", str(project), str(target), "--overwrite", "--format", form]
        assert main(command) == 1
        assert said in capsys.readouterr().err
    assert capture.read_bytes() == before
    assert run_json(capsys, "list", project)[0]["total"] == 7


def test_a_project_that_is_open_elsewhere_is_left_alone_but_its_model_can_be_used(
    project: Path, tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = Project.open(project)
    try:
        for command in (["add", str(project), str(tmp_path)], ["list", str(project)]):
            done = subprocess.run(
                [sys.executable, "-m", "vimd_core", "project", *command],
                capture_output=True,
                text=True,
                timeout=120,
            )
            assert done.returncode == 1 and "is open in another window" in done.stderr
        assert find_model(Path(f"{project}:1")) == tiny_bundle
        assert find_model(Path(f"{project}:random-signs")) == find_model(project) == tiny_bundle
        with pytest.raises(VimdError, match=r"has no model 9: give the number of one of 1 \(random-signs\)"):
            find_model(Path(f"{project}:9"))
        capsys.readouterr()
        assert main(["model", "list", "--project", str(project), "--json"]) == 0
        rows = [row for row in json.loads(capsys.readouterr().out) if row["name"] == f"{project}:1"]
        assert rows[0]["active"] is True and rows[0]["classes"] == 8
    finally:
        held.close()
    assert main(["project", "list", str(tmp_path)]) == 1
    assert "is not a project" in capsys.readouterr().err
