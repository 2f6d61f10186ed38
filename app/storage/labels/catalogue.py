"""Catalogue of a project: classes, sources and saved filters by their names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import ClassRecord, EnsuredClasses
from app.storage.database import schema
from app.storage.database.class_lookup import ClassLookup


class Catalogue:
    """What a project can be searched and grouped by, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def classes(self) -> list[ClassRecord]:
        """All classes in their order."""
        table = schema.classes
        statement = select(table).where(table.c.retired.is_(False)).order_by(table.c.position, table.c.id)
        return [
            ClassRecord(row.id, row.name, row.colour, row.key, row.position, row.pinned, row.is_none)
            for row in self._connection.execute(statement)
        ]

    def headings(self, group: GroupField) -> dict[int, tuple[str, str | None]]:
        """Name and colour of what captures can be grouped by, by the group's key."""
        if group is GroupField.SOURCE:
            rows = self._connection.execute(select(schema.sources.c.id, schema.sources.c.path))
            return {row.id: (row.path, None) for row in rows}
        table = schema.classes
        return {
            row.id: (row.name, row.colour)
            for row in self._connection.execute(select(table.c.id, table.c.name, table.c.colour))
        }

    def stream_names(self) -> dict[int, str]:
        """What the user calls the cameras and streams that captures came from, by the source's id."""
        table = schema.streams
        return {
            row.source_id: row.name
            for row in self._connection.execute(select(table.c.source_id, table.c.name))
        }

    def set_key(self, class_id: int, key: str | None) -> None:
        """Give a class a key of its own, or none; another class that had it loses it."""
        table = schema.classes
        if key is not None:
            self._connection.execute(update(table).where(table.c.key == key).values(key=None))
        self._connection.execute(update(table).where(table.c.id == class_id).values(key=key))

    def set_pinned(self, class_id: int, pinned: bool) -> None:
        """Put a class among those that digits choose whatever the model says, or take it out."""
        table = schema.classes
        self._connection.execute(update(table).where(table.c.id == class_id).values(pinned=pinned))

    def saved_filters(self) -> list[tuple[str, CaptureQuery]]:
        """Filters that the user has saved, by name, in their order."""
        table = schema.saved_filters
        rows = self._connection.execute(select(table).order_by(table.c.position, table.c.id))
        return [(row.name, CaptureQuery.from_dict(row.query)) for row in rows]

    def save_filter(self, name: str, query: CaptureQuery) -> None:
        """Keep a filter under a name; one of the same name is replaced."""
        table = schema.saved_filters
        place = self._connection.scalar(select(table.c.position).where(table.c.name == name))
        if place is None:
            last = self._connection.scalar(select(func.max(table.c.position)))
            place = 0 if last is None else last + 1
        self.delete_filter(name)
        self._connection.execute(insert(table).values(name=name, query=query.to_dict(), position=place))

    def delete_filter(self, name: str) -> None:
        """Forget a saved filter."""
        table = schema.saved_filters
        self._connection.execute(delete(table).where(table.c.name == name))

    def ensure_classes(self, names: Sequence[str]) -> dict[str, int]:
        """The ids of classes by name; those that are missing are added at the end.

        Raises:
            ProjectError: a name is empty.
        """
        return self.make_missing(names).ids

    def make_missing(self, names: Sequence[str]) -> EnsuredClasses:
        """The same, with which of them are new: the action that they are for takes them away when it is undone.

        Raises:
            ProjectError: a name is empty.
        """
        return ClassLookup(self._connection).ensure(names)

    def make_none_class(self, name: str) -> EnsuredClasses:
        """The class of what is none of the others; without one, that of this name becomes it, made when it is missing.

        Args:
            name: under which it is in the result, whatever it is called by now.

        Raises:
            ProjectError: the name is empty.
        """
        table = schema.classes
        known = self._connection.scalar(
            select(table.c.id).where(table.c.is_none.is_(True), table.c.retired.is_(False))
        )
        if known is not None:
            return EnsuredClasses({name: known}, ())
        classes = self.make_missing([name])
        self._connection.execute(update(table).where(table.c.id == classes.ids[name]).values(is_none=True))
        return classes
