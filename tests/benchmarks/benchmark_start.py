"""`vimd benchmark start` in a checkout: from the start of the process to the window's first paint, and to readiness.

The real program runs in a process of its own with a home that lasts over the runs, so that all but the first are
warm starts. Where there is no display it runs without one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from vimd_core.benchmarks.rows import BenchmarkRow

RUNS = 7
WANTED_PAINT_S = 1.0
MILESTONES = ("first paint", "project open", "model ready")


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Start the program several times; the first start, which may compile kernels, is not counted."""
    with tempfile.TemporaryDirectory() as home:
        starts = [_start(Path(home)) for _ in range(RUNS + 1)][1:]
    rows = []
    for milestone in MILESTONES:
        seconds = median(start[milestone] for start in starts)
        is_paint = milestone == MILESTONES[0]
        rows.append(
            BenchmarkRow(
                f"start to {milestone}, warm",
                seconds,
                "s",
                wanted=f"<= {WANTED_PAINT_S:g} s" if is_paint else None,
                met=seconds <= WANTED_PAINT_S if is_paint else None,
            )
        )
    return rows


def _start(home: Path) -> dict[str, float]:
    environment = os.environ | {"VIMD_HOME": str(home), "VIMD_STARTED": repr(time.time())}
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    finished = subprocess.run(
        [sys.executable, __file__], env=environment, capture_output=True, text=True, check=True, timeout=180
    )
    seconds: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return seconds


def _measure() -> None:
    """Run the program as `vimd-studio` does, note when each milestone is reached, and close it after the last."""
    # Imported here: the process that only times others has no need of a window.
    from PySide6.QtCore import QEvent, QObject

    import app.main
    from app.bootstrap import Studio

    started = float(os.environ["VIMD_STARTED"])
    reached: dict[str, float] = {}

    class Clock(QObject):
        def __init__(self, studio: Studio) -> None:
            super().__init__()
            self._studio = studio
            studio.window.centralWidget().installEventFilter(self)
            studio.services.projects.opened.connect(lambda *_: self._note("project open"))
            studio.services.classify.model_loaded.connect(lambda *_: self._note("model ready"))

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                self._note("first paint")
            return super().eventFilter(watched, event)

        def _note(self, milestone: str) -> None:
            reached.setdefault(milestone, time.time() - started)
            if len(reached) == len(MILESTONES):
                self._studio.window.close()

    clocks: list[Clock] = []

    class TimedStudio(Studio):
        def start(self) -> None:
            clocks.append(Clock(self))
            super().start()

    app.main.Studio = TimedStudio  # type: ignore[misc]
    app.main.main([])
    sys.stdout.write(json.dumps(reached) + "\n")


if __name__ == "__main__":
    _measure()
