"""PSNR and SSIM as the field measures them, and the files that they are measured on."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from bundles import write_tiny_bundle
from PIL import Image
from safetensors.torch import save_file

from vimd_core.checkpoints.super_resolution import find_super_resolution
from vimd_core.cli import main
from vimd_core.config import SuperResolutionConfig
from vimd_core.errors import CheckpointError, DatasetError
from vimd_core.evaluation.super_resolution import evaluate_super_resolution, luma, psnr_y, ssim_y
from vimd_core.models.super_resolution import build_super_resolution

torch.set_num_threads(1)


def make_pairs(folder: Path, names: tuple[str, ...] = ("a", "b")) -> tuple[Path, Path]:
    """Smooth large images and their reductions."""
    hr, lr = folder / "hr", folder / "lr"
    hr.mkdir()
    lr.mkdir()
    generator = np.random.default_rng(0)
    for name in names:
        smooth = Image.fromarray(generator.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        large = smooth.resize((64, 48), Image.Resampling.BICUBIC)
        large.save(hr / f"{name}.png")
        large.resize((16, 12), Image.Resampling.BICUBIC).save(lr / f"{name}.png")
    return hr, lr


def light_network() -> torch.nn.Module:
    """Fresh, so that it is bicubic enlargement."""
    return build_super_resolution(SuperResolutionConfig(architecture="light", channels=8, num_blocks=1))


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


def slow_ssim(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float:
    """Equations 14 to 16 and 13 of Wang et al. (2004), one window at a time."""
    offsets = np.arange(11) - 5
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    values = []
    for top in range(x.shape[0] - 10):
        for left in range(x.shape[1] - 10):
            a, b = x[top : top + 11, left : left + 11], y[top : top + 11, left : left + 11]
            mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
            variance_a, variance_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
            covariance = (weights * (a - mean_a) * (b - mean_b)).sum()
            c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
            values.append(
                (2 * mean_a * mean_b + c1)
                * (2 * covariance + c2)
                / ((mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2))
            )
    return float(np.mean(values))


def test_ssim_is_that_of_its_definition() -> None:
    chance = np.random.default_rng(0)
    truth = chance.integers(0, 256, (26, 23, 3), dtype=np.uint8)
    image = np.clip(truth + chance.normal(0, 40, truth.shape), 0, 255).astype(np.uint8)
    wanted = slow_ssim(luma(image)[4:-4, 4:-4], luma(truth)[4:-4, 4:-4])
    assert ssim_y(image, truth) == pytest.approx(wanted, abs=1e-9)
    assert 0.3 < wanted < 0.99
    assert ssim_y(truth, truth) == pytest.approx(1.0)


def test_a_folder_of_pairs_is_measured(tmp_path: Path) -> None:
    hr, lr = make_pairs(tmp_path)
    network = light_network()
    score = evaluate_super_resolution(network, hr=hr, lr=lr, upscale=4)
    assert [image.name for image in score.images] == ["a", "b"] and 25 < score.psnr_y_bicubic < 60
    assert score.psnr_y == pytest.approx(score.psnr_y_bicubic)
    assert score.ssim == pytest.approx(score.ssim_bicubic) and 0.8 < score.ssim < 1
    assert score.psnr_y == pytest.approx(sum(image.psnr_y for image in score.images) / 2)
    with pytest.raises(DatasetError, match="no folder"):
        evaluate_super_resolution(network, hr=hr, lr=tmp_path / "nowhere", upscale=4)
    (lr / "b.png").rename(lr / "c.png")
    (lr / "a.png").unlink()
    with pytest.raises(DatasetError, match="pairs"):
        evaluate_super_resolution(network, hr=hr, lr=lr, upscale=4)


def test_small_images_are_made_where_there_are_none(tmp_path: Path) -> None:
    hr, lr = make_pairs(tmp_path)
    given = evaluate_super_resolution(light_network(), hr=hr, lr=lr, upscale=4)
    made = evaluate_super_resolution(light_network(), hr=hr, lr=None, upscale=4)
    assert made.psnr_y == pytest.approx(given.psnr_y, abs=0.5)


def test_images_that_cannot_be_compared(tmp_path: Path) -> None:
    hr, lr = make_pairs(tmp_path, ("a",))
    with pytest.raises(DatasetError, match="8 times as large"):
        evaluate_super_resolution(light_network(), hr=hr, lr=lr, upscale=8)
    Image.new("RGB", (12, 40)).save(hr / "a.png")
    with pytest.raises(DatasetError, match="too small"):
        evaluate_super_resolution(light_network(), hr=hr, lr=None, upscale=4)
    Image.new("RGB", (3, 3)).save(hr / "a.png")
    with pytest.raises(DatasetError, match="too small"):
        evaluate_super_resolution(light_network(), hr=hr, lr=None, upscale=4)


@pytest.mark.parametrize(
    "config",
    [
        SuperResolutionConfig(channels=8, num_blocks=3),
        SuperResolutionConfig(channels=8, num_blocks=1, upscale=2),
        SuperResolutionConfig(channels=8, num_blocks=1, upscale=3),
        SuperResolutionConfig(architecture="light", channels=8, num_blocks=2),
        SuperResolutionConfig(architecture="light", channels=8, num_blocks=1, upscale=8),
    ],
)
def test_the_architecture_is_read_from_the_weights(tmp_path: Path, config: SuperResolutionConfig) -> None:
    path = tmp_path / "sr.safetensors"
    weights = build_super_resolution(config).state_dict()
    save_file({name: value.half() if value.dim() > 1 else value for name, value in weights.items()}, path)
    network, found = find_super_resolution(path)
    assert found == config and not network.training


def test_the_command_takes_a_network_or_a_whole_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hr, lr = make_pairs(tmp_path)
    save_file(light_network().state_dict(), tmp_path / "sr.safetensors")
    whole = write_tiny_bundle(tmp_path / "tiny.safetensors")
    for model in (tmp_path / "sr.safetensors", whole):
        command = ["evaluate-sr", "--model", str(model), "--hr", str(hr), "--lr", str(lr), "--quiet"]
        assert main([*command, "--json"]) == 0
        figures = json.loads(capsys.readouterr().out)
        assert figures["n"] == 2 and [row["name"] for row in figures["images"]] == ["a", "b"]
        assert {"psnr_y", "ssim", "psnr_y_bicubic", "ssim_bicubic"} < figures.keys()
        assert main(command) == 0
        assert "mean" in capsys.readouterr().out
    save_file({"words": torch.zeros(2)}, tmp_path / "other.safetensors")
    with pytest.raises(CheckpointError, match=r"no ViMD metadata.*train-sr. is needed"):
        find_super_resolution(tmp_path / "other.safetensors")


def test_an_image_that_was_made_exactly_is_still_json(tmp_path: Path) -> None:
    hr, lr = make_pairs(tmp_path, ("a",))
    for folder, size in ((hr, (64, 48)), (lr, (16, 12))):
        Image.new("RGB", size, (90, 90, 90)).save(folder / "a.png")
    figures = evaluate_super_resolution(light_network(), hr=hr, lr=lr, upscale=4).to_dict()
    assert figures["psnr_y"] is None and figures["ssim"] == pytest.approx(1.0)
    json.dumps(figures, allow_nan=False)
