"""`vimd-studio`: parse arguments, show the window, run."""

from __future__ import annotations

import argparse
import gc
import logging
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QSettings, QSocketNotifier, QTimer, QUrl, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap import Options, Studio, wanted_project
from app.crash_reports import CrashWatch, keep_log
from app.locations import is_project, log_folder, settings_file
from app.services.program.handing_over import Handed, hand_over
from app.services.program.recent_projects import RecentProjects
from vimd_core import __version__
from vimd_core.processes.console import stopping_signals
from vimd_core.streaming.sources.redaction import log_to_stderr, redact_tracebacks

_SWITCH_INTERVAL_S: Final = 0.0005
_UPDATE_DELAY_MS: Final = 3_000  # the window and the captures come first


class Application(QApplication):
    """Qt's, which also tells what macOS opens with a program that runs already."""

    file_opened = Signal(str)  # its path

    def event(self, event: QEvent) -> bool:
        """See those of the application itself; a filter would see each event of each widget, and be slow."""
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


def parse_arguments(argv: Sequence[str]) -> Options:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="vimd-studio", description="Label and classify low-resolution captures."
    )
    parser.add_argument(
        "items",
        nargs="*",
        metavar="PATH",
        help="folders, images, videos and tables to add, addresses of pictures and streams, or a project to open",
    )
    parser.add_argument("--project", type=Path, help="project folder to open or make (default: your own)")
    parser.add_argument(
        "--model", type=Path, help="model to classify with, by file or name (default: the last one used)"
    )
    parser.add_argument("--version", action="version", version=f"vimd-studio {__version__}")
    parsed = parser.parse_args(argv)
    if parsed.model is not None:
        parsed.model = _model(parser, parsed.model)
    local = [
        QUrl(item).toLocalFile() if item.lower().startswith("file://") else item for item in parsed.items
    ]
    addresses = tuple(item for item in local if "://" in item)
    paths = tuple(Path(item).absolute() for item in local if "://" not in item)
    project = parsed.project and parsed.project.absolute()
    if project is None and not addresses and len(paths) == 1 and is_project(paths[0]):
        project, paths = paths[0], ()
    return Options(
        paths=paths,
        addresses=addresses,
        project=project,
        model=parsed.model and parsed.model.absolute(),
    )


def _model(parser: argparse.ArgumentParser, wanted: Path) -> Path:
    """The file of a model that is asked for by file or name."""
    from vimd_core.checkpoints.find_model import find_model
    from vimd_core.errors import VimdError

    try:
        return find_model(wanted)
    except VimdError as e:
        parser.error(str(e))


def prepare_threads() -> None:
    """Let threads take turns with Python's lock more often than by default.

    The window's thread gives the lock away in each call of Qt and may find another thread working when it wants it
    back: a repaint must not wait for ten turns of 5 ms.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program until its window is closed.

    Args:
        argv: arguments without the program's name; the process's own when None.

    Returns:
        The exit code.
    """
    options = parse_arguments(sys.argv[1:] if argv is None else argv)
    log_to_stderr(logging.WARNING)
    redact_tracebacks()
    keep_log(log_folder())
    if _is_taken_by_another(options):
        return 0
    crashes = CrashWatch(log_folder())
    crashes.start()
    try:
        return _run(options, crashes)
    except Exception:
        crashes.note_failure()
        raise
    finally:
        crashes.stop()


def _is_taken_by_another(options: Options) -> bool:
    """Whether the project is open in a window that is there, which has been given everything and comes to the front."""
    recent = RecentProjects(QSettings(str(settings_file()), QSettings.Format.IniFormat))
    return hand_over(wanted_project(options, recent), Handed(options.paths, options.addresses, options.model))


def _run(options: Options, crashes: CrashWatch) -> int:
    prepare_threads()
    gc.disable()  # the window and SQLAlchemy are many objects, and no garbage; `Studio` takes it over
    application = Application(sys.argv[:1])
    application.setApplicationName("ViMD Studio")
    application.setDesktopFileName("vimd-studio")
    studio = Studio(application, options)
    _close_on_interrupt(studio, application)
    application.file_opened.connect(lambda name: studio.window.exchange.incoming.take([Path(name)]))
    studio.window.show()
    # After the first paint: opening a project loads SQLAlchemy, which would hold the paint up.
    QTimer.singleShot(0, studio.start)
    QTimer.singleShot(_UPDATE_DELAY_MS, studio.window, studio.window.program.look_for_update)
    report = crashes.take_report()
    if report is not None:
        QTimer.singleShot(0, studio.window, lambda: studio.window.program.show_crash(report))
    try:
        return application.exec()
    finally:
        studio.shut_down()


def _close_on_interrupt(studio: Studio, application: QApplication) -> None:
    """Let Ctrl+C and `kill` end the program as closing its window does."""
    for number in stopping_signals():
        signal.signal(number, lambda _number, _frame: studio.window.close())
    # Python runs its signal handlers between its own instructions, and Qt's loop has none while it waits:
    # the byte that Python writes for each signal wakes it.
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(reading.fileno(), QSocketNotifier.Type.Read, application)

    def drain() -> None:
        reading.recv(64)
        writing.fileno()  # both ends live as long as this function does

    notifier.activated.connect(drain)


if __name__ == "__main__":
    sys.exit(main())
