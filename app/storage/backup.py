"""Copies of a database that is in use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from app.storage.errors import ProjectError


def back_up(database: Path, reason: str) -> Path:
    """Copy a database into the `backups` folder beside it, whole or not at all.

    Args:
        database: the file; it may be in use.
        reason: a word or two for the copy's name.

    Raises:
        ProjectError: the copy can't be written.
    """
    folder = database.parent / "backups"
    target = folder / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}-{reason}.sqlite"
    unfinished = target.with_suffix(".part")
    try:
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(unfinished)) as copy:
            source.backup(copy)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as e:
        unfinished.unlink(missing_ok=True)
        raise ProjectError(
            f"The project {database.parent.stem} could not be backed up ({e}): "
            "make room on its disk, then try again."
        ) from e
    return target
