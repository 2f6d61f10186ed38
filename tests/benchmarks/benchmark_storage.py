"""`vimd benchmark storage` in a checkout: a project of many captures opened, filtered, sorted and labelled.

Each size is measured in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from statistics import median

from vimd_core.benchmarks.rows import BenchmarkRow

sys.path.insert(0, str(Path(__file__).parent))
SIZES = (100_000, 1_000_000)
ROUNDS = 5
BULK = 10_000
LIMITS_S = {"open and list": {100_000: 0.5, 1_000_000: 2.0}, "bulk-label 10,000": {1_000_000: 1.0}}
LISTING_LIMIT_S = 0.3
MEMORY_LIMIT_MB = 600.0


def option_parser() -> argparse.ArgumentParser:
    """Reads the options of the command line."""
    parser = argparse.ArgumentParser(prog="vimd benchmark storage", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where projects are kept for another run; none: nowhere")
    parser.add_argument("--captures", type=int, nargs="+", default=SIZES, help="sizes of projects")
    return parser


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Build the projects, and measure each in a process of its own."""
    options = option_parser().parse_args(list(arguments))
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for captures in options.captures:
            folder = (options.folder or Path(temporary)) / f"Many {captures}.vimd"
            finished = subprocess.run(
                [sys.executable, __file__, str(folder), str(captures)],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            measured: dict[str, float] = json.loads(finished.stdout)
            rows += [_row(what, value, captures) for what, value in measured.items()]
    return rows


def _row(what: str, value: float, captures: int) -> BenchmarkRow:
    if what == "memory":
        return BenchmarkRow(
            f"memory of the process, {captures:,} captures",
            value,
            "MB",
            wanted=f"<= {MEMORY_LIMIT_MB:g} MB",
            met=value <= MEMORY_LIMIT_MB,
        )
    limit = LIMITS_S.get(what, {}).get(captures)
    if what.startswith(("filter", "sort", "find", "group")):
        limit = LISTING_LIMIT_S
    return BenchmarkRow(
        f"{what}, {captures:,} captures",
        value * 1e3,
        "ms",
        wanted=None if limit is None else f"<= {limit * 1e3:g} ms",
        met=None if limit is None else value <= limit,
    )


def _measure(folder: Path, captures: int) -> dict[str, float]:
    from app_probes.synthetic_project import build_project

    from app.domain.capture_query import CaptureQuery, GroupField, SortField
    from app.domain.records import LabelResult, ReviewState
    from app.storage.project import Project

    build_project(folder, captures)
    opened = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        project = Project.open(folder)
        project.read(lambda unit: unit.captures.find(CaptureQuery())).result()
        opened.append(time.perf_counter() - start)
        project.close()
    project = Project.open(folder)
    seconds = {"open and list": median(opened)}
    start = time.perf_counter()
    unreviewed = CaptureQuery(states=frozenset({ReviewState.UNREVIEWED}), unreadable=False)
    project.read(lambda unit: unit.captures.find(unreviewed)).result()
    seconds["read the columns, once"] = time.perf_counter() - start

    def timed(work: Callable[[], object]) -> float:
        work()
        durations = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            work()
            durations.append(time.perf_counter() - start)
        return median(durations)

    queries = {
        "filter by state, confidence and class": CaptureQuery(
            states=frozenset({ReviewState.UNREVIEWED}),
            min_confidence=0.5,
            predicted_class_ids=frozenset(range(5, 15)),
        ),
        "filter by text": CaptureQuery(text="99"),
        "sort by confidence": CaptureQuery(sort=SortField.CONFIDENCE),
        "sort by name": CaptureQuery(sort=SortField.NAME),
        "sort by size, largest first": CaptureQuery(sort=SortField.SIZE, descending=True),
        "group by class, sorted by disagreement": CaptureQuery(
            group=GroupField.CLASS, sort=SortField.DISAGREEMENT
        ),
    }
    for what, query in queries.items():
        seconds[what] = timed(
            lambda query=query: project.read(lambda unit: unit.captures.find(query)).result()
        )  # type: ignore[misc]
    ids = list(range(1, min(BULK, captures) + 1))
    classes = cycle((3, 4))  # the same label again would change nothing

    def label(chosen: Sequence[int]) -> LabelResult:
        class_id = next(classes)
        return project.write(lambda unit: unit.labels.label(chosen, class_id, "benchmark")).result()

    seconds[f"bulk-label {len(ids):,}"] = timed(lambda: label(ids))
    seconds["undo of it"] = timed(lambda: project.write(lambda unit: unit.labels.undo("benchmark")).result())
    seconds["label one"] = timed(lambda: label([captures // 2]))
    project.close()
    seconds["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]))))
