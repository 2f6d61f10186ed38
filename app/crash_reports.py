"""Crash reports and the log: what is left of a program that crashed, for its next start and for nobody else.

While the program runs, a file named after its process takes what Python's faulthandler says when it dies. The file goes
when the program ends well. One that no process holds any more and that says something is the crash of an earlier run.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
import time
import traceback
from pathlib import Path
from typing import BinaryIO, Final

from vimd_core import __version__
from vimd_core.processes.locks import FileLock, is_locked
from vimd_core.streaming.sources.redaction import RedactingFormatter, redacted

LOG_NAME: Final = "studio.log"
_OLD_LOG_NAME: Final = "studio.old.log"
_LARGEST_LOG_BYTES: Final = 1_000_000
_LOG_LINES: Final = 40
_KEPT_REPORTS: Final = 5
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_log = logging.getLogger(__name__)


def keep_log(folder: Path) -> None:
    """Write warnings and worse into a file in this folder as well, and exceptions that nobody catches."""
    path = folder / LOG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST_LOG_BYTES:
            path.replace(folder / _OLD_LOG_NAME)
        handler = _LogFile(path, encoding="utf-8", delay=True)
    except OSError as e:  # a full or a read-only disk: the program works without a log
        _log.warning("There is no log: %s", e)
        return
    handler.setFormatter(RedactingFormatter(_FORMAT))
    logging.getLogger().addHandler(handler)
    shown = sys.excepthook

    def note(kind: type[BaseException], value: BaseException, trace: object) -> None:
        if not issubclass(kind, KeyboardInterrupt):
            record = logging.LogRecord(
                "uncaught", logging.ERROR, "", 0, "%s", (repr(value),), (kind, value, value.__traceback__)
            )
            handler.handle(record)
        shown(kind, value, value.__traceback__)

    sys.excepthook = note


class _LogFile(logging.FileHandler):
    """A log without which the program goes on: the disk may be full or read-only by the time something is written."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record where that is possible."""
        with contextlib.suppress(OSError):
            super().emit(record)


class CrashWatch:
    """Notes how this run of the program ends, and finds how others have.

    Args:
        folder: of the log and the reports; made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._trace = folder / f"running-{os.getpid()}.trace"
        self._lock = FileLock(self._trace)
        self._file: BinaryIO | None = None

    def start(self) -> None:
        """From now on a crash of this process leaves its report."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock.take()
            self._file = self._trace.open("ab", buffering=0)
        except OSError as e:
            _log.warning("A crash would leave no report: %s", e)
            return
        faulthandler.enable(self._file)

    def note_failure(self) -> None:
        """The exception that is being handled ends the program: that is a crash too."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.write(redacted(traceback.format_exc()).encode())

    def stop(self) -> None:
        """The program has ended; a second call does nothing."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        self._lock.release()
        if not _last_words(self._trace):
            self._trace.unlink(missing_ok=True)

    def take_report(self) -> Path | None:
        """The report of the newest crash that was not shown yet; it is in the folder from now on.

        None also where the folder can't be read or written, in which no report can be told from one that was shown.
        """
        try:
            return self._take_report()
        except OSError as e:
            _log.warning("There is no report of an earlier crash: %s", e)
            return None

    def _take_report(self) -> Path | None:
        newest: Path | None = None
        for trace in sorted(self._folder.glob("running-*.trace"), key=lambda path: path.stat().st_mtime):
            if trace == self._trace or is_locked(trace):
                continue
            words = _last_words(trace)
            if words:
                newest = self._write_report(trace, words)
            trace.unlink(missing_ok=True)
        for old in sorted(self._folder.glob("crash-*.txt"))[:-_KEPT_REPORTS]:
            old.unlink(missing_ok=True)
        return newest

    def _write_report(self, trace: Path, words: str) -> Path:
        when = time.localtime(trace.stat().st_mtime)
        path = self._folder / f"crash-{time.strftime('%Y-%m-%d-%H%M%S', when)}.txt"
        try:
            log = (self._folder / LOG_NAME).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            log = []
        lines = [
            f"ViMD Studio {__version__} crashed, {time.strftime('%Y-%m-%d %H:%M:%S', when)}",
            f"Python {platform.python_version()}, {platform.platform(terse=True)}, {platform.machine()}",
            *("", words, "", "Last lines of the log:", *log[-_LOG_LINES:]),
        ]
        path.write_text(redacted("\n".join(lines)) + "\n", encoding="utf-8")
        return path


def _last_words(trace: Path) -> str:
    """What a process has said as it died; its first line is the lock's."""
    text = trace.read_text(encoding="utf-8", errors="replace")
    return text.partition("\n")[2].strip()
