"""Super-resolution weights: on their own, as `vimd train-sr` writes them, or those of a whole model bundle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from vimd_core.checkpoints.bundle import load_bundle
from vimd_core.checkpoints.weight_kinds import BUNDLE_FORMAT, WeightsKind, require_kind
from vimd_core.config import SuperResolutionConfig
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.models.super_resolution import build_super_resolution


def load_super_resolution(path: Path, config: SuperResolutionConfig) -> nn.Module:
    """A super-resolution network in eval mode.

    Args:
        path: .safetensors with the network's own key names.
        config: its architecture.

    Raises:
        CheckpointError: the file is missing, damaged or of another architecture.
    """
    require_kind(path, WeightsKind.SUPER_RESOLUTION)
    network = build_super_resolution(config)
    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as e:
        raise CheckpointError(
            "{path} does not fit: give the result of `vimd train-sr` with the same preset.", path=path
        ) from e
    return network.eval()


def find_super_resolution(path: Path) -> tuple[nn.Module, SuperResolutionConfig]:
    """The super-resolution network in a file of either kind, its architecture found out.

    Args:
        path: a model bundle, or the .safetensors of a network alone.

    Returns:
        The network in eval mode and its architecture.

    Raises:
        CheckpointError: the file is missing or damaged, or holds no super-resolution network.
    """
    header = require_kind(path, WeightsKind.MODEL, WeightsKind.SUPER_RESOLUTION)
    if header.metadata.get("format") == BUNDLE_FORMAT:
        model, info = load_bundle(path)
        return model.super_resolution, info.config.super_resolution
    try:
        config = architecture_of(header.shapes)
    except (KeyError, IndexError, ConfigError) as e:
        raise CheckpointError(
            "{path} holds no super-resolution network: give a model bundle or the result of `vimd train-sr`.",
            path=path,
        ) from e
    return load_super_resolution(path, config), config


def architecture_of(shapes: Mapping[str, tuple[int, ...]]) -> SuperResolutionConfig:
    """The architecture that weights of these names and shapes belong to.

    Args:
        shapes: shape of each weight by its name in the network.

    Raises:
        KeyError, IndexError, ConfigError: they belong to none.
    """
    blocks = len({name.split(".")[1] for name in shapes if name.startswith("trunk.")})
    if "tail.weight" in shapes:
        channels, upscale = shapes["head.weight"][0], math.isqrt(shapes["tail.weight"][0] // 3)
        return SuperResolutionConfig(
            architecture="light", channels=channels, num_blocks=blocks, upscale=upscale
        )
    channels = shapes["conv1.0.weight"][0]
    steps = [name for name in shapes if name.startswith("upsampling.") and len(shapes[name]) == 4]
    upscale = math.prod(math.isqrt(shapes[name][0] // channels) for name in steps)
    return SuperResolutionConfig(
        architecture="srresnet", channels=channels, num_blocks=blocks, upscale=upscale
    )
