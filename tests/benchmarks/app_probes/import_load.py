"""How long Retrain and Models take to open while many files are imported: both are asked for again and again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final

from PySide6.QtCore import SignalInstance

from app.bootstrap import STARTER_MODEL, Studio
from app_probes.picture_files import link_pictures, write_pictures
from app_probes.program import running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch
from app_probes.synthetic_project import build_project

# What is there already: so much is labelled that the stock has something to count.
_CAPTURES: Final = 10_000
_IDLE_ASKS: Final = 10
_PAUSE_S: Final = 0.05


def measure(folder: Path, captures: int, home: Path, *, shows_stacks: bool = False) -> dict[str, float | str]:
    """Times in seconds from the question to the answer in the window, idle and during an import.

    Args:
        folder: for files and projects.
        captures: files that are imported.
        home: a fresh one.
        shows_stacks: print what the window's thread did in its stalls.
    """
    there = min(_CAPTURES, captures)
    pictures = link_pictures(folder / f"links {there}", there)
    built = build_project(folder / f"Loaded {there}.vimd", there, pictures=pictures, model=STARTER_MODEL)
    project = home / "Loaded.vimd"
    shutil.copytree(built, project)
    files = write_pictures(folder / f"import {captures}", captures)
    with running_program(home) as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        studio.services.projects.open(project)
        wait_until(lambda: studio.captures.rowCount() == there, "the captures")
        wait_for_model(studio)
        wait_until(lambda: not studio.services.classify.is_running, "classifying")
        idle = _Times(studio)
        for _ in range(_IDLE_ASKS):
            idle.ask()
        finished: list[object] = []
        failed: list[object] = []
        studio.services.imports.finished.connect(finished.append)
        studio.services.imports.failed.connect(failed.append)
        watch = StallWatch(shows_stacks=shows_stacks).start()
        start = perf_counter()
        studio.services.imports.import_paths([files])
        busy = _Times(studio)
        while not finished and not failed:
            busy.ask()
        import_s = perf_counter() - start
        stall = watch.stop()
        if failed:
            raise RuntimeError(str(failed[0]))
    return {
        "import_s": import_s,
        "stall_ms": stall.longest_ms,
        "stall_words": stall.in_words(),
        **{f"idle_{name}": value for name, value in idle.found().items()},
        **{f"busy_{name}": value for name, value in busy.found().items()},
    }


class _Times:
    """Asks as Retrain and Models do when they are opened."""

    def __init__(self, studio: Studio) -> None:
        services = studio.services
        self._asks: dict[str, tuple[Callable[[], None], SignalInstance]] = {
            "stock": (services.retrain.take_stock, services.retrain.stock_ready),
            "models": (services.models.list_models, services.models.models_ready),
        }
        self._taken_s: dict[str, list[float]] = {name: [] for name in self._asks}

    def ask(self) -> None:
        """Ask for each once, one after the other, and wait for the answers."""
        for name, (ask, ready) in self._asks.items():
            came: list[float] = []
            connection = ready.connect(lambda _found, came=came: came.append(perf_counter()))
            start = perf_counter()
            ask()
            wait_until(lambda came=came: came, f"the answer for {name}")
            ready.disconnect(connection)
            self._taken_s[name].append(came[0] - start)
            resume = perf_counter() + _PAUSE_S
            wait_until(lambda resume=resume: perf_counter() >= resume, "a moment")

    def found(self) -> dict[str, float | str]:
        """Median, 95 % and worst of each."""
        found: dict[str, float | str] = {}
        for name, taken in self._taken_s.items():
            high = quantiles(taken, n=20, method="inclusive")[-1] if len(taken) > 1 else taken[0]
            found |= {
                f"{name}_95_s": high,
                f"{name}_words": f"median {median(taken):.2f} s, worst {max(taken):.2f} s of {len(taken)}",
            }
        return found
