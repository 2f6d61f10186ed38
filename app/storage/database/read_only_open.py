"""Opening SQLite read-only (immutable), so that damaged databases and backups stay as they are, byte for byte."""

from __future__ import annotations

from pathlib import Path


def read_only_address(path: Path) -> str:
    """What `sqlite3.connect(..., uri=True)` takes to read a database and change neither it nor its log.

    A database in WAL mode gets two files beside it even from a reader, unless it is said to be immutable. That
    holds when it has no log: one that is in use, or was left by a crash, has one.
    """
    has_log = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?{'mode=ro' if has_log else 'immutable=1'}"
