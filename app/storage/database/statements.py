"""Helpers of SQL statements: parameters in chunks, the id of an inserted row, the time as it is stored."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from sqlalchemy import Connection, Insert

PARAMETERS_PER_STATEMENT: Final = 500

Item = TypeVar("Item")


def in_chunks(items: Sequence[Item], size: int = PARAMETERS_PER_STATEMENT) -> Iterator[Sequence[Item]]:
    """The items in order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def insert_id(connection: Connection, statement: Insert) -> int:
    """Run an insert of one row and give its id."""
    key: Any = connection.execute(statement).inserted_primary_key
    return int(key[0])


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
