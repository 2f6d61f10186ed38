"""SRVM-Net: super-resolution, then classification of the enlarged capture. The student of the ViMD method.

Source: Chen et al., "Vision Mamba Distillation for Low-Resolution Fine-Grained Image Classification", IEEE SPL 32
(2025), arXiv 2411.17980. The teacher, HRVM-Net, is a `VisionMamba` alone on the high-resolution image.
"""

from __future__ import annotations

from torch import Tensor, nn

from vimd_core.config import SrvmNetConfig
from vimd_core.models.super_resolution import build_super_resolution
from vimd_core.models.vision_mamba import VisionMamba


class SrvmNet(nn.Module):
    """The whole student.

    Args:
        config: both parts.
        drop_path: of the classifier, in training.
    """

    def __init__(self, config: SrvmNetConfig, *, drop_path: float = 0.0) -> None:
        super().__init__()
        self.config = config
        self.super_resolution = build_super_resolution(config.super_resolution)
        self.classifier = VisionMamba(config.classifier, drop_path=drop_path)

    def forward(self, lr: Tensor) -> Tensor:
        """Classify captures.

        Args:
            lr: (B, 3, h, w) in [0, 1], h and w as `config.lr_size_px` says.

        Returns:
            (B, num_classes) logits.
        """
        logits: Tensor = self.classifier(self.super_resolution(lr))
        return logits
