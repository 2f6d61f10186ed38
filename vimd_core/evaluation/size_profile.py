"""Accuracy by capture size, and from which size on a model can be trusted. numpy alone.

The size of a capture is the longer side of its file's image in px, before anything is resized.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.evaluation.metrics import reliability, wilson_interval

EDGES_PX: Final = (0, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512)
ENOUGH_CAPTURES: Final = 30
TOLERANCE: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class SizeRange:
    """Captures of about one size.

    Attributes:
        low_px: smallest size in the range.
        high_px: size that is just too large for it, or None for the last range.
        n: number of captures.
        accuracy: fraction whose most likely class is the true one.
        interval: 95 % Wilson interval of the accuracy.
        confidence: mean probability of the most likely class.
        ece: expected calibration error of these captures.
    """

    low_px: int
    high_px: int | None
    n: int
    accuracy: float
    interval: tuple[float, float]
    confidence: float
    ece: float

    @property
    def name(self) -> str:
        """The range for people, such as "24-27 px"."""
        return (
            f"{self.low_px} px and more" if self.high_px is None else f"{self.low_px}–{self.high_px - 1} px"
        )


@dataclass(frozen=True)
class SmallestSize:
    """From which size on the model is as good as it gets.

    Attributes:
        size_px: suggested smallest size, None when there is nothing to go by.
        plateau: accuracy on large captures that ranges are compared with, None likewise.
        sentence: the same for people.
    """

    size_px: int | None
    plateau: float | None
    sentence: str


@dataclass(frozen=True)
class SizeProfile:
    """Figures of all sizes.

    Attributes:
        ranges: those that hold captures, from small to large.
        smallest: the suggestion.
    """

    ranges: tuple[SizeRange, ...]
    smallest: SmallestSize

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "ranges": [
                {
                    "low_px": one.low_px,
                    "high_px": one.high_px,
                    "n": one.n,
                    "accuracy": one.accuracy,
                    "accuracy_interval": list(one.interval),
                    "confidence": one.confidence,
                    "ece": one.ece,
                }
                for one in self.ranges
            ],
            "smallest_size_px": self.smallest.size_px,
            "plateau_accuracy": self.smallest.plateau,
            "explanation": self.smallest.sentence,
        }


RULE: Final = (
    "The suggested smallest size is the lower end of the smallest range from which on no range falls behind. A range "
    f"falls behind when its accuracy is more than {TOLERANCE * 100:.0f} points below the plateau and its 95 % Wilson "
    f"interval lies below the plateau too. The plateau is the accuracy on the larger half of the captures. Ranges "
    f"with fewer than {ENOUGH_CAPTURES} captures decide nothing."
)


def size_profile(
    longer_side_px: npt.NDArray[np.int64],
    correct: npt.NDArray[np.bool_],
    confidence: npt.NDArray[np.floating[Any]],
) -> SizeProfile:
    """Sort captures by size and suggest the smallest useful one.

    Args:
        longer_side_px: (N,) size of each capture, at least 1.
        correct: (N,) whether its most likely class is the true one.
        confidence: (N,) probability of that class.
    """
    edges = (*EDGES_PX, math.inf)
    ranges: list[SizeRange] = []
    for low, high in itertools.pairwise(edges):
        inside = (longer_side_px >= low) & (longer_side_px < high)
        n = int(inside.sum())
        if n == 0:
            continue
        right = int(correct[inside].sum())
        ranges.append(
            SizeRange(
                low_px=max(1, int(low)),
                high_px=int(high) if math.isfinite(high) else None,
                n=n,
                accuracy=right / n,
                interval=wilson_interval(right, n),
                confidence=float(confidence[inside].mean()),
                ece=reliability(confidence[inside], correct[inside]).error,
            )
        )
    return SizeProfile(tuple(ranges), suggest_smallest(ranges))


def suggest_smallest(ranges: Sequence[SizeRange]) -> SmallestSize:
    """Apply `RULE`.

    Args:
        ranges: from small to large.
    """
    judged = [one for one in ranges if one.n >= ENOUGH_CAPTURES]
    if len(judged) < 2:
        return SmallestSize(
            None,
            None,
            f"Not enough captures: at least two ranges of size must hold {ENOUGH_CAPTURES} captures each.",
        )
    plateau = _plateau(judged)
    smallest: SizeRange | None = None
    behind: SizeRange | None = None
    for one in reversed(judged):
        if plateau - one.accuracy > TOLERANCE and one.interval[1] < plateau:
            behind = one
            break
        smallest = one
    if smallest is None:
        return SmallestSize(
            None, plateau, "The largest captures are recognised worst, so no smallest size is suggested."
        )
    if behind is None:
        return SmallestSize(
            smallest.low_px,
            plateau,
            f"No range falls behind, down to {smallest.name}; smaller captures were not measured, or too few.",
        )
    return SmallestSize(
        smallest.low_px,
        plateau,
        f"Captures should be at least {smallest.low_px} px: larger ones reach {plateau * 100:.1f} %, "
        f"those of {behind.name} {behind.accuracy * 100:.1f} %.",
    )


def _plateau(judged: Sequence[SizeRange]) -> float:
    """Accuracy on the largest ranges that together hold half of the captures."""
    half = sum(one.n for one in judged) / 2
    n, right = 0, 0.0
    for one in reversed(judged):
        n += one.n
        right += one.n * one.accuracy
        if n >= half:
            break
    return right / n
