"""A training in a process of its own, which outlives the window that has started it.

It is spoken to through the folder of the run (`training_files`). Torch is imported when it is needed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Final

from vimd_core.errors import CancelledError, MemoryShortageError, VimdError
from vimd_core.processes.atomic_files import whole_file
from vimd_core.processes.locks import FileLock
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

_STOP_LOOK_S: Final = 0.2
_MOST_PARTS: Final = 64
_NICENESS: Final = 5


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
    _give_way()
    (folder / OUTCOME).unlink(missing_ok=True)
    with _redirected(folder) as events, _stopped_by_file(folder / STOP):
        try:
            outcome = _train_and_compare(folder, TrainingPlan.read(folder), events)
        except VimdError as e:
            outcome = {"kind": FAILED, "message": str(e)}
        except Exception as e:  # noqa: BLE001  # the edge of the process: whatever it was, the window is told
            import traceback

            traceback.print_exc()
            outcome = {"kind": FAILED, "message": f"The training ended unexpectedly ({e!r})."}
        sys.stdout.flush()
        with whole_file(folder / OUTCOME) as temporary:
            temporary.write_text(json.dumps(outcome), encoding="utf-8")
    lock.release()
    return int(outcome["kind"] == FAILED)


def _train_and_compare(folder: Path, plan: TrainingPlan, events: IO[str]) -> Mapping[str, Any]:
    from vimd_core.commands.shared.training_run import EXIT_STOPPED
    from vimd_core.training.retraining.comparing import compare_on_held_back

    if plan.measure_s:
        threading.Thread(target=_stop_after, args=(folder, plan.measure_s), daemon=True).start()
    if _train(folder, plan, events) == EXIT_STOPPED:
        return {"kind": STOPPED, "message": ""}

    def report(done: int, total: int) -> None:
        if (folder / STOP).exists():
            raise CancelledError("Stopped while the models were being compared.")
        _tell(events, {"event": "comparing", "done": done, "total": total})

    try:
        compare_on_held_back(folder, plan, report)
    except CancelledError:
        return {"kind": STOPPED, "message": ""}
    return {"kind": FINISHED, "message": ""}


def _train(folder: Path, plan: TrainingPlan, events: IO[str]) -> int:
    """Run `vimd distill`, with ever smaller parts of the batch while the memory does not suffice."""
    from vimd_core.cli import build_parser
    from vimd_core.processes.threads import available_cores, free_threads
    from vimd_core.training.recipes.settings import read_toml, to_toml

    threads = plan.threads or max(1, min(free_threads(), available_cores() - 1))
    while True:
        arguments = build_parser().parse_args(
            [
                "distill",
                *("--run", str(folder), "--recipe", str(folder / RECIPE), "--resume"),
                *("--device", plan.device, "--threads", str(threads)),
                *("--checkpoint-minutes", str(plan.checkpoint_minutes)),
            ]
        )
        try:
            return int(arguments.run(arguments))
        except MemoryShortageError:
            recipe = read_toml(folder / RECIPE)
            parts = 2 * recipe.setdefault("training", {}).get("accumulation", 1)
            if parts > min(_MOST_PARTS, recipe["training"].get("batch_size", _MOST_PARTS)):
                raise
            recipe["training"]["accumulation"] = parts
            with whole_file(folder / RECIPE) as temporary:
                temporary.write_text(to_toml(recipe), encoding="utf-8")
        _tell(
            events,
            {
                "event": "notice",
                "message": f"There was not enough memory: each batch is computed in {parts} parts now.",
                "step": 0,
            },
        )


def _tell(events: IO[str], event: Mapping[str, Any]) -> None:
    events.write(json.dumps(event) + "\n")
    events.flush()


def _give_way() -> None:
    """Let the window, and whatever else the user does, go first."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import ctypes

            below_normal = 0x4000
            kernel = ctypes.windll.kernel32
            kernel.SetPriorityClass(kernel.GetCurrentProcess(), below_normal)
        else:
            os.nice(_NICENESS)


@contextlib.contextmanager
def _redirected(folder: Path) -> Iterator[IO[str]]:
    """Standard output and error become files of the run, which nobody needs to read for this process to go on."""
    with (
        (folder / EVENTS).open("a", encoding="utf-8") as events,
        (folder / MESSAGES).open("a", encoding="utf-8") as messages,
        contextlib.redirect_stdout(events),
        contextlib.redirect_stderr(messages),
    ):
        yield events


@contextlib.contextmanager
def _stopped_by_file(stop: Path) -> Iterator[None]:
    """While the block runs, the file asks to stop as SIGTERM does, which not every system can send."""
    ended = threading.Event()
    # Before and after the training itself, which has a handler of its own, the file alone counts.
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.touch())
    # Ctrl+C in a terminal is meant for the program that has started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while not ended.wait(_STOP_LOOK_S):
            if stop.exists():
                signal.raise_signal(signal.SIGTERM)

    watcher = threading.Thread(target=watch, name="vimd-stop-file", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _stop_after(folder: Path, seconds: float) -> None:
    """Ask to stop so many seconds after the first step, which alone pays for compiling kernels."""
    wait = threading.Event()
    while not _has_stepped(folder / EVENTS):
        wait.wait(_STOP_LOOK_S)
    wait.wait(seconds)
    (folder / STOP).touch()


def _has_stepped(events: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):
        for line in events.read_text(encoding="utf-8").splitlines():
            if json.loads(line).get("samples_per_s", 0) > 0:
                return True
    return False
