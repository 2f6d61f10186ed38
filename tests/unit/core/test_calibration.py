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
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.06)


def test_it_is_the_minimum_that_a_search_finds() -> None:
    logits, labels = drawn(2.0)
    found = fit_temperature(logits, labels)
    grid = np.linspace(1.0, 4.0, 301)
    likelihoods = [negative_log_likelihood(softmax(logits / t), labels) for t in grid]
    assert found == pytest.approx(grid[int(np.argmin(likelihoods))], abs=0.03)
    before, after = (expected_calibration_error(softmax(logits / t), labels) for t in (1.0, found))
    assert after < 0.02 < before


def test_a_constant_in_a_row_changes_nothing() -> None:
    logits, labels = drawn(2.0, n=200)
    shifted = logits + np.random.default_rng(1).normal(0, 50, (200, 1))
    assert fit_temperature(shifted, labels) == pytest.approx(fit_temperature(logits, labels), abs=1e-9)


@pytest.mark.parametrize(("n", "confidence"), [(1, 2 / 3), (10, 11 / 12), (400, 401 / 402)])
def test_captures_that_are_all_right_give_no_boundless_confidence(n: int, confidence: float) -> None:
    """Two classes and one margin, where Platt's targets are met exactly."""
    logits = np.tile([2.0, 0.0], (n, 1))
    temperature = fit_temperature(logits, np.zeros(n, np.int64))
    assert softmax(logits / temperature)[0, 0] == pytest.approx(confidence, abs=1e-4)


def test_bounds_and_what_cannot_be_fitted() -> None:
    sure = np.tile([9.0, 0.0, 0.0], (20, 1))
    assert fit_temperature(sure, np.ones(20, np.int64)) == MAX_TEMPERATURE
    assert fit_temperature(sure * 1e-3, np.zeros(20, np.int64)) == MIN_TEMPERATURE
    assert fit_temperature(np.zeros((3, 1)), np.zeros(3, np.int64)) == 1.0
    assert MIN_TEMPERATURE <= fit_temperature(np.zeros((5, 3)), np.zeros(5, np.int64)) <= MAX_TEMPERATURE
    with pytest.raises(DatasetError, match="no captures"):
        fit_temperature(np.zeros((0, 3)), np.zeros(0, np.int64))
    with pytest.raises(DatasetError, match="not numbers"):
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
