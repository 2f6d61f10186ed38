"""Pictures of the main screens, as they really are: `python tests/screenshots.py FOLDER`.

Uses the starter model, or the one given by `--model`; a display is not needed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.bootstrap import SAMPLES, STARTER_MODEL, Options, Studio
from app.services.preferences import ThemeMode
from app.storage.records import ActionKind, CaptureFilter

WAIT_MS = 120_000


def wait_until(condition: Callable[[], object]) -> None:
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(20)
    limit.start(WAIT_MS)
    if loop.exec():
        raise TimeoutError("A screen did not come up.")


def is_at_rest(studio: Studio) -> bool:
    """Whether all answers are on the screen, and the inspector has its three views."""
    inspector = studio.window.inspector
    shown = studio.captures.rowCount() and inspector.detail is not None and bool(inspector.detail.top)
    return bool(
        shown
        and not studio.services.classify.is_running
        and inspector.compare.nearest.image is not None
        and inspector.compare.super_resolved.image is not None
        and not studio.captures.is_loading
    )


def review_some(studio: Studio) -> None:
    """A few labels of each kind, as a user would have given them."""
    review = studio.window.review
    for command in (
        review.accept,
        review.accept,
        lambda: review.choose(1),
        review.accept,
        lambda: review.mark(ActionKind.UNSURE),
        review.accept,
    ):
        command()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=STARTER_MODEL)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ["VIMD_HOME"] = home
        application = QApplication(sys.argv[:1])
        studio = Studio(application, Options(model=arguments.model))
        window = studio.window
        window.resize(1280, 800)
        window.show()
        studio.start()
        wait_until(lambda: window.is_empty and studio.services.classify.is_model_loaded)

        def take(name: str) -> None:
            for mode in (ThemeMode.LIGHT, ThemeMode.DARK):
                studio.theme.set_mode(mode)
                QApplication.processEvents()  # lay out what has just changed its size
                window.grab().save(str(arguments.folder / f"{name}-{mode}.png"))

        take("empty")
        window.files.add([SAMPLES])
        wait_until(lambda: is_at_rest(studio))
        review_some(studio)
        wait_until(lambda: "4" in window.header.chips[CaptureFilter.ACCEPTED].text())
        window.select_row(2)
        wait_until(lambda: is_at_rest(studio) and window.inspector.detail.history)
        take("review")
        window.close()
        studio.shut_down()


if __name__ == "__main__":
    main()
