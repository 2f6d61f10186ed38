"""Chooses the captures that a report shows, and turns them into pictures that lie in the page itself."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from vimd_core.data.datasets.capture_batches import read_capture
from vimd_core.evaluation.measured import MeasuredCaptures

if TYPE_CHECKING:
    from vimd_core.inference.predictor import Predictor

MISTAKES: Final = 24
CHANGED: Final = 8
SLOWEST: Final = 8
_VIEW_QUALITY: Final = 92


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Which captures are shown, as indices into the measured ones.

    Attributes:
        mistakes: wrong answers, the surest first.
        sr_right: captures that only the super-resolved view got right, the largest change first.
        bicubic_right: captures that only the bicubic view got right, likewise.
        slowest: captures that took longest to read and classify.
    """

    mistakes: tuple[int, ...]
    sr_right: tuple[int, ...]
    bicubic_right: tuple[int, ...]
    slowest: tuple[int, ...]

    def all(self) -> list[int]:
        """Each capture once."""
        return sorted({*self.mistakes, *self.sr_right, *self.bicubic_right, *self.slowest})


@dataclass(frozen=True)
class Pictures:
    """A capture as the network reads it and as the classifier sees it.

    Attributes:
        lr: data URI of a lossless picture.
        sr: data URI of a picture of high quality.
    """

    lr: str
    sr: str


def choose_examples(measured: MeasuredCaptures) -> Examples:
    """Choose what is worth looking at.

    Args:
        measured: answers on at least one capture.
    """
    correct, bicubic_correct = measured.correct, measured.bicubic_correct
    differs = measured.predicted != measured.bicubic_predicted
    seconds = measured.read_s + measured.predict_s
    return Examples(
        mistakes=_largest(~correct, measured.confidence, MISTAKES),
        sr_right=_largest(differs & correct, measured.disagreement, CHANGED),
        bicubic_right=_largest(differs & bicubic_correct, measured.disagreement, CHANGED),
        slowest=_largest(np.ones_like(correct), seconds, SLOWEST),
    )


def draw_pictures(
    predictor: Predictor, measured: MeasuredCaptures, indices: Iterable[int]
) -> Mapping[int, Pictures]:
    """Read captures again and draw them.

    Keeping every super-resolved view of a large evaluation would fill the memory, so the few that are shown
    are computed once more.

    Args:
        predictor: the model.
        measured: the captures.
        indices: which.

    Returns:
        Pictures by index; a file that can't be read any more is left out.
    """
    size_px = predictor.info.config.lr_size_px
    read = [(index, read_capture(index, measured.paths[index], size_px).image) for index in indices]
    found = [(index, image) for index, image in read if image is not None]
    answers = predictor.predict([image for _, image in found], with_sr_views=True)
    drawn: dict[int, Pictures] = {}
    for (index, image), answer in zip(found, answers, strict=True):
        if answer.sr_view is not None:
            drawn[index] = Pictures(_uri(image, "PNG"), _uri(answer.sr_view, "JPEG"))
    return drawn


def _largest(
    wanted: npt.NDArray[np.bool_], value: npt.NDArray[np.floating[Any]], most: int
) -> tuple[int, ...]:
    candidates = np.flatnonzero(wanted)
    order = np.argsort(-value[candidates], kind="stable")[:most]
    return tuple(int(index) for index in candidates[order])


def _uri(pixels: npt.NDArray[np.uint8], kind: str) -> str:
    buffer = io.BytesIO()
    if kind == "PNG":
        Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    else:
        Image.fromarray(pixels).save(buffer, kind, quality=_VIEW_QUALITY, subsampling=0)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
