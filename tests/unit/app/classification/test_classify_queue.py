"""What is classified next, and that nothing is lost or done twice when the child dies."""

from __future__ import annotations

from app.classification.classify_queue import Chunk, ClassifyQueue


def _send(queue: ClassifyQueue, request_id: int) -> Chunk:
    ids = queue.fetch()
    queue.end_fetch()
    chunk = Chunk(dict.fromkeys(ids), request_id)
    queue.note_sent(chunk)
    return chunk


def _answer(queue: ClassifyQueue, chunk: Chunk, ids: list[int]) -> None:
    for capture_id in ids:
        del chunk.unanswered[capture_id]
    if ids:
        queue.note_answered(ids)


def test_two_chunks_are_with_the_child_and_each_capture_is_sent_once() -> None:
    queue = ClassifyQueue()
    queue.add(range(100))
    first, second = _send(queue, 1), _send(queue, 2)
    assert not queue.has_room
    assert [*first.unanswered, *second.unanswered] == list(range(64))
    _answer(queue, first, list(range(32)))
    assert queue.end_chunk(first) == []
    assert queue.has_room
    assert list(_send(queue, 3).unanswered) == list(range(64, 96))


def test_what_is_in_hand_is_not_asked_for_again() -> None:
    queue = ClassifyQueue()
    queue.add(range(40))
    _send(queue, 1)
    assert queue.refill(range(50))
    assert list(_send(queue, 2).unanswered) == list(range(32, 50))
    assert queue.progress().total == 50


def test_after_a_crash_all_that_was_sent_comes_first_in_its_order() -> None:
    queue = ClassifyQueue()
    queue.add(range(100))
    first, second = _send(queue, 1), _send(queue, 2)
    _answer(queue, first, [0, 1])
    assert queue.fail_all(first) == (True, None)
    assert queue.fail_all(second) == (False, None)  # told once is enough
    assert list(_send(queue, 3).unanswered) == list(range(2, 34))
    assert list(_send(queue, 4).unanswered) == list(range(34, 64))
    assert list(_send(queue, 5).unanswered)[:1] == [64]


def test_the_capture_that_kills_the_child_is_found_and_the_others_are_done() -> None:
    queue = ClassifyQueue()
    queue.add(range(20))
    left_out = []
    request_id = 0
    while not queue.is_empty:
        request_id += 1
        chunk = _send(queue, request_id)
        ids = list(chunk.unanswered)
        if 7 in ids:
            _answer(queue, chunk, ids[: ids.index(7)])
            culprit = queue.fail_all(chunk)[1]
            left_out += [] if culprit is None else [culprit]
        else:
            _answer(queue, chunk, ids)
            queue.end_chunk(chunk)
        assert request_id < 20
    assert left_out == [7]
    assert queue.done == 20


def test_what_the_child_is_silent_about_is_done_too() -> None:
    queue = ClassifyQueue()
    queue.add(range(3))
    chunk = _send(queue, 1)
    _answer(queue, chunk, [0])
    assert queue.end_chunk(chunk) == [1, 2]
    assert queue.is_empty
    assert queue.done == 3
