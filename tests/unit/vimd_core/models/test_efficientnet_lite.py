"""EfficientNet-Lite: the shipped weights give known numbers, for any size and in any company."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.models.efficientnet_lite import FEATURES, EfficientNetLite, LiteScale

torch.set_num_threads(1)
# Some features of `pattern(96, 128)`, as the published network gives them in float32 with its batch norms.
GOLDEN = {
    1: 3.494,
    46: 2.1665,
    119: 1.0735,
    210: 0.6101,
    283: 1.7849,
    381: 0.2671,
    455: 1.6573,
    492: 0.2568,
    563: 0.4418,
    625: 0.4958,
}


@pytest.fixture(scope="module")
def network() -> EfficientNetLite:
    network = EfficientNetLite()
    network.load_state_dict(load_file(companion_path()))
    return network.eval().requires_grad_(False)


def pattern(height: int, width: int) -> Tensor:
    """Two slopes and a chequerboard, (1, 3, height, width)."""
    y, x = np.mgrid[0:height, 0:width]
    board = (x // 4 + y // 4) % 2
    image = np.stack([x / (width - 1), y / (height - 1), board]).astype(np.float32)
    return torch.from_numpy(image)[None]


def test_the_shipped_weights_give_the_published_features(network: EfficientNetLite) -> None:
    found = network(pattern(96, 128))[0]
    for place, value in GOLDEN.items():
        assert float(found[place]) == pytest.approx(value, abs=0.03)


def test_earlier_stages_are_given_as_means_over_the_image(network: EfficientNetLite) -> None:
    features, depths = network.forward_with_depths(pattern(64, 48))
    torch.testing.assert_close(features, network(pattern(64, 48)))
    assert depths.shape == (1, 16 + 24 + 48 + 88 + 120 + 208)
    first = network.blocks[0](network.stem((pattern(64, 48) - network.mean) / network.deviation))
    torch.testing.assert_close(depths[:, :16], first.mean(dim=(2, 3)))


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (144, 96), (1, 200)])
def test_it_takes_images_of_any_size(network: EfficientNetLite, size: tuple[int, int]) -> None:
    found = network(torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0)))
    assert found.shape == (2, FEATURES)
    assert bool(torch.isfinite(found).all()) and float(found.min()) >= 0 and float(found.max()) > 0.1


def test_an_image_looks_the_same_in_any_batch(network: EfficientNetLite) -> None:
    images = torch.cat([pattern(64, 64), pattern(64, 64).flip(3), torch.zeros(1, 3, 64, 64)])
    together = network(images)
    torch.testing.assert_close(together[1:2], network(images[1:2]), rtol=1e-3, atol=1e-4)
    assert float(functional.cosine_similarity(together[:1], together[1:2])) < 0.999


def test_an_odd_pixel_of_padding_comes_last() -> None:
    """As TensorFlow's "SAME": a stride of 2 over an even side needs one pixel, at the right and at the bottom."""
    stem = EfficientNetLite(LiteScale(1.0, 1.0)).stem
    image = torch.rand(1, 3, 8, 9)
    convolution = stem[0]
    assert isinstance(convolution, torch.nn.Conv2d)
    padded = functional.pad(image, (1, 1, 0, 1))
    expected = functional.conv2d(padded, convolution.weight, convolution.bias, stride=2)
    assert expected.shape[2:] == (math.ceil(8 / 2), math.ceil(9 / 2))
    torch.testing.assert_close(convolution(image), expected)


def test_a_variant_has_the_published_sizes() -> None:
    def sizes(scale: LiteScale) -> tuple[int, int]:
        with torch.device("meta"):
            network = EfficientNetLite(scale)
        return sum(value.numel() for value in network.parameters()), len(network.blocks)

    # Parameters of the published networks (4.65, 5.42 and 6.09 million) without the classifier (1.281) and with one
    # number a channel, not two, where a batch norm was folded.
    assert sizes(LiteScale(1.0, 1.0))[1] == 16
    parameters, blocks = sizes(LiteScale(1.1, 1.2))
    assert blocks == 21 and parameters == pytest.approx(6.09e6 - 1.281e6, rel=0.01)
