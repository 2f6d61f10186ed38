"""Parts of a network that stay as they are, parts of a batch, the end of patience, the number format."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from bundles import tiny_config
from tiny_trainings import quick_config, same_weights, teacher_trainer, train_teacher, write_class_folders
from torch import nn

from vimd_core.errors import ConfigError
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.vision_mamba import VisionMamba
from vimd_core.training.batches.batch import Batch
from vimd_core.training.classifier_task import classifier_task
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent, EpochEvent, NoticeEvent
from vimd_core.training.loop.step import Stepper
from vimd_core.training.loop.stopping import TrainingStoppedError
from vimd_core.training.losses.objectives import StudentObjective, TeacherObjective
from vimd_core.training.optimisation.freezing import Phases
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.validation.accuracy import AccuracyValidation, ValidationFigures

torch.set_num_threads(1)
CPU = torch.device("cpu")


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    return write_class_folders(tmp_path / "data")


class Same:
    """Gives the same batch at every step."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch

    def draw(self, step: int) -> Batch:
        return self._batch


def take_steps(model: nn.Module, config: TrainingConfig, *, epoch: int = 0, steps: int = 1) -> set[str]:
    """Names of the weights and statistics that some steps have changed."""
    if isinstance(model, SrvmNet):
        learns = config.sr_learning_rate > 0
        objective = StudentObjective(model, None, config.losses, train_super_resolution=learns)
    else:
        assert isinstance(model, VisionMamba)
        objective = TeacherObjective(model, config.losses)  # type: ignore[assignment]
    images = torch.rand(6, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    batch = Batch(images, torch.tensor([0, 1, 2, 0, 1, 2]))
    task = classifier_task(objective, Same(batch), config, steps_per_epoch=2)
    stepper = Stepper(task, ComputePlace())
    task.freezing.enter(epoch)
    stepper.join()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    for step in range(steps):
        stepper.run(step, batch)
    return {name for name, value in model.state_dict().items() if not torch.equal(before[name], value)}


def test_only_the_head_learns_in_the_first_phase() -> None:
    config = quick_config(head_epochs=2)
    assert take_steps(VisionMamba(tiny_config().classifier), config, epoch=1) == {"head.weight", "head.bias"}
    everything = take_steps(VisionMamba(tiny_config().classifier), config, epoch=2)
    assert any(name.startswith("patch_embed") for name in everything)


def test_frozen_layers_and_their_statistics_stay_as_they_are() -> None:
    changed = take_steps(VisionMamba(tiny_config().classifier), quick_config(freeze_layers=1))
    assert changed == {"head.weight", "head.bias", "norm_f.weight"}
    with pytest.raises(ConfigError, match="freeze fewer"):
        Phases(VisionMamba(tiny_config().classifier), quick_config(freeze_layers=2))


def test_the_super_resolution_network_learns_when_it_is_told_to_at_its_own_rate() -> None:
    torch.manual_seed(0)
    frozen = take_steps(SrvmNet(tiny_config()), quick_config())
    assert frozen and not any(name.startswith("super_resolution") for name in frozen)
    trained = take_steps(SrvmNet(tiny_config()), quick_config(sr_learning_rate=1e-5))
    assert any(name.startswith("super_resolution") for name in trained)
    with pytest.raises(ConfigError, match="a teacher has no"):
        Phases(VisionMamba(tiny_config().classifier), quick_config(sr_learning_rate=1e-5))


def test_a_batch_in_parts_gives_the_same_step() -> None:
    from bundles import tiny_published_config

    models = []
    for parts in (1, 3, 4):
        torch.manual_seed(0)
        # Without batch norms, whose statistics are those of a part.
        model = VisionMamba(tiny_published_config().classifier)
        take_steps(model, quick_config(accumulation=parts), steps=3)
        models.append(model.state_dict())
    for name, value in models[0].items():
        for other in models[1:]:
            torch.testing.assert_close(other[name], value, rtol=1e-4, atol=1e-5)


def test_bfloat16_learns_much_the_same() -> None:
    from bundles import tiny_published_config

    weights = []
    for precision in ("float32", "bfloat16"):
        torch.manual_seed(0)
        model = VisionMamba(tiny_published_config().classifier)
        take_steps(model, quick_config(precision=precision))
        weights.append(model.head.weight.detach())
    assert not torch.equal(*weights)
    torch.testing.assert_close(*weights, rtol=0, atol=2.1 * quick_config().learning_rate)
    native = torch.bfloat16 if torch.cpu._is_amx_tile_supported() else torch.float32
    assert MixedPrecision(CPU, "auto").dtype == native


def test_patience_ends_a_training_and_the_best_epoch_is_kept(
    captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.2, 0.6, 0.6, 0.5, 0.9])
    kept: list[dict[str, torch.Tensor]] = []
    events: list[AnyEvent] = []
    trainer = teacher_trainer(captures, quick_config(epochs=5, patience=2), tmp_path / "run")

    def scripted(*_: object) -> ValidationFigures:
        kept.append({name: value.clone() for name, value in trainer._average.state_dict().items()})
        return ValidationFigures(next(scores), 1.0, 0.0)

    monkeypatch.setattr(AccuracyValidation, "measure", scripted)
    result = trainer.run(events.append)
    assert (result.epochs, result.best_score) == (4, 0.6)
    # Of two equally good epochs the later one.
    assert all(torch.equal(result.weights[name], value) for name, value in kept[2].items())
    assert [event.best for event in events if isinstance(event, EpochEvent)] == [True, True, True, False]
    assert isinstance(events[-1], NoticeEvent) and "Stopped after epoch 4" in events[-1].message


def test_a_run_with_phases_is_resumed_exactly(captures: Path, tmp_path: Path) -> None:
    config = quick_config(epochs=3, head_epochs=1, freeze_layers=1)
    whole = train_teacher(captures, config, tmp_path / "whole")
    asked = 0

    def in_the_second_epoch() -> bool:
        nonlocal asked
        asked += trainer._state.step >= 4
        return asked > 3

    trainer = teacher_trainer(captures, config, tmp_path / "parts")
    with pytest.raises(TrainingStoppedError):
        trainer.run(lambda event: None, should_stop=in_the_second_epoch)
    assert same_weights(train_teacher(captures, config, tmp_path / "parts", resume=True), whole)
