"""Teacher and student learn a tiny real set; runs resume exactly; the commands work from end to end."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from bundles import tiny_config
from PIL import Image
from tiny_trainings import quick_config, train_teacher, write_class_folders

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.cli import main
from vimd_core.config import PRESETS
from vimd_core.errors import ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.augmentation.augment import AugmentationConfig, augment
from vimd_core.training.batches.batch import Batch
from vimd_core.training.batches.training_data import load_training_data
from vimd_core.training.losses.objectives import LossConfig, StudentObjective
from vimd_core.training.optimisation.learning_rate import warmup_cosine
from vimd_core.training.optimisation.parameter_groups import parameter_groups
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.runs.folder import RunFolder

torch.set_num_threads(1)


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    return write_class_folders(tmp_path / "data")


def test_a_tiny_set_is_learnt(captures: Path, tmp_path: Path) -> None:
    assert train_teacher(captures, quick_config(epochs=12), tmp_path / "run").best_score == 1.0


def test_the_student_is_pulled_to_its_teacher_and_leaves_sr_alone(captures: Path) -> None:
    torch.manual_seed(0)
    student, teacher = SrvmNet(tiny_config()), VisionMamba(tiny_config().classifier)
    learnt = load_training_data(captures, 32, validation_fraction=0.0, seed=0, threads=1).training
    objective = StudentObjective(student, teacher, LossConfig(hidden_form="paper"))
    batch = Batch(learnt.views(torch.arange(4)), learnt.labels[:4], torch.randn(4, 3), torch.ones(4))
    student.train()
    before = {name: value.clone() for name, value in student.super_resolution.state_dict().items()}
    terms = objective.losses(batch)
    assert set(terms) == {"cross_entropy", "logits_kl", "near_kl", "hidden_states"}
    torch.stack(list(terms.values())).sum().backward()  # type: ignore[no-untyped-call]
    assert all(parameter.grad is None for parameter in student.super_resolution.parameters())
    assert all(parameter.grad is None for parameter in teacher.parameters())
    assert student.classifier.head.weight.grad is not None
    assert not student.super_resolution.training
    for name, value in student.super_resolution.state_dict().items():
        assert torch.equal(before[name], value)
    alone = StudentObjective(student, None, LossConfig())
    assert set(alone.losses(batch)) == {
        "cross_entropy",
        "near_kl",
    }  # what is known of near views teaches anyway
    assert set(alone.losses(replace(batch, near_logits=None))) == {"cross_entropy"}


def test_augmentation_is_repeatable_and_stays_in_range() -> None:
    images = torch.rand(5, 3, 24, 24)
    config = AugmentationConfig(flip=True, erase_probability=1.0)
    once = augment(images.clone(), config, torch.Generator().manual_seed(1))
    again = augment(images.clone(), config, torch.Generator().manual_seed(1))
    other = augment(images.clone(), config, torch.Generator().manual_seed(2))
    assert torch.equal(once, again) and not torch.equal(once, other)
    assert float(once.min()) >= 0 and float(once.max()) <= 1
    nothing = AugmentationConfig(
        rotation_degrees=0,
        scale=0,
        shear=0,
        shift=0,
        brightness=0,
        contrast=0,
        saturation=0,
        erase_probability=0,
    )
    torch.testing.assert_close(
        augment(images.clone(), nothing, torch.Generator()), images, atol=1e-5, rtol=1e-4
    )


def test_images_that_lose_their_detail_look_like_captures() -> None:
    images = torch.rand(8, 3, 24, 24)
    nothing = AugmentationConfig(
        rotation_degrees=0,
        scale=0,
        shear=0,
        shift=0,
        brightness=0,
        contrast=0,
        saturation=0,
        erase_probability=0,
        low_resolution_probability=0.5,
    )
    changed = augment(images.clone(), nothing, torch.Generator().manual_seed(3))
    kept = (changed - images).flatten(1).abs().amax(dim=1) < 1e-4
    assert 0 < int(kept.sum()) < len(images)
    # Noise at the scale of a pixel is gone, the picture's mean is not.
    blurred = changed[~kept]
    steps = (blurred[..., 1:] - blurred[..., :-1]).abs().mean()
    assert float(steps) < 0.4 * float((images[..., 1:] - images[..., :-1]).abs().mean())
    torch.testing.assert_close(blurred.mean(), images[~kept].mean(), atol=0.02, rtol=0)
    with pytest.raises(ConfigError, match="low_resolution_probability"):
        AugmentationConfig(low_resolution_probability=1.5)


def test_swapped_channels_are_another_order_of_the_same(captures: Path) -> None:
    images = torch.rand(40, 3, 4, 4)
    nothing = AugmentationConfig(
        rotation_degrees=0,
        scale=0,
        shear=0,
        shift=0,
        brightness=0,
        contrast=0,
        saturation=0,
        erase_probability=0,
        channel_swap_probability=0.5,
    )
    changed = augment(images.clone(), nothing, torch.Generator().manual_seed(3))
    torch.testing.assert_close(changed.sort(dim=1).values, images.sort(dim=1).values, atol=1e-5, rtol=0)
    moved = (changed - images).flatten(1).abs().amax(dim=1) > 1e-4
    assert 10 <= int(moved.sum()) <= 30


def test_schedule_and_weight_decay() -> None:
    factors = [warmup_cosine(step, total_steps=100, warmup_steps=10) for step in range(100)]
    assert factors[0] == pytest.approx(0.1) and max(factors) == pytest.approx(1.0)
    assert factors[-1] < 0.02 and factors[10:] == sorted(factors[10:], reverse=True)
    model = VisionMamba(tiny_config().classifier)
    decayed, kept = (list(group["params"]) for group in parameter_groups(model, 0.1, learning_rate=1.0))  # type: ignore[call-overload]
    assert len(decayed) + len(kept) == len(list(model.parameters()))
    assert any(parameter is model.layers[0].mixer.A_log for parameter in kept)  # type: ignore[union-attr]
    assert any(parameter is model.head.weight for parameter in decayed)


def test_impossible_recipes_are_refused() -> None:
    for wrong in ({"epochs": 0}, {"batch_size": 1}, {"learning_rate": 0.0}, {"class_balance": 2.0}):
        with pytest.raises(ConfigError):
            TrainingConfig(**wrong)  # type: ignore[arg-type]


def test_the_commands_make_a_bundle_from_photographs_and_class_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_config(1000)
    monkeypatch.setattr("vimd_core.config.PRESETS", {**PRESETS, "compact": replace(tiny, preset="compact")})
    photographs = tmp_path / "photographs"
    photographs.mkdir()
    generator = np.random.default_rng(0)
    for index in range(22):
        smooth = generator.integers(0, 256, (5, 5, 3), dtype=np.uint8)
        Image.fromarray(smooth).resize((132, 140), Image.Resampling.BICUBIC).save(
            photographs / f"{index}.png"
        )
    sr, teacher, student = (tmp_path / name for name in ("sr", "teacher", "student"))
    assert (
        main(["train-sr", "--data", str(photographs), "--run", str(sr), "--steps", "4", "--batch-size", "2"])
        == 0
    )
    data = write_class_folders(tmp_path / "far", groups=4)
    near = write_class_folders(tmp_path / "near", groups=4, per_group=1, size_px=40)
    names = tmp_path / "names.csv"
    names.write_text("id,name\n00,Red\n01,Green\n02,Blue\n", encoding="utf-8")
    common = ["--data", str(data), "--hr", str(near), "--epochs", "2", "--batch-size", "8", "--threads", "1"]
    assert main(["train-teacher", *common, "--run", str(teacher)]) == 0
    arguments = [
        "distill", *common, "--run", str(student), "--teacher", str(teacher / "teacher.safetensors"),
        "--srresnet", str(sr / "super_resolution.safetensors"), "--class-names", str(names), "--init-from-teacher",
    ]  # fmt: skip
    assert main(arguments) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert set(events[-2]["losses"]) == {"cross_entropy", "logits_kl", "near_kl", "hidden_states"}
    model, info = load_bundle(student / "student.safetensors")
    assert info.classes == ("Red", "Green", "Blue") and info.class_folders == ("00", "01", "02")
    assert info.training["distilled"] is True
    assert info.temperature > 0  # 1 where the few signs that were held back gain nothing from another one
    assert model(torch.rand(1, 3, 8, 8)).shape == (1, 3)
    everything = [
        *arguments,
        "--validation-fraction",
        "0",
        "--temperature",
        "0.7",
        "--run",
        str(tmp_path / "all"),
    ]
    assert main([*everything, "--degradation", "realistic"]) == 0
    assert read_bundle_info(tmp_path / "all" / "student.safetensors").temperature == 0.7
    capsys.readouterr()
    # The last --srresnet counts.
    assert main([*arguments, "--overwrite", "--srresnet", str(teacher / "teacher.safetensors")]) == 1
    assert "train-sr" in capsys.readouterr().err
    measured = ["evaluate-teacher", "--model", str(teacher / "teacher.safetensors"), "--json", "--quiet"]
    assert main([*measured, "--data", str(near)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["n"] == 12 and 0 <= figures["top1"] <= figures["top5"] == 1.0
    assert main([*measured[:2], str(student / "student.safetensors"), "--data", str(near)]) == 1
    assert "`vimd evaluate`" in capsys.readouterr().err


def test_with_nothing_held_back_the_last_epoch_is_kept(captures: Path, tmp_path: Path) -> None:
    config = quick_config(epochs=2, validation_fraction=0.0)
    result = train_teacher(captures, config, tmp_path / "run")
    assert result.best_score is None and result.epochs == 2
    last = RunFolder(tmp_path / "run").load_last()
    assert last is not None
    for name, value in last["average"].items():
        assert torch.equal(result.weights[name], value), name
