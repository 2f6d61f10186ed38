"""`vimd benchmark student` in a checkout: the paper's network with our scan, none, and the published reference."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.benchmarks.student import (
    BATCH,
    REPEATS,
    build_student,
    candidates,
    captures,
    ours_row,
    replaced_scan,
)

sys.path.insert(0, str(Path(__file__).parent))
from rivals import published_reference


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time ours and no scan in turn, and once the published reference, which takes seconds a capture."""
    model = build_student()
    times = interleaved_medians_ms(candidates(model), REPEATS)
    images = captures(model)[:1]

    def published() -> object:
        with torch.inference_mode(), replaced_scan(published_reference):
            return model(images)

    published_ms = interleaved_medians_ms({"published": published}, 1)["published"]
    ours_ms = times["ours"] / BATCH
    return [
        ours_row(times),
        BenchmarkRow("scans replaced by identity", times["without"] / BATCH, "ms/capture"),
        BenchmarkRow(
            "published reference scan, batch 1",
            published_ms,
            "ms/capture",
            "ours, batch 8",
            published_ms / ours_ms,
        ),
    ]
