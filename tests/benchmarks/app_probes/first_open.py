"""A folder with many captures is dropped on a window for the first time; the child classifies from the start."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from app_probes.picture_files import write_pictures
from app_probes.program import FirstPaint, running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch


def measure(folder: Path, captures: int, home: Path, *, shows_stacks: bool = False) -> dict[str, float | str]:
    """Seconds to the first captures and to all of them, the longest stall meanwhile, and files indexed a second.

    Args:
        folder: for files.
        captures: files in the folder that is dropped.
        home: a fresh one.
        shows_stacks: print what the window's thread did in its stalls.
    """
    pictures = write_pictures(folder / f"pictures {captures}", captures)
    measured: dict[str, float | str] = {}
    with running_program(home) as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        ended: list[float] = []
        painted: list[float] = []
        studio.services.imports.finished.connect(lambda _report: ended.append(perf_counter()))
        watcher = FirstPaint(studio, lambda: painted.append(perf_counter()))
        watch = StallWatch(shows_stacks=shows_stacks).start()
        start = perf_counter()
        studio.window.exchange.imports.add([pictures])
        wait_until(lambda: painted, "the first captures on the screen")
        wait_until(lambda: studio.captures.rowCount() >= captures, "the list of all captures")
        measured["listed_s"] = perf_counter() - start
        wait_until(lambda: ended, "the end of the import")
        stalls = watch.stop()
        measured["first_s"] = painted[0] - start
        measured["files_per_s"] = captures / (ended[0] - start)
        measured["stall_ms"], measured["stall_words"] = stalls.longest_ms, stalls.in_words()
        watcher.deleteLater()
    return measured
