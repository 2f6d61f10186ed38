"""Cameras, streams, videos and watched folders of a project. What is secret about them is not here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from app.storage import schema
from app.storage.clock import now_ms
from app.storage.errors import ProjectError
from app.storage.inserting import insert_id
from app.storage.paths import StoredPaths
from app.storage.stream_records import SeenCapture, StreamRecord


class Streams:
    """The watched sources of a project, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def all(self) -> list[StreamRecord]:
        """Those that are watched, in the order in which they were added."""
        table, sources = schema.streams, schema.sources
        statement = (
            select(table, sources.c.path)
            .join(sources, sources.c.id == table.c.source_id)
            .where(table.c.removed.is_(False))
            .order_by(table.c.id)
        )
        return [
            StreamRecord(
                row.id,
                row.source_id,
                self._paths.to_absolute(row.path),
                row.name,
                row.kind,
                row.url,
                row.settings,
                row.has_credentials,
                row.is_enabled,
            )
            for row in self._connection.execute(statement)
        ]

    def add(
        self,
        source_id: int,
        *,
        name: str,
        kind: str,
        url: str,
        settings: Mapping[str, Any],
        has_credentials: bool,
    ) -> int:
        """Watch another source, enabled at first; its id.

        Raises:
            ProjectError: the address holds credentials, or the folder is watched already.
        """
        table = schema.streams
        known = self._connection.execute(select(table).where(table.c.source_id == source_id)).one_or_none()
        if known is not None and not known.removed:
            raise ProjectError(f"The folder of {known.name} is watched already.")
        if "@" in url.partition("://")[2].partition("/")[0]:
            raise ProjectError("The address of a source may not hold credentials.")
        values = {
            "source_id": source_id,
            "name": name,
            "kind": kind,
            "url": url,
            "settings": dict(settings),
            "has_credentials": has_credentials,
            "is_enabled": True,
            "removed": False,
            "added_ms": now_ms(),
        }
        if known is not None:
            self._connection.execute(update(table).where(table.c.id == known.id).values(values))
            return int(known.id)
        return insert_id(self._connection, insert(table).values(values))

    def change(
        self,
        stream_id: int,
        *,
        name: str | None = None,
        settings: Mapping[str, Any] | None = None,
        is_enabled: bool | None = None,
        has_credentials: bool | None = None,
    ) -> None:
        """Give a source another name or other settings, or say whether it is started with the project."""
        given = {
            "name": name,
            "settings": settings,
            "is_enabled": is_enabled,
            "has_credentials": has_credentials,
        }
        values = {key: value for key, value in given.items() if value is not None}
        if values:
            table = schema.streams
            self._connection.execute(update(table).where(table.c.id == stream_id).values(values))

    def remove(self, stream_id: int) -> None:
        """Watch a source no longer; its captures stay, and so does what is known of where they were seen."""
        table = schema.streams
        statement = update(table).where(table.c.id == stream_id).values(removed=True, is_enabled=False)
        self._connection.execute(statement)

    def note(self, stream_id: int, capture_id: int, seen: SeenCapture) -> None:
        """Take down where a new capture was seen."""
        near = None if seen.near_path is None else self._paths.to_stored(seen.near_path)
        self._connection.execute(
            insert(schema.stream_captures).values(
                capture_id=capture_id,
                stream_id=stream_id,
                region=seen.region,
                reason=seen.reason,
                frame_number=seen.frame_number,
                taken_ms=seen.taken_ms,
                looks=seen.looks,
                near_path=near,
            )
        )

    def seen(self, capture_id: int) -> SeenCapture | None:
        """Where a capture was seen, if it is of a stream."""
        table = schema.stream_captures
        row = self._connection.execute(select(table).where(table.c.capture_id == capture_id)).one_or_none()
        if row is None:
            return None
        near = None if row.near_path is None else self._paths.to_absolute(row.near_path)
        return SeenCapture(row.region, row.reason, row.frame_number, row.taken_ms, row.looks, near)
