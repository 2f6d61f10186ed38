"""From the start of the process to a window that can be used, and its memory then.

The window can be used once it is painted and its project is open: a key or a drop has its effect from then on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

STARTED = "VIMD_STARTED"
_MILESTONES = ("first paint", "usable", "model ready")


def measure_start(probe: Path, home: Path) -> dict[str, float]:
    """Start the program in a process of its own and close it after the last milestone.

    Args:
        probe: the script that calls `run_and_report`.
        home: of the program; it lasts over the runs.

    Returns:
        Seconds since the start of the process by milestone, and MB by "memory".
    """
    environment = os.environ | {
        "VIMD_HOME": str(home),
        STARTED: repr(time.time()),
        # An installed program has its bytecode; where Python may write none, each start would compile all modules.
        "PYTHONPYCACHEPREFIX": str(home / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    finished = subprocess.run(
        [sys.executable, str(probe), "start", "{}"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=180,
    )
    seconds: dict[str, float] = json.loads(finished.stdout.splitlines()[-1])
    return seconds


def run_and_report() -> dict[str, float]:
    """Run the program as `vimd-studio` does, note when each milestone is reached, and close it after the last."""
    # Here, as in the program itself: what a start imports is what is measured.
    from PySide6.QtCore import QEvent, QObject, QTimer

    import app.main
    from app.bootstrap import Studio

    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    started = float(os.environ[STARTED])
    reached: dict[str, float] = {}

    class Clock(QObject):
        def __init__(self, studio: Studio) -> None:
            super().__init__()
            self._studio = studio
            studio.window.centralWidget().installEventFilter(self)
            studio.services.projects.opened.connect(lambda *_: QTimer.singleShot(0, self._on_usable))
            studio.services.classify.model_loaded.connect(lambda *_: self._note("model ready"))

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                QTimer.singleShot(0, lambda: self._note("first paint"))
            return super().eventFilter(watched, event)

        def _on_usable(self) -> None:
            self._note("usable")
            reached.setdefault("memory", _memory_mb())

        def _note(self, milestone: str) -> None:
            reached.setdefault(milestone, time.time() - started)
            if all(name in reached for name in _MILESTONES):
                self._studio.window.close()

    clocks: list[Clock] = []

    class TimedStudio(Studio):
        def start(self) -> None:
            clocks.append(Clock(self))
            super().start()

    app.main.Studio = TimedStudio  # type: ignore[misc]
    app.main.main([])
    return reached


def _memory_mb() -> float:
    """As `program.memory_mb`, whose module a start does not import."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)
