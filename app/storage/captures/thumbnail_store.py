"""Thumbnail cache on disk, for large captures, in one file that may be deleted at any time.

One SQLite file and not one file for each thumbnail: measured with 5,000 thumbnails of 12 kB, it is written five
times and read about as fast, needs no folder of 100,000 entries, and is deleted in an instant. It lies in the
cache folder, not in the project, so that projects on slow drives profit too and backups stay small.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any, Final

from platformdirs import user_cache_path

from app.locations import HOME_VARIABLE, data_folder

_LIMIT_BYTES: Final = 512 * 2**20
_CHECK_EVERY: Final = 256
_DROPPED_SHARE: Final = 4  # a quarter of the thumbnails goes when there are too many, the oldest first
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS thumbnails "
    "(number INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, picture BLOB NOT NULL)"
)

_log = logging.getLogger(__name__)


def cache_folder() -> Path:
    """Where the app keeps what can be made again."""
    if os.environ.get(HOME_VARIABLE):
        return data_folder() / "cache"
    return user_cache_path("ViMD Studio", appauthor=False)


class ThumbnailStore:
    """Encoded pictures by the content hash of their capture; any thread may ask.

    It never raises: where the file can't be used, nothing is kept.
    """

    def __init__(self, file: Path, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._file = file
        self._limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_given_up = False
        self._puts = 0

    def get(self, key: bytes) -> bytes | None:
        """The picture, or None when it is not kept."""
        with self._lock:
            row = self._run("SELECT picture FROM thumbnails WHERE key = ?", (key,))
        return row[0] if row is not None else None

    def put(self, key: bytes, picture: bytes) -> None:
        """Keep a picture."""
        with self._lock:
            self._run("INSERT OR REPLACE INTO thumbnails (key, picture) VALUES (?, ?)", (key, picture))
            self._puts += 1
            if self._puts % _CHECK_EVERY == 0:
                self._make_room()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._disconnect()
            self._is_given_up = True

    def _make_room(self) -> None:
        used = self._run(
            "SELECT (page_count - freelist_count) * page_size "
            "FROM pragma_page_count, pragma_freelist_count, pragma_page_size"
        )
        if used is not None and used[0] > self._limit_bytes:
            self._run(
                "DELETE FROM thumbnails WHERE number <= "
                f"(SELECT min(number) + (max(number) - min(number)) / {_DROPPED_SHARE} FROM thumbnails)"
            )

    def _run(self, statement: str, values: tuple[bytes, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of an answer; a damaged file is thrown away and made anew once."""
        for attempt in range(2):
            if self._is_given_up:
                return None
            try:
                connection = self._connection or self._connect()
                row: tuple[Any, ...] | None = connection.execute(statement, values).fetchone()
                return row
            except (sqlite3.Error, OSError) as e:
                _log.warning("The thumbnails in %s can't be used (%s)", self._file, e)
                self._disconnect()
                if attempt or not isinstance(e, sqlite3.DatabaseError):
                    self._is_given_up = True
                else:
                    self._delete()
        return None

    def _connect(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=OFF")  # a crash may cost the cache, nothing else
            connection.execute("PRAGMA busy_timeout=2000")
            connection.execute(_TABLE)
        except sqlite3.Error:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _delete(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                self._file.with_name(self._file.name + suffix).unlink()
