"""`vimd benchmark predictor`: captures a second of each preset on this machine, from pixels to both answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.checkpoints.bundle_info import BundleInfo
from vimd_core.config import PRESETS
from vimd_core.inference.device import choose_device
from vimd_core.inference.predictor import Predictor
from vimd_core.models.srvm_net import SrvmNet

CAPTURES = 32
REPEATS = 3


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time all presets with random weights on the device that would be chosen."""
    generator = np.random.default_rng(0)
    images = [generator.integers(0, 256, (40, 40, 3), dtype=np.uint8) for _ in range(CAPTURES)]
    compute = choose_device()
    predictors = {}
    for name, config in PRESETS.items():
        torch.manual_seed(0)
        classes = tuple(str(i) for i in range(config.classifier.num_classes))
        info = BundleInfo(config=config, classes=classes, name=name)
        predictors[name] = Predictor(SrvmNet(config), info, model_id=name, compute=compute)
    times = interleaved_medians_ms(
        {name: partial(predictor.predict, images) for name, predictor in predictors.items()}, REPEATS
    )
    return [
        BenchmarkRow(f"{name} predictor", CAPTURES / ms * 1e3, "captures/s") for name, ms in times.items()
    ]
