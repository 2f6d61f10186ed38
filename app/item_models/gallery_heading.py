"""The heading of a group of captures in the gallery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a group.

    Attributes:
        title: name of the class or path of the source; empty for captures that have none.
        colour: of the class, as "#rrggbb", or None.
        first: row of its first capture.
        count: how many captures follow.
    """

    title: str
    colour: str | None
    first: int
    count: int
