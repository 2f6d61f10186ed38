"""A project of many captures: opened, scrolled, stepped through, filtered, sorted and labelled in the real window."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time
from typing import Final

import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QEventLoop,
    QItemSelection,
    QItemSelectionModel,
    Qt,
    QTimer,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from app.bootstrap import STARTER_MODEL, Studio
from app.domain.capture_query import CaptureQuery, GroupField, SortField
from app.domain.records import ReviewState
from app.services.classifier.worker_client import WorkerState
from app_probes.picture_files import link_pictures
from app_probes.program import (
    FirstPaint,
    memory_mb,
    run_for,
    running_program,
    wait_for_model,
    wait_for_project,
    wait_until,
)
from app_probes.stall_watch import StallWatch
from app_probes.synthetic_project import build_project

FRAME_MS: Final = 16
HELD: Final = 100
BULK: Final = 10_000
_QUERIES: Final = {
    "by state, confidence and answer": CaptureQuery(
        states=frozenset({ReviewState.UNREVIEWED}),
        min_confidence=0.5,
        predicted_class_ids=frozenset(range(5, 15)),
    ),
    "by text": CaptureQuery(text="99"),
    "sorted by confidence": CaptureQuery(sort=SortField.CONFIDENCE),
    "sorted by name": CaptureQuery(sort=SortField.NAME),
    "sorted by size": CaptureQuery(sort=SortField.SIZE, descending=True),
    "grouped by class, sorted by disagreement": CaptureQuery(
        group=GroupField.CLASS, sort=SortField.DISAGREEMENT
    ),
}


def measure(
    folder: Path,
    captures: int,
    home: Path,
    what: list[str],
    *,
    rounds: int = 3,
    frames: int = 200,
    shows_stacks: bool = False,
) -> dict[str, float | str]:
    """Measure some things in a project of many captures.

    Args:
        folder: for files and the project.
        captures: how many.
        home: a fresh one.
        what: of open, keys, scroll, filter, label, memory.
        rounds: repetitions; medians are taken.
        frames: for each way of scrolling and round.
        shows_stacks: print what the window's thread did in its stalls.
    """
    pictures = link_pictures(folder / f"links {captures}", captures)
    project = build_project(
        folder / f"Many {captures}.vimd", captures, pictures=pictures, model=STARTER_MODEL
    )
    measured: dict[str, float | str] = {}
    with running_program(home) as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        opened = [
            _open(studio, project, captures, home / "Empty.vimd")
            for _ in range(rounds if "open" in what else 1)
        ]
        if "open" in what:
            measured["open_s"] = median(opened)
        wait_for_model(studio)
        wait_until(lambda: _is_at_rest(studio), "rest")
        parts: dict[str, Callable[[], dict[str, float | str]]] = {
            "scroll": partial(_scroll, studio, rounds, frames),
            "keys": partial(_step, studio, rounds),
            "filter": partial(_filter, studio, rounds, shows_stacks),
            "label": partial(_label, studio, min(BULK, captures // 2), shows_stacks),
        }
        for name, part in parts.items():
            if name in what:
                measured |= part()
        measured["memory_mb"], measured["peak_mb"] = memory_mb(), memory_mb(peak=True)
    return measured


def _open(studio: Studio, project: Path, captures: int, empty: Path) -> float:
    """Open the project while another one is open, until its first captures are on the screen and all are listed."""
    studio.services.projects.open(empty)
    wait_until(lambda: _open_folder(studio) == empty, "the empty project")
    wait_until(lambda: studio.captures.rowCount() == 0, "the empty list")
    painted: list[float] = []
    watcher = FirstPaint(studio, lambda: painted.append(perf_counter()))
    start = perf_counter()
    studio.services.projects.open(project)
    wait_until(lambda: painted and studio.captures.rowCount() == captures, "the captures")
    seconds = max(painted[0], perf_counter()) - start
    watcher.deleteLater()
    return seconds


def _open_folder(studio: Studio) -> Path | None:
    project = studio.services.projects.project
    return project.folder if project is not None else None


def _is_at_rest(studio: Studio) -> bool:
    return not studio.captures.is_loading and studio.services.worker.state is WorkerState.READY


def _scroll(studio: Studio, rounds: int, frames: int) -> dict[str, float | str]:
    bar = studio.window.gallery.view.verticalScrollBar()
    places = random.Random(0)
    bar.setValue(bar.maximum() // 2)
    wait_until(lambda: not studio.captures.is_loading, "the thumbnails")
    moves: dict[str, Callable[[], None]] = {
        "steady": lambda: bar.setValue(bar.value() + 40),
        "fast": lambda: bar.setValue(bar.value() + 400),
        "jumping": lambda: bar.setValue(places.randrange(max(1, bar.maximum()))),
    }
    found: dict[str, list[float]] = {name: [] for name in moves}
    watch = StallWatch().start()
    for _ in range(rounds):
        for name, move in moves.items():
            found[name].append(quantiles(_frames(move, frames), n=100)[98])
            wait_until(lambda: not studio.captures.is_loading, "the thumbnails")
            bar.setValue(bar.maximum() // 2)
    medians = {name: median(values) for name, values in found.items()}
    stalls = watch.stop()
    return {
        "scroll_stall_ms": stalls.longest_ms,
        "scroll_stall_words": stalls.in_words(),
        "scroll_ms": max(medians.values()),
        "scroll_words": ", ".join(f"{name} {value:.1f}" for name, value in medians.items()),
    }


def _frames(move: Callable[[], None], frames: int) -> list[float]:
    """Milliseconds that the window's thread works for each frame, while something moves in each.

    Processor time, so that what else runs on the machine does not count; waiting is what the stalls are about.
    """
    durations: list[float] = []
    loop, timer = QEventLoop(), QTimer()
    last = thread_time()

    def tick() -> None:
        nonlocal last
        now = thread_time()
        durations.append((now - last) * 1e3)
        last = now
        if len(durations) > frames:
            loop.quit()
        else:
            move()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(FRAME_MS)
    loop.exec()
    for part in (timer, loop):
        shiboken6.delete(part)
    return durations[1:]


def _step(studio: Studio, rounds: int) -> dict[str, float | str]:
    gallery, captures, inspector = studio.window.gallery.view, studio.captures, studio.window.inspector.panel
    gallery.setFocus()
    places = random.Random(1)
    to_paint: list[float] = []
    to_inspector: list[float] = []
    for number in range(20 * rounds):
        if number % 10 == 0:
            studio.window.gallery.selection.select_row(places.randrange(captures.rowCount() - 20))
            wait_until(lambda: not captures.is_loading and inspector.detail is not None, "rest")
        row = gallery.currentIndex().row()
        wanted = captures.capture_id(row + 1)
        start = perf_counter()
        QTest.keyClick(gallery, Qt.Key.Key_D)
        if gallery.currentIndex().row() != row + 1:
            raise RuntimeError("The key D did not lead to the next capture.")
        while gallery.is_behind:
            QCoreApplication.processEvents()
        to_paint.append((perf_counter() - start) * 1e3)
        wait_until(
            lambda wanted=wanted: inspector.detail is not None and inspector.detail.row.id == wanted,  # type: ignore[misc]
            "the capture in the inspector",
        )
        to_inspector.append((perf_counter() - start) * 1e3)
    backlogs = [_hold_key(studio) for _ in range(rounds)]
    return {
        "step_ms": median(to_paint),
        "step_words": f"inspector shows it after {median(to_inspector):.0f} ms",
        "backlog_ms": median(backlogs),
    }


def _hold_key(studio: Studio) -> float:
    """Milliseconds from the release of a key that repeated faster than a frame, until nothing moves any more."""
    gallery, captures, inspector = studio.window.gallery.view, studio.captures, studio.window.inspector.panel

    def is_at_rest() -> bool:
        wanted = captures.capture_id(gallery.currentIndex().row())
        return not gallery.is_behind and inspector.detail is not None and inspector.detail.row.id == wanted

    wait_until(is_at_rest, "rest")
    none = Qt.KeyboardModifier.NoModifier
    for _ in range(HELD):
        for kind in (QEvent.Type.KeyRelease, QEvent.Type.KeyPress):
            QCoreApplication.postEvent(gallery, QKeyEvent(kind, Qt.Key.Key_Right, none, "", True))
    start = perf_counter()
    QCoreApplication.processEvents()
    wait_until(is_at_rest, "rest after a held key")
    return (perf_counter() - start) * 1e3


def _filter(studio: Studio, rounds: int, shows_stacks: bool) -> dict[str, float | str]:
    captures = studio.captures
    answered: list[float] = []
    captures.filter_applied.connect(lambda: answered.append(perf_counter()))

    def apply(query: CaptureQuery) -> float:
        answered.clear()
        start = perf_counter()
        captures.set_query(query)
        wait_until(lambda: answered, "the list")
        taken = answered[0] - start
        wait_until(lambda: not captures.is_loading, "the rows")
        return taken * 1e3

    apply(CaptureQuery(text="98"))  # whatever is read once is read
    apply(CaptureQuery(sort=SortField.NAME))
    watch = StallWatch(shows_stacks=shows_stacks).start()
    found = {name: median(apply(query) for _ in range(rounds)) for name, query in _QUERIES.items()}
    stalls = watch.stop()
    apply(CaptureQuery())
    slowest = max(found, key=lambda name: found[name])
    return {
        "filter_ms": found[slowest],
        "filter_words": ", ".join(f"{name} {value:.0f}" for name, value in found.items()),
        "filter_stall_ms": stalls.longest_ms,
        "filter_stall_words": stalls.in_words(),
    }


def _label(studio: Studio, count: int, shows_stacks: bool) -> dict[str, float | str]:
    """Label many by one key, and take it back by one undo."""
    gallery, captures = studio.window.gallery.view, studio.captures
    done: list[float] = []
    studio.services.labels.labels_changed.connect(lambda _result: done.append(perf_counter()))
    flag = QItemSelectionModel.SelectionFlag
    before = _labels(studio, count)
    studio.window.gallery.selection.select_row(0)
    gallery.selectionModel().select(
        QItemSelection(captures.index(0), captures.index(count - 1)), flag.ClearAndSelect
    )
    wait_until(lambda: len(studio.window.review.session.selected) == count, "the selection")
    gallery.setFocus()
    watch = StallWatch(shows_stacks=shows_stacks).start()
    start = perf_counter()
    QTest.keyClick(gallery, Qt.Key.Key_U)
    wait_until(lambda: done, "the labels")
    label_s = done[0] - start
    label_stalls = watch.stop()
    if set(_labels(studio, count)) != {int(ReviewState.UNSURE)}:
        raise RuntimeError("Not all captures of the selection were marked.")
    done.clear()
    watch.start()
    start = perf_counter()
    studio.window.actions_.undo.trigger()
    wait_until(lambda: done, "the undo")
    undo_s = done[0] - start
    run_for(0.5)  # the counts follow
    stalls = max(label_stalls, watch.stop(), key=lambda seen: seen.longest_ms)
    if _labels(studio, count) != before:
        raise RuntimeError("One undo has not brought all labels back.")
    return {
        "label_s": label_s,
        "undo_s": undo_s,
        "labelled": count,
        "label_stall_ms": stalls.longest_ms,
        "label_stall_words": stalls.in_words(),
    }


def _labels(studio: Studio, count: int) -> list[int]:
    project = studio.services.projects.project
    if project is None:
        raise RuntimeError("No project is open.")
    ids = studio.captures.capture_ids(0, count - 1)
    return [int(row.state) for row in project.read(lambda unit: unit.captures.rows(ids)).result()]
