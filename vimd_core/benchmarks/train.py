"""`vimd benchmark train`: one training step of `compact` and of `balanced` on this machine, its time and its memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vimd_core.benchmarks.memory import in_fresh_process
from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.benchmarks.training_step import SCANS, Scan, TrainingStep
from vimd_core.errors import ConfigError


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


def run(
    arguments: Sequence[str],
    scans: Mapping[str, Scan | None] = SCANS,
    wanted: Mapping[str, float] | None = None,
) -> list[BenchmarkRow]:
    """Time the step with each scan in turn, then measure its memory in fresh processes.

    Args:
        arguments: none are taken.
        scans: functions by name; "ours" is compared to each other one.
        wanted: for some names how many times faster ours should be.

    Raises:
        ConfigError: there were arguments.
    """
    if arguments:
        raise ConfigError(f"The benchmark train takes no arguments, not {' '.join(arguments)}.")
    rows: list[BenchmarkRow] = []
    for case in CASES:
        rows += _time_rows(case, scans, wanted or {})
        rows += _memory_rows(case, scans)
    return rows


def _time_rows(
    case: StepCase, scans: Mapping[str, Scan | None], wanted: Mapping[str, float]
) -> list[BenchmarkRow]:
    times = interleaved_medians_ms(
        {name: TrainingStep(case.preset, case.batch_size, scan) for name, scan in scans.items()}, case.repeats
    )
    rows = []
    for name in scans:
        if name == "ours":
            continue
        ratio, least = times[name] / times["ours"], wanted.get(name)
        rows.append(
            BenchmarkRow(
                f"{case.preset} training step, batch {case.batch_size}",
                times["ours"],
                "ms",
                f"{name}: {times[name]:.0f} ms",
                ratio,
                None if least is None else f">= {least:g} times faster",
                None if least is None else ratio >= least,
            )
        )
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
