"""PSNR of a super-resolution network, as the field measures it: luma, borders cropped.

Source of the luma weights: ITU-R BT.601, as in MATLAB's rgb2ycbcr.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from vimd_core.data.decoding import decode_image
from vimd_core.errors import DatasetError
from vimd_core.models.super_resolution import bicubic_upscale

_IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm"}


@dataclass(frozen=True)
class SuperResolutionScore:
    """Means over a set of images.

    Attributes:
        psnr_y: dB, of the network.
        psnr_y_bicubic: dB, of bicubic enlargement.
        images: how many were measured.
    """

    psnr_y: float
    psnr_y_bicubic: float
    images: int


def luma(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Luma of an image.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) float64 in [16, 235].
    """
    weights = np.array([65.481, 128.553, 24.966]) / 255.0
    return rgb.astype(np.float64) @ weights + 16.0


def psnr_y(image: npt.NDArray[np.uint8], truth: npt.NDArray[np.uint8], *, border_px: int = 4) -> float:
    """Peak signal-to-noise ratio of the luma in dB; infinite for equal images.

    Args:
        image: (H, W, 3) uint8 RGB.
        truth: the same size.
        border_px: pixels that are left out on each side.
    """
    inner = (slice(border_px, -border_px or None),) * 2
    error = np.mean((luma(image)[inner] - luma(truth)[inner]) ** 2)
    return math.inf if error == 0 else 10.0 * math.log10(255.0**2 / error)


@torch.inference_mode()
def evaluate_super_resolution(model: nn.Module, *, hr: Path, lr: Path, upscale: int) -> SuperResolutionScore:
    """Measure a network on pairs of images that share a file stem.

    Args:
        model: (1, 3, H, W) in [0, 1] -> (1, 3, s*H, s*W).
        hr: folder of the true images; their top-left s*H x s*W px are compared.
        lr: folder of the small images.
        upscale: s.

    Raises:
        DatasetError: a folder is missing or no stem is in both.
    """
    hr_files = _images_by_stem(hr)
    lr_files = _images_by_stem(lr)
    stems = sorted(hr_files.keys() & lr_files.keys())
    if not stems:
        raise DatasetError(
            f"No image in {lr} has the name of one in {hr}: give two folders of matching pairs."
        )
    model.eval()
    scores: list[float] = []
    bicubic_scores: list[float] = []
    for stem in stems:
        small = torch.from_numpy(decode_image(lr_files[stem])).permute(2, 0, 1)[None].float() / 255.0
        truth = decode_image(hr_files[stem])[: small.shape[2] * upscale, : small.shape[3] * upscale]
        for enlarged, collected in (
            (model(small), scores),
            (bicubic_upscale(small, upscale), bicubic_scores),
        ):
            image = (enlarged[0].clamp(0, 1) * 255.0).round().to(torch.uint8).permute(1, 2, 0).numpy()
            if image.shape != truth.shape:
                raise DatasetError(f"{hr_files[stem]} is not {upscale} times as large as {lr_files[stem]}.")
            collected.append(psnr_y(image, truth))
    return SuperResolutionScore(
        psnr_y=float(np.mean(scores)), psnr_y_bicubic=float(np.mean(bicubic_scores)), images=len(stems)
    )


def _images_by_stem(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise DatasetError(f"There is no folder {folder}.")
    return {p.stem: p for p in folder.iterdir() if p.suffix.lower() in _IMAGE_SUFFIXES}
