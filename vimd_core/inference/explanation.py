"""Heat maps by occlusion: what becomes of a prediction when a part of the picture is hidden.

Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014, section 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vimd_core.inference.predictor import Predictor

_STEPS: Final = 9
_WINDOW_SHARE: Final = 0.25
_NOTHING_MATTERS: Final = 0.02
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Explanation:
    """Which parts of a capture carry the answer.

    Attributes:
        class_index: the answer that is explained.
        probability: of that class for the whole picture.
        largest_loss: how much of it is lost when the most important part is hidden.
        heat: (H, W) float32 in [0, 1], 1 where hiding costs most; 0 everywhere when no part matters.
        method: one sentence for people.
    """

    class_index: int
    probability: float
    largest_loss: float
    heat: Floats
    method: str


def explain(predictor: Predictor, image: npt.NDArray[Any], class_index: int | None = None) -> Explanation:
    """Hide one part of the super-resolved view after the other and see how sure the classifier still is.

    Args:
        predictor: only its classifier is run again for each part.
        image: a capture, as for `Predictor.predict`.
        class_index: whose probability to follow; the most likely class when None.
    """
    view = predictor.super_resolve(image)  # (H, W, 3)
    whole, _ = predictor.classify_views(view[None])
    chosen = int(whole[0].argmax()) if class_index is None else class_index
    windows = _windows(*view.shape[:2])
    grey = view.mean(axis=(0, 1))
    left = np.empty(len(windows), np.float32)
    part = max(1, predictor.batch_size)
    for start in range(0, len(windows), part):
        masks = windows[start : start + part, :, :, None]
        probabilities, _ = predictor.classify_views(view * (1 - masks) + grey * masks)
        left[start : start + len(masks)] = probabilities[:, chosen]
    loss = np.maximum(whole[0, chosen] - left, 0)
    heat = np.einsum("n,nhw->hw", loss, windows) / np.maximum(windows.sum(axis=0), 1e-6)
    largest, peak = float(loss.max()), float(heat.max())
    heat = heat / peak if largest >= _NOTHING_MATTERS and peak > 0 else np.zeros_like(heat)
    return Explanation(chosen, float(whole[0, chosen]), largest, heat.astype(np.float32), _method(largest))


def _windows(height: int, width: int) -> Floats:
    """Soft round masks over the whole picture, (n, H, W) in [0, 1]: hard edges would be something to see."""
    down, across = _along(height), _along(width)
    masks = down[:, None, :, None] * across[None, :, None, :]  # (steps, steps, H, W)
    return np.minimum(1.5 * masks, 1.0).reshape(-1, height, width).astype(np.float32)


def _along(size: int) -> npt.NDArray[np.float64]:
    """Of each window how much it covers each pixel of one side, (steps, size)."""
    centres = (np.arange(_STEPS) + 0.5) * size / _STEPS
    pixels = np.arange(size) + 0.5
    radius = _WINDOW_SHARE * size / 2
    covered: npt.NDArray[np.float64] = np.exp(
        -0.5 * ((pixels[None] - centres[:, None]) / (0.6 * radius)) ** 2
    )
    return covered


def _method(largest_loss: float) -> str:
    how = f"{_STEPS * _STEPS} parts of the super-resolved view were hidden in turn"
    if largest_loss < _NOTHING_MATTERS:
        return f"{how}; no single one matters for the answer."
    return f"{how}; the marked ones cost the answer most, up to {largest_loss:.0%}."
