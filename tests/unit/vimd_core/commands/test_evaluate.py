"""`vimd evaluate` on real class folders."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from bundles import TINY_CLASSES, TINY_FOLDERS, write_tiny_bundle
from PIL import Image

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.cli import main
from vimd_core.inference.predictor import Predictor


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")


def make_class_folders(folder: Path, names: tuple[str, ...], per_class: int = 4) -> dict[str, list[Path]]:
    chance = np.random.default_rng(0)
    made: dict[str, list[Path]] = {}
    for name in names:
        (folder / name).mkdir(parents=True)
        for i in range(per_class):
            path = folder / name / f"{i}.png"
            Image.fromarray(chance.integers(0, 255, (8, 8, 3), dtype=np.uint8)).save(path)
            made.setdefault(name, []).append(path)
    return made


def test_json_figures_are_those_of_the_model(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_class_folders(tmp_path / "data", TINY_FOLDERS)
    assert (
        main(["evaluate", "--model", str(bundle), "--data", str(tmp_path / "data"), "--json", "--quiet"]) == 0
    )
    figures = json.loads(capsys.readouterr().out)
    predictor = Predictor.load(bundle)
    said = {
        folder: [p.top(1)[0][0] for p in predictor.predict([np.array(Image.open(path)) for path in paths])]
        for folder, paths in made.items()
    }
    right = sum(
        answer == TINY_FOLDERS.index(folder) for folder, answers in said.items() for answer in answers
    )
    assert figures["n"] == 12
    assert figures["top1"] == pytest.approx(right / 12)
    assert figures["top5"] == 1.0
    assert 0 <= figures["ece"] <= 1
    assert figures["classes"] == list(TINY_CLASSES)
    for index, folder in enumerate(TINY_FOLDERS):
        counts = Counter(said[folder])
        assert figures["confusion"][index] == [counts[i] for i in range(3)]
        assert figures["per_class"][index]["n"] == 4


def test_text_and_an_unreadable_capture(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_class_folders(tmp_path / "data", ("Stop", "Yield"))
    made["Stop"][0].write_bytes(b"")
    assert main(["evaluate", "--model", str(bundle), "--data", str(tmp_path / "data")]) == 3
    said = capsys.readouterr()
    assert "top-1" in said.out
    assert "Speed limit 20" in said.out
    assert "1 file could not be read" in said.err
    assert "0 bytes" in said.err


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (("Stop", "Banana"), "unknown to the model: Banana"),
        (("Stop", "14"), "both name the class Stop"),
        ((), "no sub-folders"),
    ],
)
def test_folders_that_do_not_fit(
    tmp_path: Path, bundle: Path, names: tuple[str, ...], wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    make_class_folders(tmp_path / "data", names, per_class=1)
    assert main(["evaluate", "--model", str(bundle), "--data", str(tmp_path / "data")]) == 1
    assert wanted in capsys.readouterr().err


def test_nothing_readable(tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made,) = make_class_folders(tmp_path / "data", ("Stop",), per_class=1)["Stop"]
    made.write_bytes(b"")
    assert main(["evaluate", "--model", str(bundle), "--data", str(tmp_path / "data")]) == 1
    assert "None of the captures" in capsys.readouterr().err


def test_recorded_figures_stay_with_the_model_and_change_no_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_class_folders(tmp_path / "data", TINY_FOLDERS)
    model = write_tiny_bundle(tmp_path / "tiny.safetensors")
    command = ["evaluate", "--model", str(model), "--data", str(tmp_path / "data"), "--json", "--quiet"]
    assert main([*command, "--record", "held-back signs"]) == 0
    first = json.loads(capsys.readouterr().out)
    recorded = read_bundle_info(model).metrics["held-back signs"]
    assert recorded == {key: first[key] for key in ("n", "top1", "top5", "bicubic_top1", "ece")}
    assert main(command) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["confusion"] == first["confusion"] and again["ece"] == first["ece"]


def test_captures_with_several_labels_are_left_out_and_listed(
    tmp_path: Path, bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = make_class_folders(tmp_path / "data", TINY_FOLDERS)
    lines = [(path, folder) for folder, paths in made.items() for path in paths]
    twice = lines[0][0]
    lines += [(twice, TINY_FOLDERS[1]), (lines[1][0], TINY_FOLDERS[0].upper())]
    table = tmp_path / "list.csv"
    table.write_text("path,label\n" + "".join(f"{path},{label}\n" for path, label in lines), encoding="utf-8")
    assert main(["evaluate", "--model", str(bundle), "--data", str(table), "--json"]) == 0
    said = capsys.readouterr()
    figures = json.loads(said.out)
    assert (figures["n"], figures["several_labels"]) == (11, [str(twice)])
    assert f"gives them several labels: {twice}." in said.err
