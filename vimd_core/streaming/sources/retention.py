"""Retention: which captures of streams are no longer kept, never those that a user has labelled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from vimd_core.errors import SourceError

_DAY_MS = 24 * 60 * 60 * 1000


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits on what is kept of that which nobody has labelled; None is no limit.

    Attributes:
        most: captures.
        days: since they were taken.
        most_bytes: of all their files together.
    """

    most: int | None = None
    days: float | None = None
    most_bytes: int | None = None

    def __post_init__(self) -> None:
        limits = (self.most, self.days, self.most_bytes)
        if any(limit is not None and limit < 0 for limit in limits):
            raise SourceError("The limits on what is kept must not be negative.")

    @property
    def is_set(self) -> bool:
        """Whether anything is limited."""
        return any(limit is not None for limit in (self.most, self.days, self.most_bytes))


@dataclass(frozen=True)
class Kept:
    """A capture that lies on the disk.

    Attributes:
        key: what the caller knows it by.
        time_ms: when it was taken, milliseconds since 1970 UTC.
        size_bytes: of its files.
        is_labelled: whether a person gave it a label or marked it.
    """

    key: int
    time_ms: int
    size_bytes: int
    is_labelled: bool


def to_delete(kept: Iterable[Kept], limits: Retention, now_ms: int) -> list[int]:
    """Keys of the captures that the limits leave no room for, oldest first.

    Labelled ones stay, and leave their room to the others: they do not count towards any limit.

    Args:
        kept: all captures of the streams.
        limits: what is kept.
        now_ms: milliseconds since 1970 UTC.
    """
    captures = sorted((one for one in kept if not one.is_labelled), key=lambda one: (one.time_ms, one.key))
    count, size = len(captures), sum(one.size_bytes for one in captures)
    oldest_ms = None if limits.days is None else now_ms - limits.days * _DAY_MS
    gone: list[int] = []
    for one in captures:
        is_old = oldest_ms is not None and one.time_ms < oldest_ms
        is_one_too_many = limits.most is not None and count > limits.most
        is_too_much = limits.most_bytes is not None and size > limits.most_bytes
        if is_old or is_one_too_many or is_too_much:
            gone.append(one.key)
            count -= 1
            size -= one.size_bytes
    return gone
