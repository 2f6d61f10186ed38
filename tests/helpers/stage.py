"""A program in a home of its own, set up as a user would, of which pictures are taken."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.bootstrap import SAMPLES, STARTER_MODEL, Options, Studio
from app.domain.records import ActionKind, CaptureFilter
from app.item_models.capture_list_model import CaptureRole
from app.services.program.preferences import ThemeMode

WAIT_MS = 180_000
PROJECT = "My captures.vimd"


def wait_until(condition: Callable[[], object], what: str = "A screen") -> None:
    loop = QEventLoop()
    poll, limit = QTimer(), QTimer()
    poll.timeout.connect(lambda: loop.quit() if condition() else None)
    limit.timeout.connect(lambda: loop.exit(1))
    poll.start(20)
    limit.start(WAIT_MS)
    if loop.exec():
        raise TimeoutError(f"{what} did not come up.")


class Stage:
    """A program in a home of its own, and what a hand does in it."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *,
        themes: tuple[str, ...],
        language: str,
        size: tuple[int, int],
        model: Path | None,
    ) -> None:
        self._folder, self._name, self._themes = folder, name, themes
        self._size = size
        self.model = model or STARTER_MODEL
        self.home = Path(os.environ["VIMD_HOME"])
        self.application = QApplication.instance() or QApplication(sys.argv[:1])
        self._studios: list[Studio] = []
        self._settings = f"[seen]\ntour=true\n[preferences]\nlanguage={language}\nauthor=Ada\n"
        (self.home / "settings.ini").write_text(self._settings, encoding="utf-8")

    @property
    def studio(self) -> Studio:
        return self._studios[-1]

    @property
    def window(self) -> QWidget:
        return self.studio.window

    def start(self, *, is_first: bool = False, model: Path | None = None) -> Studio:
        if is_first:
            text = self._settings.replace("tour=true", "tour=false")
            (self.home / "settings.ini").write_text(text, encoding="utf-8")
        studio = Studio(self.application, Options(model=model or self.model))
        self._studios.append(studio)
        studio.window.resize(*self._size)
        studio.window.show()
        studio.window.activateWindow()
        studio.start()
        return studio

    def stop(self) -> None:
        studio = self._studios.pop()
        studio.window.close()
        studio.shut_down()
        studio.window.deleteLater()
        studio.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close(self) -> None:
        while self._studios:
            self.stop()

    def take(self, suffix: str = "", widget: QWidget | None = None) -> None:
        """Keep a picture of the window, or of one of its parts, in each theme."""
        name = f"{self._name}-{suffix}" if suffix else self._name
        for theme in self._themes:
            if self.studio.theme.mode != theme:
                self.studio.theme.set_mode(ThemeMode(theme))
            self.settle()
            (widget or self.window).grab().save(str(self._folder / f"{name}-{theme}.png"))

    def keep(self, name: str, theme: str) -> None:
        """Keep one picture of the window under a name of its own."""
        self.studio.theme.set_mode(ThemeMode(theme))
        self.settle()
        self.window.grab().save(str(self._folder / f"{name}.png"))

    def take_dialog(
        self, suffix: str, ask: Callable[[], object], use: Callable[[QWidget], object] | None = None
    ) -> None:
        """Keep a picture of the dialog that a command opens, and put it away."""
        taken: list[str] = []

        def look() -> None:
            shown = (each for each in QApplication.topLevelWidgets() if each.isVisible())
            dialog = next((each for each in shown if isinstance(each, QDialog)), None)
            if dialog is None:
                return
            timer.stop()
            if use is not None:
                use(dialog)
            self.take(suffix, dialog)
            taken.append(suffix)
            dialog.close()

        timer = QTimer()
        timer.timeout.connect(look)
        timer.start(50)
        ask()
        wait_until(lambda: taken, suffix)

    def settle(self) -> None:
        """Let timers run and what has changed its size be laid out."""
        loop = QEventLoop()
        QTimer.singleShot(150, loop.quit)
        loop.exec()

    def add(self, *paths: Path) -> None:
        self.window.exchange.imports.add(list(paths))
        self.wait_classified()

    def wait_classified(self) -> None:
        """Every capture has an answer, or a reason why not."""
        captures, classify = self.studio.captures, self.studio.services.classify

        def is_done() -> bool:
            rows = [captures.index(row).data(CaptureRole.ROW) for row in range(captures.rowCount())]
            known = [row for row in rows if row is not None and (row.predicted or row.problem)]
            return bool(rows) and len(known) == len(rows) and not classify.is_running and self.is_counted

        wait_until(is_done, "All answers")

    @property
    def is_counted(self) -> bool:
        chips = self.window.filters.quick.chips
        return str(self.studio.captures.rowCount()) in chips[CaptureFilter.ALL].text().replace(",", "")

    def show_row(self, row: int) -> None:
        self.window.gallery.selection.select_row(row)
        inspector = self.window.inspector.panel

        def is_there() -> bool:
            detail = inspector.detail
            return (
                detail is not None
                and detail.row.id == self.studio.captures.capture_id(row)
                and inspector.compare.super_resolved.image is not None
            )

        wait_until(is_there, f"capture {row}")
        self.settle()

    def review_some(self) -> None:
        """A few labels of each kind, as a user would have given them."""
        review = self.window.review.session
        self.show_row(0)
        for command in (
            review.accept,
            review.accept,
            lambda: review.choose(1),
            review.accept,
            lambda: review.mark(ActionKind.UNSURE),
            review.accept,
            lambda: review.mark(ActionKind.REJECT),
        ):
            command()
        wait_until(lambda: "4" in self.window.filters.quick.chips[CaptureFilter.ACCEPTED].text())
        self.settle()

    def samples(self) -> None:
        """The samples, classified, some of them reviewed."""
        self.start()
        wait_until(lambda: self.window.is_empty and self.studio.services.projects.project is not None)
        self.add(SAMPLES)
        self.review_some()
        self.show_row(2)
        wait_until(lambda: self.window.inspector.panel.detail.history)

    def trigger(self, name: str) -> Callable[[], None]:
        return getattr(self.window.actions_, name).trigger
