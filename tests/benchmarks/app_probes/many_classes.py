"""Labels given by keys in a project of many classes, while the panels of figures are open."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import thread_time
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.bootstrap import STARTER_MODEL, Studio
from app.storage.capture_query import CaptureQuery
from app.storage.records import ReviewState
from app_probes.picture_files import link_pictures
from app_probes.program import running_program, wait_for_model, wait_for_project, wait_until
from app_probes.stall_watch import StallWatch
from app_probes.synthetic_project import build_project

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
        for panel in PANELS:
            found = _label(studio, panel, keys, shows_stacks)
            words.append(f"{panel} {found:.0f}")
            worst = max(worst, found)
    measured["key_ms"], measured["key_words"] = worst, ", ".join(words)
    return measured


def _label(studio: Studio, panel: str, keys: int, shows_stacks: bool) -> float:
    """Milliseconds of the window's thread for a key, in the middle of several."""
    window = studio.window
    window.docks.show_panel(panel)
    figures: list[object] = []
    labels: list[object] = []
    studio.services.statistics.changed.connect(figures.append)
    studio.services.labels.labels_changed.connect(labels.append)
    watches_figures = panel != "classes"
    wait_until(lambda: figures or not watches_figures, "the first figures")
    gallery = window.gallery
    window.selection.select_row(0)
    gallery.setFocus()
    spent = []
    watch = StallWatch(shows_stacks=shows_stacks).start()
    for _ in range(keys):
        wait_until(lambda: not studio.captures.is_loading and window.inspector.detail is not None, "rest")
        figures.clear()
        labels.clear()
        start = thread_time()
        QTest.keyClick(gallery, Qt.Key.Key_2)
        wait_until(lambda: labels and (figures or not watches_figures), "the label and its figures")
        spent.append((thread_time() - start) * 1e3)
    watch.stop()
    return median(spent)
