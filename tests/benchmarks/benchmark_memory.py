"""`vimd benchmark memory` in a checkout: memory of a training step with our scan or a rival's."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from vimd_core.benchmarks import memory
from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.benchmarks.training_step import SCANS

sys.path.insert(0, str(Path(__file__).parent))
from rivals import TRAINING_RIVALS

USAGE = memory.USAGE


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Measure one step with one scan."""
    return memory.run(arguments, SCANS | TRAINING_RIVALS)
