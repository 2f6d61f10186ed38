"""Batches are prepared ahead, errors arrive at the reader, and no thread is left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from vimd_core.training.batches.prefetch import Prefetcher


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "vimd-prefetch"]


def test_items_come_in_order_and_to_an_end() -> None:
    with Prefetcher(lambda number: number * 10, 3, 8) as items:
        assert list(items) == [30, 40, 50, 60, 70]


def test_only_a_few_are_made_ahead() -> None:
    made: list[int] = []
    enough = threading.Event()

    def make(number: int) -> int:
        made.append(number)
        if number == 3:
            enough.set()
        return number

    with Prefetcher(make, 0, 100, ahead=3) as items:
        reader = iter(items)
        assert next(reader) == 0
        assert enough.wait(10), "the next three are made without being asked for"
        assert next(reader) == 1
    assert len(made) <= 6


def test_an_error_is_raised_to_the_reader_after_what_was_ready() -> None:
    def make(number: int) -> int:
        if number == 2:
            raise ValueError("no third one")
        return number

    seen = []
    with Prefetcher(make, 0, 5) as items, pytest.raises(ValueError, match="third"):
        for item in items:
            seen.append(item)
    assert seen == [0, 1]


def test_a_reader_that_stops_early_ends_the_thread() -> None:
    with pytest.raises(KeyboardInterrupt), Prefetcher(lambda number: number, 0, 10**9) as items:
        for item in items:
            if item == 5:
                raise KeyboardInterrupt


def test_waiting_is_measured() -> None:
    now = 0.0

    def clock() -> float:
        return now

    made = threading.Semaphore(0)

    def make(number: int) -> int:
        made.acquire()
        return number

    with Prefetcher(make, 0, 3, clock=clock) as items:
        assert items.wait_share == 0.0
        reader = iter(items)
        made.release()
        next(reader)
        now = 8.0  # a step that computes
        made.release()
        next(reader)
        assert items.wait_share == 0.0

        def late(number: int) -> None:
            nonlocal now
            now = 10.0
            made.release()

        # Nothing is ready: the reader waits until this timer makes it so.
        timer = threading.Timer(0.05, late, [2])
        timer.start()
        next(reader)
        timer.join()
        assert items.wait_share == pytest.approx(0.2)
