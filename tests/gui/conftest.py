"""A running program in a fresh home, and a watch on what it leaves behind."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from replies import is_unanswered, reply
from verbs import SCRIPTED_WORKER, process_is_gone, scripted

from app.bootstrap import Options, Studio
from vimd_core.processes.policies import CLASSIFIER_POLICY
from vimd_core.processes.supervision import SupervisionPolicy

StartStudio = Callable[..., Studio]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nothing but the tour was ever seen."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.ini").write_text("[seen]\ntour=true\n", encoding="utf-8")
    monkeypatch.setenv("VIMD_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def nothing_is_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fail the test that leaves a thread or a window."""
    threads = set(threading.enumerate())
    windows = set(QApplication.topLevelWidgets())
    yield
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left_threads = [thread for thread in threading.enumerate() if thread not in threads]
    assert not left_threads, f"left behind: {left_threads}"
    left_windows = [window for window in QApplication.topLevelWidgets() if window not in windows]
    assert not left_windows, f"left behind: {left_windows}"


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[StartStudio]:
    """Start the program; each one that is still open at the end is closed.

    Without a model it runs with the scripted child, with one, or with the project's own, it runs with the real child.
    """
    open_studios: list[Studio] = []

    def run(
        *paths: Path,
        project: Path | None = None,
        model: Path | None = None,
        command: list[str] | None = None,
        policy: SupervisionPolicy = CLASSIFIER_POLICY,
        own_model: bool = False,
        waits: bool = True,
    ) -> Studio:
        wanted = None if own_model else model or SCRIPTED_WORKER
        options = Options(paths=paths, project=project, model=wanted)
        chosen = command or (None if model is not None or own_model else scripted())
        studio = Studio(qapp, options, worker_command=chosen, worker_policy=policy)
        open_studios.append(studio)
        studio.window.resize(1280, 720)
        with qtbot.waitExposed(studio.window):
            studio.window.show()
        studio.window.activateWindow()
        qtbot.waitUntil(studio.window.isActiveWindow)
        settled: list[str] = []
        projects = studio.services.projects
        projects.opened.connect(lambda name, _folder: settled.append(name))
        projects.open_failed.connect(settled.append)
        studio.start()
        if waits:
            qtbot.waitUntil(lambda: bool(settled), timeout=30_000)
        return studio

    def stop(studio: Studio) -> None:
        open_studios.remove(studio)
        process_id = studio.services.worker.process_id
        # Nobody is there to answer; a training that still goes on ends soon, with everything saved.
        if is_unanswered(studio.window, "ask_training_at_close"):
            reply(studio.window, ask_training_at_close=lambda: False)
        studio.window.close()
        studio.shut_down()
        studio.window.deleteLater()
        studio.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not process_id or process_is_gone(process_id), f"the child {process_id} was left behind"

    run.stop = stop  # type: ignore[attr-defined]
    yield run
    for studio in list(open_studios):
        stop(studio)
