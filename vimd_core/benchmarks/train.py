"""`vimd benchmark train`: one training step of `compact` and of `balanced` on this machine, its time and its memory."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from vimd_core.benchmarks.memory import in_fresh_process
from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.benchmarks.student import identity_scan
from vimd_core.benchmarks.training_step import SCANS, Scan, TrainingStep
from vimd_core.config import square_px
from vimd_core.errors import ConfigError
from vimd_core.training.batches.mixture import StreamSampler
from vimd_core.training.batches.prefetch import Prefetcher
from vimd_core.training.batches.training_data import load_training_data


@dataclass(frozen=True)
class StepCase:
    """What is measured.

    Attributes:
        preset: which sizes.
        batch_size: captures a step; slow scans set the bound.
        repeats: rounds in which every scan has a turn.
    """

    preset: str
    batch_size: int
    repeats: int


CASES = (StepCase("compact", 32, 5), StepCase("balanced", 1, 2))
LOADING_STEPS = 12
CAPTURES = 64
WANTED_BUSY = 0.95
_NO_SCAN = "no scan"


def run(
    arguments: Sequence[str],
    scans: Mapping[str, Scan | None] = SCANS,
    wanted: Mapping[str, float] | None = None,
) -> list[BenchmarkRow]:
    """Time the step with each scan in turn, measure its memory in fresh processes, then feed it from files.

    The step is also timed without any scan. What is left then is the same for all: its ratio is the most that the
    fastest thinkable scan could reach.

    Args:
        arguments: none are taken.
        scans: functions by name; "ours" is compared to each other one.
        wanted: for some names how many times faster ours should be.

    Raises:
        ConfigError: there were arguments.
    """
    if arguments:
        raise ConfigError(
            "The benchmark train takes no arguments, not {command}.", command=" ".join(arguments)
        )
    rows: list[BenchmarkRow] = []
    for case in CASES:
        rows += _time_rows(case, scans, wanted or {})
        rows += _memory_rows(case, scans)
        rows.append(_loading_row(case))
    return rows


def _time_rows(
    case: StepCase, scans: Mapping[str, Scan | None], wanted: Mapping[str, float]
) -> list[BenchmarkRow]:
    times = interleaved_medians_ms(
        {
            name: TrainingStep(case.preset, case.batch_size, scan)
            for name, scan in {**scans, _NO_SCAN: identity_scan}.items()
        },
        case.repeats,
    )
    rest = times.pop(_NO_SCAN)
    step = f"{case.preset} training step, batch {case.batch_size}"
    rows = []
    for name in scans:
        if name == "ours":
            continue
        ratio, least = times[name] / times["ours"], wanted.get(name)
        rows.append(
            BenchmarkRow(
                step,
                times["ours"],
                "ms",
                f"{name}: {times[name]:.0f} ms",
                ratio,
                None if least is None else f">= {least:g} times faster",
                None if least is None else ratio >= least,
            )
        )
    ours = times["ours"] - rest
    for name in scans:
        if name == "ours":
            continue
        against, theirs = f"{name}: {times[name]:.0f} ms", times[name] - rest
        rows += [
            BenchmarkRow(f"{step}: without any scan", rest, "ms", against, times[name] / rest),
            BenchmarkRow(
                f"{step}: its scans alone",
                ours,
                "ms",
                f"{name}: {theirs:.0f} ms",
                theirs / ours if ours > 0 else None,
            ),
        ]
    return rows


def _memory_rows(case: StepCase, scans: Mapping[str, Scan | None]) -> list[BenchmarkRow]:
    if sys.platform == "win32":
        return []
    memory = {name: in_fresh_process(case.preset, case.batch_size, name) for name in scans}
    return [
        BenchmarkRow(
            f"{case.preset} training step, batch {case.batch_size}: growth of VmHWM or ru_maxrss",
            memory["ours"],
            "MiB/capture",
            f"{name}: {memory[name]:.1f} MiB/capture",
            memory[name] / memory["ours"],
        )
        for name in scans
        if name != "ours"
    ]


def _loading_row(case: StepCase) -> BenchmarkRow:
    """How much of the time steps wait, when batches come from files as in a training."""
    step = TrainingStep(case.preset, case.batch_size)
    view_px = square_px(step.network.classifier.image_size_px)
    with tempfile.TemporaryDirectory(prefix="vimd-benchmark-") as folder:
        captures = load_training_data(
            _write_captures(Path(folder), view_px), view_px, validation_fraction=0.0, seed=0
        ).training
    sampler = StreamSampler(
        captures,
        batch_size=case.batch_size,
        seed=0,
        augmentation=step.config.augmentation,
        streams=step.config.streams,
        class_balance=step.config.class_balance,
        lr_size_px=square_px(step.network.lr_size_px),
    )
    step()
    with Prefetcher(sampler.draw, 0, LOADING_STEPS) as batches:
        for batch in batches:
            step.run(batch)
        wait_share = batches.wait_share
    return BenchmarkRow(
        f"{case.preset} training step, batch {case.batch_size}: busy, not waiting for data",
        100 * (1 - wait_share),
        "% of the time",
        wanted=f">= {100 * WANTED_BUSY:g} %",
        met=1 - wait_share >= WANTED_BUSY,
    )


def _write_captures(folder: Path, size_px: int) -> Path:
    """Class folders of noise."""
    random = np.random.default_rng(0)
    for index in range(CAPTURES):
        path = folder / str(index % 2) / f"{index}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(random.integers(0, 256, (size_px, size_px, 3), dtype=np.uint8)).save(path)
    return folder
