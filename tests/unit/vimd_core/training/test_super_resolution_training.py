"""Training of the super-resolution network: resumed, stopped, killed and limited in time like any other."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from places import HELPERS
from tiny_trainings import child_environment

from vimd_core.checkpoints.super_resolution import load_super_resolution
from vimd_core.cli import main
from vimd_core.config import PRESETS, SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.errors import CheckpointError, ConfigError, DatasetError, DeviceError
from vimd_core.models.super_resolution import bicubic_downscale, bicubic_upscale
from vimd_core.training.batches.patches import PatchBatch, PatchSampler
from vimd_core.training.batches.photographs import load_photographs
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent, NoticeEvent, SuperResolutionEpochEvent
from vimd_core.training.loop.pace import Pace
from vimd_core.training.loop.run_loop import Trainer
from vimd_core.training.loop.stopping import TrainingStoppedError
from vimd_core.training.recipes.super_resolution_config import SuperResolutionTrainingConfig
from vimd_core.training.runs.folder import RunFolder
from vimd_core.training.super_resolution import new_network, super_resolution_task
from vimd_core.training.validation.psnr import TILE_PX, mean_psnr

torch.set_num_threads(1)
HERE = Path(__file__).parent
NETWORK = SuperResolutionConfig(architecture="light", channels=8, num_blocks=1)
WITH_NORMS = SuperResolutionConfig(channels=8, num_blocks=1)
CONFIG = SuperResolutionTrainingConfig(
    steps=9,
    steps_per_epoch=4,
    batch_size=2,
    patch_px=8,
    warmup_steps=2,
    validation_images=2,
    precision="float32",
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


@dataclass
class Run:
    """A training that gives the weights that it leaves."""

    trainer: Trainer[PatchBatch]

    def run(
        self,
        on_event: Callable[[AnyEvent], None],
        *,
        resume: bool = False,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> dict[str, torch.Tensor]:
        return self.trainer.run(on_event, resume=resume, should_stop=should_stop).weights


def trainer(
    folder: Path,
    run: Path,
    config: SuperResolutionTrainingConfig = CONFIG,
    network: SuperResolutionConfig = NETWORK,
    checkpoint_minutes: float = 10.0,
) -> Run:
    photographs = load_photographs(sorted(folder.iterdir()), 4, smallest_px=config.patch_px)
    place = ComputePlace(checkpoint_minutes=checkpoint_minutes)
    task = super_resolution_task(
        new_network(network, None, config.seed, place),
        network,
        *photographs.split(config.validation_images, config.seed),
        config,
        place,
    )
    return Run(Trainer(task, RunFolder(run), place))


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
    with pytest.raises(TrainingStoppedError, match="--resume to continue"):
        trainer(folder, tmp_path / "parts").run(lambda event: None, should_stop=after(calls))
    with pytest.raises(CheckpointError, match="unfinished"):
        trainer(folder, tmp_path / "parts").run(lambda event: None)
    assert same(trainer(folder, tmp_path / "parts").run(lambda event: None, resume=True), whole)
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("whole", "parts")]
    whole_log, parts_log = ([json.loads(line) for line in log] for log in logs)
    assert [row["validation_psnr_db"] for row in parts_log] == [
        row["validation_psnr_db"] for row in whole_log
    ]
    assert [row["step"] for row in whole_log] == [4, 8, 9]


@pytest.mark.parametrize("calls", [33, 58])
def test_stopped_between_the_parts_of_a_step_the_norms_are_as_before_it(
    folder: Path, tmp_path: Path, calls: int
) -> None:
    config = replace(CONFIG, accumulation=2)
    whole = trainer(folder, tmp_path / "whole", config, WITH_NORMS).run(lambda event: None)
    with pytest.raises(TrainingStoppedError):
        trainer(folder, tmp_path / "parts", config, WITH_NORMS).run(
            lambda event: None, should_stop=after(calls)
        )
    resumed = trainer(folder, tmp_path / "parts", config, WITH_NORMS).run(lambda event: None, resume=True)
    assert same(resumed, whole)


def test_stopped_while_validating_the_epoch_is_closed_after_resuming(folder: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, steps=1)
    looks = 0

    def count() -> bool:
        nonlocal looks
        looks += 1
        return False

    whole = trainer(folder, tmp_path / "whole", config).run(lambda event: None, should_stop=count)
    with pytest.raises(TrainingStoppedError) as stopped:
        trainer(folder, tmp_path / "parts", config).run(lambda event: None, should_stop=after(looks - 1))
    assert stopped.value.step == 1 and not (tmp_path / "parts" / "log.jsonl").exists()
    assert same(trainer(folder, tmp_path / "parts", config).run(lambda event: None, resume=True), whole)


# Each child goes on where the one before was killed, and is killed itself in the middle of a step.
_KILLED = """
import os, signal, sys
from pathlib import Path
from test_super_resolution_training import after, trainer

for looks in (70, 25, 47):
    child = os.fork()
    if child == 0:
        stops = after(looks)
        trainer(Path(sys.argv[1]), Path(sys.argv[2]), checkpoint_minutes=0.0).run(
            lambda event: None,
            resume=True,
            should_stop=lambda: stops() and os.kill(os.getpid(), signal.SIGKILL),
        )
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
"""


def test_killed_three_times_and_resumed_it_ends_as_a_whole_one(folder: Path, tmp_path: Path) -> None:
    whole = trainer(folder, tmp_path / "whole").run(lambda event: None)
    subprocess.run(
        [sys.executable, "-c", _KILLED, str(folder), str(tmp_path / "killed")],
        cwd=HERE,
        env=child_environment(),
        check=True,
    )
    saved = RunFolder(tmp_path / "killed").load_last()
    assert saved is not None and 1 < saved["step"] < CONFIG.steps
    assert same(trainer(folder, tmp_path / "killed").run(lambda event: None, resume=True), whole)


def test_parts_of_a_batch_learn_what_the_whole_does(folder: Path, tmp_path: Path) -> None:
    at_once = trainer(folder, tmp_path / "one").run(lambda event: None)
    in_parts = trainer(folder, tmp_path / "two", replace(CONFIG, accumulation=2)).run(lambda event: None)
    for name, value in at_once.items():
        torch.testing.assert_close(in_parts[name], value, atol=1e-5, rtol=1e-3)


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
    *_, epoch, last = events
    assert 0 < epoch.step < 10_000_000
    assert epoch.learning_rate < 0.2 * config.learning_rate  # the schedule was run through
    assert isinstance(last, NoticeEvent) and "time limit of 0.01 minutes is reached" in last.message


def test_what_is_left_of_a_limit_of_time_is_what_is_said_to_be_left() -> None:
    pace = Pace()
    pace.add_step(1.0, 0.0)
    pace.add_validation(3.0)
    assert pace.eta_s(steps=1000, validations=2) == 1006
    assert pace.eta_s(steps=1000, validations=2, limit_s=20.0) == 23
    assert pace.eta_s(steps=5, validations=1, limit_s=20.0) == 8
    assert pace.eta_s(steps=1000, validations=2, limit_s=-1.0) == 3


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
    config = replace(CONFIG, learning_rate=1e30, warmup_steps=1)
    with pytest.raises(CheckpointError, match="became NaN or infinite"):
        trainer(folder, tmp_path / "run", config, checkpoint_minutes=0.0).run(lambda event: None)
    saved = RunFolder(tmp_path / "run").load_last()
    assert saved is not None and all(bool(torch.isfinite(value).all()) for value in saved["model"].values())


def test_to_stop_one_that_has_diverged_is_answered_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    config = replace(CONFIG, learning_rate=1e30, warmup_steps=1)
    said: set[type[Exception]] = set()
    for calls in range(1, 60, 3):
        with pytest.raises((TrainingStoppedError, CheckpointError)) as error:
            trainer(folder, tmp_path / str(calls), config).run(lambda event: None, should_stop=after(calls))
        said.add(error.type)
    assert said == {TrainingStoppedError, CheckpointError}


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(folder: Path, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8 * 1024, hard))
    try:
        with pytest.raises(CheckpointError, match=r"can't be written .*free some space"):
            trainer(folder, tmp_path / "run").run(lambda event: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    resumed = trainer(folder, tmp_path / "run").run(lambda event: None, resume=True)
    assert same(resumed, trainer(folder, tmp_path / "whole").run(lambda event: None))


def test_a_batch_that_does_not_fit_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def enlarge(self: object, patches: torch.Tensor) -> torch.Tensor:
        return torch.empty(len(patches), 2**50)  # more than any machine has

    monkeypatch.setattr("vimd_core.models.super_resolution.LightSRResNet.forward", enlarge)
    with pytest.raises(DeviceError, match="accumulation"):
        trainer(folder, tmp_path / "run").run(lambda event: None)


@pytest.mark.parametrize(
    "change",
    [{"accumulation": 0}, {"warmup_steps": -1}, {"learning_rate": float("nan")}, {"ema_decay": 1.0}],
)
def test_settings_out_of_range_are_named(change: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(change))):
        replace(CONFIG, **change)


class _Bicubic(torch.nn.Module):
    """Notes the sizes of what it enlarges."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, ...]] = []

    def forward(self, lr: torch.Tensor) -> torch.Tensor:
        self.sizes.append(tuple(lr.shape[2:]))
        return bicubic_upscale(lr, 4)


def test_a_large_photograph_is_validated_in_tiles_that_cover_it() -> None:
    generator = torch.Generator().manual_seed(0)
    low = torch.randint(0, 256, (3, 2 * TILE_PX + 3, TILE_PX + 1), dtype=torch.uint8, generator=generator)
    high = torch.randint(
        0, 256, (3, 4 * low.shape[1], 4 * low.shape[2]), dtype=torch.uint8, generator=generator
    )
    model, looks = _Bicubic(), 0

    def look() -> None:
        nonlocal looks
        looks += 1

    psnr, bicubic = mean_psnr(model, [(low, high)], device=torch.device("cpu"), check=look)
    assert psnr == bicubic and looks == len(model.sizes) == 6
    assert max(map(max, model.sizes)) <= TILE_PX
    assert sum(height * width for height, width in model.sizes) == low[0].numel()
    error = (bicubic_upscale(low[None] / 255.0, 4) - high / 255.0).square().mean()
    assert psnr == pytest.approx(float(-10 * torch.log10(error)), abs=0.05)  # but for the seams


def test_a_black_photograph_does_not_end_the_training() -> None:
    black = torch.zeros(3, 8, 8, dtype=torch.uint8), torch.zeros(3, 32, 32, dtype=torch.uint8)
    assert mean_psnr(_Bicubic(), [black], device=torch.device("cpu")) == pytest.approx((100.0, 100.0))


def test_patches_depend_on_seed_and_step_alone_and_fit_together(folder: Path) -> None:
    photographs = load_photographs(sorted(folder.iterdir()), 4, smallest_px=8)
    sampler = PatchSampler(photographs, batch_size=3, patch_px=8, seed=1)
    later = sampler.draw(5)
    sampler.draw(0)
    again = PatchSampler(photographs, batch_size=3, patch_px=8, seed=1).draw(5)
    assert torch.equal(later.low, again.low) and torch.equal(later.high, again.high)
    assert not torch.equal(sampler.draw(6).low, later.low)
    # Away from its border a patch's reduction is the low-resolution patch.
    inside = (..., slice(2, -2), slice(2, -2))
    torch.testing.assert_close(bicubic_downscale(later.high, 4)[inside], later.low[inside], atol=0.01, rtol=0)


def test_unusable_photographs_are_left_out_with_a_sentence(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no image")
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")
    files = [*sorted(folder.iterdir()), *sorted(tmp_path.iterdir())]
    photographs = load_photographs(files, 4, smallest_px=8)
    assert len(photographs.pairs) == 6 and len(photographs.left_out) == 2
    assert "small.png is too small" in str(photographs.left_out[1])
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
        sys.executable, HELPERS / "trainings/tiny_vimd.py", "train-sr", *common, "--device", "cpu",
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
    assert process.returncode == 4 and "--resume to continue" in said

    tiny = SrvmNetConfig(
        preset="compact", super_resolution=NETWORK, classifier=VisionMambaConfig(image_size_px=32)
    )
    large = SuperResolutionConfig(channels=16, num_blocks=2)
    monkeypatch.setattr(
        "vimd_core.config.PRESETS",
        {**PRESETS, "compact": tiny, "paper": replace(tiny, preset="paper", super_resolution=large)},
    )
    few = [*common, "--steps", "2"]
    bad = tmp_path / "mixed"
    shutil.copytree(folder, bad)
    for index in range(12):
        (bad / f"broken{index:02d}.png").write_bytes(b"no image")
    mixed = ["train-sr", *few, "--data", str(bad), "--run", str(tmp_path / "mixed_run")]
    assert main(mixed) == 0
    said = capsys.readouterr().err
    assert "broken09.png" in said and "broken10.png" not in said and "2 more like these" in said
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
    # Going on from a network of the same build, and refusing one of another.
    more = ["train-sr", *few, "--preset", "paper", "--run", str(tmp_path / "more")]
    assert main([*more, "--init", str(tmp_path / "grown" / "super_resolution.safetensors")]) == 0
    went_on = load_super_resolution(tmp_path / "more" / "super_resolution.safetensors", large)(lr)
    assert float((went_on - after_growth)[inside].abs().max().detach()) < 0.02
    capsys.readouterr()
    more += ["--overwrite"]
    assert (
        main([*more, "--init", str(result)]) == 1 and "incompatible architecture" in capsys.readouterr().err
    )
    assert main([*more, "--init", str(result), "--grow-from", str(result)]) == 1
    assert "one start" in capsys.readouterr().err
