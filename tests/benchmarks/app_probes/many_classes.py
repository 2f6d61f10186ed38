"""Labels given by keys in a project of many classes, while the panels of figures are open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Final

import shiboken6
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer, SignalInstance
from PySide6.QtTest import QTest

from app.bootstrap import STARTER_MODEL, Studio
from app.domain.capture_query import CaptureQuery
from app.domain.records import ReviewState
from app_probes.picture_files import link_pictures
from app_probes.program import running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch
from app_probes.synthetic_project import build_project

_WAIT_MS: Final = 60_000
_CHOSEN: Final = 1
"""Of the classes that are offered, from 0: key 2."""
PANELS: Final = ("classes", "progress", "confusion")


def measure(
    folder: Path, captures: int, home: Path, *, classes: int, keys: int, shows_stacks: bool = False
) -> dict[str, float | str]:
    """What each key costs the window's thread, until all figures have followed.

    Args:
        folder: for files and the project.
        captures: how many.
        home: a fresh one.
        classes: beside those of the model.
        keys: that are pressed in each panel.
        shows_stacks: print what the window's thread did in its stalls.
    """
    pictures = link_pictures(folder / f"links {captures}", captures)
    project = build_project(
        folder / f"Classes {classes} {captures}.vimd",
        captures,
        pictures=pictures,
        model=STARTER_MODEL,
        label_classes=classes,
    )
    measured: dict[str, float | str] = {}
    with running_program(home) as studio:
        wait_for_project(studio)
        wait_for_model(studio)
        studio.services.projects.open(project)
        wait_until(lambda: studio.captures.rowCount() == captures, "the captures")
        wait_for_model(studio)
        studio.captures.set_query(CaptureQuery(states=frozenset({ReviewState.UNREVIEWED})))
        wait_until(lambda: studio.captures.rowCount() < captures, "those nobody has looked at")
        worst, words = 0.0, []
        for place, panel in enumerate(PANELS):
            # The same label once more would be none.
            found = _label(studio, panel, range(place * keys, (place + 1) * keys), shows_stacks)
            words.append(f"{panel} {found:.0f}")
            worst = max(worst, found)
    measured["key_ms"], measured["key_words"] = worst, ", ".join(words)
    return measured


@contextmanager
def _signalled(signal: SignalInstance) -> Iterator[None]:
    """Wait for a signal after a block, and for what it leads to; to look for it now and then would cost time, too."""
    loop, limit = QEventLoop(), QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(lambda: loop.exit(1))
    connection = signal.connect(lambda *_what: loop.quit(), Qt.ConnectionType.QueuedConnection)
    limit.start(_WAIT_MS)
    yield
    is_late = loop.exec()
    QCoreApplication.processEvents()
    signal.disconnect(connection)
    for part in (limit, loop):
        shiboken6.delete(part)
    if is_late:
        raise TimeoutError("The label has not come.")


def _is_at_rest(studio: Studio) -> bool:
    """Whether a key labels: right after a change of the suggestion it would not, it may be meant for the old one."""
    detail = studio.window.inspector.panel.detail
    if studio.captures.is_loading or detail is None:
        return False
    return not studio.services.suggestions.state.has_just_changed(detail.row.id, _CHOSEN)


def _label(studio: Studio, panel: str, rows: range, shows_stacks: bool) -> float:
    """Milliseconds of the window's thread for a key, in the middle of several; the rows are those that are labelled."""
    window = studio.window
    window.docks.show_panel(panel)
    figures: list[object] = []
    studio.services.statistics.changed.connect(figures.append)
    watches_figures = panel != "classes"
    wait_until(lambda: figures or not watches_figures, "the first figures")
    gallery = window.gallery.view
    window.gallery.selection.select_row(rows.start)
    gallery.setFocus()
    spent = []
    watch = StallWatch(shows_stacks=shows_stacks).start()
    for _ in rows:
        wait_until(lambda: _is_at_rest(studio), "rest")
        last = (
            studio.services.statistics.changed if watches_figures else studio.services.labels.labels_changed
        )
        start = thread_time()
        with _signalled(last):
            QTest.keyClick(gallery, Qt.Key.Key_2)
        spent.append((thread_time() - start) * 1e3)
    watch.stop()
    return median(spent)
