"""The prediction for one capture. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Prediction:
    """Answer for one capture.

    Attributes:
        probabilities: (num_classes,) float32, from the super-resolved capture; sums to 1.
        bicubic_probabilities: (num_classes,) float32, from the capture enlarged by bicubic interpolation.
        sr_view: (H, W, 3) uint8 RGB, what the classifier saw, or None when it was not asked for.
        embedding: (M,) float16 of length 1: the classifier's class token, normed, before its head, of the
            super-resolved capture.
        features: (D,) float16: the embedding, and behind it what earlier layers have seen, of length 1 as well.
    """

    probabilities: npt.NDArray[np.float32]
    bicubic_probabilities: npt.NDArray[np.float32]
    sr_view: npt.NDArray[np.uint8] | None = None
    embedding: npt.NDArray[np.float16] | None = None
    features: npt.NDArray[np.float16] | None = None

    def top(self, k: int) -> list[tuple[int, float]]:
        """The k most likely classes as (class index, probability), most likely first."""
        return _top(self.probabilities, k)

    def bicubic_top(self, k: int) -> list[tuple[int, float]]:
        """The same for the bicubic view."""
        return _top(self.bicubic_probabilities, k)

    @property
    def disagreement(self) -> float:
        """Total variation distance of the two answers: 0 when super-resolution changed nothing, at most 1."""
        return float(0.5 * np.abs(self.probabilities - self.bicubic_probabilities).sum())


def _top(probabilities: npt.NDArray[np.float32], k: int) -> list[tuple[int, float]]:
    order = np.argsort(-probabilities, kind="stable")[:k]
    return [(int(i), float(probabilities[i])) for i in order]
