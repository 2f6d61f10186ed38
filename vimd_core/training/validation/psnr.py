"""Validation PSNR of a super-resolution network on held-back photographs of any size, in small tiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from vimd_core.models.super_resolution import bicubic_upscale
from vimd_core.training.batches.batch import parts_of
from vimd_core.training.loop.events import SuperResolutionEpochEvent

TILE_PX: Final = 128
"""Longest side, at low resolution, of what a network enlarges at once: one layer of SRResNet would take seconds for a
whole photograph of a camera, in which nobody could stop it, and gigabytes."""
# A black photograph is enlarged without any error: 100 dB is as good as perfect and leaves a mean finite.
_LEAST_ERROR: Final = 1e-10


@dataclass(frozen=True)
class PsnrFigures:
    """How good a super-resolution network is; dB.

    Attributes:
        psnr_db: of the network.
        bicubic_psnr_db: of bicubic enlargement.
    """

    psnr_db: float
    bicubic_psnr_db: float

    @property
    def score(self) -> float:
        """Epochs are compared by the network's PSNR."""
        return self.psnr_db

    def event(self, standing: Mapping[str, Any], *, best: bool, seconds: float) -> SuperResolutionEpochEvent:
        """What is said of the epoch; see `loop.task.Figures`."""
        return SuperResolutionEpochEvent(
            **standing,
            validation_psnr_db=self.psnr_db,
            validation_bicubic_psnr_db=self.bicubic_psnr_db,
            best=best,
            seconds=seconds,
        )


class PsnrValidation:
    """Measures a super-resolution network.

    Args:
        model: on the device.
        pairs: low and high resolution of held-back photographs, as in `mean_psnr`.
        device: where to compute.
    """

    def __init__(
        self, model: nn.Module, pairs: Sequence[tuple[Tensor, Tensor]], *, device: torch.device
    ) -> None:
        self._model = model
        self._pairs = pairs
        self._device = device

    def measure(self, check: Callable[[], None]) -> PsnrFigures:
        """Figures of the model as it is now."""
        self._model.eval()
        return PsnrFigures(*mean_psnr(self._model, self._pairs, device=self._device, check=check))


@torch.no_grad()
def mean_psnr(
    model: nn.Module,
    pairs: Sequence[tuple[Tensor, Tensor]],
    *,
    device: torch.device,
    check: Callable[[], None] = lambda: None,
) -> tuple[float, float]:
    """RGB PSNR in dB, of a network in evaluation mode and of bicubic enlargement, each a mean over photographs.

    Args:
        model: on the device.
        pairs: low and high resolution of each photograph: (3, h, w) and (3, s*h, s*w) uint8; at least one.
        device: where to compute.
        check: is called before each tile; may raise.
    """
    scores: list[float] = []
    bicubic_scores: list[float] = []
    for low, high in pairs:
        upscale = high.shape[1] // low.shape[1]
        error = bicubic_error = 0.0
        for lr8, hr8 in _tiles(low, high):
            check()
            lr, hr = (image[None].to(device).float() / 255.0 for image in (lr8, hr8))
            share = hr8.numel() / high.numel()
            error += share * float(functional.mse_loss(model(lr).clamp(0, 1), hr))
            bicubic_error += share * float(functional.mse_loss(bicubic_upscale(lr, upscale), hr))
        scores.append(_psnr(error))
        bicubic_scores.append(_psnr(bicubic_error))
    return sum(scores) / len(scores), sum(bicubic_scores) / len(bicubic_scores)


def _tiles(low: Tensor, high: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """A pair in equal tiles of at most `TILE_PX` at low resolution."""
    height, width = low.shape[1:]
    scale = high.shape[1] // height
    for top, bottom in parts_of(height, math.ceil(height / TILE_PX)):
        for left, right in parts_of(width, math.ceil(width / TILE_PX)):
            yield (
                low[:, top:bottom, left:right],
                high[:, top * scale : bottom * scale, left * scale : right * scale],
            )


def _psnr(error: float) -> float:
    # Not `max`, which would make a good figure of an error that is no number.
    return -10.0 * math.log10(_LEAST_ERROR if error < _LEAST_ERROR else error)
