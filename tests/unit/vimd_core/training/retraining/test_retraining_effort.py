"""What an effort means for so many captures."""

from __future__ import annotations

import pytest

from vimd_core.training.retraining.effort import Effort, images_to_see, merged_settings, training_settings

QUICK, BALANCED = Effort.QUICK, Effort.BALANCED


@pytest.mark.parametrize(
    ("effort", "captures", "batch", "epochs", "images"),
    [
        (QUICK, 1, 2, 16, 8_000),  # never fewer than so many images
        (QUICK, 20, 20, 16, 8_000),
        (QUICK, 100, 32, 17, 8_160),
        (QUICK, 500, 32, 21, 10_080),
        (QUICK, 1_000, 32, 12, 11_904),  # never more
        (BALANCED, 100, 32, 52, 24_960),
        (BALANCED, 600, 32, 62, 35_712),
        (BALANCED, 9_000, 32, 7, 62_944),
        (BALANCED, 1_000_000, 32, 1, 1_000_000),
    ],
)
def test_images_are_seen_within_the_bounds_of_the_effort(
    effort: Effort, captures: int, batch: int, epochs: int, images: int
) -> None:
    settings = training_settings(effort, captures)
    assert (settings["batch_size"], settings["epochs"]) == (batch, epochs)
    assert images_to_see(settings, captures) == images
    assert settings["warmup_epochs"] == max(1.0, epochs / 10)


@pytest.mark.parametrize(
    ("familiarity", "rate"), [(0.0, 3e-3), (0.7, 3e-3), (0.8, 3e-3 * 0.1**0.5), (0.9, 3e-4), (1.0, 3e-4)]
)
def test_what_a_model_knows_well_is_changed_gently(familiarity: float, rate: float) -> None:
    assert training_settings(QUICK, 100, familiarity)["learning_rate"] == pytest.approx(rate)


def test_captures_are_enlarged_once_while_they_fit_into_memory() -> None:
    assert training_settings(QUICK, 5_000)["enlarge_once"]
    assert not training_settings(QUICK, 5_001)["enlarge_once"]


def test_settings_are_those_of_a_training() -> None:
    from vimd_core.training.recipes.settings import build
    from vimd_core.training.recipes.training_config import TrainingConfig

    built = build(TrainingConfig, training_settings(BALANCED, 300))
    assert built.fit_head and built.validation_fraction == 0.0 and built.class_balance == 0.5
    assert (built.augmentation.cutmix_probability, built.augmentation.shift) == (0.5, 0.12)


def test_changes_by_name_reach_the_settings_and_leave_those_they_came_from() -> None:
    settings = training_settings(QUICK, 100)
    before = training_settings(QUICK, 100)
    changed = merged_settings(
        settings, {"epochs": 3, "augmentation.shift": 0.5, "losses.previous_weight": 2.0}
    )
    assert changed["epochs"] == 3
    assert changed["augmentation"] == {**before["augmentation"], "shift": 0.5}
    assert changed["losses"] == {"previous_weight": 2.0}
    assert settings == before
