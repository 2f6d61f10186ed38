"""The real program for a probe: window, project database, child process and files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSize, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.bootstrap import Options, Studio
from app.main import prepare_threads

WINDOW_SIZE: Final = QSize(1280, 720)
_WAIT_S: Final = 300


def use_display() -> None:
    """Where there is no display, run without one."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def seen_tour(home: Path) -> Path:
    """A home in which the program was started before."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.ini").write_text(
        "[seen]\ntour=true\n[preferences]\nasks_before_many=false\n", encoding="utf-8"
    )
    return home


@contextmanager
def running_program(home: Path, project: Path | None = None, paths: Sequence[Path] = ()) -> Iterator[Studio]:
    """The program from its first paint to its end, with the starter model in its real child."""
    use_display()
    os.environ["VIMD_HOME"] = str(seen_tour(home))
    prepare_threads()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    studio = Studio(application, Options(project=project, paths=tuple(paths)))
    studio.window.resize(WINDOW_SIZE)
    studio.window.show()
    studio.window.activateWindow()
    studio.start()
    try:
        yield studio
    finally:
        studio.window.close()
        studio.shut_down()


def wait_until(condition: Callable[[], object], what: str, *, wait_s: float = _WAIT_S) -> None:
    """Let the program run until something holds.

    Raises:
        TimeoutError: it does not come.
        Exception: what the condition raises.
    """
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    failures: list[Exception] = []

    def look() -> None:
        try:
            if condition():
                loop.quit()
        except Exception as e:  # noqa: BLE001 (raised again, for in a slot it would only be printed)
            failures.append(e)
            loop.quit()

    poll.timeout.connect(look)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(1)
    limit.start(int(wait_s * 1000))
    is_late = 0 if condition() else loop.exec()
    for part in (poll, limit, loop):
        shiboken6.delete(part)  # here and now: the garbage collector would do it in whatever thread it runs
    if failures:
        raise failures[0]
    if is_late:
        raise TimeoutError(f"{what} has not come in {wait_s} s.")


def run_for(seconds: float) -> None:
    """Let the program run for a while."""
    end = perf_counter() + seconds
    wait_until(lambda: perf_counter() >= end, "the end of a pause", wait_s=2 * seconds + 10)


def wait_for_project(studio: Studio) -> None:
    """Until a project is open."""
    wait_until(lambda: studio.services.projects.project is not None, "the open project")


def wait_for_model(studio: Studio) -> None:
    """Until the child can classify and the project knows its model."""
    wait_until(lambda: studio.services.classify.model is not None, "the model")


class FirstPaint(QObject):
    """Tells when the gallery has painted its first line of captures, pictures included."""

    def __init__(self, studio: Studio, on_painted: Callable[[], None]) -> None:
        super().__init__()
        self._studio = studio
        self._on_painted: Callable[[], None] | None = on_painted
        studio.window.gallery.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look whether this paint has all it needs."""
        if event.type() == QEvent.Type.Paint and self._on_painted is not None and self._has_pictures():
            QTimer.singleShot(0, self._on_painted)  # when this paint is over
            self._on_painted = None
        return super().eventFilter(watched, event)

    def _has_pictures(self) -> bool:
        captures, gallery = self._studio.captures, self._studio.window.gallery.view
        first = gallery.verticalScrollBar().value() == 0
        count = min(gallery.columns, captures.rowCount())
        rows = [captures.capture_row(position) for position in range(count)] if first else []
        return bool(rows) and all(
            row is not None and isinstance(captures.thumbnail(row), QImage) for row in rows
        )


def memory_mb(peak: bool = False) -> float:
    """Resident memory of this process, now or at its highest; 0 where the system does not say."""
    name = "VmHWM:" if peak else "VmRSS:"
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)
