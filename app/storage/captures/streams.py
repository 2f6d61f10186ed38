"""Watched sources of a project: cameras, streams, videos, folders. What is secret about them is not here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from app.domain.errors import ProjectError
from app.domain.records import Removal
from app.domain.stream_records import SeenCapture, StreamCapture, StreamRecord
from app.storage.database import schema
from app.storage.database.paths import StoredPaths
from app.storage.database.statements import insert_id, now_ms
from vimd_core.streaming.sources.addresses import NETWORK_SCHEMES, unique_name
from vimd_core.streaming.sources.redaction import redact

_CHUNK: Final = 500


class Streams:
    """The watched sources of a project, within one transaction."""

    def __init__(self, connection: Connection, paths: StoredPaths) -> None:
        self._connection = connection
        self._paths = paths

    def all(self) -> list[StreamRecord]:
        """Those that are watched, in the order in which they were added."""
        return self._records(schema.streams.c.removed.is_(False))

    def removed(self, kind: str, url: str) -> StreamRecord | None:
        """The source of this address that was watched last and is no longer."""
        table = schema.streams
        found = self._records(table.c.removed.is_(True) & (table.c.kind == kind) & (table.c.url == url))
        return found[-1] if found else None

    def _records(self, which: ColumnElement[bool]) -> list[StreamRecord]:
        table, sources = schema.streams, schema.sources
        statement = (
            select(table, sources.c.path)
            .join(sources, sources.c.id == table.c.source_id)
            .where(which)
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
                row.ended_ms is not None,
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
        """Watch another source, enabled at first; its id. Its name gets a number where another one is called so.

        Raises:
            ProjectError: the address holds credentials, or the folder is watched already.
        """
        table = schema.streams
        known = self._connection.execute(select(table).where(table.c.source_id == source_id)).one_or_none()
        if known is not None and not known.removed:
            raise ProjectError("The folder of {name} is already watched.", name=known.name)
        _refuse_credentials(url)
        values = {
            "source_id": source_id,
            "name": unique_name(name, self._names()),
            "kind": kind,
            "url": url,
            "settings": dict(settings),
            "has_credentials": has_credentials,
            "is_enabled": True,
            "removed": False,
            "added_ms": now_ms(),
            "ended_ms": None,
        }
        if known is not None:
            self._connection.execute(update(table).where(table.c.id == known.id).values(values))
            return int(known.id)
        return insert_id(self._connection, insert(table).values(values))

    def bring_back(self, stream_id: int, *, name: str, has_credentials: bool) -> None:
        """Watch a source again that was removed, with the settings that it had."""
        table = schema.streams
        values = {
            "name": unique_name(name, self._names()),
            "has_credentials": has_credentials,
            "is_enabled": True,
            "removed": False,
            "ended_ms": None,
        }
        self._connection.execute(update(table).where(table.c.id == stream_id).values(values))
        source = select(table.c.source_id).where(table.c.id == stream_id).scalar_subquery()
        sources, captures = schema.sources, schema.all_captures
        self._connection.execute(update(sources).where(sources.c.id == source).values(removed=False))
        # Those that went with the source; what was removed by itself stays out.
        went_with_it = (captures.c.source_id == source) & (captures.c.removed == Removal.WITH_SOURCE)
        self._connection.execute(update(captures).where(went_with_it).values(removed=int(Removal.IN_PROJECT)))

    def _names(self, but_of: int | None = None) -> list[str]:
        table = schema.streams
        others = select(table.c.name).where(table.c.removed.is_(False), table.c.id.is_not(but_of))
        return list(self._connection.scalars(others))

    def change(
        self,
        stream_id: int,
        *,
        name: str | None = None,
        url: str | None = None,
        settings: Mapping[str, Any] | None = None,
        is_enabled: bool | None = None,
        has_credentials: bool | None = None,
        has_ended: bool | None = None,
    ) -> None:
        """Give a source another name, address or settings, or say whether it is started with the project.

        Raises:
            ProjectError: the address holds credentials, or another source has the name.
        """
        if name is not None and unique_name(name, self._names(but_of=stream_id)) != name:
            raise ProjectError("A source named {name} already exists: choose another name.", name=name)
        if url is not None:
            _refuse_credentials(url)
        given: dict[str, Any] = {
            "name": name,
            "url": url,
            "settings": settings,
            "is_enabled": is_enabled,
            "has_credentials": has_credentials,
        }
        values = {key: value for key, value in given.items() if value is not None}
        if has_ended is not None:
            values["ended_ms"] = now_ms() if has_ended else None
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
                near_bytes=seen.near_bytes,
                votes=seen.votes,
                is_agreed=seen.is_agreed,
            )
        )

    def seen(self, capture_id: int) -> SeenCapture | None:
        """Where a capture was seen, if it is of a stream."""
        table = schema.stream_captures
        row = self._connection.execute(select(table).where(table.c.capture_id == capture_id)).one_or_none()
        if row is None:
            return None
        near = None if row.near_path is None else self._paths.to_absolute(row.near_path)
        return SeenCapture(
            row.region,
            row.reason,
            row.frame_number,
            row.taken_ms,
            row.looks,
            near,
            row.near_bytes,
            row.votes,
            row.is_agreed,
        )

    def captures(self, stream_id: int) -> list[StreamCapture]:
        """All captures of a stream that are files of the project's own."""
        seen, captures = schema.stream_captures, schema.captures
        is_labelled = or_(
            captures.c.state != 0,
            exists().where(schema.label_events.c.capture_id == captures.c.id),
            exists().where(schema.revision_captures.c.capture_id == captures.c.id),
        )
        statement = (
            select(
                captures.c.id,
                captures.c.path,
                captures.c.file_size_bytes,
                seen.c.near_path,
                seen.c.near_bytes,
                seen.c.taken_ms,
                is_labelled.label("is_labelled"),
            )
            .join(captures, captures.c.id == seen.c.capture_id)
            .where(seen.c.stream_id == stream_id, seen.c.reason != "file")
        )
        return [
            StreamCapture(
                row.id,
                self._paths.to_absolute(row.path),
                None if row.near_path is None else self._paths.to_absolute(row.near_path),
                row.file_size_bytes + row.near_bytes,
                row.taken_ms,
                bool(row.is_labelled),
            )
            for row in self._connection.execute(statement)
        ]

    def note_own(self, capture_ids: Sequence[int]) -> None:
        """Captures of files of others whose pictures are files of the project's own now."""
        seen = schema.stream_captures
        self._connection.execute(
            update(seen)
            .where(seen.c.capture_id.in_(capture_ids), seen.c.reason == "file")
            .values(reason="change")
        )

    def delete_captures(self, stream_id: int, ids: Sequence[int]) -> list[StreamCapture]:
        """Forget captures of a stream, but for those that are labelled by now.

        The newest capture of the project stays as well, so that its id is never given to another one.

        Returns:
            What was forgotten, whose files can go.
        """
        newest = self._connection.scalar(select(func.max(schema.all_captures.c.id)))
        wanted = set(ids)
        gone = [
            capture
            for capture in self.captures(stream_id)
            if capture.id in wanted and not capture.is_labelled and capture.id != newest
        ]
        for start in range(0, len(gone), _CHUNK):
            chunk = [capture.id for capture in gone[start : start + _CHUNK]]
            for table in (
                schema.stream_captures,
                schema.predictions,
                schema.removed_captures,
                schema.capture_contents,
                schema.capture_groups,
            ):
                self._connection.execute(delete(table).where(table.c.capture_id.in_(chunk)))
            self._connection.execute(delete(schema.all_captures).where(schema.all_captures.c.id.in_(chunk)))
        return gone


def _refuse_credentials(url: str) -> None:
    if urlsplit(url).scheme in NETWORK_SCHEMES and redact(url) != url:
        raise ProjectError("The address of a source must not contain credentials.")
