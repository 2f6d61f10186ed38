"""Runs a model over labelled captures and keeps its predictions for every metric.

Sizes: N captures, K classes.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vimd_core.data.datasets.capture_batches import read_batches
from vimd_core.data.images.image_sources import ImageSource
from vimd_core.evaluation.metrics import Labels, Probabilities

if TYPE_CHECKING:
    from vimd_core.inference.predictor import Predictor

Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class MeasuredCaptures:
    """A model's answers on labelled captures.

    Attributes:
        paths: files of the N captures that were read; an empty path for each that was none.
        labels: (N,) index of the true class.
        probabilities: (N, K) from the super-resolved captures.
        bicubic_probabilities: (N, K) from the captures enlarged by bicubic interpolation.
        widths_px: (N,) width of each file's image.
        heights_px: (N,) height of each file's image.
        read_s: (N,) seconds to read, decode and resize each file.
        predict_s: (N,) seconds to classify each capture, its share of the batch that it was in.
        unreadable: one sentence for each capture that could not be read.
        several_labels: captures that were left out because the data gives them more than one class.
    """

    paths: tuple[Path, ...]
    labels: Labels
    probabilities: Probabilities
    bicubic_probabilities: Probabilities
    widths_px: npt.NDArray[np.int64]
    heights_px: npt.NDArray[np.int64]
    read_s: Seconds
    predict_s: Seconds
    unreadable: tuple[str, ...] = ()
    several_labels: tuple[Path, ...] = ()

    @property
    def predicted(self) -> Labels:
        """(N,) most likely class of each super-resolved capture."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def bicubic_predicted(self) -> Labels:
        """(N,) the same for the bicubic views."""
        return np.asarray(self.bicubic_probabilities.argmax(axis=1), np.int64)

    @property
    def confidence(self) -> npt.NDArray[np.float32]:
        """(N,) probability of the most likely class."""
        return np.asarray(self.probabilities.max(axis=1), np.float32)

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """(N,) whether the most likely class is the true one."""
        return np.asarray(self.predicted == self.labels, np.bool_)

    @property
    def bicubic_correct(self) -> npt.NDArray[np.bool_]:
        """(N,) the same for the bicubic views."""
        return np.asarray(self.bicubic_predicted == self.labels, np.bool_)

    @property
    def longer_side_px(self) -> npt.NDArray[np.int64]:
        """(N,) the longer side of each file's image."""
        return np.maximum(self.widths_px, self.heights_px)

    @property
    def disagreement(self) -> npt.NDArray[np.float32]:
        """(N,) total variation distance of the two views' answers, in [0, 1]."""
        distance: npt.NDArray[np.float32] = (
            np.abs(self.probabilities - self.bicubic_probabilities).sum(axis=1) / 2
        )
        return distance


def measure_captures(
    predictor: Predictor,
    captures: Iterable[tuple[ImageSource, int]],
    *,
    on_read: Callable[[int], None] = lambda count: None,
) -> MeasuredCaptures:
    """Classify labelled captures.

    Args:
        predictor: the model.
        captures: file or image, and index of the true class, of each.
        on_read: is told after each batch how many captures it held, unreadable ones included.

    Returns:
        The answers, in order; N is 0 when nothing could be read.
    """
    classes = len(predictor.info.classes)
    paths: list[Path] = []
    labels: list[int] = []
    sizes: list[tuple[int, int]] = []
    read_s: list[float] = []
    predict_s: list[float] = []
    answers: list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = []
    unreadable: list[str] = []
    batches = read_batches(
        ((label, source) for source, label in captures),
        batch_size=predictor.batch_size,
        size_px=predictor.info.config.lr_size_px,
    )
    with contextlib.closing(batches):
        for batch in batches:
            read = [(capture, capture.image) for capture in batch if capture.image is not None]
            start = time.perf_counter()
            predictions = predictor.predict([image for _, image in read])
            share_s = (time.perf_counter() - start) / max(1, len(read))
            answers += [(p.probabilities, p.bicubic_probabilities) for p in predictions]
            paths += [capture.path for capture, _ in read]
            labels += [capture.key for capture, _ in read]
            sizes += [(capture.width_px, capture.height_px) for capture, _ in read]
            read_s += [capture.read_s for capture, _ in read]
            predict_s += [share_s] * len(read)
            unreadable += [str(capture.error) for capture in batch if capture.image is None]
            on_read(len(batch))
    both = np.array(answers, np.float32).reshape(len(paths), 2, classes)  # (N, views, K)
    widths_heights = np.array(sizes, np.int64).reshape(len(paths), 2)
    return MeasuredCaptures(
        paths=tuple(paths),
        labels=np.array(labels, np.int64),
        probabilities=both[:, 0],
        bicubic_probabilities=both[:, 1],
        widths_px=widths_heights[:, 0],
        heights_px=widths_heights[:, 1],
        read_s=np.array(read_s, np.float64),
        predict_s=np.array(predict_s, np.float64),
        unreadable=tuple(unreadable),
    )
