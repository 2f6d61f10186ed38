"""What a user waits for never stands behind what takes minutes, and what closes a project runs alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from app.jobs import Job, JobLanes, Lane, PriorityThread
from app.storage.project import Project

_WAIT_S = 30


@pytest.fixture
def lanes() -> Iterator[JobLanes]:
    lanes = JobLanes()
    yield lanes
    lanes.shut_down()


@pytest.fixture
def thread() -> Iterator[PriorityThread]:
    thread = PriorityThread("test")
    yield thread
    thread.shut_down()


def _hold(submit: Callable[[Callable[[], object]], Future[object]]) -> tuple[threading.Event, Future[object]]:
    """Keep a thread busy until the event."""
    started, end = threading.Event(), threading.Event()

    def work() -> bool:
        started.set()
        return end.wait(_WAIT_S)

    future = submit(work)
    assert started.wait(_WAIT_S)
    return end, future


def test_an_interactive_job_is_done_while_a_bulk_job_goes_on(lanes: JobLanes) -> None:
    end, bulk = _hold(lambda work: lanes.submit(Job.IMPORT, work))
    assert lanes.submit(Job.TAKE_STOCK, lambda: "answer").result(_WAIT_S) == "answer"
    assert not bulk.done()
    end.set()


def test_jobs_of_one_lane_run_in_their_order(lanes: JobLanes) -> None:
    done: list[int] = []
    for number in range(20):
        last = lanes.submit(Job.EXPORT if number % 2 else Job.IMPORT, done.append, number)
    last.result(_WAIT_S)
    assert done == list(range(20))


@pytest.mark.parametrize("held", [Job.IMPORT, Job.TAKE_STOCK])
def test_what_runs_alone_comes_after_both_lanes_and_before_what_is_asked_for_later(
    lanes: JobLanes, held: Job
) -> None:
    done: list[str] = []
    end, _ = _hold(lambda work: lanes.submit(held, work))
    for name in ("first", "second"):
        lanes.submit(Job.TAKE_STOCK, done.append, f"{name} interactive")
        lanes.submit(Job.IMPORT, done.append, f"{name} bulk")
        alone = lanes.submit_alone(done.append, f"{name} alone")
    assert not any("alone" in name for name in done)
    end.set()
    alone.result(_WAIT_S)
    assert [name for name in done if "alone" in name] == ["first alone", "second alone"]
    assert set(done[:2]) == {"first interactive", "first bulk"} and done[2] == "first alone"
    assert set(done[3:5]) == {"second interactive", "second bulk"} and done[5] == "second alone"


def test_what_fails_alone_holds_nobody_up(lanes: JobLanes) -> None:
    with pytest.raises(ZeroDivisionError):
        lanes.submit_alone(lambda: 1 // 0).result(_WAIT_S)
    assert lanes.submit(Job.TAKE_STOCK, lambda: 1).result(_WAIT_S) == 1
    assert lanes.submit(Job.IMPORT, lambda: 2).result(_WAIT_S) == 2


def test_what_is_interactive_goes_before_bulk_work_that_waits_longer(thread: PriorityThread) -> None:
    done: list[str] = []
    end, _ = _hold(lambda work: thread.submit(Lane.BULK, work))
    waiting = [
        thread.submit(lane, done.append, name)
        for lane, name in (
            (Lane.BULK, "bulk 1"),
            (Lane.BULK, "bulk 2"),
            (Lane.INTERACTIVE, "label 1"),
            (Lane.INTERACTIVE, "label 2"),
        )
    ]
    end.set()
    for future in waiting:
        future.result(_WAIT_S)
    assert done == ["label 1", "label 2", "bulk 1", "bulk 2"]


def test_a_failure_goes_to_who_asked_and_the_thread_goes_on(thread: PriorityThread) -> None:
    with pytest.raises(ZeroDivisionError):
        thread.submit(Lane.BULK, lambda: 1 // 0).result(_WAIT_S)
    assert thread.submit(Lane.BULK, lambda: 1).result(_WAIT_S) == 1


def test_ending_finishes_what_was_asked_for_and_takes_nothing_more() -> None:
    thread, done = PriorityThread("test"), list[str]()
    end, _ = _hold(lambda work: thread.submit(Lane.BULK, work))
    thread.submit(Lane.BULK, done.append, "bulk")
    thread.submit(Lane.INTERACTIVE, done.append, "label")
    end.set()
    thread.shut_down()
    assert done == ["label", "bulk"]
    with pytest.raises(RuntimeError):
        thread.submit(Lane.BULK, done.append, "late")


def test_a_label_is_written_between_two_chunks_of_an_import(tmp_path: Path) -> None:
    project, done = Project.open(tmp_path / "One.vimd"), list[str]()
    try:
        end, _ = _hold(lambda work: project.write(lambda _unit: work(), Job.IMPORT))
        chunks = [project.write(lambda _unit: done.append("chunk"), Job.IMPORT) for _ in range(3)]
        label = project.write(lambda _unit: done.append("label"))
        end.set()
        label.result(_WAIT_S)
        for chunk in chunks:
            chunk.result(_WAIT_S)
    finally:
        project.close()
    assert done == ["label", "chunk", "chunk", "chunk"]
