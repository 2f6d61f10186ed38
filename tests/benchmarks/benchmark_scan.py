"""`vimd benchmark scan` in a checkout: our scan beside the published reference and mambapy, in one run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.benchmarks.scan import REPEATS, cpu, forward, forward_and_backward

sys.path.insert(0, str(Path(__file__).parent))
from rivals import mambapy_parallel, mambapy_sequential, published_reference

RIVALS = {
    "published reference": published_reference,
    "mambapy sequential": mambapy_sequential,
    "mambapy parallel": mambapy_parallel,
}
WANTED = {
    ("forward", "published reference"): 10.0,
    ("forward", "mambapy sequential"): 6.0,
    ("forward + backward", "mambapy parallel"): 10.0,
}


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time all of them in turn."""
    rows = []
    for name, prepare in (("forward", forward), ("forward + backward", forward_and_backward)):
        candidates = {"ours": prepare(cpu)} | {rival: prepare(scan) for rival, scan in RIVALS.items()}
        times = interleaved_medians_ms(candidates, REPEATS)
        for rival in RIVALS:
            ratio = times[rival] / times["ours"]
            wanted = WANTED.get((name, rival))
            rows.append(
                BenchmarkRow(
                    f"scan, {name}",
                    times["ours"],
                    "ms",
                    f"{rival}: {times[rival]:.1f} ms",
                    ratio,
                    wanted and f">= {wanted:g} times faster",
                    wanted and ratio >= wanted,
                )
            )
    return rows
