"""Inserting one row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Insert


def insert_id(connection: Connection, statement: Insert) -> int:
    """Run an insert of one row and give its id."""
    key: Any = connection.execute(statement).inserted_primary_key
    return int(key[0])
