"""A look into a project before it is opened: cheap enough for the moment in which the window appears."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from app.storage.locations import DATABASE_NAME
from app.storage.untouched import untouched_address


def has_captures(folder: Path) -> bool:
    """Whether a project holds captures; False as well where there is no project, or none that can be read.

    Opening it tells for certain. This uses neither SQLAlchemy nor a lock, and changes nothing.
    """
    database = folder / DATABASE_NAME
    if not database.is_file():
        return False
    try:
        with closing(sqlite3.connect(untouched_address(database), uri=True)) as connection:
            return connection.execute("SELECT 1 FROM captures LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
