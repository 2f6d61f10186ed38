"""Efforts of a retraining (quick, balanced), and their hyperparameters for so many captures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Effort(StrEnum):
    """How much time a training may take."""

    QUICK = "quick"
    BALANCED = "balanced"


@dataclass(frozen=True)
class _Schedule:
    """Images that are seen: `per_capture` of each, within bounds.

    A few hundred captures are seen so often that what is random in how they are seen has to be strong: with CutMix and
    a high learning rate the network learns something new of them, with less it stays where the fitted head leaves it.
    """

    per_capture: int
    fewest: int
    most: int
    unlabelled: int
    learning_rate: float  # of a model to which everything is new


_SCHEDULES: Final[Mapping[Effort, _Schedule]] = {
    Effort.QUICK: _Schedule(per_capture=20, fewest=8_000, most=12_000, unlabelled=3_000, learning_rate=3e-3),
    Effort.BALANCED: _Schedule(
        per_capture=60, fewest=25_000, most=60_000, unlabelled=5_000, learning_rate=3e-3
    ),
}
_BATCH: Final = 32
_SMALLEST_BATCH: Final = 2
# The learning rate of a model that knows its captures well, relative to that of one to which they are new. Models that
# have learnt a new kind of captures from 50 to 400 labels are sure of them by 0.4 to 0.6 on average, one that is right
# in 96 of 100 by 0.97.
_GENTLE: Final = 0.1
_NEW, _KNOWN = 0.7, 0.9
# A look at the model and a checkpoint after each pass over forty captures would take longer than the passes.
_EPOCH_IMAGES: Final = 500
# Enlarged once, captures stay in memory: 49 kB each at 128 px.
_MOST_ENLARGED: Final = 5_000


def most_unlabelled(effort: Effort, labelled: int) -> int:
    """How many captures without a label are learnt from at most: what an effort has time to see often enough.

    Args:
        effort: how much time it may take.
        labelled: captures with a label that are learnt from.
    """
    return max(_SCHEDULES[effort].unlabelled - labelled, _SCHEDULES[effort].unlabelled // 4)


def training_settings(
    effort: Effort, captures: int, familiarity: float = 0.0, *, unlabelled: int = 0
) -> dict[str, Any]:
    """The part `training` of a recipe.

    Args:
        effort: how much time it may take.
        captures: to learn from, replayed ones included.
        familiarity: how much of the captures the model knows already, in [0, 1]; what it knows is changed gently.
        unlabelled: captures without a label that are learnt from beside them.
    """
    schedule = _SCHEDULES[effort]
    captures += unlabelled
    images = min(max(schedule.per_capture * captures, schedule.fewest), schedule.most)
    batch = max(_SMALLEST_BATCH, min(_BATCH, captures))
    epochs = max(1, round(images / _images_of_an_epoch(captures, batch)))
    return {
        "epochs": epochs,
        "epoch_images": _EPOCH_IMAGES,
        "batch_size": batch,
        "learning_rate": schedule.learning_rate * _GENTLE ** _share_known(familiarity),
        "warmup_epochs": max(1.0, epochs / 10),
        "ema_decay": 0.98,
        "drop_path": 0.05,
        "fit_head": True,
        "enlarge_once": captures <= _MOST_ENLARGED,
        "validation_fraction": 0.0,
        "class_balance": 0.5,
        "seed": 0,
        "augmentation": {
            "cutmix_probability": 0.5,
            "scale": 0.3,
            "shift": 0.12,
            "brightness": 0.6,
            "contrast": 0.6,
        },
    }


def merged_settings(settings: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Settings with changes by dotted name, such as "losses.previous_weight".

    Args:
        settings: the part `training` of a recipe.
        changes: values by dotted name inside of it.
    """
    from vimd_core.training.recipes.settings import put

    result: dict[str, Any] = {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in settings.items()
    }
    for name, value in changes.items():
        put(result, name, value)
    return result


def images_to_see(training: Mapping[str, Any], captures: int) -> int:
    """Images that a training with these settings learns from, all epochs together."""
    batch = int(training["batch_size"])
    return int(training["epochs"]) * _images_of_an_epoch(captures, batch)


def _share_known(familiarity: float) -> float:
    return min(1.0, max(0.0, (familiarity - _NEW) / (_KNOWN - _NEW)))


def _images_of_an_epoch(captures: int, batch: int) -> int:
    return max(1, max(captures, _EPOCH_IMAGES) // batch) * batch
