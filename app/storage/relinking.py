"""Where a source's files are now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from app.storage import schema
from app.storage.natural_order import natural_key
from app.storage.paths import StoredPaths

_captures = schema.captures
_sources = schema.sources


@dataclass(frozen=True)
class CaptureFile:
    """A capture's file as the project knows it.

    Attributes:
        capture_id: the capture.
        path: where it was when it was added.
        content_hash: of its content then.
    """

    capture_id: int
    path: Path
    content_hash: bytes


@dataclass(frozen=True)
class SourceFiles:
    """A folder that was added, with its files."""

    source_id: int
    folder: Path
    files: tuple[CaptureFile, ...]


class Relinking:
    """Reads and changes the places of files, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def folders(self) -> list[tuple[int, Path]]:
        """Ids and places of the folders that were added."""
        rows = self._connection.execute(
            select(_sources.c.id, _sources.c.path).where(_sources.c.is_folder).order_by(_sources.c.id)
        )
        return [(row.id, self._paths.to_absolute(row.path)) for row in rows]

    def files(self, source_id: int, folder: Path) -> SourceFiles:
        """The files of a folder."""
        rows = self._connection.execute(
            select(_captures.c.id, _captures.c.path, _captures.c.content_hash)
            .where(_captures.c.source_id == source_id)
            .order_by(_captures.c.id)
        )
        return SourceFiles(
            source_id,
            folder,
            tuple(CaptureFile(row.id, self._paths.to_absolute(row.path), row.content_hash) for row in rows),
        )

    def move(self, source_id: int, folder: Path, moved: Sequence[tuple[int, Path]]) -> tuple[int, ...]:
        """Take down new places.

        Args:
            source_id: of the folder.
            folder: where it is now; a source of that place takes the captures over when there is one.
            moved: captures and their new places.

        Returns:
            Captures that have a new place now: those whose place another capture holds keep theirs. They can be read
            again, so what was wrong with them is forgotten.
        """
        stored = self._paths.to_stored(folder)
        holder = self._connection.scalar(select(_sources.c.id).where(_sources.c.path == stored))
        if holder is None:
            self._connection.execute(update(_sources).where(_sources.c.id == source_id).values(path=stored))
            holder = source_id
        taken = self._taken([self._paths.to_stored(path) for _, path in moved])
        rows: list[dict[str, int | str]] = [
            {"capture": capture_id, "new_path": new, "new_key": natural_key(new)}
            for capture_id, path in moved
            if taken.get(new := self._paths.to_stored(path), capture_id) == capture_id
        ]
        if rows:
            self._connection.execute(
                update(_captures)
                .where(_captures.c.id == bindparam("capture"))
                .values(
                    path=bindparam("new_path"), name_key=bindparam("new_key"), source_id=holder, problem=None
                ),
                rows,
            )
        return tuple(capture_id for row in rows if isinstance(capture_id := row["capture"], int))

    def _taken(self, stored: Sequence[str]) -> dict[str, int]:
        """Which of these places some capture holds already."""
        wanted = set(stored)
        rows = self._connection.execute(select(_captures.c.path, _captures.c.id))
        return {row.path: row.id for row in rows if row.path in wanted}
