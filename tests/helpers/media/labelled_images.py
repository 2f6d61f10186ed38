"""Small images with labels, written to disk as a user has them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write_image(path: Path, *, seed: int = 0, size_px: int | tuple[int, int] = 12) -> Path:
    """An image of noise; another seed is another image."""
    width, height = (size_px, size_px) if isinstance(size_px, int) else size_px
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def write_tracks(
    folder: Path, *, classes: int = 3, tracks: int = 3, frames: int = 2, first_seed: int = 0
) -> Path:
    """Class folders 00, 01, ... with files TRACK_FRAME.png, all different."""
    seed = first_seed
    for label in range(classes):
        for track in range(tracks):
            for frame in range(frames):
                write_image(folder / f"{label:02d}" / f"{track:05d}_{frame:05d}.png", seed=seed)
                seed += 1
    return folder
