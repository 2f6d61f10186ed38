"""Which request is next: in order, but that what a user waits for overtakes long computations."""

from __future__ import annotations

import threading

import pytest

from vimd_core.processes.protocol import Message
from vimd_core.worker.requests import Request, RequestQueue

LONG = ("classify", "embed", "find_unlike", "find_label_errors", "lay_out")
VIEWS = ("super_resolve", "explain", "classify_directly", "find_similar", "look_at")


def waiting(*types: str) -> RequestQueue:
    """A queue of such requests, numbered from 1."""
    queue = RequestQueue()
    for number, kind in enumerate(types, start=1):
        queue.put(Message(kind, request_id=number))
    return queue


def take(queue: RequestQueue) -> Request:
    request = queue.next()
    assert request is not None
    return request


def order(*types: str) -> list[str]:
    queue = waiting(*types)
    return [take(queue).message.type for _ in types]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("long", LONG)
def test_a_view_overtakes_a_long_computation(long: str, view: str) -> None:
    assert order(long, long, view) == [view, long, long]
    queue = waiting(long, view)
    urgent = queue.next_urgent()
    assert urgent is not None and urgent.message.type == view
    assert queue.next_urgent() is None
    assert take(queue).message.type == long


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_never_overtakes_the_model_that_it_was_asked_of(view: str) -> None:
    assert order("classify", "load_model", view) == ["classify", "load_model", view]
    queue = waiting("load_model", view)
    assert queue.next_urgent() is None
    take(queue)
    urgent = queue.next_urgent()
    assert urgent is not None and urgent.message.type == view


def test_views_keep_their_order_and_so_does_the_rest() -> None:
    assert order("embed", "explain", "classify", "look_at") == ["explain", "look_at", "embed", "classify"]
    assert order("classify", "embed", "load_model") == ["classify", "embed", "load_model"]


def test_what_is_taken_back_is_told_while_it_waits_and_while_it_runs_and_nothing_else_is() -> None:
    queue = waiting("classify", "embed", "lay_out")
    running = take(queue)
    queue.cancel(1)
    queue.cancel(2)
    queue.cancel(99)
    assert running.cancelled.is_set()
    second, third = take(queue), take(queue)
    assert second.cancelled.is_set() and not third.cancelled.is_set()
    queue.finished(third)
    queue.finished(third)
    queue.cancel(3)
    assert not third.cancelled.is_set()


def test_a_closed_queue_gives_nothing_and_takes_all_back() -> None:
    queue = waiting("classify", "embed")
    running = take(queue)
    queue.close()
    assert queue.next() is None
    assert queue.next_urgent() is None
    assert running.cancelled.is_set()


@pytest.mark.parametrize("end", ["put", "close"])
def test_it_waits_for_a_request_or_the_end(end: str) -> None:
    queue, got = RequestQueue(), list[Request | None]()
    waiter = threading.Thread(target=lambda: got.append(queue.next()), daemon=True)
    waiter.start()
    if end == "put":
        queue.put(Message("classify", request_id=1))
    else:
        queue.close()
    waiter.join(20)
    assert [one and one.message.type for one in got] == ["classify" if end == "put" else None]
