"""`vimd benchmark memory PRESET CAPTURES [SCAN]`: what a training step adds to the memory of its process.

Figures of memory hold for a fresh process only, because freed memory stays with a process. So this benchmark is run
once for each figure: `vimd benchmark train` starts it as a child.
"""

from __future__ import annotations

import ctypes
import gc
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.benchmarks.training_step import SCANS, Scan, TrainingStep
from vimd_core.config import PRESETS
from vimd_core.errors import ConfigError
from vimd_core.processes.child_process import vimd_command

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
USAGE = "PRESET CAPTURES [SCAN]"
_CLEAR_PEAK = "5"  # proc(5): resets VmHWM to what is resident now
_MIB = 2**20


def run(arguments: Sequence[str], scans: Mapping[str, Scan | None] = SCANS) -> list[BenchmarkRow]:
    """Measure one step of a batch, after a first step of one capture that loads and makes all that lasts.

    Args:
        arguments: preset, captures and perhaps one of `scans`, "ours" by default.
        scans: functions by name.

    Returns:
        One row: the growth of the peak of resident memory during the step, in MiB a capture.

    Raises:
        ConfigError: wrong arguments, or this system does not say how much memory was used.
    """
    preset_name, captures, scan = _parse(arguments, scans)
    if sys.platform == "win32":
        raise ConfigError("Peak memory use is not available on Windows.")
    TrainingStep(preset_name, 1, scans[scan])()
    step = TrainingStep(preset_name, captures, scans[scan])
    _give_freed_memory_back()
    before = reset_peak_bytes()
    step()
    grown = (peak_bytes() - before) / _MIB / captures
    return [BenchmarkRow(f"{preset_name} step, batch {captures}, {scan}: peak memory", grown, "MiB/capture")]


def in_fresh_process(preset_name: str, captures: int, scan: str) -> float:
    """MiB a capture, as `run` measures it, in a process of its own.

    Raises:
        ConfigError: the process failed; its last words are in the message.
    """
    finished = subprocess.run(
        vimd_command("benchmark", "--json", "memory", preset_name, str(captures), scan),
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if finished.returncode != 0:
        raise ConfigError(
            "The memory of a training step can't be measured: {reason}", reason=finished.stderr.strip()
        )
    return float(json.loads(finished.stdout)[0]["value"])


def _parse(arguments: Sequence[str], scans: Mapping[str, Scan | None]) -> tuple[str, int, str]:
    preset_name, captures, scan = (*arguments, "ours")[:3] if len(arguments) in (2, 3) else ("", "", "")
    if preset_name not in PRESETS or not captures.isdecimal() or int(captures) < 1 or scan not in scans:
        raise ConfigError(
            "Give a preset ({presets}), a number of captures and perhaps a scan ({scans}).",
            presets=", ".join(PRESETS),
            scans=", ".join(scans),
        )
    return preset_name, int(captures), scan


def _give_freed_memory_back() -> None:
    """What the first step has freed would otherwise stay resident, and be taken again without any growth."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's; elsewhere the figure is a lower bound
    if trim is not None:
        trim(0)


def reset_peak_bytes() -> int:
    """Forget the peak so far where the system can; the peak from which growth counts."""
    if _CLEAR.exists():
        _CLEAR.write_text(_CLEAR_PEAK)
    return peak_bytes()


def peak_bytes() -> int:
    """The most memory that was resident at once."""
    if _STATUS.exists():
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
