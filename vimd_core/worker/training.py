"""A training in a process of its own, which outlives the window that has started it.

It is spoken to through the folder of the run (`runs.files`). Torch is imported when it is needed."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from vimd_core.errors import CancelledError, VimdError
from vimd_core.processes.locks import FileLock
from vimd_core.processes.runtime import (
    available_cores,
    free_threads,
    skip_last_garbage_collection,
    yield_to_windows,
)
from vimd_core.training.loop.events import AnyEvent, ComparingEvent, TrainingEvent
from vimd_core.training.runs.files import (
    EVENTS,
    FAILED,
    FINISHED,
    LOCK,
    MESSAGES,
    OUTCOME,
    STOP,
    STOPPED,
    Outcome,
    TrainingPlan,
)
from vimd_core.user_messages import sentence

_STOP_LOOK_S: Final = 0.2

Tell = Callable[[AnyEvent | ComparingEvent], None]


def train_in_folder(folder: Path) -> int:
    """Train, compare, and leave an outcome.

    Args:
        folder: of the run, see above.

    Returns:
        The exit code: 0 when it has finished or was stopped, 1 after a failure, 2 when another process is at it.
    """
    lock = FileLock(folder / LOCK)
    if not lock.take():
        return 2
    yield_to_windows()
    skip_last_garbage_collection()
    (folder / OUTCOME).unlink(missing_ok=True)
    with _messages_kept(folder), _events(folder) as tell, _stop_asked(folder / STOP) as stop:
        try:
            outcome = _train_and_compare(folder, TrainingPlan.read(folder), tell, stop)
        except VimdError as e:
            outcome = Outcome.failure(e.sentence)
        except Exception as e:  # noqa: BLE001  # the edge of the process: whatever it was, the window is told
            import traceback

            traceback.print_exc()
            outcome = Outcome.failure(sentence("The training ended unexpectedly ({reason}).", reason=repr(e)))
        outcome.write(folder)
    lock.release()
    return int(outcome.kind == FAILED)


def _train_and_compare(folder: Path, plan: TrainingPlan, tell: Tell, stop: threading.Event) -> Outcome:
    from vimd_core.training.loop.stopping import TrainingStoppedError
    from vimd_core.training.retraining.retraining_run import retrain_in_folder

    # A measurement ends so long after the first step, which alone pays for compiling kernels.
    measurement = threading.Timer(plan.measure_s, stop.set)
    measurement.daemon = True

    def tell_and_measure(event: AnyEvent | ComparingEvent) -> None:
        tell(event)
        is_first = plan.measure_s > 0 and measurement.ident is None
        if (
            is_first and isinstance(event, TrainingEvent) and event.samples_per_s > 0
        ):  # short epochs leave no time for events of progress
            measurement.start()

    threads = plan.threads or max(1, min(free_threads(), available_cores() - 1))
    try:
        retrain_in_folder(
            folder, plan, tell_and_measure, stop.is_set, threads=threads, on_finding=sys.stderr.write
        )
    except (TrainingStoppedError, CancelledError):
        return Outcome(STOPPED)
    return Outcome(FINISHED)


@contextlib.contextmanager
def _events(folder: Path) -> Iterator[Tell]:
    """What appends an event to those of the run."""
    with (folder / EVENTS).open("a", encoding="utf-8") as file:

        def tell(event: AnyEvent | ComparingEvent) -> None:
            file.write(event.to_line() + "\n")
            file.flush()

        yield tell


@contextlib.contextmanager
def _messages_kept(folder: Path) -> Iterator[None]:
    """Standard output and error become a file of the run, which nobody needs to read for this process to go on."""
    with (
        (folder / MESSAGES).open("a", encoding="utf-8") as messages,
        contextlib.redirect_stdout(messages),
        contextlib.redirect_stderr(messages),
    ):
        yield


@contextlib.contextmanager
def _stop_asked(file: Path) -> Iterator[threading.Event]:
    """What is set when somebody asks to stop: by SIGTERM, or by a file, since not every system can send that."""
    stop, ended = threading.Event(), threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    # Ctrl+C in a terminal is meant for the program that has started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while not ended.wait(_STOP_LOOK_S):
            if file.exists():
                stop.set()

    watcher = threading.Thread(target=watch, name="vimd-stop-file", daemon=True)
    watcher.start()
    try:
        yield stop
    finally:
        ended.set()
        watcher.join()
