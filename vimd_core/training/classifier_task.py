"""The run loop's task for whatever classifies: teachers, backbones and students."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import torch

from vimd_core.models.srvm_net import SrvmNet
from vimd_core.training.batches.batch import Batch, BatchSource
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.task import RunLength, SecondLesson, TrainingTask
from vimd_core.training.losses.objectives import ClassifierObjective
from vimd_core.training.optimisation.freezing import Phases
from vimd_core.training.optimisation.learning_rate import WarmupCosine
from vimd_core.training.optimisation.mixed_precision import MixedPrecision
from vimd_core.training.optimisation.parameter_groups import parameter_groups, student_parameter_groups
from vimd_core.training.recipes.training_config import TrainingConfig
from vimd_core.training.validation.accuracy import AccuracyValidation

# In how many parts a batch is computed is a matter of memory: a run that ran out of it goes on in more of them.
_MAY_CHANGE: Final = frozenset({"accumulation"})


def classifier_task(
    objective: ClassifierObjective,
    batches: BatchSource[Batch],
    config: TrainingConfig,
    place: ComputePlace | None = None,
    *,
    steps_per_epoch: int,
    training: CaptureSet | None = None,
    validation: CaptureSet | None = None,
    answers: str = "",
    second_lesson: SecondLesson | None = None,
) -> TrainingTask[Batch]:
    """Put optimiser, schedule, frozen layers and validation to a model as its recipe says.

    Args:
        objective: model and losses; the model is on the device.
        batches: what to learn from.
        config: the recipe.
        place: device and processes; this process's processor when None.
        steps_per_epoch: steps of a pass over the images.
        training: what the batches are drawn from, to recognise it when a run is resumed.
        validation: images to choose the best epoch by; without any the last one is kept.
        answers: what tells soft answers on the training images from others, for the same purpose; "" without any.
        second_lesson: what changes the batches in the middle; None: nothing does.

    Raises:
        ConfigError: the recipe freezes what the network does not have.
    """
    place = place or ComputePlace()
    precision = MixedPrecision(place.device, config.precision)
    freezing = Phases(objective.model, config)
    # The last epoch is the one in which all learns that will ever learn.
    freezing.enter(config.epochs - 1)
    steps = config.epochs * steps_per_epoch
    return TrainingTask(
        objective=objective,
        batches=batches,
        # Fused: on a processor a sixth of the time, which for small batches of a deep network is a tenth of the step.
        optimizer=torch.optim.AdamW(
            _groups(objective.model, config), lr=config.learning_rate, betas=(0.9, 0.98), fused=True
        ),
        learning_rate=WarmupCosine(steps, max(1, round(config.warmup_epochs * steps_per_epoch))),
        freezing=freezing,
        precision=precision,
        length=RunLength(steps=steps, steps_per_epoch=steps_per_epoch),
        batch_size=config.batch_size,
        accumulation=config.accumulation,
        seed=config.seed,
        max_gradient_norm=config.max_gradient_norm,
        ema_decay=config.ema_decay,
        validation=None
        if not validation
        else AccuracyValidation(
            objective,
            validation,
            batch_size=max(1, config.batch_size // config.accumulation),
            place=place,
            precision=precision,
        ),
        patience=config.patience,
        second_lesson=second_lesson,
        config=_identity(config, learns_answers=bool(answers)),
        data=" ".join(
            [
                *(part.fingerprint for part in (training, validation) if part is not None),
                *([answers] if answers else []),
            ]
        ),
    )


def _identity(config: TrainingConfig, *, learns_answers: bool) -> dict[str, Any]:
    """What must be the same when a run goes on. Runs of before there were soft answers know no settings of them."""
    settings = {name: value for name, value in asdict(config).items() if name not in _MAY_CHANGE}
    if not learns_answers:
        del settings["labelled_share"], settings["self_teaching_from"], settings["losses"]["project_weight"]
    return settings


def _groups(model: torch.nn.Module, config: TrainingConfig) -> list[dict[str, Any]]:
    if isinstance(model, SrvmNet):
        return student_parameter_groups(
            model,
            config.weight_decay,
            learning_rate=config.learning_rate,
            sr_learning_rate=config.sr_learning_rate,
        )
    return parameter_groups(model, config.weight_decay, learning_rate=config.learning_rate)
