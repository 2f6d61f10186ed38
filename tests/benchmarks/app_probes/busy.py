"""Stalls of the window while captures are added and classified and a training runs beside."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer

from app_probes.picture_files import write_pictures
from app_probes.program import run_for, running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch
from app_probes.training_load import TrainingLoad

_STEP_MS = 300


def measure(
    folder: Path, captures: int, home: Path, *, probe: Path, seconds: float, shows_stacks: bool = False
) -> dict[str, float | str]:
    """The longest stall until all captures are there and were classified for a while.

    Args:
        folder: for files.
        captures: files that are added.
        home: a fresh one.
        probe: the script that writes the model that is trained.
        seconds: of classifying after that.
        shows_stacks: print what the window's thread did in its stalls.
    """
    pictures = write_pictures(folder / f"pictures {captures}", captures)
    steps = QTimer()
    with running_program(home) as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        training = TrainingLoad(probe, home / "training")
        try:
            wait_until(training.is_running, "the training's first epoch")
            ended: list[object] = []
            studio.services.imports.finished.connect(ended.append)
            steps.timeout.connect(
                lambda: studio.window.gallery.selection.go(1)
            )  # somebody looks at one capture after another
            steps.start(_STEP_MS)
            watch = StallWatch(shows_stacks=shows_stacks).start()
            studio.window.exchange.imports.add([pictures])
            wait_until(lambda: ended, "the end of the import")
            run_for(seconds)
            training.is_running()
            stalls = watch.stop()
            steps.stop()
        finally:
            training.end()
    return {"stall_ms": stalls.longest_ms, "stall_words": stalls.in_words()}
