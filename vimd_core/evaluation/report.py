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
    confusion_matrix,
    expected_calibration_error,
    per_class_accuracy,
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
        accuracy: (K,) fraction of each class that was recognised, NaN without captures.
        confusion: (K, K) counts, rows are true classes and columns predicted ones.
    """

    classes: tuple[str, ...]
    n: int
    top1: float
    top5: float
    bicubic_top1: float
    ece: float
    accuracy: npt.NDArray[np.float64]
    confusion: npt.NDArray[np.int64]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; a class without captures has the accuracy null."""
        support = self.confusion.sum(axis=1)
        per_class = [
            {
                "class": name,
                "n": int(support[i]),
                "accuracy": float(self.accuracy[i]) if support[i] else None,
            }
            for i, name in enumerate(self.classes)
        ]
        return {
            "n": self.n,
            "top1": self.top1,
            "top5": self.top5,
            "bicubic_top1": self.bicubic_top1,
            "ece": self.ece,
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
        mistakes = self.confusion.copy()
        np.fill_diagonal(mistakes, 0)
        order = np.argsort(-mistakes, axis=None, kind="stable")[:_CONFUSIONS_SHOWN]
        shown = [divmod(int(flat), len(self.classes)) for flat in order if mistakes.flat[flat]]
        if shown:
            lines += ["", "most frequent confusions"]
            lines += [
                f"{mistakes[true, said]:>6} x {self.classes[true]} taken for {self.classes[said]}"
                for true, said in shown
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
        accuracy=per_class_accuracy(confusion),
        confusion=confusion,
    )
