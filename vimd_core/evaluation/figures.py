"""The figures of one evaluation, for people and for programs. numpy alone.

Sizes: N captures, K classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.evaluation.metrics import (
    Labels,
    Probabilities,
    brier_score,
    confusion_matrix,
    expected_calibration_error,
    negative_log_likelihood,
    per_class_accuracy,
    per_class_precision,
    top_confusions,
    top_k_accuracy,
)

_CONFUSIONS_SHOWN: Final = 10


@dataclass(frozen=True)
class EvaluationReport:
    """What an evaluation found.

    Attributes:
        classes: names of the model's K classes.
        n: number of captures that were classified.
        top1: fraction whose label is the most likely class.
        top5: fraction whose label is among the five most likely ones, or among all when there are fewer.
        bicubic_top1: `top1` of the same classifier on the captures enlarged by bicubic interpolation.
        ece: expected calibration error, in [0, 1].
        nll: mean negative log-likelihood of the true class, in nats.
        brier: Brier score, in [0, 2].
        accuracy: (K,) fraction of each class that was recognised, NaN without captures.
        precision: (K,) fraction of the answers of each class that were right, NaN without answers.
        confusion: (K, K) counts, rows are true classes and columns predicted ones.
    """

    classes: tuple[str, ...]
    n: int
    top1: float
    top5: float
    bicubic_top1: float
    ece: float
    nll: float
    brier: float
    accuracy: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]
    confusion: npt.NDArray[np.int64]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; a class without captures has the accuracy null, one without answers the precision."""
        support, answers = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        per_class = [
            {
                "class": name,
                "n": int(support[i]),
                "accuracy": float(self.accuracy[i]) if support[i] else None,
                "precision": float(self.precision[i]) if answers[i] else None,
            }
            for i, name in enumerate(self.classes)
        ]
        return {
            "n": self.n,
            "top1": self.top1,
            "top5": self.top5,
            "bicubic_top1": self.bicubic_top1,
            "ece": self.ece,
            "nll": self.nll,
            "brier": self.brier,
            "per_class": per_class,
            "classes": list(self.classes),
            "confusion": self.confusion.tolist(),
        }

    def to_text(self) -> str:
        """A table for people: the totals, each class, and the most frequent confusions."""
        lines = [
            f"{'captures':<28}{self.n:>8,}",
            f"{'top-1':<28}{self.top1:>8.2%}",
            f"{'top-5':<28}{self.top5:>8.2%}",
            f"{'top-1 without SR (bicubic)':<28}{self.bicubic_top1:>8.2%}",
            f"{'expected calibration error':<28}{self.ece:>8.2%}",
            "",
        ]
        width = max(len("class"), *(len(name) for name in self.classes)) + 2
        lines.append(f"{'class':<{width}}{'captures':>9}{'recognised':>12}")
        for name, count, accuracy in zip(
            self.classes, self.confusion.sum(axis=1), self.accuracy, strict=True
        ):
            lines.append(f"{name:<{width}}{count:>9,}{f'{accuracy:.1%}' if count else '-':>12}")
        shown = top_confusions(self.confusion, _CONFUSIONS_SHOWN)
        if shown:
            lines += ["", "most frequent confusions"]
            lines += [
                f"{count:>6} x {self.classes[true]} taken for {self.classes[said]}"
                for true, said, count in shown
            ]
        return "\n".join(lines) + "\n"


def evaluate_predictions(
    probabilities: Probabilities,
    bicubic_probabilities: Probabilities,
    labels: Labels,
    classes: tuple[str, ...],
) -> EvaluationReport:
    """Compute all figures.

    Args:
        probabilities: (N, K) from the super-resolved captures; N is at least 1.
        bicubic_probabilities: (N, K) from the captures enlarged by bicubic interpolation.
        labels: (N,) in [0, K).
        classes: K names.
    """
    confusion = confusion_matrix(probabilities.argmax(axis=1).astype(np.int64), labels, len(classes))
    return EvaluationReport(
        classes=classes,
        n=len(labels),
        top1=top_k_accuracy(probabilities, labels, 1),
        top5=top_k_accuracy(probabilities, labels, 5),
        bicubic_top1=top_k_accuracy(bicubic_probabilities, labels, 1),
        ece=expected_calibration_error(probabilities, labels),
        nll=negative_log_likelihood(probabilities, labels),
        brier=brier_score(probabilities, labels),
        accuracy=per_class_accuracy(confusion),
        precision=per_class_precision(confusion),
        confusion=confusion,
    )
