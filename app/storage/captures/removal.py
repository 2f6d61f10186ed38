"""Removes captures and sources from the project, and restores them (soft delete): no file is touched, no row lost.

A removal is a step of the ledger like a label, so that undo takes it back, also after a restart. Which captures it took
stands in `removed_captures`; what became of sources stands in its action as JSON.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, literal, select, update

from app.domain.records import ActionKind, Removal
from app.storage.database import schema
from app.storage.database.statements import in_chunks, insert_id, now_ms

_all = schema.all_captures
_sources = schema.sources
_streams = schema.streams
_taken = schema.removed_captures


class Removing:
    """Removals within one transaction; each gives the id of its action, or None where nothing is left to remove."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def remove_captures(self, capture_ids: Sequence[int], author: str) -> int | None:
        """Take some captures out."""
        captures = schema.captures
        present = [
            capture_id
            for chunk in in_chunks(capture_ids)
            for capture_id in self._connection.scalars(select(captures.c.id).where(captures.c.id.in_(chunk)))
        ]
        if not present:
            return None
        action_id = self._start(author, None)
        for chunk in in_chunks(present):
            self._note(action_id, _all.c.id.in_(chunk), Removal.BY_ITSELF)
        self.apply(action_id, forward=True)
        return action_id

    def remove_sources(self, source_ids: Sequence[int], author: str) -> int | None:
        """Take sources out with all that came from them; a source that is watched is watched no longer."""
        present = self._connection.scalars(
            select(_sources.c.id).where(_sources.c.id.in_(source_ids), _sources.c.removed.is_(False))
        ).all()
        if not present:
            return None
        watched = self._connection.execute(
            select(_streams.c.id, _streams.c.is_enabled).where(
                _streams.c.source_id.in_(present), _streams.c.removed.is_(False)
            )
        )
        detail = {
            "sources": list(present),
            "streams": [[row.id, bool(row.is_enabled)] for row in watched],
        }
        action_id = self._start(author, detail)
        for chunk in in_chunks(present):
            self._note(action_id, _all.c.source_id.in_(chunk), Removal.WITH_SOURCE)
        self.apply(action_id, forward=True)
        return action_id

    def apply(self, action_id: int, *, forward: bool) -> tuple[int, ...]:
        """Do what a removal did, or take it back.

        Returns:
            The captures that it is about.
        """
        of_action = (_taken.c.action_id == action_id) & (_taken.c.capture_id == _all.c.id)
        removed: Any = _taken.c.how if forward else int(Removal.IN_PROJECT)
        self._connection.execute(update(_all).where(of_action).values(removed=removed))
        table = schema.label_actions
        detail = self._connection.scalar(select(table.c.detail).where(table.c.id == action_id)) or {}
        for chunk in in_chunks(detail.get("sources", [])):
            self._connection.execute(update(_sources).where(_sources.c.id.in_(chunk)).values(removed=forward))
        for stream_id, was_enabled in detail.get("streams", []):
            self._connection.execute(
                update(_streams)
                .where(_streams.c.id == stream_id)
                .values(removed=forward, is_enabled=was_enabled and not forward)
            )
        return tuple(
            self._connection.scalars(
                select(_taken.c.capture_id)
                .where(_taken.c.action_id == action_id)
                .order_by(_taken.c.capture_id)
            )
        )

    def _note(self, action_id: int, which: Any, how: Removal) -> None:
        chosen = select(literal(action_id), _all.c.id, literal(int(how))).where(which, _all.c.removed == 0)
        self._connection.execute(insert(_taken).from_select(("action_id", "capture_id", "how"), chosen))

    def _start(self, author: str, detail: dict[str, Any] | None) -> int:
        return insert_id(
            self._connection,
            insert(schema.label_actions).values(
                kind=str(ActionKind.REMOVE), author=author, created_ms=now_ms(), detail=detail
            ),
        )
