"""Super-resolution weights on their own, as `vimd train-sr` writes them."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vimd_core.config import SuperResolutionConfig
from vimd_core.errors import CheckpointError
from vimd_core.models.super_resolution import build_super_resolution


def load_super_resolution(path: Path, config: SuperResolutionConfig) -> nn.Module:
    """A super-resolution network in eval mode.

    Args:
        path: .safetensors with the network's own key names.
        config: its architecture.

    Raises:
        CheckpointError: the file is missing, damaged or of another architecture.
    """
    network = build_super_resolution(config)
    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as e:
        raise CheckpointError(
            f"{path} does not fit: give the result of `vimd train-sr` with the same preset."
        ) from e
    return network.eval()
