"""Limits on what is kept: each at its edge, and together."""

from __future__ import annotations

import pytest

from vimd_core.errors import SourceError
from vimd_core.streaming.sources.retention import Kept, Retention, to_delete

DAY_MS = 24 * 60 * 60 * 1000
NOW_MS = 1_800_000_000_000


def kept(*labelled: int, count: int = 5, size_bytes: int = 100) -> list[Kept]:
    """Captures numbered from the oldest, one a day, the last one now, in no order."""
    captures = [
        Kept(key, NOW_MS - (count - 1 - key) * DAY_MS, size_bytes, key in labelled) for key in range(count)
    ]
    return [*captures[1::2], *captures[::2]]


def gone(limits: Retention, *labelled: int) -> list[int]:
    return to_delete(kept(*labelled), limits, NOW_MS)


@pytest.mark.parametrize(
    ("limits", "keys"),
    [
        (Retention(), []),
        (Retention(most=5), []),
        (Retention(most=4), [0]),
        (Retention(most=0), [0, 1, 2, 3, 4]),
        (Retention(days=4), []),
        (Retention(days=3.9), [0]),
        (Retention(days=0), [0, 1, 2, 3]),
        (Retention(most_bytes=500), []),
        (Retention(most_bytes=499), [0]),
        (Retention(most_bytes=100), [0, 1, 2, 3]),
        (Retention(most_bytes=0), [0, 1, 2, 3, 4]),
        (Retention(most=4, days=1.5, most_bytes=400), [0, 1, 2]),
        (Retention(most=3, days=9, most_bytes=200), [0, 1, 2]),
    ],
)
def test_the_oldest_go_until_all_limits_hold(limits: Retention, keys: list[int]) -> None:
    assert gone(limits) == keys


def test_what_is_labelled_stays_and_takes_no_room() -> None:
    assert gone(Retention(most=0), 0, 3) == [1, 2, 4]
    assert gone(Retention(most=3), 0, 3) == []
    assert gone(Retention(most=2), 0, 3) == [1]
    assert gone(Retention(most_bytes=300), 0, 3) == []
    assert gone(Retention(days=0), 0, 3) == [1, 2]


def test_of_captures_of_one_moment_those_that_came_first_go() -> None:
    captures = [Kept(key, NOW_MS, 100, False) for key in (3, 1, 2)]
    assert to_delete(captures, Retention(most=1), NOW_MS) == [1, 2]


@pytest.mark.parametrize("name", ["most", "days", "most_bytes"])
def test_a_limit_is_not_negative_and_one_of_nothing_is_a_limit(name: str) -> None:
    with pytest.raises(SourceError, match="must not be negative"):
        Retention(**{name: -1})  # type: ignore[arg-type]
    assert Retention(**{name: 0}).is_set  # type: ignore[arg-type]
    assert not Retention().is_set
