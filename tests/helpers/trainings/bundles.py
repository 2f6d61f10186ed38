"""Small real models for tests."""

from __future__ import annotations

from pathlib import Path

import torch

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.config import SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.models.srvm_net import SrvmNet

TINY_CLASSES = ("Stop", "Yield", "Speed limit 20")
TINY_FOLDERS = ("14", "13", "00")


def tiny_config(num_classes: int = len(TINY_CLASSES)) -> SrvmNetConfig:
    """8 -> 32 px with four tokens: fast, and every part of it is real."""
    return SrvmNetConfig(
        preset="tiny",
        super_resolution=SuperResolutionConfig(architecture="light", channels=8, num_blocks=1),
        classifier=VisionMambaConfig(
            image_size_px=32,
            stride_px=16,
            embed_dim=16,
            depth=1,
            num_classes=num_classes,
            stem="convolutional",
            stem_channels=8,
        ),
    )


def tiny_published_config(*, stride_px: int = 8, num_classes: int = 3) -> SrvmNetConfig:
    """A small network of the published form: SRResNet and the patch stem."""
    return SrvmNetConfig(
        preset="tiny-published",
        super_resolution=SuperResolutionConfig(channels=8, num_blocks=1),
        classifier=VisionMambaConfig(
            image_size_px=32,
            patch_size_px=16,
            stride_px=stride_px,
            embed_dim=16,
            depth=2,
            num_classes=num_classes,
        ),
    )


def tiny_info(config: SrvmNetConfig | None = None) -> BundleInfo:
    return BundleInfo(
        config=config or tiny_config(),
        classes=TINY_CLASSES,
        class_folders=TINY_FOLDERS,
        name="Tiny signs",
        training={"data": "none: random weights"},
        metrics={"top1": 1 / 3},
        license="Apache-2.0",
    )


def tiny_model(config: SrvmNetConfig | None = None, seed: int = 0) -> SrvmNet:
    torch.manual_seed(seed)
    return SrvmNet(config or tiny_config()).eval()


def write_tiny_bundle(path: Path, seed: int = 0) -> Path:
    save_bundle(path, tiny_model(seed=seed), tiny_info())
    return path
