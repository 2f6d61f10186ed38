"""Training of the super-resolution network: resumed, stopped, killed and limited in time like any other."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from tiny_trainings import child_environment

from vimd_core.checkpoints.super_resolution import load_super_resolution
from vimd_core.cli import main
from vimd_core.config import PRESETS, SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.distillation.events import AnyEvent, SuperResolutionEpochEvent
from vimd_core.distillation.photographs import PatchSampler, load_photographs
from vimd_core.distillation.run_folder import RunFolder
from vimd_core.distillation.stopping import TrainingStoppedError
from vimd_core.distillation.super_resolution import SuperResolutionTrainer, SuperResolutionTrainingConfig
from vimd_core.errors import CheckpointError, DatasetError
from vimd_core.models.super_resolution import bicubic_downscale

torch.set_num_threads(1)
HERE = Path(__file__).parent
NETWORK = SuperResolutionConfig(architecture="light", channels=8, num_blocks=1)
CONFIG = SuperResolutionTrainingConfig(
    steps=9, steps_per_epoch=4, batch_size=2, patch_px=8, warmup_steps=2, validation_images=2
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    generator = np.random.default_rng(0)
    for index in range(6):
        smooth = generator.integers(0, 256, (6, 6, 3), dtype=np.uint8)
        image = Image.fromarray(smooth).resize((52 + 4 * index, 60), Image.Resampling.BICUBIC)
        image.save(folder / f"{index}.png")
    return folder


def trainer(
    folder: Path, run: Path, config: SuperResolutionTrainingConfig = CONFIG
) -> SuperResolutionTrainer:
    photographs = load_photographs(sorted(folder.iterdir()), 4, smallest_px=config.patch_px)
    return SuperResolutionTrainer(
        NETWORK, *photographs.split(config.validation_images, config.seed), config, RunFolder(run)
    )


def after(calls: int) -> Callable[[], bool]:
    """A `should_stop` that is quiet so many times."""
    left = iter(range(calls))
    return lambda: next(left, None) is None


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("calls", [1, 40, 110, 190])
def test_stopped_anywhere_and_resumed_it_ends_as_a_whole_one(
    folder: Path, tmp_path: Path, calls: int
) -> None:
    whole = trainer(folder, tmp_path / "whole").run(lambda event: None)
    with pytest.raises(TrainingStoppedError, match="--resume goes on"):
        trainer(folder, tmp_path / "parts").run(lambda event: None, should_stop=after(calls))
    with pytest.raises(CheckpointError, match="not finished"):
        trainer(folder, tmp_path / "parts").run(lambda event: None)
    assert same(trainer(folder, tmp_path / "parts").run(lambda event: None, resume=True), whole)
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("whole", "parts")]
    whole_log, parts_log = ([json.loads(line) for line in log] for log in logs)
    assert [row["validation_psnr_db"] for row in parts_log] == [
        row["validation_psnr_db"] for row in whole_log
    ]
    assert [row["step"] for row in whole_log] == [4, 8, 9]


def test_it_learns_and_says_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    config = replace(CONFIG, steps=60, steps_per_epoch=30, learning_rate=2e-3)
    trainer(folder, tmp_path / "run", config).run(events.append)
    epochs = [event for event in events if isinstance(event, SuperResolutionEpochEvent)]
    assert [event.epoch for event in epochs] == [1, 2]
    assert epochs[-1].validation_psnr_db > epochs[-1].validation_bicubic_psnr_db
    assert epochs[-1].eta_s == 0 and epochs[0].samples_per_s > 0


def test_a_limit_of_time_ends_the_schedule(folder: Path, tmp_path: Path) -> None:
    events: list[Any] = []
    config = replace(CONFIG, steps=10_000_000, steps_per_epoch=10_000_000, minutes=0.01)
    trainer(folder, tmp_path / "run", config).run(events.append)
    assert 0 < events[-1].step < 10_000_000
    assert events[-1].learning_rate < 0.2 * config.learning_rate  # the schedule was run through


def test_other_settings_or_photographs_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError):
        trainer(folder, tmp_path / "run").run(lambda event: None, should_stop=after(60))
    other = replace(CONFIG, learning_rate=1e-4)
    with pytest.raises(CheckpointError, match="learning_rate"):
        trainer(folder, tmp_path / "run", other).run(lambda event: None, resume=True)
    more = tmp_path / "more"
    more.mkdir()
    for file in folder.iterdir():
        Image.open(file).rotate(180).save(more / file.name)
    with pytest.raises(CheckpointError, match="other images"):
        trainer(more, tmp_path / "run").run(lambda event: None, resume=True)


def test_a_loss_that_is_no_number_keeps_the_last_good_checkpoint(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no longer a number"):
        trainer(folder, tmp_path / "run", replace(CONFIG, learning_rate=1e30, warmup_steps=1)).run(
            lambda event: None
        )


def test_patches_depend_on_seed_and_step_alone_and_fit_together(folder: Path) -> None:
    photographs = load_photographs(sorted(folder.iterdir()), 4, smallest_px=8)
    sampler = PatchSampler(photographs, batch_size=3, patch_px=8, seed=1)
    later = sampler.draw(5)
    sampler.draw(0)
    again = PatchSampler(photographs, batch_size=3, patch_px=8, seed=1).draw(5)
    assert torch.equal(later[0], again[0]) and torch.equal(later[1], again[1])
    assert not torch.equal(sampler.draw(6)[0], later[0])
    # Away from its border a patch's reduction is the low-resolution patch.
    inside = (..., slice(2, -2), slice(2, -2))
    torch.testing.assert_close(bicubic_downscale(later[1], 4)[inside], later[0][inside], atol=0.01, rtol=0)


def test_unusable_photographs_are_left_out_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no image")
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")
    files = [*sorted(folder.iterdir()), *sorted(tmp_path.iterdir())]
    photographs = load_photographs(files, 4, smallest_px=8)
    assert len(photographs.pairs) == 6 and len(photographs.left_out) == 2
    assert "small.png is too small" in photographs.left_out[1]
    with pytest.raises(DatasetError, match="too few"):
        photographs.split(6, 0)
    with pytest.raises(DatasetError, match="32 px"):
        load_photographs([tmp_path / "small.png"], 4, smallest_px=8)


def test_the_command_stops_at_a_signal_resumes_and_grows(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    common = [
        "--data",
        str(folder),
        "--set",
        "training.validation_images=2",
        "--patch-px",
        "8",
        "--batch-size",
        "2",
    ]
    command = [
        sys.executable, HERE / "tiny_vimd.py", "train-sr", *common, "--device", "cpu",
        "--run", tmp_path / "light", "--steps", "100000000",
    ]  # fmt: skip
    with subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(),
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["step"] > 0:
                break
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 4 and "--resume goes on" in said

    tiny = SrvmNetConfig(
        preset="compact", super_resolution=NETWORK, classifier=VisionMambaConfig(image_size_px=32)
    )
    large = SuperResolutionConfig(channels=16, num_blocks=2)
    monkeypatch.setattr(
        "vimd_core.config.PRESETS",
        {**PRESETS, "compact": tiny, "paper": replace(tiny, preset="paper", super_resolution=large)},
    )
    few = [*common, "--steps", "2"]
    assert main(["train-sr", *few, "--run", str(tmp_path / "small")]) == 0
    result = tmp_path / "small" / "super_resolution.safetensors"
    grown = ["train-sr", *few, "--preset", "paper", "--run", str(tmp_path / "grown")]
    assert main([*grown, "--grow-from", str(result)]) == 0
    lr = torch.rand(1, 3, 16, 16) * 0.6 + 0.2
    before = load_super_resolution(result, NETWORK)(lr)
    after_growth = load_super_resolution(tmp_path / "grown" / "super_resolution.safetensors", large)(lr)
    inside = (..., slice(16, -16), slice(16, -16))
    assert float((before - after_growth)[inside].abs().max().detach()) < 0.02  # two small steps away
    capsys.readouterr()
    assert main(["train-sr", *few, "--run", str(tmp_path / "no"), "--grow-from", str(result)]) == 1
    assert "--preset paper" in capsys.readouterr().err
