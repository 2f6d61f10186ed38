"""`vimd calibrate`, and captures that a manifest names."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image
from safetensors.torch import load_file

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.cli import main
from vimd_core.inference.calibration import MAX_TEMPERATURE, MIN_TEMPERATURE
from vimd_core.inference.predictor import Predictor


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "m.safetensors")


def write_manifest(folder: Path, model: Path, splits: tuple[str, ...]) -> Path:
    """Noise that is labelled as the model answers, but for every fourth capture."""
    chance = np.random.default_rng(0)
    images = list(chance.integers(0, 255, (len(splits), 8, 8, 3), dtype=np.uint8))
    answers = [prediction.top(1)[0][0] for prediction in Predictor.load(model).predict(images)]
    lines = ["path,label,split"]
    for i, (image, answer, split) in enumerate(zip(images, answers, splits, strict=True)):
        Image.fromarray(image).save(folder / f"{i}.png")
        label = answer if i % 4 else (answer + 1) % 3
        lines.append(f"{i}.png,{TINY_CLASSES[label]},{split}")
    (folder / "captures.csv").write_text("\n".join(lines) + "\n")
    return folder / "captures.csv"


def figures(command: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    assert main([*command, "--json", "--quiet"]) == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_confidence_fits_afterwards_and_no_answer_changes(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_manifest(tmp_path, model, ("",) * 40)
    weights = load_file(model)
    before = figures(["evaluate", "--model", str(model), "--data", str(data)], capsys)
    told = figures(["calibrate", "--model", str(model), "--data", str(data)], capsys)
    after = figures(["evaluate", "--model", str(model), "--data", str(data)], capsys)
    temperature = read_bundle_info(model).temperature
    assert MIN_TEMPERATURE <= temperature <= MAX_TEMPERATURE and abs(temperature - 1) > 0.01
    assert told["before"]["nll"] == pytest.approx(before["nll"])  # type: ignore[index]
    assert told["after"]["nll"] == pytest.approx(after["nll"], abs=1e-4)  # type: ignore[index]
    assert after["nll"] < before["nll"]  # type: ignore[operator]
    # What the temperature does to captures that it was not found on is said, too.
    assert not told["kept"] and told["left_out"]["nll"] > told["after"]["nll"]  # type: ignore[index]
    assert after["confusion"] == before["confusion"] and after["top5"] == before["top5"]
    assert after["calibration"]["nll_uncalibrated"] == pytest.approx(before["nll"], abs=1e-4)  # type: ignore[index]
    assert all((load_file(model)[name] == value).all() for name, value in weights.items())


def test_calibrating_twice_is_calibrating_once(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_manifest(tmp_path, model, ("",) * 40)
    other = tmp_path / "other.safetensors"
    assert main(["calibrate", "--model", str(model), "--data", str(data), "--output", str(other)]) == 0
    assert read_bundle_info(model).temperature == 1.0
    once = read_bundle_info(other).temperature
    assert main(["calibrate", "--model", str(other), "--data", str(data)]) == 0
    assert read_bundle_info(other).temperature == pytest.approx(once, rel=1e-3)
    assert "stored in" in capsys.readouterr().out


def test_what_gains_nothing_changes_nothing(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_manifest(tmp_path, model, ("",))
    whole = model.read_bytes()
    assert main(["calibrate", "--model", str(model), "--data", str(data)]) == 0
    assert "nothing is gained" in capsys.readouterr().out and model.read_bytes() == whole


def test_captures_of_one_group_are_left_out_together(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One thing that was photographed forty times says as little as one photograph."""
    data = write_manifest(tmp_path, model, ("",) * 40)
    lines = data.read_text().splitlines()
    data.write_text("\n".join([f"{lines[0]},group", *(f"{line},one" for line in lines[1:])]) + "\n")
    assert figures(["calibrate", "--model", str(model), "--data", str(data)], capsys)["kept"]


def test_a_dry_run_stores_nothing(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_manifest(tmp_path, model, ("",) * 8)
    whole = model.read_bytes()
    assert main(["calibrate", "--model", str(model), "--data", str(data), "--dry-run"]) == 0
    assert "nothing was stored" in capsys.readouterr().out and model.read_bytes() == whole


def test_each_command_takes_the_split_that_is_meant_for_it(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_manifest(tmp_path, model, ("train",) * 5 + ("val",) * 4 + ("test",) * 3)
    evaluate, calibrate = (
        [command, "--model", str(model), "--data", str(data)] for command in ("evaluate", "calibrate")
    )
    assert figures(evaluate, capsys)["n"] == 3
    assert figures([*evaluate, "--split", "train"], capsys)["n"] == 5
    assert figures([*evaluate, "--split", "all"], capsys)["n"] == 12
    assert figures([*calibrate, "--dry-run"], capsys)["n"] == 4


def test_what_cannot_be_calibrated_is_said(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_manifest(tmp_path, model, ("train",) * 4)
    command = ["calibrate", "--model", str(model), "--data", str(data)]
    assert main([*command, "--split", "validation"]) == 1
    assert "no captures of the split validation" in capsys.readouterr().err
    assert main([*command, "--output", str(tmp_path / "m.pth")]) == 1
    (tmp_path / "other.safetensors").write_bytes(b"another model")
    assert main([*command, "--output", str(tmp_path / "other.safetensors")]) == 1
    assert (tmp_path / "other.safetensors").read_bytes() == b"another model"
    assert "ends in .safetensors" in capsys.readouterr().err
    for path in tmp_path.glob("*.png"):
        path.unlink()
    assert main(command) == 1
    assert "None of the captures" in capsys.readouterr().err


def test_model_info_says_the_temperature(
    tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["model", "info", str(model)]) == 0
    assert "1 (not calibrated)" in capsys.readouterr().out
    data = write_manifest(tmp_path, model, ("",) * 8)
    assert main(["calibrate", "--model", str(model), "--data", str(data), "--quiet"]) == 0
    assert main(["model", "info", str(model)]) == 0
    assert f"{read_bundle_info(model).temperature:.3f} (calibrated)" in capsys.readouterr().out
