"""Writes a small model with random weights to FILE. In a process of its own, for torch."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from vimd_core.checkpoints.bundle import save_bundle
from vimd_core.checkpoints.bundle_info import BundleInfo, utc_now
from vimd_core.config import SrvmNetConfig, SuperResolutionConfig, VisionMambaConfig
from vimd_core.models.srvm_net import SrvmNet

CLASSES = ("Stop", "Give way", "No entry", "Roundabout", "Turn left", "Turn right", "Keep left", "Keep right")


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(5)
    config = SrvmNetConfig(
        preset="custom",
        super_resolution=SuperResolutionConfig(architecture="light", channels=8, num_blocks=1, upscale=2),
        classifier=VisionMambaConfig(
            image_size_px=32,
            patch_size_px=8,
            stride_px=8,
            embed_dim=32,
            depth=2,
            num_classes=len(CLASSES),
        ),
    )
    info = BundleInfo(
        config=config, classes=CLASSES, name="random-signs", license="Apache-2.0", created_utc=utc_now()
    )
    save_bundle(Path(sys.argv[1]), SrvmNet(config), info)


if __name__ == "__main__":
    main()
