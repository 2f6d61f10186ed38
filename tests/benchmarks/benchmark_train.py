"""`vimd benchmark train` in a checkout: our training step beside the same with the published scan and mambapy's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from vimd_core.benchmarks import train
from vimd_core.benchmarks.rows import BenchmarkRow

sys.path.insert(0, str(Path(__file__).parent))
from rivals import TRAINING_RIVALS

WANTED = {"published": 8.0, "mambapy": 4.0}


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time all of them in turn, and measure the memory of each."""
    return train.run(arguments, {"ours": None} | TRAINING_RIVALS, WANTED)
