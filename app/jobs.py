"""Background jobs of a project: each with its lane, interactive or bulk, and the threads that keep the lanes apart.

What a user waits for must not stand behind what takes minutes. Jobs run in one thread for each lane; the database has
one writer for both, which takes what is interactive first. So a bulk job writes in many small transactions.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum, unique
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Lane(Enum):
    """Jobs of one lane run one after the other, in the order in which they were asked for."""

    INTERACTIVE = "interactive"
    BULK = "bulk"


@unique
class Job(Enum):
    """Everything that runs beside the window and uses a project: its name and its lane."""

    # What the user looks at or decides.
    EDIT = "edit", Lane.INTERACTIVE
    LIST_BACKUPS = "list backups", Lane.INTERACTIVE
    LIST_MODELS = "list models", Lane.INTERACTIVE
    COMPARE_MODELS = "compare models", Lane.INTERACTIVE
    CHOOSE_MODEL = "choose model", Lane.INTERACTIVE
    DECIDE_MODEL = "decide about a model", Lane.INTERACTIVE
    EXPORT_MODEL = "export model", Lane.INTERACTIVE
    TAKE_STOCK = "take stock", Lane.INTERACTIVE
    FORECAST = "forecast", Lane.INTERACTIVE
    PREPARE_TRAINING = "prepare training", Lane.INTERACTIVE
    BEGIN_TRAINING = "begin training", Lane.INTERACTIVE
    COLLECT_TRAINING = "collect training", Lane.INTERACTIVE
    STORE_SIGHTING = "store sighting", Lane.INTERACTIVE
    # What goes through many files, or waits for a process.
    IMPORT = "import", Lane.BULK
    EXPORT = "export", Lane.BULK
    RELINK = "relink", Lane.BULK
    FIND_MISSING = "find missing files", Lane.BULK
    CHECK_FILES = "check files", Lane.BULK
    CHECK_DATABASE = "check database", Lane.BULK
    BACK_UP = "back up", Lane.BULK
    END_STREAM = "end stream", Lane.BULK
    STORE_PREDICTIONS = "store predictions", Lane.BULK
    REGROUP = "regroup", Lane.BULK
    FORGET_CAPTURES = "forget captures", Lane.BULK
    KEEP_SUGGESTIONS = "keep suggestions", Lane.BULK

    @property
    def lane(self) -> Lane:
        """Where it runs, and where its transactions wait for the writer."""
        return self.value[1]


class JobLanes:
    """A thread for each lane; what closes or replaces the project runs alone, between what came before and after."""

    def __init__(self) -> None:
        self._threads = {lane: ThreadPoolExecutor(1, f"vimd-{lane.value}") for lane in Lane}
        self._lock = threading.Lock()

    def submit(
        self, job: Job, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run `work` in the lane of its job."""
        with self._lock:
            return self._threads[job.lane].submit(work, *args, **kwargs)

    def submit_alone(
        self, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run `work` when all that was asked for before is over in both lanes; what is asked for later waits for it."""
        is_drained, is_over = threading.Event(), threading.Event()

        def hold() -> None:
            is_drained.set()
            is_over.wait()

        def run() -> Result:
            is_drained.wait()
            try:
                return work(*args, **kwargs)
            finally:
                is_over.set()

        with (
            self._lock
        ):  # two of them stand in the same order in both lanes, or they would wait for each other
            self._threads[Lane.INTERACTIVE].submit(hold)
            return self._threads[Lane.BULK].submit(run)

    def shut_down(self) -> None:
        """Finish what was asked for, and end the threads."""
        for thread in self._threads.values():
            thread.shutdown(wait=True)


class PriorityThread:
    """One thread for both lanes: it takes the next interactive work first, and bulk work when there is none.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._waiting: Final = {lane: deque[_Work]() for lane in (Lane.INTERACTIVE, Lane.BULK)}
        self._lock = threading.Lock()

    def submit(
        self, lane: Lane, work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run `work` after what waits in its lane, and after all that is interactive."""
        waiting = _Work(partial(work, *args, **kwargs))
        with self._lock:
            self._thread.submit(self._run_next)  # raises when the thread has ended: then nothing waits
            self._waiting[lane].append(waiting)
        return waiting.future

    def shut_down(self) -> None:
        """Finish what was asked for, and end the thread."""
        self._thread.shutdown(wait=True)

    def _run_next(self) -> None:
        with self._lock:
            next_work = next(waiting for waiting in self._waiting.values() if waiting).popleft()
        next_work.run()


class _Work:
    def __init__(self, work: Callable[[], Any]) -> None:
        self.future: Future[Any] = Future()
        self._work = work

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._work()
        except BaseException as e:  # noqa: BLE001  # as in any executor: whoever waits for the result gets it
            self.future.set_exception(e)
            self = None  # type: ignore[assignment]  # the exception's frames would hold their own future
        else:
            self.future.set_result(result)
