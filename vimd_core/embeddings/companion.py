"""The companion: a frozen EfficientNet-Lite2 whose ImageNet features stand beside those of our own models.

It has seen 1.28 million photographs of 1,000 kinds of things, our own general model 40,000 images. It is slower
than ours, is never trained, and sees all the pixels that a capture has.

Sizes: N captures, D2 = 1280 + 504 features: of the head, and means of earlier stages.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch.nn import functional

from vimd_core.checkpoints.bundled_model import companion_path
from vimd_core.checkpoints.identity import model_id
from vimd_core.data.images.array_images import as_rgb8
from vimd_core.data.images.resizing import resize_to
from vimd_core.embeddings.feature_ids import COMPANION_MODEL_ID, COMPANION_SHAPES_PX
from vimd_core.errors import CheckpointError
from vimd_core.inference.device import ComputeDevice, Precision, choose_device
from vimd_core.models.efficientnet_lite import EfficientNetLite

COMPANION_WIDTH: Final = 1784
"""D2."""
_BATCH: Final = {"cpu": 16, "mps": 32, "cuda": 128}


class Companion:
    """The network, ready to look at captures.

    Args:
        network: with its weights; it is changed for inference and must not be trained afterwards.
        compute: where and how.
    """

    def __init__(self, network: EfficientNetLite, compute: ComputeDevice) -> None:
        self._compute = compute
        network.eval().requires_grad_(False)
        self._network: EfficientNetLite = network.to(compute.device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def load(
        cls, path: Path | None = None, *, device: str = "auto", precision: Precision = "auto"
    ) -> Companion:
        """Load it.

        Args:
            path: the .safetensors file; None for the one that comes with the program.
            device: "auto", "cuda", "mps" or "cpu".
            precision: number format of convolutions.

        Raises:
            CheckpointError: the file is missing, damaged or another one.
            DeviceError: the device is not there.
        """
        path = companion_path() if path is None else path
        compute = choose_device(device, precision)
        check_companion(path)
        network = EfficientNetLite()
        try:
            network.load_state_dict(load_file(path))
        except (OSError, SafetensorError, RuntimeError) as e:
            raise _damaged(path) from e
        return cls(network, compute)

    def features(self, images: Sequence[npt.NDArray[Any]]) -> npt.NDArray[np.float16]:
        """Look at captures.

        Args:
            images: (H, W, 3) RGB or (H, W) grey each, of any sizes and types, as for `Predictor.predict`.

        Returns:
            (N, D2) float16: two blocks of length 1. The second brings 1.3 and 2.1 points to a linear classifier of 100
            and 400 labels on whitened features, in the mean of five sets.

        Raises:
            ImageError: an image has another shape or type, or values beyond its range.
        """
        found = np.empty((len(images), COMPANION_WIDTH), np.float16)
        size = _BATCH[self._compute.device.type]
        for start in range(0, len(images), size):
            part = [as_seen(as_rgb8(image)) for image in images[start : start + size]]
            for shape in {image.shape for image in part}:
                alike = [place for place, image in enumerate(part) if image.shape == shape]
                found[[start + place for place in alike]] = self._features(
                    np.stack([part[place] for place in alike])
                )
        return found

    @torch.inference_mode()
    def _features(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
        """(B, H, W, 3) -> (B, D2)."""
        # A (B, H, W, 3) array seen as (B, 3, H, W) is what torch calls channels_last.
        images = torch.from_numpy(pixels).to(self._compute.device).permute(0, 3, 1, 2).float() / 255.0
        kind, dtype = self._compute.device.type, self._compute.dtype
        with torch.autocast(kind, dtype=dtype, enabled=dtype != torch.float32):
            blocks = self._network.forward_with_depths(images)
        joined = torch.cat([functional.normalize(block.float(), dim=1) for block in blocks], dim=1)
        kept: npt.NDArray[np.float16] = joined.half().cpu().numpy()
        return kept


def as_seen(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Bring a capture to the shape, of `COMPANION_SHAPES_PX`, that is nearest to its own.

    Args:
        image: (H, W, 3) uint8 RGB.

    Returns:
        The same in one of those shapes, or one of them turned.
    """
    height, width = image.shape[:2]
    wanted = abs(math.log(width / height))
    short, long = min(COMPANION_SHAPES_PX, key=lambda shape: abs(math.log(shape[1] / shape[0]) - wanted))
    return resize_to(image, (short, long) if width > height else (long, short))


def check_companion(path: Path) -> None:
    """Check that a file is the companion, whole and unchanged.

    Raises:
        CheckpointError: it is not; the sentence says what to do.
    """
    if not path.is_file():
        raise CheckpointError(
            "The network of ImageNet features {path} is missing: reinstall ViMD Studio.", path=path
        )
    try:
        found = model_id(path)
    except CheckpointError as e:
        raise _damaged(path) from e
    if found != COMPANION_MODEL_ID:
        raise _damaged(path)


def _damaged(path: Path) -> CheckpointError:
    return CheckpointError(
        "The network of ImageNet features {path} is damaged or another one: reinstall ViMD Studio.", path=path
    )
