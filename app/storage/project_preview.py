"""A preview of a project before it is opened, cheap enough for the moment in which the window appears."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.domain.errors import ProjectError
from app.locations import DATABASE_NAME
from app.storage.database.paths import StoredPaths
from app.storage.database.read_only_open import read_only_address


def has_captures(folder: Path) -> bool:
    """Whether a project holds captures; False as well where there is no project, or none that can be read.

    Opening it tells for certain. This uses neither SQLAlchemy nor a lock, and changes nothing.
    """
    database = folder / DATABASE_NAME
    if not database.is_file():
        return False
    try:
        with closing(sqlite3.connect(read_only_address(database), uri=True)) as connection:
            return connection.execute("SELECT 1 FROM captures LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False


@dataclass(frozen=True)
class PeekedModel:
    """A model of a project.

    Attributes:
        id: its number.
        name: what people call it.
        path: its file.
        is_active: whether the project uses it.
    """

    id: int
    name: str
    path: Path
    is_active: bool


def peek_models(folder: Path) -> list[PeekedModel]:
    """The models of a project, also of one that a window has open.

    Raises:
        ProjectError: there is no such project, or it can't be read.
    """
    database = folder / DATABASE_NAME
    if not database.is_file():
        raise ProjectError("{folder} is not a project: give a project folder NAME.vimd.", folder=folder)
    paths = StoredPaths(folder.absolute())
    try:
        with closing(sqlite3.connect(read_only_address(database), uri=True)) as connection:
            found = connection.execute(
                "SELECT models.id, models.name, models.path, project.active_model_id = models.id "
                "FROM models, project ORDER BY models.id"
            ).fetchall()
    except sqlite3.Error as e:
        raise ProjectError("The models of {folder} can't be read ({reason}).", folder=folder, reason=e) from e
    return [
        PeekedModel(number, name, paths.to_absolute(path), bool(is_active))
        for number, name, path, is_active in found
    ]
