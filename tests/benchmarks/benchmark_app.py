"""`vimd benchmark app` in a checkout: how quick the window is, measured on the real program.

Each row is measured in processes of its own that show the real window (without a display where there is none), with a
real project database, the real child process with the starter model, and real files that are made before.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from vimd_core.benchmarks.rows import BenchmarkRow
from vimd_core.errors import ConfigError

sys.path.insert(0, str(Path(__file__).parent))
from app_probes.start import measure_start

PROBE: Final = Path(__file__).with_name("app_probe.py")
_DROP_CACHES: Final = Path("/proc/sys/vm/drop_caches")
_WANTED_STALL_MS: Final = 50.0


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        starts: of the program that are counted; a first one, which may compile kernels, comes on top unless it is 1.
        cold_starts: with the system's file cache emptied before.
        first_open: files in the folder that is opened for the first time.
        projects: sizes of projects.
        classes: of a project whose panels of figures are open.
        labelled: captures of that project.
        busy: files that are added while a training runs.
        busy_s: seconds of classifying after that.
        imported: files during whose import Retrain and Models are asked for.
        streams: that are watched at once.
        streams_s: seconds of that.
        overhead: captures that are classified through the app and without it.
        rounds: repetitions.
        frames: for each way of scrolling.
    """

    starts: int = 7
    cold_starts: int = 3
    first_open: int = 100_000
    projects: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    classes: int = 2_000
    labelled: int = 20_000
    busy: int = 20_000
    busy_s: float = 30.0
    imported: int = 40_000
    streams: int = 4
    streams_s: float = 60.0
    overhead: int = 600
    rounds: int = 3
    frames: int = 200


_QUICK: Final = Sizes(
    starts=1,
    cold_starts=0,
    first_open=300,
    projects=(400,),
    classes=60,
    labelled=400,
    busy=60,
    busy_s=1.0,
    imported=2_000,
    streams=1,
    streams_s=3.0,
    overhead=48,
    rounds=1,
    frames=20,
)


class AppBenchmark:
    """Runs probes and makes rows of what they print.

    Args:
        folder: for files and projects, kept for another run if it is.
        sizes: how much is measured.
        shows_stacks: print what the window's thread did in its stalls.
    """

    def __init__(self, folder: Path, sizes: Sizes, *, shows_stacks: bool) -> None:
        self._folder = folder
        self._sizes = sizes
        self._shows_stacks = shows_stacks
        self.parts: dict[str, Callable[[], list[BenchmarkRow]]] = {
            "start": self._start,
            "first-open": self._first_open,
            "project": self._many,
            "classes": self._classes,
            "busy": self._busy,
            "import-load": self._import_load,
            "overhead": self._overhead,
            "streams": self._streams,
        }

    def _start(self) -> list[BenchmarkRow]:
        with tempfile.TemporaryDirectory(dir=self._folder) as home:
            count = self._sizes.starts
            starts = [measure_start(PROBE, Path(home)) for _ in range(count + (count > 1))][-count:]
            rows = [
                _row("start to usable window, warm", _median(starts, "usable"), "s", 0.7),
                BenchmarkRow("start to first paint, warm", _median(starts, "first paint"), "s"),
                BenchmarkRow("start to loaded model, warm", _median(starts, "model ready"), "s"),
                _row("memory of the window process when usable", _median(starts, "memory"), "MB", 170),
            ]
            if self._sizes.cold_starts and not os.access(_DROP_CACHES, os.W_OK):
                sys.stderr.write("Cold starts are left out: only root can empty the file cache.\n")
            elif self._sizes.cold_starts:
                cold = [self._cold_start(Path(home)) for _ in range(self._sizes.cold_starts)]
                rows.insert(1, _row("start to usable window, cold", _median(cold, "usable"), "s", 1.2))
        return rows

    @staticmethod
    def _cold_start(home: Path) -> dict[str, float]:
        os.sync()
        _DROP_CACHES.write_text("3")
        return measure_start(PROBE, home)

    def _first_open(self) -> list[BenchmarkRow]:
        count = self._sizes.first_open
        found = self._probe("first_open", count)
        return [
            _row(f"first open of {count:,} files, first on screen", found["first_s"], "s", 1),
            _row(f"first open of {count:,} files, all listed", found["listed_s"], "s", 15),
            _row("longest stall meanwhile", found["stall_ms"], "ms", _WANTED_STALL_MS, found["stall_words"]),
            _row("files hashed, measured and added", found["files_per_s"], "files/s", 2000, at_least=True),
        ]

    def _many(self) -> list[BenchmarkRow]:
        rows: list[BenchmarkRow] = []
        for count in self._sizes.projects:
            found = self._probe(
                "many",
                count,
                what=["open", "keys", "scroll", "filter", "label", "memory"],
                rounds=self._sizes.rounds,
                frames=self._sizes.frames,
            )
            is_huge = count >= 1_000_000
            of = f"{count:,} captures"
            rows += [
                _row(f"open a project, {of}", found["open_s"], "s", 2 if is_huge else 0.5),
                _row(f"next capture by key, {of}", found["step_ms"], "ms", 16, found["step_words"]),
                _row(f"held key, rest after its release, {of}", found["backlog_ms"], "ms", 50),
                _row(
                    f"scroll, window's thread in a frame, 99th percentile, {of}",
                    found["scroll_ms"],
                    "ms",
                    16 if is_huge else 8,
                    found["scroll_words"],
                ),
                _stall_row(found, "scroll", of),
                _row(f"filter or sort, slowest, {of}", found["filter_ms"], "ms", 300, found["filter_words"]),
                _stall_row(found, "filter", of),
                _row(f"label {found['labelled']:,} at once, {of}", found["label_s"], "s", 1),
                _row(f"undo of it in one step, {of}", found["undo_s"], "s", 1),
                _stall_row(found, "label", of),
                _row(
                    f"memory of the window process, {of}",
                    found["memory_mb"],
                    "MB",
                    600,
                    f"{found['peak_mb']:.0f} MB at its highest",
                ),
            ]
        return rows

    def _classes(self) -> list[BenchmarkRow]:
        found = self._probe(
            "many_classes", self._sizes.labelled, classes=self._sizes.classes, keys=10 * self._sizes.rounds
        )
        return [
            _row(
                f"label by key with figures open, {self._sizes.classes:,} classes",
                found["key_ms"],
                "ms",
                50,
                found["key_words"],
            )
        ]

    def _busy(self) -> list[BenchmarkRow]:
        found = self._probe("busy", self._sizes.busy, seconds=self._sizes.busy_s)
        return [
            _row(
                "longest stall while adding, classifying and training",
                found["stall_ms"],
                "ms",
                _WANTED_STALL_MS,
                found["stall_words"],
            )
        ]

    def _import_load(self) -> list[BenchmarkRow]:
        count = self._sizes.imported
        found = self._probe("import_load", count)
        names = {"stock": "Retrain's stock", "models": "the list of models"}
        return [
            *(
                BenchmarkRow(
                    f"{name}, idle, 95 %", found[f"idle_{key}_95_s"], "s", against=found[f"idle_{key}_words"]
                )
                for key, name in names.items()
            ),
            *(
                _row(
                    f"{name} while {count:,} files are imported, 95 %",
                    found[f"busy_{key}_95_s"],
                    "s",
                    0.5,
                    found[f"busy_{key}_words"],
                )
                for key, name in names.items()
            ),
            BenchmarkRow(f"import of {count:,} files meanwhile", found["import_s"], "s"),
            _row("longest stall meanwhile", found["stall_ms"], "ms", _WANTED_STALL_MS, found["stall_words"]),
        ]

    def _streams(self) -> list[BenchmarkRow]:
        count = self._sizes.streams
        found = self._probe("streams", count, seconds=self._sizes.streams_s)
        of = f"{count} streams"
        return [
            _row(f"longest stall, {of}", found["stall_ms"], "ms", _WANTED_STALL_MS, found["stall_words"]),
            _row(
                f"from frame to live label, {of}", found["latency_ms"], "ms", 300, str(found["latency_words"])
            ),
            _row(f"slowest stream, {of}", found["frames_per_s"], "frames/s", 14.25, at_least=True),
            BenchmarkRow(f"captures, {of}", found["captures"], "", against=f"{found['missed']} missed"),
        ]

    def _overhead(self) -> list[BenchmarkRow]:
        # Here: the module needs no window, but it is only found from this folder.
        from app_probes.overhead import measure

        with tempfile.TemporaryDirectory(dir=self._folder) as home:
            found = measure(PROBE, Path(home), self._sizes.overhead, self._sizes.rounds)
        return [
            _row(
                "captures/s through the app, share of the predictor's alone",
                float(found["ratio"]),
                "",
                0.95,
                str(found["words"]),
                at_least=True,
            )
        ]

    def _probe(self, name: str, captures: int, **options: Any) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(dir=self._folder) as home:
            (Path(home) / "home").mkdir()
            options |= {"folder": str(self._folder), "captures": captures, "home": str(Path(home) / "home")}
            finished = subprocess.run(
                [
                    sys.executable,
                    str(PROBE),
                    name,
                    json.dumps(options | {"shows_stacks": self._shows_stacks}),
                ],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        found: dict[str, Any] = json.loads(finished.stdout.splitlines()[-1])
        return found


def option_parser() -> argparse.ArgumentParser:
    """Reads the options of the command line."""
    parser = argparse.ArgumentParser(prog="vimd benchmark app", description=__doc__)
    parser.add_argument("--only", default="", help="parts, with commas between: start, first-open, ...")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes: whether it works, not how fast it is"
    )
    parser.add_argument("--projects", type=int, nargs="+", help="sizes of projects")
    parser.add_argument("--folder", type=Path, help="where files and projects are kept for another run")
    parser.add_argument("--stacks", action="store_true", help="print what the window did in its stalls")
    return parser


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Measure all rows, or some."""
    options = option_parser().parse_args(list(arguments))
    sizes = _QUICK if options.quick else Sizes()
    if options.projects:
        sizes = Sizes(**{**vars(sizes), "projects": tuple(options.projects)})
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        benchmark = AppBenchmark(folder.absolute(), sizes, shows_stacks=options.stacks)
        chosen = [name for name in options.only.split(",") if name] or list(benchmark.parts)
        unknown = [name for name in chosen if name not in benchmark.parts]
        if unknown:
            raise ConfigError(f"There is no part {unknown[0]!r}: use {', '.join(benchmark.parts)}.")
        rows: list[BenchmarkRow] = []
        for name in chosen:
            sys.stderr.write(f"Measuring {name} ...\n")
            rows += benchmark.parts[name]()
    return rows


def _median(starts: Sequence[dict[str, float]], milestone: str) -> float:
    return median(start[milestone] for start in starts)


def _row(
    name: str, value: float, unit: str, wanted: float, against: str | None = None, *, at_least: bool = False
) -> BenchmarkRow:
    sign = ">=" if at_least else "<="
    return BenchmarkRow(
        name,
        value,
        unit,
        against=against,
        wanted=f"{sign} {wanted:g} {unit}".rstrip(),
        met=value >= wanted if at_least else value <= wanted,
    )


def _stall_row(found: dict[str, Any], what: str, of: str) -> BenchmarkRow:
    name = {"scroll": "scrolling", "filter": "filtering and sorting", "label": "labelling and undo"}[what]
    return _row(
        f"longest stall while {name}, {of}",
        found[f"{what}_stall_ms"],
        "ms",
        _WANTED_STALL_MS,
        found[f"{what}_stall_words"],
    )
