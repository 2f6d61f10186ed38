"""Cache of super-resolved captures for a frozen super-resolution network, instead of computing them in each step.

Where a few hundred captures are seen dozens of times, the network would do the same work again and again: it is a third
of a step. Augmentation then changes the enlarged view instead of the capture that it was made from.

Sizes: N captures, S image size of the classifier in px.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from vimd_core.data.datasets.pixels import PixelStore
from vimd_core.models.srvm_net import SrvmNet
from vimd_core.models.super_resolution import bicubic_downscale
from vimd_core.training.batches.captures import CaptureSet

_BATCH = 64


@torch.no_grad()
def enlarged_once(student: SrvmNet, captures: CaptureSet, device: torch.device) -> CaptureSet:
    """The same captures, each as the classifier will see it in use.

    Args:
        student: its super-resolution network is asked.
        captures: N of them; near views are left behind.
        device: of the student.

    Returns:
        N images of S px.
    """
    student.eval()
    images: list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]] = []
    for part in torch.split(torch.arange(len(captures)), _BATCH):
        views = captures.views(part).to(device).contiguous(memory_format=torch.channels_last)
        enlarged = student.super_resolution(bicubic_downscale(views, student.config.super_resolution.upscale))
        pixels = (enlarged.float().clamp(0.0, 1.0) * 255.0).round().to(torch.uint8).contiguous().cpu().numpy()
        images += list(pixels)
    facts = [captures.pixels.facts[row] for row in captures.rows.tolist()]
    return replace(
        captures,
        pixels=PixelStore(captures.size_px, facts, images, in_memory=True),
        rows=torch.arange(len(captures)),
        near=torch.full((len(captures),), -1, dtype=torch.int64),
    )
