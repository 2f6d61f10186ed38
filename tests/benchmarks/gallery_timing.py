"""How long the window's thread is busy while someone scrolls and steps through a gallery of many captures.

The real window over a synthetic project (`synthetic_project.py`); only the pictures come from a few small files,
for a million of them would take hours to write. The child process never answers, so that nothing else runs.
Run alone it prints JSON: `python gallery_timing.py FOLDER.vimd 100000`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).parent))

from PIL import Image
from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QEventLoop, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from synthetic_project import build_project

from app.bootstrap import Options, Studio

FRAMES = 200
FRAME_MS = 16
KEYS = 60
HELD = 100
PICTURES = 200
WAIT_MS = 60_000
SLEEPING_CHILD = [sys.executable, "-c", "import time; time.sleep(3600)"]


class BusyClock:
    """Adds up how long the event loop of this thread works between its sleeps."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._sum_s = 0.0
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_block)

    def take_s(self) -> float:
        """The seconds of work since the last call."""
        now = perf_counter()
        if self._since is not None:
            self._sum_s += now - self._since
            self._since = now
        taken, self._sum_s = self._sum_s, 0.0
        return taken

    def _on_awake(self) -> None:
        if self._since is None:
            self._since = perf_counter()

    def _on_block(self) -> None:
        if self._since is not None:
            self._sum_s += perf_counter() - self._since
            self._since = None


def measure_gallery(folder: Path, captures: int, size: QSize | None = None) -> dict[str, float]:
    """Scroll and step through a project of many captures.

    Args:
        folder: NAME.vimd; it is built when it is not there.
        captures: how many.
        size: of the window.

    Returns:
        Milliseconds by what was measured, and the memory of the process in MB.
    """
    build_project(folder, captures)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as home:
        os.environ["VIMD_HOME"] = home
        pictures = _make_pictures(Path(home) / "pictures")
        studio = Studio(application, Options(project=folder), worker_command=SLEEPING_CHILD)
        request = studio.images.request_thumbnail
        studio.images.request_thumbnail = (
            lambda key, _path, content_hash: request(  # type: ignore[method-assign]
                key, pictures[int.from_bytes(content_hash[-4:], "big") % PICTURES], b""
            )
        )
        studio.window.resize(size or QSize(1280, 720))
        studio.window.show()
        studio.start()
        _wait_until(lambda: studio.captures.rowCount() == captures and not studio.captures.is_loading)
        _wait_until(lambda: studio.window.inspector.detail is not None)
        studio.window.gallery.setFocus()
        measured = _scroll(studio) | _step(studio)
        measured["memory, MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        studio.window.close()
        studio.shut_down()
    return measured


def _scroll(studio: Studio) -> dict[str, float]:
    bar = studio.window.gallery.verticalScrollBar()
    clock = BusyClock()
    places = random.Random(0)

    def frames(move: Callable[[], None]) -> list[float]:
        durations: list[float] = []
        loop, timer = QEventLoop(), QTimer()

        def tick() -> None:
            durations.append(clock.take_s() * 1e3)
            if len(durations) > FRAMES:
                loop.quit()
            else:
                move()

        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(tick)
        timer.start(FRAME_MS)
        loop.exec()
        return durations[1:]

    measured: dict[str, float] = {}
    bar.setValue(bar.maximum() // 2)
    _wait_until(lambda: not studio.captures.is_loading)
    for name, move in {
        "steady": lambda: bar.setValue(bar.value() + 40),
        "fast": lambda: bar.setValue(bar.value() + 400),
        "jumping": lambda: bar.setValue(places.randrange(bar.maximum())),
    }.items():
        clock.take_s()
        durations = frames(move)
        measured[f"scroll {name}, frame, median"] = median(durations)
        measured[f"scroll {name}, frame, 99th percentile"] = quantiles(durations, n=100)[98]
        _wait_until(lambda: not studio.captures.is_loading)
    return measured


def _step(studio: Studio) -> dict[str, float]:
    gallery, captures, inspector = studio.window.gallery, studio.captures, studio.window.inspector
    places = random.Random(1)
    to_paint: list[float] = []
    to_inspector: list[float] = []
    for number in range(KEYS):
        if number % 10 == 0:
            studio.window.select_row(places.randrange(captures.rowCount() - 20))
            _wait_until(lambda: not captures.is_loading and inspector.detail is not None)
        row = gallery.currentIndex().row()
        start = perf_counter()
        QTest.keyClick(gallery, Qt.Key.Key_D)
        assert gallery.currentIndex().row() == row + 1
        while gallery.is_behind:
            QCoreApplication.processEvents()
        to_paint.append((perf_counter() - start) * 1e3)
        wanted = captures.capture_id(row + 1)
        _wait_until(lambda wanted=wanted: inspector.detail is not None and inspector.detail.row.id == wanted)  # type: ignore[misc]
        to_inspector.append((perf_counter() - start) * 1e3)

    def is_at_rest() -> bool:
        wanted = captures.capture_id(gallery.currentIndex().row())
        return not gallery.is_behind and inspector.detail is not None and inspector.detail.row.id == wanted

    start = perf_counter()
    for _ in range(HELD):
        QTest.keyClick(gallery, Qt.Key.Key_D)
    _wait_until(is_at_rest)
    presses_ms = (perf_counter() - start) * 1e3
    for _ in range(HELD):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            event = QKeyEvent(kind, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
            QCoreApplication.postEvent(gallery, event)
    start = perf_counter()
    QCoreApplication.processEvents()
    _wait_until(is_at_rest)
    held_ms = (perf_counter() - start) * 1e3
    return {
        "next capture by key, painted, median": median(to_paint),
        "next capture by key, painted, 99th percentile": quantiles(to_paint, n=100)[98],
        "next capture by key, inspector shows it, median": median(to_inspector),
        f"{HELD} presses at once, until at rest": presses_ms,
        f"held key, {HELD} repeats queued, until at rest": held_ms,
    }


def _make_pictures(folder: Path) -> list[Path]:
    folder.mkdir(parents=True)
    generator = random.Random(0)
    paths = []
    for number in range(PICTURES):
        side = generator.randint(20, 64)
        path = folder / f"{number}.png"
        Image.frombytes("RGB", (side, side), generator.randbytes(3 * side * side)).save(path)
        paths.append(path)
    return paths


def _wait_until(condition: Callable[[], bool]) -> None:
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(1)
    limit.start(WAIT_MS)
    if not condition() and loop.exec():
        raise TimeoutError("The window did not come to rest.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("captures", type=int)
    parser.add_argument("--size", type=int, nargs=2, default=(1280, 720), metavar=("WIDTH", "HEIGHT"))
    arguments = parser.parse_args()
    measured = measure_gallery(arguments.folder, arguments.captures, QSize(*arguments.size))
    print(json.dumps({name: round(value, 2) for name, value in measured.items()}, indent=1))


if __name__ == "__main__":
    main()
