"""Degradation: low-resolution captures made from high-resolution views, aligned pixel by pixel.

`bicubic` is the paper's way. `realistic` adds what a camera far away does, in the order in which it happens: the
lens and the motion blur, the sensor adds noise that grows with the light, the file format adds blocks.

Sizes: B views, S side of a view in px, s side of a capture in px.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.data.datasets.keyed_random import KeyedRandom
from vimd_core.errors import ConfigError

# Blur acts on a picture of twice the capture's side: fine enough for it, and 4 times fewer pixels than the view.
_BLUR_OVERSAMPLING: Final = 2
_BLUR_RADIUS_PX: Final = 5


DegradationKind = Literal["bicubic", "realistic"]
DEGRADATION_KINDS: Final[tuple[DegradationKind, ...]] = get_args(DegradationKind)


@dataclass(frozen=True, kw_only=True)
class DegradationConfig:
    """How captures are made.

    Attributes:
        kind: "bicubic" is the antialiased reduction alone; "realistic" adds all that follows, to which its
            probabilities and strengths belong.
        blur_probability: of a lens that is out of focus: a Gaussian, wider in one direction than in the other.
        blur_sigma_px: largest deviation of that Gaussian, in px of the capture.
        motion_probability: of a camera or thing that moved.
        motion_length_px: longest movement, in px of the capture.
        light_probability: of another brightness and contrast.
        brightness: largest relative change of brightness.
        contrast: largest relative change of contrast.
        noise_probability: of sensor noise.
        shot_noise: largest deviation that grows with the square root of the light, at full light (1.0).
        read_noise: largest deviation that is the same in the dark.
        jpeg_probability: of JPEG compression.
        jpeg_quality_min: lowest quality, 1 to 100.
        jpeg_quality_max: highest quality, 1 to 100.
    """

    kind: DegradationKind = "bicubic"
    blur_probability: float = 0.6
    blur_sigma_px: float = 0.8
    motion_probability: float = 0.25
    motion_length_px: float = 2.5
    light_probability: float = 0.5
    brightness: float = 0.2
    contrast: float = 0.2
    noise_probability: float = 0.7
    shot_noise: float = 0.04
    read_noise: float = 0.02
    jpeg_probability: float = 0.5
    jpeg_quality_min: int = 40
    jpeg_quality_max: int = 95

    def __post_init__(self) -> None:
        if self.kind not in DEGRADATION_KINDS:
            raise ConfigError(
                "There is no degradation {kind}: use {choices}.",
                kind=repr(self.kind),
                choices=" or ".join(DEGRADATION_KINDS),
            )
        for field in fields(self):
            if field.name == "kind":
                continue
            value = getattr(self, field.name)
            if field.name.endswith("_probability") and not 0 <= value <= 1:
                raise ConfigError(
                    "{name} must be in [0, 1], not {value}.", name=field.name, value=repr(value)
                )
            if not field.name.startswith("jpeg_quality") and not (math.isfinite(value) and value >= 0):
                raise ConfigError(
                    "{name} must be a number of at least 0, not {value}.", name=field.name, value=repr(value)
                )
        if max(self.brightness, self.contrast) >= 1:
            raise ConfigError("brightness and contrast of a degradation must be below 1.")
        if not 1 <= self.jpeg_quality_min <= self.jpeg_quality_max <= 100:
            raise ConfigError("JPEG qualities must be from 1 to 100, the lowest first.")

    @property
    def blurs(self) -> bool:
        """Whether any view may be blurred."""
        return max(self.blur_probability, self.motion_probability) > 0


def degrade(views: Tensor, size_px: int, config: DegradationConfig, random: KeyedRandom) -> Tensor:
    """Make captures from high-resolution views.

    What happens to a view depends on its own key alone, not on the other views of the batch.

    Args:
        views: (B, 3, S, S) float32 in [0, 1], on the CPU.
        size_px: s, side of the captures; at most S.
        config: what may happen to a view.
        random: one stream of numbers for each view, unused before.

    Returns:
        (B, 3, s, s) float32 in [0, 1].
    """
    if config.kind == "bicubic":
        return _reduce(views, size_px)
    if config.blurs:
        between_px = min(size_px * _BLUR_OVERSAMPLING, views.shape[-1])
        views = _blur(_reduce(views, between_px), between_px / size_px, config, random)
    captures = _reduce(views, size_px)
    if config.light_probability > 0:
        captures = _relight(captures, config, random)
    if config.noise_probability > 0:
        captures = _add_noise(captures, config, random)
    if config.jpeg_probability > 0:
        captures = _compress(captures, config, random)
    return captures


def _reduce(images: Tensor, size_px: int) -> Tensor:
    """Antialiased bicubic, clamped: (B, 3, S, S) -> (B, 3, size_px, size_px)."""
    if images.shape[-1] == size_px:
        return images
    reduced = functional.interpolate(images, size=(size_px, size_px), mode="bicubic", antialias=True)
    return reduced.clamp_(0.0, 1.0)


def _blur(images: Tensor, px_per_px: float, config: DegradationConfig, random: KeyedRandom) -> Tensor:
    """Convolve each image with a kernel of its own.

    Args:
        images: (B, 3, H, H).
        px_per_px: pixels of these images for each pixel of the capture.
        config: probabilities and strengths.
        random: of the images.
    """
    focus = _chosen(config.blur_probability, random)
    wide = _column(random.uniform(0.15, 1.0)) * config.blur_sigma_px * px_per_px
    narrow = wide * _column(random.uniform(0.5, 1.0))
    focus_angle = _column(random.uniform(0.0, math.pi))
    moved = _chosen(config.motion_probability, random)
    # A movement along a line has the deviation of an even spread: its length over the root of 12.
    length = _column(random.uniform(0.3, 1.0)) * config.motion_length_px * px_per_px / math.sqrt(12.0)
    motion_angle = _column(random.uniform(0.0, math.pi))
    # Covariances of blurs that follow each other add up; the small constant keeps an undone blur a single point.
    xx, xy, yy = (
        focus * a + moved * b
        for a, b in zip(
            _covariance(wide, narrow, focus_angle),
            _covariance(length, torch.zeros_like(length), motion_angle),
            strict=True,
        )
    )
    blurred = (focus + moved).flatten() > 0
    if not bool(blurred.any()):
        return images
    kernels = _gaussians(xx[blurred] + 0.01, xy[blurred], yy[blurred] + 0.01)  # (b, k, k)
    part = images[blurred]
    count, channels, height, width = part.shape
    # One group for each channel of each image: (b, 3, H, W) -> (1, b * 3, H, W).
    padded = functional.pad(part, (_BLUR_RADIUS_PX,) * 4, mode="reflect")
    result = functional.conv2d(
        padded.reshape(1, count * channels, *padded.shape[2:]),
        kernels[:, None].repeat_interleave(channels, dim=0),
        groups=count * channels,
    )
    images = images.clone()
    images[blurred] = result.reshape(count, channels, height, width)
    return images


def _covariance(wide: Tensor, narrow: Tensor, angle: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Entries xx, xy, yy of a Gaussian's covariance, from its deviations along and across a direction."""
    cos, sin = torch.cos(angle), torch.sin(angle)
    along, across = wide.square(), narrow.square()
    return (
        along * cos.square() + across * sin.square(),
        (along - across) * cos * sin,
        along * sin.square() + across * cos.square(),
    )


def _gaussians(xx: Tensor, xy: Tensor, yy: Tensor) -> Tensor:
    """Kernels with given covariances: (b, 1) each -> (b, k, k), each with the sum 1."""
    offsets = torch.arange(-_BLUR_RADIUS_PX, _BLUR_RADIUS_PX + 1, dtype=torch.float32)
    x, y = offsets[None, None, :], offsets[None, :, None]
    xx, xy, yy = (entry[:, :, None] for entry in (xx, xy, yy))
    determinant = xx * yy - xy.square()
    exponent = (yy * x.square() - 2.0 * xy * x * y + xx * y.square()) / determinant
    kernels = torch.exp(-0.5 * exponent)
    return kernels / kernels.sum(dim=(1, 2), keepdim=True)


def _relight(captures: Tensor, config: DegradationConfig, random: KeyedRandom) -> Tensor:
    chosen = _chosen(config.light_probability, random)
    brightness = 1.0 + chosen * _column(random.uniform(-config.brightness, config.brightness))
    contrast = 1.0 + chosen * _column(random.uniform(-config.contrast, config.contrast))
    brightness, contrast = brightness[:, :, None, None], contrast[:, :, None, None]
    mean = captures.mean(dim=(1, 2, 3), keepdim=True)
    return ((mean + (captures - mean) * contrast) * brightness).clamp_(0.0, 1.0)


def _add_noise(captures: Tensor, config: DegradationConfig, random: KeyedRandom) -> Tensor:
    """Noise whose variance is a straight line over the light: shot noise, and the sensor's own (Foi et al., IEEE TIP
    17, 2008)."""
    chosen = _chosen(config.noise_probability, random)
    shot = chosen * _column(random.uniform(0.0, config.shot_noise))
    read = chosen * _column(random.uniform(0.0, config.read_noise))
    variance = captures * shot.square()[:, :, None, None] + read.square()[:, :, None, None]
    noise = torch.from_numpy(random.normal(*captures.shape[1:]))
    return (captures + variance.sqrt_() * noise).clamp_(0.0, 1.0)


def _compress(captures: Tensor, config: DegradationConfig, random: KeyedRandom) -> Tensor:
    chosen = random.uniform() < config.jpeg_probability
    qualities = random.uniform(config.jpeg_quality_min, config.jpeg_quality_max + 1).astype(np.int64)
    captures = captures.clone()
    for row in np.flatnonzero(chosen).tolist():
        # JPEG holds 8 bits; OpenCV wants the channels last, and their order does not matter for a round trip
        # through its own colour conversion as long as it is BGR.
        pixels = captures[row].flip(0).permute(1, 2, 0).mul(255.0).round_().to(torch.uint8).numpy()
        quality = min(int(qualities[row]), config.jpeg_quality_max)
        encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        decoded = torch.from_numpy(cv2.imdecode(encoded, cv2.IMREAD_COLOR))
        captures[row] = decoded.permute(2, 0, 1).flip(0).float().div_(255.0)
    return captures


def _chosen(probability: float, random: KeyedRandom) -> Tensor:
    """(B, 1) 1.0 for the rows that are hit."""
    return _column((random.uniform() < probability).astype(np.float32))


def _column(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Tensor:
    """(B,) -> (B, 1)."""
    return torch.from_numpy(np.asarray(values, dtype=np.float32))[:, None]
