"""Output of benchmarks: rows of figures beside what they are compared to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class BenchmarkRow:
    """One figure.

    Attributes:
        name: what was measured.
        value: the figure.
        unit: of the figure.
        against: what it is compared to, or None.
        ratio: how many times better or larger than `against`, as `wanted` says, or None.
        wanted: the condition on the ratio or the value in words, or None.
        met: whether it holds, or None.
    """

    name: str
    value: float
    unit: str
    against: str | None = None
    ratio: float | None = None
    wanted: str | None = None
    met: bool | None = None


def to_json(rows: Iterable[BenchmarkRow]) -> str:
    """All rows as one JSON array."""
    return json.dumps([asdict(row) for row in rows], indent=1)


def to_table(rows: Sequence[BenchmarkRow]) -> str:
    """All rows as aligned text."""
    cells = [("", "value", "unit", "against", "ratio", "wanted", "met")]
    for row in rows:
        cells.append(
            (
                row.name,
                f"{row.value:.4g}",
                row.unit,
                row.against or "",
                "" if row.ratio is None else f"{row.ratio:.3g}",
                row.wanted or "",
                "" if row.met is None else ("yes" if row.met else "NO"),
            )
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def interleaved_medians_ms(candidates: dict[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Time several functions in turn, so that all of them meet the same disturbances.

    Args:
        candidates: functions by name; each runs once before it is timed.
        repeats: rounds.

    Returns:
        Median duration of each in ms.
    """
    durations: dict[str, list[float]] = {name: [] for name in candidates}
    for function in candidates.values():
        function()
    for _ in range(repeats):
        for name, function in candidates.items():
            start = perf_counter()
            function()
            durations[name].append((perf_counter() - start) * 1e3)
    return {name: median(values) for name, values in durations.items()}
