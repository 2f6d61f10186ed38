"""Lists of any length, in pieces that SQLite takes as parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

PARAMETERS_PER_STATEMENT: Final = 500

Item = TypeVar("Item")


def in_chunks(items: Sequence[Item], size: int = PARAMETERS_PER_STATEMENT) -> Iterator[Sequence[Item]]:
    """The items in order, at most `size` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
