"""PSNR and SSIM of a super-resolution network, as the field measures them: luma, borders cropped.

Sources: luma weights, ITU-R BT.601 as in MATLAB's rgb2ycbcr; SSIM, Wang et al., "Image Quality Assessment: From
Error Visibility to Structural Similarity", IEEE TIP 13 (2004), with the settings of its ssim_index.m.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from vimd_core.data.files.folders import find_captures, natural_key
from vimd_core.data.images.decoding import decode_image
from vimd_core.errors import DatasetError
from vimd_core.models.super_resolution import bicubic_downscale, bicubic_upscale

BORDER_PX: Final = 4
_WINDOW_PX: Final = 11
_WINDOW_SIGMA_PX: Final = 1.5
_PEAK: Final = 255.0
_C1, _C2 = (0.01 * _PEAK) ** 2, (0.03 * _PEAK) ** 2
_Plane = npt.NDArray[np.float64]
_Rgb = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class ImageScore:
    """Figures of one image.

    Attributes:
        name: stem of its file.
        psnr_y: dB, of the network; infinite when it made the very image.
        ssim: structural similarity of the luma, of the network, at most 1.
        psnr_y_bicubic: dB, of bicubic enlargement.
        ssim_bicubic: of bicubic enlargement.
    """

    name: str
    psnr_y: float
    ssim: float
    psnr_y_bicubic: float
    ssim_bicubic: float


@dataclass(frozen=True)
class SuperResolutionScore:
    """Figures of a set of images.

    Attributes:
        images: each image, sorted by name; at least one.
    """

    images: tuple[ImageScore, ...]

    @property
    def psnr_y(self) -> float:
        """Mean dB of the network."""
        return self._mean(lambda image: image.psnr_y)

    @property
    def ssim(self) -> float:
        """Mean structural similarity of the network."""
        return self._mean(lambda image: image.ssim)

    @property
    def psnr_y_bicubic(self) -> float:
        """Mean dB of bicubic enlargement."""
        return self._mean(lambda image: image.psnr_y_bicubic)

    @property
    def ssim_bicubic(self) -> float:
        """Mean structural similarity of bicubic enlargement."""
        return self._mean(lambda image: image.ssim_bicubic)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; an infinite PSNR is null, which JSON can say."""
        rows = [{key: _finite(value) for key, value in asdict(image).items()} for image in self.images]
        means = {key: _finite(getattr(self, key)) for key in _FIGURES}
        return {"n": len(self.images), **means, "images": rows}

    def _mean(self, figure: Callable[[ImageScore], float]) -> float:
        return sum(figure(image) for image in self.images) / len(self.images)


_FIGURES: Final = ("psnr_y", "ssim", "psnr_y_bicubic", "ssim_bicubic")


def luma(rgb: _Rgb) -> _Plane:
    """Luma of an image.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) float64 in [16, 235].
    """
    weights = np.array([65.481, 128.553, 24.966]) / 255.0
    return rgb.astype(np.float64) @ weights + 16.0


def psnr_y(image: _Rgb, truth: _Rgb, *, border_px: int = BORDER_PX) -> float:
    """Peak signal-to-noise ratio of the luma in dB; infinite for equal images.

    Args:
        image: (H, W, 3) uint8 RGB.
        truth: the same size.
        border_px: pixels that are left out on each side.
    """
    error = np.mean((_inner_luma(image, border_px) - _inner_luma(truth, border_px)) ** 2)
    return math.inf if error == 0 else 10.0 * math.log10(_PEAK**2 / error)


def ssim_y(image: _Rgb, truth: _Rgb, *, border_px: int = BORDER_PX) -> float:
    """Mean structural similarity of the luma: 1 for equal images.

    An 11 x 11 Gaussian window of 1.5 px, where it lies wholly inside; K1 = 0.01, K2 = 0.03, L = 255.

    Args:
        image: (H, W, 3) uint8 RGB; after cropping at least 11 px wide and high.
        truth: the same size.
        border_px: pixels that are left out on each side.
    """
    x, y = _inner_luma(image, border_px), _inner_luma(truth, border_px)
    mean_x, mean_y = _window_mean(x), _window_mean(y)
    variance_x = _window_mean(x * x) - mean_x**2
    variance_y = _window_mean(y * y) - mean_y**2
    covariance = _window_mean(x * y) - mean_x * mean_y
    similar = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    largest = (mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2)
    return float((similar / largest).mean())


@torch.inference_mode()
def evaluate_super_resolution(
    model: nn.Module,
    *,
    hr: Path,
    lr: Path | None,
    upscale: int,
    on_image: Callable[[int, int], None] | None = None,
) -> SuperResolutionScore:
    """Measure a network on pairs of images that share a file stem.

    Args:
        model: (1, 3, H, W) in [0, 1] -> (1, 3, s*H, s*W), on the device that is to compute.
        hr: folder of the true images; their top-left s*H x s*W px are compared.
        lr: folder of the small images; None makes them by antialiased bicubic reduction, rounded to 8 bits.
        upscale: s.
        on_image: is told how many images are done, and of how many.

    Raises:
        DatasetError: a folder is missing, no stem is in both, or an image is too small or not s times as large.
    """
    hr_files = _images_by_stem(hr)
    lr_files = hr_files if lr is None else _images_by_stem(lr)
    stems = sorted(hr_files.keys() & lr_files.keys(), key=natural_key)
    if not stems:
        if lr is None:
            raise DatasetError("There are no images in {folder}.", folder=hr)
        raise DatasetError(
            "No image in {lr} has the name of one in {hr}: give two folders of matching pairs.", lr=lr, hr=hr
        )
    model.eval()
    device = next(model.parameters()).device
    scores: list[ImageScore] = []
    for stem in stems:
        truth = decode_image(hr_files[stem])
        small = _reduced(truth, upscale) if lr is None else _tensor(decode_image(lr_files[stem]))
        truth = truth[: small.shape[2] * upscale, : small.shape[3] * upscale]
        if min(truth.shape[:2]) < 2 * BORDER_PX + _WINDOW_PX:
            raise DatasetError(
                "{hr_name} is too small to compare: {side_px} px a side are needed.",
                hr_name=hr_files[stem],
                side_px=2 * BORDER_PX + _WINDOW_PX,
            )
        figures: list[float] = []
        small = small.to(device)
        for enlarged in (model(small), bicubic_upscale(small, upscale)):
            image = (enlarged[0].clamp(0, 1) * 255.0).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
            if image.shape != truth.shape:
                raise DatasetError(
                    "{hr_name} is not {upscale} times as large as {lr_name}.",
                    hr_name=hr_files[stem],
                    upscale=upscale,
                    lr_name=lr_files[stem],
                )
            figures += [psnr_y(image, truth), ssim_y(image, truth)]
        scores.append(ImageScore(stem, *figures))
        if on_image is not None:
            on_image(len(scores), len(stems))
    return SuperResolutionScore(tuple(scores))


def _inner_luma(rgb: _Rgb, border_px: int) -> _Plane:
    return luma(rgb)[(slice(border_px, -border_px or None),) * 2]


def _window_mean(plane: _Plane) -> _Plane:
    """Gaussian mean of each window that lies wholly inside: (H, W) -> (H - 10, W - 10)."""
    offsets = np.arange(_WINDOW_PX) - _WINDOW_PX // 2
    weights = np.exp(-(offsets**2) / (2 * _WINDOW_SIGMA_PX**2))
    weights /= weights.sum()
    for axis in (0, 1):
        kept = plane.shape[axis] - _WINDOW_PX + 1
        shifted = (plane.take(range(i, i + kept), axis) * weight for i, weight in enumerate(weights))
        plane = np.asarray(sum(shifted), np.float64)
    return plane


def _tensor(rgb: _Rgb) -> torch.Tensor:
    return torch.from_numpy(rgb).permute(2, 0, 1)[None].float() / 255.0  # (H, W, 3) -> (1, 3, H, W)


def _reduced(truth: _Rgb, upscale: int) -> torch.Tensor:
    height, width = (side - side % upscale for side in truth.shape[:2])
    if not height or not width:
        raise DatasetError(
            "An image of {width} x {height} px is too small to compare.",
            width=truth.shape[1],
            height=truth.shape[0],
        )
    small = bicubic_downscale(_tensor(truth[:height, :width]), upscale)
    return (small * 255.0).round() / 255.0  # as a file would hold it


def _images_by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise DatasetError("There is no folder {folder}.", folder=folder)
    return {path.stem: path for path in find_captures([folder])}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
