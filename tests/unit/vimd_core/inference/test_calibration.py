"""Temperature scaling: the fit, what a bundle keeps of it, and that no answer changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from bundles import tiny_info, tiny_model
from safetensors.torch import load_file, save_file

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.errors import CheckpointError, DatasetError
from vimd_core.evaluation.metrics import expected_calibration_error, negative_log_likelihood
from vimd_core.inference.calibration import MAX_TEMPERATURE, MIN_TEMPERATURE, fit_temperature, rescale
from vimd_core.inference.predictor import Predictor

torch.set_num_threads(1)


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


def drawn(temperature: float, n: int = 4000) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Logits that must be divided by `temperature` to be as sure as the labels drawn from them are right."""
    chance = np.random.default_rng(0)
    honest = chance.normal(0, 2, (n, 6))
    labels = np.array([chance.choice(6, p=row / row.sum()) for row in softmax(honest).astype(np.float64)])
    return honest * temperature, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_was_put_in_is_found(temperature: float) -> None:
    logits, labels = drawn(temperature)
    found = fit_temperature(logits, labels)
    assert found.value == pytest.approx(temperature, rel=0.06)
    assert found.is_kept == (temperature == 1.0)


def test_it_is_the_minimum_that_a_search_finds() -> None:
    logits, labels = drawn(2.0)
    found = fit_temperature(logits, labels).value
    grid = np.linspace(1.0, 4.0, 301)
    likelihoods = [negative_log_likelihood(softmax(logits / t), labels) for t in grid]
    assert found == pytest.approx(grid[int(np.argmin(likelihoods))], abs=0.03)
    before, after = (expected_calibration_error(softmax(logits / t), labels) for t in (1.0, found))
    assert after < 0.02 < before


def test_a_constant_in_a_row_changes_nothing() -> None:
    logits, labels = drawn(2.0, n=200)
    shifted = logits + np.random.default_rng(1).normal(0, 50, (200, 1))
    found, plain = fit_temperature(shifted, labels), fit_temperature(logits, labels)
    assert found.value == pytest.approx(plain.value, abs=1e-9) and not found.is_kept


@pytest.mark.parametrize(("n", "least", "most"), [(4, 0.88, 0.97), (30, 0.95, 0.995), (4000, 0.999, 1.0)])
def test_captures_that_are_all_right_give_no_boundless_confidence(n: int, least: float, most: float) -> None:
    logits = np.tile([2.0, 0.0], (n, 1))  # 88 % sure
    temperature = fit_temperature(logits, np.zeros(n, np.int64)).value
    assert least <= softmax(logits / temperature)[0, 0] <= most


def calibration_error(probabilities: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> float:
    return expected_calibration_error(probabilities, labels)


def test_few_captures_do_not_spoil_a_model_that_is_as_sure_as_it_is_right() -> None:
    """Right in 99 of 100 and as sure of it: 23 captures, as a rule all right, made it sure by 96 %."""
    chance = np.random.default_rng(4)
    logits = chance.normal(size=(3000, 12))
    logits[np.arange(3000), chance.integers(0, 12, 3000)] += 7.5
    labels = np.array([chance.choice(12, p=row / row.sum()) for row in softmax(logits).astype(np.float64)])
    before = calibration_error(softmax(logits), labels)
    assert before < 0.005
    errors = []
    for seed in range(40):
        few = np.random.default_rng(seed).permutation(3000)[:23]
        errors.append(
            calibration_error(softmax(logits / fit_temperature(logits[few], labels[few]).value), labels)
        )
    assert np.mean(errors) < 0.006 and max(errors) < 0.02


def test_few_captures_are_enough_where_a_model_is_far_less_sure_than_it_is_right() -> None:
    logits, labels = drawn(0.6)
    before = calibration_error(softmax(logits), labels)
    errors = []
    for seed in range(40):
        few = np.random.default_rng(seed).permutation(len(labels))[:30]
        errors.append(
            calibration_error(softmax(logits / fit_temperature(logits[few], labels[few]).value), labels)
        )
    assert before > 0.12 and np.mean(errors) < 0.6 * before


def test_what_is_drawn_towards_is_the_temperature_of_before() -> None:
    logits, labels = drawn(2.0, n=12)
    assert fit_temperature(logits, labels, before=2.0).value == pytest.approx(2.0, rel=0.3)
    kept = fit_temperature(logits, labels, before=1.9)
    assert not kept.is_kept or kept.value == 1.9


def test_figures_on_the_same_captures_do_not_flatter_when_each_is_left_out() -> None:
    """Labels that mean nothing: what is fitted to them fits them, and what is fitted to the others does not."""
    chance = np.random.default_rng(2)
    logits, labels = chance.normal(0, 3, (60, 6)), chance.integers(0, 6, 60)
    found = fit_temperature(logits, labels)
    fitted = negative_log_likelihood(softmax(logits / found.value), labels)
    left_out = negative_log_likelihood(softmax(logits / found.left_out[:, None]), labels)
    assert left_out > fitted


def test_captures_of_one_group_do_not_vouch_for_each_other() -> None:
    """One thing, photographed thirty times and right each time, is as good as one capture."""
    logits, labels = drawn(1.0, n=40)
    twins = np.tile(np.array([[1.0, 0, 0, 0, 0, 0]]), (30, 1))
    x, y = np.concatenate([logits, twins]), np.concatenate([labels, np.zeros(30, np.int64)])
    groups = [*map(str, range(40)), *["twin"] * 30]
    alone, together = fit_temperature(x, y), fit_temperature(x, y, groups=groups)
    assert not alone.is_kept and together.is_kept and together.value == 1.0
    one_group = fit_temperature(x, y, before=1.5, groups=["one"] * 70)
    assert one_group.is_kept and one_group.value == 1.5


def test_bounds_and_what_cannot_be_fitted() -> None:
    sure = np.tile([9.0, 0.0, 0.0], (4000, 1))
    assert fit_temperature(sure, np.ones(4000, np.int64)).value == pytest.approx(MAX_TEMPERATURE)
    assert fit_temperature(sure * 1e-3, np.zeros(4000, np.int64)).value == pytest.approx(MIN_TEMPERATURE)
    assert fit_temperature(np.zeros((3, 1)), np.zeros(3, np.int64)).value == 1.0
    assert fit_temperature(np.zeros((5, 3)), np.zeros(5, np.int64)).value == 1.0
    assert fit_temperature(np.ones((1, 3)), np.zeros(1, np.int64), before=2.0).value == 2.0
    with pytest.raises(DatasetError, match="no captures"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, np.int64))
    with pytest.raises(DatasetError, match="not finite"):
        fit_temperature(np.full((2, 3), np.nan), np.zeros(2, np.int64))


def test_rescaling_is_division_of_the_logits_and_can_be_undone() -> None:
    logits, _ = drawn(1.0, n=50)
    np.testing.assert_allclose(rescale(softmax(logits), 2.0), softmax(logits / 2), atol=1e-6)
    np.testing.assert_allclose(rescale(rescale(softmax(logits), 2.0), 0.5), softmax(logits), atol=1e-5)
    certain = np.array([[1.0, 0.0]], np.float32)
    assert rescale(certain, 3.0)[0, 0] == pytest.approx(1.0)


def test_the_predictor_divides_both_views_and_answers_the_same(tmp_path: Path) -> None:
    plain, scaled = tmp_path / "plain.safetensors", tmp_path / "scaled.safetensors"
    save_bundle(plain, tiny_model(), tiny_info())
    save_bundle(scaled, tiny_model(), replace(tiny_info(), temperature=0.5))
    images = list(np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8))
    for a, b in zip(
        Predictor.load(plain).predict(images), Predictor.load(scaled).predict(images), strict=True
    ):
        np.testing.assert_allclose(b.probabilities, rescale(a.probabilities[None], 0.5)[0], atol=2e-3)
        np.testing.assert_allclose(
            b.bicubic_probabilities, rescale(a.bicubic_probabilities[None], 0.5)[0], atol=2e-3
        )
        assert [index for index, _ in a.top(3)] == [index for index, _ in b.top(3)]
        assert b.top(1)[0][1] > a.top(1)[0][1] + 1e-3


def test_a_bundle_keeps_its_temperature_and_an_older_one_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_bundle(path, tiny_model(), replace(tiny_info(), temperature=1.75))
    assert read_bundle_info(path).temperature == 1.75
    older = {key: value for key, value in tiny_info().to_metadata().items() if key != "temperature"}
    save_file(load_file(path), path, metadata=older)
    assert read_bundle_info(path).temperature == 1.0


@pytest.mark.parametrize("stored", ["0", "-1", "NaN", "Infinity", "true", '"warm"', "null", "1" + "0" * 400])
def test_a_temperature_that_is_none_is_refused(tmp_path: Path, stored: str) -> None:
    path = tmp_path / "a.safetensors"
    save_bundle(path, tiny_model(), tiny_info())
    save_file(load_file(path), path, metadata=tiny_info().to_metadata() | {"temperature": stored})
    with pytest.raises(CheckpointError, match=r"temperature|damaged") as caught:
        read_bundle_info(path)
    assert str(caught.value).endswith(".")
