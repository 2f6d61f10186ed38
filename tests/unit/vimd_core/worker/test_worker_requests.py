"""Which request is next: in order, but that what a user waits for overtakes long computations."""

from __future__ import annotations

import threading

import pytest
from worker_requests import EXAMPLES, example

from vimd_core.processes.messages import Priority
from vimd_core.worker.conversation import FROM_WINDOW
from vimd_core.worker.messages import (
    Classify,
    Embed,
    Explain,
    LayOut,
    LoadModel,
    LookAt,
    SuperResolve,
    WindowRequest,
)
from vimd_core.worker.requests import QueuedRequest, RequestQueue

Kind = type[WindowRequest]


def of(priority: Priority) -> list[Kind]:
    return [kind for kind in EXAMPLES if kind.priority is priority]


BACKGROUND, INTERACTIVE, IN_TURN = map(of, (Priority.BACKGROUND, Priority.INTERACTIVE, Priority.IN_TURN))


def waiting(*kinds: Kind) -> RequestQueue:
    """A queue of such requests, numbered from 1."""
    queue = RequestQueue()
    for number, kind in enumerate(kinds, start=1):
        queue.put(example(kind), number)
    return queue


def take(queue: RequestQueue) -> QueuedRequest:
    request = queue.next()
    assert request is not None
    return request


def order(*kinds: Kind) -> list[Kind]:
    queue = waiting(*kinds)
    return [type(take(queue).message) for _ in kinds]


def test_every_request_has_its_example() -> None:
    assert set(EXAMPLES) == {kind for kind in FROM_WINDOW.classes if issubclass(kind, WindowRequest)}


def test_only_what_changes_the_child_itself_is_never_overtaken() -> None:
    """`find_worth_labelling` once was not among those that may be: a view waited for it for minutes."""
    assert {kind.__name__ for kind in IN_TURN} == {"Hello", "LoadModel"}
    assert len(BACKGROUND) + len(INTERACTIVE) + len(IN_TURN) == len(EXAMPLES)


@pytest.mark.parametrize("view", INTERACTIVE)
@pytest.mark.parametrize("long", BACKGROUND)
def test_a_view_overtakes_a_long_computation(long: Kind, view: Kind) -> None:
    assert order(long, long, view) == [view, long, long]
    queue = waiting(long, view)
    first = queue.next_interactive()
    assert first is not None and isinstance(first.message, view)
    assert queue.next_interactive() is None
    assert isinstance(take(queue).message, long)


@pytest.mark.parametrize("view", INTERACTIVE)
@pytest.mark.parametrize("barrier", IN_TURN)
def test_a_view_never_overtakes_the_model_that_it_was_asked_of(barrier: Kind, view: Kind) -> None:
    assert order(Classify, barrier, view) == [Classify, barrier, view]
    queue = waiting(barrier, view)
    assert queue.next_interactive() is None
    take(queue)
    first = queue.next_interactive()
    assert first is not None and isinstance(first.message, view)


def test_views_keep_their_order_and_so_does_the_rest() -> None:
    assert order(Embed, Explain, Classify, LookAt) == [Explain, LookAt, Embed, Classify]
    assert order(Classify, Embed, LoadModel) == [Classify, Embed, LoadModel]


def test_what_is_taken_back_is_told_while_it_waits_and_while_it_runs_and_nothing_else_is() -> None:
    queue = waiting(Classify, Embed, LayOut)
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
    queue = waiting(Classify, SuperResolve)
    running = take(queue)
    queue.close()
    assert queue.next() is None
    assert queue.next_interactive() is None
    assert running.cancelled.is_set()


@pytest.mark.parametrize("end", ["put", "close"])
def test_it_waits_for_a_request_or_the_end(end: str) -> None:
    queue, got = RequestQueue(), list[QueuedRequest | None]()
    waiter = threading.Thread(target=lambda: got.append(queue.next()), daemon=True)
    waiter.start()
    if end == "put":
        queue.put(example(Classify), 1)
    else:
        queue.close()
    waiter.join(20)
    assert [one and type(one.message) for one in got] == [Classify if end == "put" else None]
