"""What EfficientNet-Lite2 sees in pictures, as an able user would take it instead of the product.

The weights are those of the product's companion; the side, the precision and the classifier are the user's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from safetensors.torch import load_file

from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.models.efficientnet_lite import EfficientNetLite

SIDE_PX: Final = 176
_BATCH: Final = 32


@torch.inference_mode()
def lite2_features(files: Sequence[Path]) -> npt.NDArray[np.float32]:
    """(N, 1280) of pictures, each enlarged from all the pixels that it has."""
    network = EfficientNetLite().eval()
    network.load_state_dict(load_file(companion_path()))
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    found = []
    for first in range(0, len(files), _BATCH):
        images = [_enlarged(path) for path in files[first : first + _BATCH]]
        batch = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2).float() / 255  # (B, 3, S, S)
        found.append(network(batch.contiguous(memory_format=torch.channels_last)).numpy())
    return np.concatenate(found).astype(np.float32)


def _enlarged(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB").resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC))
