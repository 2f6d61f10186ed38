"""A training in a process of its own, which outlives the window that has started it.

It is spoken to through the folder of the run (`runs.files`). Torch is imported when it is needed."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from vimd_core.errors import CancelledError, MemoryShortageError, VimdError
from vimd_core.processes.atomic_files import whole_file
from vimd_core.processes.locks import FileLock
from vimd_core.processes.runtime import skip_last_garbage_collection, yield_to_windows
from vimd_core.processes.threads import available_cores, free_threads
from vimd_core.sentences import sentence
from vimd_core.training.runs.files import (
    EVENTS,
    FAILED,
    FINISHED,
    LOCK,
    MESSAGES,
    OUTCOME,
    RECIPE,
    STOP,
    STOPPED,
    TrainingPlan,
)
from vimd_core.training.runs.place import TrainingPlace

_STOP_LOOK_S: Final = 0.2
_MOST_PARTS: Final = 64
_COMMAND: Final = "distill"

Tell = Callable[[Mapping[str, Any]], None]


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
            outcome = {"kind": FAILED, "message": str(e), "sentence": e.sentence.to_json()}
        except Exception as e:  # noqa: BLE001  # the edge of the process: whatever it was, the window is told
            import traceback

            traceback.print_exc()
            said = sentence("The training ended unexpectedly ({reason}).", reason=repr(e))
            outcome = {"kind": FAILED, "message": str(said), "sentence": said.to_json()}
        with whole_file(folder / OUTCOME) as temporary:
            temporary.write_text(json.dumps(outcome), encoding="utf-8")
    lock.release()
    return int(outcome["kind"] == FAILED)


def _train_and_compare(
    folder: Path, plan: TrainingPlan, tell: Tell, stop: threading.Event
) -> Mapping[str, Any]:
    from vimd_core.training.loop.stopping import TrainingStoppedError
    from vimd_core.training.retraining.comparing import compare_on_held_back

    def report(done: int, total: int) -> None:
        if stop.is_set():
            raise CancelledError("Stopped while the models were being compared.")
        tell({"event": "comparing", "done": done, "total": total})

    try:
        _train(folder, plan, tell, stop)
        compare_on_held_back(folder, plan, report)
    except (TrainingStoppedError, CancelledError):
        return {"kind": STOPPED, "message": ""}
    return {"kind": FINISHED, "message": ""}


def _train(folder: Path, plan: TrainingPlan, tell: Tell, stop: threading.Event) -> None:
    """Train the student that the folder's recipe describes, in ever smaller parts of the batch while memory lacks."""
    from vimd_core.training.loop.events import AnyEvent, NoticeEvent, ProgressEvent
    from vimd_core.training.recipes.recipe import StudentRecipe
    from vimd_core.training.recipes.recipe_file import resolve_recipe, write_recipe
    from vimd_core.training.student import train_student

    recipe = resolve_recipe(StudentRecipe, _COMMAND, folder / RECIPE, {})
    place = TrainingPlace(
        folder=folder,
        device=plan.device,
        threads=plan.threads or max(1, min(free_threads(), available_cores() - 1)),
        checkpoint_minutes=plan.checkpoint_minutes,
        resume=True,
    )
    # A measurement ends so long after the first step, which alone pays for compiling kernels.
    measurement = threading.Timer(plan.measure_s, stop.set)
    measurement.daemon = True

    def on_event(event: AnyEvent) -> None:
        tell(event.to_json())
        is_first = plan.measure_s > 0 and measurement.ident is None
        if is_first and isinstance(event, ProgressEvent) and event.samples_per_s > 0:
            measurement.start()

    while True:
        try:
            train_student(recipe, place, on_event, stop.is_set, on_finding=sys.stderr.write)
            return
        except MemoryShortageError:
            parts = 2 * recipe.training.accumulation
            if parts > min(_MOST_PARTS, recipe.training.batch_size):
                raise
            recipe = replace(recipe, training=replace(recipe.training, accumulation=parts))
            write_recipe(folder, _COMMAND, recipe)
        said = sentence(
            "There was not enough memory: each batch is computed in {parts} parts now.", parts=parts
        )
        tell(NoticeEvent(str(said), sentence=said.to_json()).to_json())


@contextlib.contextmanager
def _events(folder: Path) -> Iterator[Tell]:
    """What appends an event to those of the run."""
    with (folder / EVENTS).open("a", encoding="utf-8") as file:

        def tell(event: Mapping[str, Any]) -> None:
            file.write(json.dumps(event) + "\n")
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
