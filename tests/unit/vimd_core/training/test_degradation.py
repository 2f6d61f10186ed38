"""Captures made from high-resolution views: repeatable, independent of the batch, and degraded as they should be."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vimd_core.data.datasets.keyed_random import KeyedRandom, mix_keys
from vimd_core.errors import ConfigError
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.training.augmentation.degradation import DegradationConfig, degrade

torch.set_num_threads(1)


def views(count: int = 6, size_px: int = 64, seed: int = 0) -> torch.Tensor:
    """Smooth pictures with edges."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(count, 3, 8, 8, generator=generator)
    return torch.nn.functional.interpolate(coarse, size=(size_px, size_px), mode="nearest")


def keys(count: int = 6, *, seed: int = 0, epoch: int = 0) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return mix_keys(seed, epoch, np.arange(count))


def only(**changes: float) -> DegradationConfig:
    """Nothing but what is named."""
    off = dict.fromkeys(
        [f"{effect}_probability" for effect in ("blur", "motion", "light", "noise", "jpeg")], 0.0
    )
    return DegradationConfig(kind="realistic", **(off | changes))  # type: ignore[arg-type]


def sharpness(images: torch.Tensor) -> float:
    return float((images[..., 1:] - images[..., :-1]).abs().mean())


def test_uniform_and_normal_numbers_are_what_they_say() -> None:
    random = KeyedRandom(mix_keys(3, np.arange(2000)))
    first = random.uniform()
    assert abs(first.mean() - 0.5) < 0.03 and first.min() >= 0 and first.max() < 1
    assert abs(float(np.corrcoef(first, random.uniform())[0, 1])) < 0.08
    assert abs(float(np.corrcoef(first[1:], first[:-1])[0, 1])) < 0.08
    normal = random.normal(3, 5)
    assert normal.shape == (2000, 3, 5) and abs(normal.mean()) < 0.02 and abs(normal.std() - 1) < 0.02
    assert np.isfinite(normal).all() and np.abs(normal).max() < 8


def test_keys_differ_in_each_part_and_its_place() -> None:
    named = [mix_keys(*parts)[0] for parts in ((1, 2), (2, 1), (1, 2, 0), (1,), (-1, 2), (0, 0), (0,))]
    assert len(set(named)) == len(named)
    assert np.array_equal(mix_keys(5, np.arange(4))[2:3], mix_keys(5, 2))


def test_bicubic_is_the_paper_s_reduction() -> None:
    images = views()
    made = degrade(images, 16, DegradationConfig(), KeyedRandom(keys()))
    assert torch.equal(made, bicubic_downscale(images, 4))
    assert torch.equal(made, degrade(images, 16, only(), KeyedRandom(keys())))


def test_a_capture_depends_on_its_key_alone() -> None:
    images, config = views(), DegradationConfig(kind="realistic")
    whole = degrade(images, 16, config, KeyedRandom(keys()))
    again = degrade(images, 16, config, KeyedRandom(keys()))
    assert torch.equal(whole, again)
    chosen = [4, 1]
    part = degrade(images[chosen], 16, config, KeyedRandom(keys()[chosen]))
    torch.testing.assert_close(part, whole[chosen], rtol=0, atol=1e-6)
    for other in (keys(seed=1), keys(epoch=1)):
        assert not torch.equal(whole, degrade(images, 16, config, KeyedRandom(other)))
    assert torch.equal(images, views()), "the views stay as they are"
    assert float(whole.min()) >= 0 and float(whole.max()) <= 1 and whole.shape == (6, 3, 16, 16)


def test_blur_blurs_and_keeps_the_light() -> None:
    plain = degrade(views(), 16, DegradationConfig(), KeyedRandom(keys()))
    for config, left in (
        (only(blur_probability=1, blur_sigma_px=1.5), 0.7),
        (only(motion_probability=1, motion_length_px=4), 0.95),
    ):
        blurred = degrade(views(), 16, config, KeyedRandom(keys()))
        assert sharpness(blurred) < left * sharpness(plain)
        torch.testing.assert_close(blurred.mean(dim=(1, 2, 3)), plain.mean(dim=(1, 2, 3)), atol=0.03, rtol=0)


def test_noise_grows_with_the_light() -> None:
    images = torch.cat([torch.full((200, 3, 16, 16), 0.1), torch.full((200, 3, 16, 16), 0.6)])
    config = only(noise_probability=1, shot_noise=0.1, read_noise=0.01)
    noise = degrade(images, 16, config, KeyedRandom(keys(400))) - images
    dark, light = float(noise[:200].var()), float(noise[200:].var())
    # The strength of each image is even in [0, 0.1]: its mean square is 0.1^2 / 3.
    assert dark == pytest.approx(0.1 * 0.01 / 3, rel=0.25) and light == pytest.approx(
        0.6 * 0.01 / 3, rel=0.25
    )
    assert abs(float(noise.mean())) < 1e-3


def test_jpeg_keeps_colours_and_hits_its_share() -> None:
    images = torch.zeros(400, 3, 16, 16)
    images[:, 0] = 0.8
    images[:, 2, :, 8:] = 0.4
    made = degrade(images, 16, only(jpeg_probability=0.25), KeyedRandom(keys(400)))
    changed = (made - images).abs().amax(dim=(1, 2, 3)) > 1e-3
    assert 0.17 < float(changed.float().mean()) < 0.33
    torch.testing.assert_close(made[:, :, 4, 2], images[:, :, 4, 2], atol=0.12, rtol=0)


def test_light_changes_and_half_of_the_views_keep_theirs() -> None:
    images = torch.full((400, 3, 8, 8), 0.5)
    made = degrade(images, 8, only(light_probability=0.5, brightness=0.2), KeyedRandom(keys(400)))
    means = made.mean(dim=(1, 2, 3))
    assert 0.4 < float((means == 0.5).float().mean()) < 0.6
    assert 0.39 < float(means.min()) < 0.42 and 0.58 < float(means.max()) < 0.61


@pytest.mark.parametrize("size_px", [16, 32])
def test_a_capture_can_be_nearly_as_large_as_its_view(size_px: int) -> None:
    images = views(size_px=size_px)
    made = degrade(images, 16, DegradationConfig(kind="realistic"), KeyedRandom(keys()))
    assert made.shape == (6, 3, 16, 16)
    assert torch.equal(images, views(size_px=size_px)), "the views stay as they are"


def test_impossible_degradations_are_refused() -> None:
    for wrong in (
        {"blur_probability": 1.5},
        {"noise_probability": float("nan")},
        {"shot_noise": -0.1},
        {"brightness": 1.0},
        {"jpeg_quality_min": 90, "jpeg_quality_max": 50},
    ):
        with pytest.raises(ConfigError):
            DegradationConfig(**wrong)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="bicubic or realistic"):
        DegradationConfig(kind="fog")  # type: ignore[arg-type]
