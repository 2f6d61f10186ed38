"""What `vimd classify` takes and gives: archives, lists of paths, names of models, rows for what can't be read."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vimd_core.checkpoints.find_model import bundled_models, find_model
from vimd_core.cli import main
from vimd_core.errors import CheckpointError


def make_capture(path: Path, grey: int = 90) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((12, 9, 3), grey, np.uint8)).save(path)
    return path


def classify(
    *arguments: object, model: Path, typed: bytes = b""
) -> tuple[subprocess.CompletedProcess[bytes], list[dict[str, str]]]:
    done = subprocess.run(
        [sys.executable, "-m", "vimd_core", "classify", "--model", model, "--device", "cpu", *arguments],
        input=typed,
        capture_output=True,
        timeout=240,
    )
    return done, list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8", "surrogateescape"))))


def test_an_archive_is_classified_and_its_entries_have_names(tmp_path: Path, tiny_bundle: Path) -> None:
    archive = tmp_path / "captures.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(make_capture(tmp_path / "a.png"), "inner/a.png")
        packed.writestr("inner/broken.png", b"no image")
        packed.writestr("inner/notes.txt", b"no capture")
    (tmp_path / "damaged.zip").write_bytes(b"no archive")
    own = make_capture(tmp_path / "plain.png")
    views = tmp_path / "views"
    done, rows = classify(archive, own, tmp_path / "damaged.zip", "--save-sr", views, model=tiny_bundle)
    assert done.returncode == 3, done.stderr
    by_path = {row["path"]: row for row in rows}
    assert set(by_path) == {
        str(path)
        for path in (own, archive / "inner/a.png", archive / "inner/broken.png", tmp_path / "damaged.zip")
    }
    good, bad = by_path[str(archive / "inner/a.png")], by_path[str(archive / "inner/broken.png")]
    assert (good["width_px"], good["height_px"], good["error"]) == ("9", "12", "") and good["class"]
    assert bad["class"] == "" == bad["probability"] and str(archive / "inner/broken.png") in bad["error"]
    assert "can't be unpacked" in by_path[str(tmp_path / "damaged.zip")]["error"]
    assert sorted(path.name for path in views.rglob("*.png")) == ["a.png.sr.png", "plain.png.sr.png"]


@pytest.mark.parametrize("nul", [False, True])
def test_paths_come_from_standard_input(tmp_path: Path, tiny_bundle: Path, nul: bool) -> None:
    names = ["é one.png", "two.png", "new\nline.png"] if nul else ["é one.png", "two.png"]
    paths = [make_capture(tmp_path / name) for name in names]
    typed = "".join(f"{path}{chr(0) if nul else chr(10)}" for path in paths)
    flags = ["--paths-from", "-", *(["-0"] if nul else [])]
    done, rows = classify(*flags, "--output", "-", model=tiny_bundle, typed=typed.encode())
    assert done.returncode == 0, done.stderr
    assert [row["path"] for row in rows] == [str(path) for path in paths]


def test_a_missing_file_is_a_row_in_json_lines_too(tmp_path: Path, tiny_bundle: Path) -> None:
    make_capture(tmp_path / "a.png")
    missing = tmp_path / "missing.png"
    done, _ = classify(tmp_path / "a.png", missing, "--format", "jsonl", model=tiny_bundle)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3 and [bool(row["error"]) for row in rows] == [False, True]
    assert rows[1]["path"] == str(missing) and rows[1]["class"] == "" and rows[1]["probability"] is None
    assert rows[0].keys() == rows[1].keys() and rows[0]["top"][0]["class"] == rows[0]["class"]


def test_nothing_named_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify"]) == 1
    assert "No input" in capsys.readouterr().err


def test_bundled_models_are_known_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert find_model(Path("general-compact")).name == "general-compact.safetensors"
    assert find_model(Path("General-Compact")) == find_model(Path("general-compact"))
    with pytest.raises(CheckpointError, match="did you mean general-compact"):
        find_model(Path("general-compakt"))
    assert main(["model", "list", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in rows} == {one.name for one in bundled_models()}
    assert [row["name"] for row in rows if row["starter"]] == ["traffic-signs-compact"]
    assert {row["kind"] for row in rows} == {"model", "super-resolution network"}


def test_a_model_that_is_shared_is_not_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["calibrate"], ["evaluate", "--record", "mine"]):
        assert main([*command, "--model", "general-compact", "--data", str(tmp_path)]) == 1
        assert "is shared, so it is not changed" in capsys.readouterr().err


def test_the_wrong_kind_of_weights_is_called_what_it_is(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capture = make_capture(tmp_path / "a.png")
    wrong = {
        (
            "classify",
            "--model",
            "super-resolution-compact",
            str(capture),
        ): "is a super-resolution network: use",
        (
            "evaluate-teacher",
            "--model",
            str(tiny_bundle),
            "--data",
            "x",
        ): "is a whole model: use it with --model",
        (
            "evaluate-teacher",
            "--model",
            "super-resolution-paper",
            "--data",
            "x",
        ): "is a super-resolution network",
        ("evaluate-sr", "--srresnet", str(tiny_bundle), "--hr", "x"): "is a whole model",
        ("model", "info", "super-resolution-paper"): "`vimd distill --srresnet`",
    }
    for arguments, sentence in wrong.items():
        assert main(list(arguments)) == 1, arguments
        assert sentence in capsys.readouterr().err, arguments
