"""`vimd benchmark train`, `memory` and `accuracy`, at sizes that ask whether they work, not how fast anything is."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from labelled_images import write_tracks
from places import BENCHMARKS
from safetensors.torch import save_file

from vimd_core.benchmarks import memory, train
from vimd_core.benchmarks.training_step import SCANS, TrainingStep
from vimd_core.cli import main
from vimd_core.config import preset
from vimd_core.errors import ConfigError
from vimd_core.models.super_resolution import build_super_resolution
from vimd_core.training.augmentation.augment import AugmentationConfig
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.recipes.training_config import TrainingConfig

sys.path.insert(0, str(BENCHMARKS))
import benchmark_accuracy
from plain_cnn import PlainCnn, predict_plain_cnn, train_plain_cnn
from rivals import TRAINING_RIVALS

torch.set_num_threads(1)
NO_AUGMENTATION = AugmentationConfig(
    rotation_degrees=0, scale=0, shear=0, shift=0, brightness=0, contrast=0, saturation=0, erase_probability=0
)


@pytest.mark.parametrize("rival", ["reference", *TRAINING_RIVALS])
def test_a_step_with_a_rivals_scan_is_the_same_step(rival: str) -> None:
    ours, theirs = (TrainingStep("compact", 2, scan) for scan in (None, (SCANS | TRAINING_RIVALS)[rival]))
    for _ in range(2):
        torch.manual_seed(1)  # of the layers that are skipped
        expected = ours()
        torch.manual_seed(1)
        # The second loss depends on the gradients of the first step.
        assert theirs() == pytest.approx(expected, rel=1e-3)


def test_the_step_is_timed_and_its_memory_measured_beside_rivals(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(train, "CASES", (train.StepCase("balanced", 1, 1),))
    monkeypatch.setattr(train, "LOADING_STEPS", 2)
    rows = train.run([], {"ours": None, "mambapy": TRAINING_RIVALS["mambapy"]}, {"mambapy": 4.0})
    times = [row for row in rows if row.unit == "ms" and ": " not in row.name]
    parts = {row.name.partition(": ")[2]: row for row in rows if row.unit == "ms" and ": " in row.name}
    memories = [row for row in rows if row.unit == "MiB/capture"]
    assert [row.wanted for row in times] == [">= 4 times faster"]
    assert all(row.ratio is not None and row.met == (row.ratio >= 4) for row in times)
    # What the scans cost and what is left without them is the step.
    assert parts["its scans alone"].value + parts["without any scan"].value == pytest.approx(times[0].value)
    # The rival holds every state of every token, which shows in one capture already.
    busy = next(row for row in rows if row.unit == "% of the time")
    assert 0 < busy.value <= 100
    assert [row.ratio is not None and row.ratio > 1.5 for row in memories] == [True]


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives freed memory back when asked")
def test_memory_that_the_first_step_has_freed_is_counted_again() -> None:
    assert memory.in_fresh_process("compact", 1, "mambapy") > 15


def test_benchmarks_refuse_arguments_that_they_do_not_take() -> None:
    with pytest.raises(ConfigError, match="no arguments"):
        train.run(["--fast"])
    for arguments in ([], ["compact"], ["teapot", "2"], ["compact", "0"], ["compact", "2", "teapot"]):
        with pytest.raises(ConfigError, match="Give a preset"):
            memory.run(arguments)


def test_the_rival_has_two_million_parameters_and_can_learn(tmp_path: Path) -> None:
    assert sum(p.numel() for p in PlainCnn(43).parameters()) == pytest.approx(2e6, rel=0.05)
    data = load_training_data(
        write_tracks(tmp_path / "data", tracks=2), 32, validation_fraction=0.0, seed=0
    ).training
    config = TrainingConfig(
        epochs=15, batch_size=6, ema_decay=0.5, precision="float32", augmentation=NO_AUGMENTATION
    )
    result = train_plain_cnn(data, ("0", "1", "2"), config, tmp_path / "run", size_px=16)
    probabilities = predict_plain_cnn(result.model, data, size_px=16)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), data.labels.numpy())
    assert result.epochs == 15 and result.cpu_seconds > 0


def test_student_and_rival_are_compared_on_the_same_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_tracks(tmp_path / "data", tracks=5)
    network = build_super_resolution(preset("compact").super_resolution)
    save_file(network.state_dict(), tmp_path / "sr.safetensors")
    options = ["--data", str(data), "--epochs", "1", "--srresnet", str(tmp_path / "sr.safetensors")]
    assert main(["benchmark", "accuracy", *options, "--set", "training.batch_size=4", "--json"]) == 0
    rows = {(row["name"], row["unit"]): row for row in json.loads(capsys.readouterr().out)}
    student, rival = rows["student top-1, 1 seed", "%"], rows["plain CNN top-1, 1 seed", "%"]
    assert student["met"] == (student["value"] > rival["value"])
    assert {"%", "epochs", "minutes", "CPU minutes"} <= {unit for name, unit in rows if "CNN" in name}
    assert rows["student epochs", "epochs"]["value"] == rows["plain CNN epochs", "epochs"]["value"] == 1


def test_a_student_that_cannot_be_trained_is_no_comparison(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = write_tracks(tmp_path / "data")
    assert main(["benchmark", "accuracy", "--data", str(data), "--epochs", "1"]) == 1
    said = capfd.readouterr().err
    assert "super-resolution network" in said and "could not be trained" in said


def test_the_size_of_captures_chooses_the_preset() -> None:
    assert benchmark_accuracy.preset_for(32) == "compact"
    assert preset(benchmark_accuracy.preset_for(56)).lr_size_px == 56
    with pytest.raises(ConfigError, match="32 or 56"):
        benchmark_accuracy.preset_for(40)
