"""The content of a report: figures, calibration, sizes, and what super-resolution changes. numpy alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vimd_core.evaluation.figures import EvaluationReport, evaluate_predictions
from vimd_core.evaluation.measured import MeasuredCaptures
from vimd_core.evaluation.metrics import (
    Labels,
    Probabilities,
    Reliability,
    negative_log_likelihood,
    reliability,
)
from vimd_core.evaluation.size_profile import SizeProfile, size_profile
from vimd_core.inference.calibration import rescale


@dataclass(frozen=True, kw_only=True)
class CalibrationFindings:
    """How sure the model is against how right it is, as it answers and without its temperature.

    Attributes:
        temperature: of the model; 1 when it was never calibrated.
        calibrated: of the answers as they are.
        uncalibrated: of the same answers with temperature 1.
        nll: mean negative log-likelihood of the answers as they are, in nats.
        nll_uncalibrated: the same with temperature 1.
    """

    temperature: float
    calibrated: Reliability
    uncalibrated: Reliability
    nll: float
    nll_uncalibrated: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "temperature": self.temperature,
            "ece": self.calibrated.error,
            "ece_uncalibrated": self.uncalibrated.error,
            "nll": self.nll,
            "nll_uncalibrated": self.nll_uncalibrated,
        }


@dataclass(frozen=True, kw_only=True)
class ViewFindings:
    """Where the super-resolved and the bicubic view of a capture are answered differently.

    Attributes:
        n: number of captures.
        disagreements: captures whose most likely class differs.
        sr_right: of these, where only the super-resolved view was right.
        bicubic_right: of these, where only the bicubic view was right.
        mean_distance: mean total variation distance of the two answers over all captures, in [0, 1].
    """

    n: int
    disagreements: int
    sr_right: int
    bicubic_right: int
    mean_distance: float

    @property
    def both_wrong(self) -> int:
        """Disagreements in which neither view was right."""
        return self.disagreements - self.sr_right - self.bicubic_right

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; accuracies are null without disagreements."""
        total = self.disagreements
        return {
            "disagreements": total,
            "share": total / self.n,
            "sr_right": self.sr_right,
            "bicubic_right": self.bicubic_right,
            "both_wrong": self.both_wrong,
            "sr_accuracy_there": self.sr_right / total if total else None,
            "bicubic_accuracy_there": self.bicubic_right / total if total else None,
            "mean_distance": self.mean_distance,
        }


@dataclass(frozen=True, kw_only=True)
class Findings:
    """All findings of one evaluation.

    Attributes:
        measured: what they are computed from.
        figures: totals, classes and confusions.
        calibration: confidence against accuracy.
        sizes: the same by size of capture.
        views: what super-resolution changed.
    """

    measured: MeasuredCaptures
    figures: EvaluationReport
    calibration: CalibrationFindings
    sizes: SizeProfile
    views: ViewFindings

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: the figures, and the rest under its own keys."""
        read_ms, predict_ms = self.measured.read_s * 1e3, self.measured.predict_s * 1e3
        return self.figures.to_dict() | {
            "calibration": self.calibration.to_dict(),
            "sizes": self.sizes.to_dict(),
            "views": self.views.to_dict(),
            "times_ms": {
                "read_median": float(np.median(read_ms)),
                "read_p99": float(np.percentile(read_ms, 99)),
                "predict_median": float(np.median(predict_ms)),
                "predict_p99": float(np.percentile(predict_ms, 99)),
            },
        }


def calibration_of(probabilities: Probabilities, labels: Labels, temperature: float) -> CalibrationFindings:
    """How sure answers are against how right, with and without the temperature that they were made with.

    Args:
        probabilities: (N, K), N at least 1.
        labels: (N,) in [0, K).
        temperature: that the answers were made with.
    """
    plain = rescale(probabilities, 1.0 / temperature)
    correct = probabilities.argmax(axis=1) == labels
    return CalibrationFindings(
        temperature=temperature,
        calibrated=reliability(probabilities.max(axis=1), correct),
        uncalibrated=reliability(plain.max(axis=1), correct),
        nll=negative_log_likelihood(probabilities, labels),
        nll_uncalibrated=negative_log_likelihood(plain, labels),
    )


def find(measured: MeasuredCaptures, classes: tuple[str, ...], temperature: float) -> Findings:
    """Compute all findings.

    Args:
        measured: answers on at least one capture.
        classes: names of the model's classes.
        temperature: that the answers were made with.
    """
    correct, bicubic_correct = measured.correct, measured.bicubic_correct
    differs = measured.predicted != measured.bicubic_predicted
    figures = evaluate_predictions(
        measured.probabilities, measured.bicubic_probabilities, measured.labels, classes
    )
    return Findings(
        measured=measured,
        figures=figures,
        calibration=calibration_of(measured.probabilities, measured.labels, temperature),
        sizes=size_profile(measured.longer_side_px, correct, measured.confidence),
        views=ViewFindings(
            n=len(correct),
            disagreements=int(differs.sum()),
            sr_right=int((differs & correct).sum()),
            bicubic_right=int((differs & bicubic_correct).sum()),
            mean_distance=float(measured.disagreement.mean()),
        ),
    )
