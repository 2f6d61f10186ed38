"""The prediction for one image: classes with probabilities, and what is computed when it is asked for.

Sizes: K classes, M numbers of an embedding, (H, W) the height and width that the model reads, s its upscale factor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vimd_core.api.arguments import as_whole_number

if TYPE_CHECKING:
    from vimd_core.inference.prediction import Prediction


class CapturePrediction:
    """The prediction for one image; made by `Model.predict`.

    Attributes:
        path: the image's file; None for an image in memory.
        width_px: width of the image, before it was brought to the size that the model reads.
        height_px: height of it.
        classes: the model's K classes, in the order of the probabilities.
        probabilities: (K,) float32 in [0, 1], calibrated; sums to 1.
        embedding: (M,) float32 of length 1: what the classifier has made of the image before its last layer. The
            product of two is their cosine similarity, in [-1, 1].
        notice: one sentence where the file is incomplete and was classified all the same; empty otherwise.
    """

    def __init__(
        self,
        prediction: Prediction,
        classes: tuple[str, ...],
        *,
        path: Path | None,
        size_px: tuple[int, int],
        notice: str,
        again: Callable[[], Prediction],
    ) -> None:
        assert prediction.embedding is not None
        self.path = path
        self.height_px, self.width_px = size_px
        self.classes = classes
        self.probabilities: npt.NDArray[np.float32] = prediction.probabilities
        self.embedding: npt.NDArray[np.float32] = _unit_length(prediction.embedding)
        self.notice = notice
        self._again = again

    @property
    def class_index(self) -> int:
        """Place of the most likely class in `classes`."""
        return int(self.probabilities.argmax())

    @property
    def label(self) -> str:
        """Name of the most likely class."""
        return self.classes[self.class_index]

    @property
    def confidence(self) -> float:
        """Its probability, in [0, 1]."""
        return float(self.probabilities.max())

    def top(self, k: int = 5) -> list[tuple[str, float]]:
        """The k most likely classes as (name, probability), most likely first; all of them where there are fewer."""
        order = np.argsort(-self.probabilities, kind="stable")[: max(0, as_whole_number("k", k))]
        return [(self.classes[place], float(self.probabilities[place])) for place in order]

    @property
    def super_resolved(self) -> npt.NDArray[np.uint8]:
        """(H·s, W·s, 3) uint8 RGB: the image as the super-resolution network enlarges it for the classifier.

        (H, W) is `Model.input_size_px` and s is `Model.upscale`. Computed when it is first asked for.
        """
        view = self._both.sr_view
        assert view is not None
        return view

    @property
    def bicubic_probabilities(self) -> npt.NDArray[np.float32]:
        """(K,) float32: the same classifier on the image enlarged by bicubic interpolation instead.

        Computed when it is first asked for.
        """
        return self._both.bicubic_probabilities

    @property
    def disagreement(self) -> float:
        """How much super-resolution changes the prediction: total variation distance, in [0, 1]."""
        return float(0.5 * np.abs(self.probabilities - self.bicubic_probabilities).sum())

    @cached_property
    def _both(self) -> Prediction:
        return self._again()

    def __repr__(self) -> str:
        name = "" if self.path is None else f"{self.path.name}: "
        return f"<{name}{self.label} {self.confidence:.1%}>"


def _unit_length(embedding: npt.NDArray[np.float16]) -> npt.NDArray[np.float32]:
    """Stored in half precision, whose length is 1 to three digits only."""
    wide = embedding.astype(np.float32)
    return wide / max(float(np.linalg.norm(wide)), float(np.finfo(np.float32).tiny))
