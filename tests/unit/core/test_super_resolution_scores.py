"""PSNR as the field measures it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from vimd_core.config import SuperResolutionConfig
from vimd_core.errors import DatasetError
from vimd_core.evaluation.super_resolution import evaluate_super_resolution, luma, psnr_y
from vimd_core.models.super_resolution import build_super_resolution

torch.set_num_threads(1)


def test_luma_spans_the_studio_range() -> None:
    black, white = np.zeros((1, 1, 3), np.uint8), np.full((1, 1, 3), 255, np.uint8)
    assert luma(black)[0, 0] == pytest.approx(16.0) and luma(white)[0, 0] == pytest.approx(235.0, abs=0.01)


def test_psnr_of_a_known_error() -> None:
    truth = np.full((20, 20, 3), 100, np.uint8)
    image = truth + np.uint8(10)
    error = 10 * (65.481 + 128.553 + 24.966) / 255
    assert psnr_y(image, truth) == pytest.approx(10 * math.log10(255**2 / error**2))
    assert psnr_y(truth, truth) == math.inf
    image[:4] = 0
    assert psnr_y(image, truth) == pytest.approx(10 * math.log10(255**2 / error**2))


def test_a_folder_of_pairs_is_measured(tmp_path: Path) -> None:
    hr, lr = tmp_path / "hr", tmp_path / "lr"
    hr.mkdir()
    lr.mkdir()
    generator = np.random.default_rng(0)
    for name in ("a", "b"):
        smooth = Image.fromarray(generator.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        large = smooth.resize((64, 48), Image.Resampling.BICUBIC)
        large.save(hr / f"{name}.png")
        large.resize((16, 12), Image.Resampling.BICUBIC).save(lr / f"{name}.png")
    network = build_super_resolution(SuperResolutionConfig(architecture="light", channels=8, num_blocks=1))
    score = evaluate_super_resolution(network, hr=hr, lr=lr, upscale=4)
    assert score.images == 2 and 25 < score.psnr_y_bicubic < 60
    assert score.psnr_y == pytest.approx(score.psnr_y_bicubic)
    with pytest.raises(DatasetError, match="no folder"):
        evaluate_super_resolution(network, hr=hr, lr=tmp_path / "nowhere", upscale=4)
    (lr / "b.png").rename(lr / "c.png")
    (lr / "a.png").unlink()
    with pytest.raises(DatasetError, match="pairs"):
        evaluate_super_resolution(network, hr=hr, lr=lr, upscale=4)
