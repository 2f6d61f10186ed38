"""Relinking: where the files of captures are now, after their folder was moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, select, update

from app.storage.database import schema
from app.storage.database.capture_index import CaptureColumns
from app.storage.database.paths import StoredPaths, natural_key
from app.storage.database.statements import in_chunks

_captures = schema.captures
_all = schema.all_captures
_sources = schema.sources


@dataclass(frozen=True)
class Place:
    """A folder that was added, or one from which single files were added.

    Attributes:
        source_ids: the folder's source, or those of the files.
        folder: where it was.
        is_folder: whether it was added as a whole.
    """

    source_ids: tuple[int, ...]
    folder: Path
    is_folder: bool


@dataclass(frozen=True)
class KnownFile:
    """A capture's file as the project knows it.

    Attributes:
        capture_id: the capture.
        path: where it was when it was added.
        content_hash: of its content then.
    """

    capture_id: int
    path: Path
    content_hash: bytes


class Relinking:
    """Reads and changes the places of files, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths, columns: CaptureColumns) -> None:
        self._connection = connection
        self._paths = paths
        self._columns = columns

    def places(self) -> list[Place]:
        """The folders that captures came from, in the order in which they were added."""
        rows = self._connection.execute(
            select(_sources.c.id, _sources.c.path, _sources.c.is_folder)
            .where(_sources.c.removed.is_(False))
            .order_by(_sources.c.id)
        )
        found: dict[tuple[Path, bool], list[int]] = {}
        for row in rows:
            path = self._paths.to_absolute(row.path)
            is_folder = bool(row.is_folder)
            found.setdefault((path if is_folder else path.parent, is_folder), []).append(row.id)
        return [Place(tuple(ids), folder, is_folder) for (folder, is_folder), ids in found.items()]

    def files(self, place: Place) -> tuple[KnownFile, ...]:
        """The files of a folder."""
        return tuple(
            KnownFile(row.id, self._paths.to_absolute(row.path), row.content_hash)
            for chunk in in_chunks(place.source_ids)
            for row in self._connection.execute(
                select(_captures.c.id, _captures.c.path, _captures.c.content_hash)
                .where(_captures.c.source_id.in_(chunk))
                .order_by(_captures.c.id)
            )
        )

    def move(
        self,
        place: Place,
        new_folder: Path,
        found: Sequence[tuple[int, Path]],
        lost: Sequence[tuple[int, Path]] = (),
    ) -> tuple[int, ...]:
        """Take down new places.

        Args:
            place: the folder.
            new_folder: where it is now; a source of that path takes the captures over when there is one.
            found: captures and where they are now. They can be read again, so what was wrong with them is forgotten.
            lost: captures that are at neither place, and where they would be if they came back.

        Returns:
            Captures that were found: those whose place another capture holds keep theirs.
        """
        stored = {capture_id: self._paths.to_stored(path) for capture_id, path in (*found, *lost)}
        taken = self._taken(set(stored.values()))
        stored = {i: path for i, path in stored.items() if taken.get(path, i) == i}
        if not stored:
            return ()
        self._columns.note_names_changed()
        self._connection.execute(
            update(_all)
            .where(_all.c.id == bindparam("capture"))
            .values(path=bindparam("new_path"), name_key=bindparam("new_key")),
            [{"capture": i, "new_path": path, "new_key": natural_key(path)} for i, path in stored.items()],
        )
        ids = [capture_id for capture_id, _ in found if capture_id in stored]
        for chunk in in_chunks(ids):
            self._connection.execute(update(_all).where(_all.c.id.in_(chunk)).values(problem=None))
        self._move_sources(place, new_folder, list(stored))
        return tuple(ids)

    def _move_sources(self, place: Place, new_folder: Path, moved: Sequence[int]) -> None:
        """Let sources follow; where another one has the path already, it takes the captures over."""
        known = {row.path: row.id for row in self._connection.execute(select(_sources.c.path, _sources.c.id))}
        old = {source_id: path for path, source_id in known.items()}
        for source_id in place.source_ids:
            path = new_folder if place.is_folder else new_folder / Path(old[source_id]).name
            stored = self._paths.to_stored(path)
            holder = known.setdefault(stored, source_id)
            if holder == source_id:
                self._connection.execute(
                    update(_sources).where(_sources.c.id == source_id).values(path=stored)
                )
                continue
            for chunk in in_chunks(moved):
                self._connection.execute(
                    update(_all)
                    .where(_all.c.id.in_(chunk), _all.c.source_id == source_id)
                    .values(source_id=holder)
                )

    def _taken(self, stored: set[str]) -> dict[str, int]:
        """Which of these places some capture holds already."""
        rows = self._connection.execute(select(_all.c.path, _all.c.id))
        return {row.path: row.id for row in rows if row.path in stored}
