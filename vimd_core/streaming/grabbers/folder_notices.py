"""File system notifications (watchdog) of what changes in a folder."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

_MOST_PATHS: Final = 1000
_NO_CHANGES: Final = frozenset({"opened", "closed_no_write"})


class Notices(FileSystemEventHandler):
    """Wakes who waits when something in a folder, or below it, has changed.

    Args:
        folder: the folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._paths: set[str] | None = set()  # None when they became too many
        self._observer: BaseObserver | None = None

    @property
    def are_coming(self) -> bool:
        """Whether the system said that it would tell; on network drives it says so too, and tells nothing."""
        return self._observer is not None and self._observer.is_alive()

    def start(self) -> None:
        """Ask to be told; where that can't be had, such as when the system has no room for more, it is no error."""
        if self._observer is not None:
            return
        observer = Observer()
        try:
            observer.schedule(self, str(self._folder), recursive=True)
            observer.start()
        except (OSError, RuntimeError):
            return
        self._observer = observer

    def stop(self) -> None:
        """Be told nothing more."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def wait(self, seconds: float) -> bool:
        """Wait for a notice; whether one came."""
        was_changed = self._changed.wait(seconds)
        self._changed.clear()
        return was_changed

    def take(self) -> list[Path] | None:
        """Files and folders that have changed since it was asked last; None when they are too many to name."""
        with self._lock:
            paths, self._paths = self._paths, set()
        return None if paths is None else [Path(path) for path in paths]

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wake who waits, unless something was only looked at."""
        if event.event_type in _NO_CHANGES:
            return
        with self._lock:
            if self._paths is not None:
                self._paths |= {os.fsdecode(path) for path in (event.src_path, event.dest_path) if path}
                if len(self._paths) > _MOST_PATHS:
                    self._paths = None
        self._changed.set()
