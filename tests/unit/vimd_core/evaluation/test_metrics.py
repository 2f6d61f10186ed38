"""Figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from vimd_core.evaluation.figures import evaluate_predictions
from vimd_core.evaluation.metrics import (
    confusion_matrix,
    expected_calibration_error,
    per_class_accuracy,
    top_k_accuracy,
)

PROBABILITIES = np.array(
    [[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.3, 0.6, 0.1], [0.1, 0.2, 0.7], [0.9, 0.05, 0.05]], np.float32
)
LABELS = np.array([0, 1, 0, 1, 0])


def test_top_k() -> None:
    assert top_k_accuracy(PROBABILITIES, LABELS, 1) == pytest.approx(3 / 5)
    assert top_k_accuracy(PROBABILITIES, LABELS, 2) == 1.0
    assert top_k_accuracy(PROBABILITIES, LABELS, 5) == 1.0


def test_confusion_has_true_classes_as_rows() -> None:
    confusion = confusion_matrix(PROBABILITIES.argmax(axis=1), LABELS, 3)
    assert confusion.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 0]]
    accuracy = per_class_accuracy(confusion)
    assert accuracy[:2].tolist() == pytest.approx([2 / 3, 1 / 2])
    assert np.isnan(accuracy[2])


def test_calibration_error_of_hand_made_bins() -> None:
    """Two in the bin of 0.7 (one right), and 0.5, 0.6, 0.9 alone in theirs: Guo et al., equation 3."""
    wanted = (2 * abs(0.5 - 0.7) + abs(1 - 0.5) + abs(0 - 0.6) + abs(1 - 0.9)) / 5
    assert expected_calibration_error(PROBABILITIES, LABELS) == pytest.approx(wanted, abs=1e-6)


def test_a_calibrated_model_has_no_error_and_a_sure_wrong_one_has_all() -> None:
    sure = np.eye(2, dtype=np.float32)[np.zeros(10, int)]
    assert expected_calibration_error(sure, np.zeros(10, np.int64)) == 0.0
    assert expected_calibration_error(sure, np.ones(10, np.int64)) == 1.0
    even = np.tile(np.array([[0.75, 0.25]], np.float32), (4, 1))
    assert expected_calibration_error(even, np.array([0, 0, 0, 1])) == pytest.approx(0)


def test_report() -> None:
    report = evaluate_predictions(PROBABILITIES, np.roll(PROBABILITIES, 1, axis=0), LABELS, ("a", "b", "c"))
    figures = report.to_dict()
    assert (figures["n"], figures["top1"], figures["top5"]) == (5, pytest.approx(0.6), 1.0)
    assert figures["per_class"][2] == {"class": "c", "n": 0, "accuracy": None, "precision": 0.0}
    assert figures["bicubic_top1"] == pytest.approx(2 / 5)
    text = report.to_text()
    assert "60.00%" in text
    assert "1 x a taken for b" in text
