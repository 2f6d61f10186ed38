"""A training in a process of its own, which outlives the window that has started it.

The window and this process speak through the folder of the run alone, so that neither depends on the other's life:

- `recipe.toml`, and the manifest and the list of classes that it names, are there before the process starts;
- `place.json` says where to compute and what to compare the result with (`TrainingPlan`);
- `training.lock` is held as long as the process lives;
- `events.jsonl` grows by one JSON line for each event; what is said for people goes to `messages.txt`;
- `stop` asks to save and end, as soon as it is there;
- `comparison.json` holds the answers of the old and the new model on captures that neither has learnt from;
- `outcome.json` says how it ended; without one, and with nobody holding the lock, the process has died.

Torch is imported by the parts that need it, so that the window can import the names.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Final

from vimd_core.data.file_lock import FileLock
from vimd_core.data.whole_files import whole_file
from vimd_core.errors import CancelledError, MemoryShortageError, VimdError

RECIPE: Final = "recipe.toml"
PLAN: Final = "place.json"
LOCK: Final = "training.lock"
EVENTS: Final = "events.jsonl"
MESSAGES: Final = "messages.txt"
STOP: Final = "stop"
COMPARISON: Final = "comparison.json"
OUTCOME: Final = "outcome.json"
RESULT: Final = "student.safetensors"
FINISHED: Final = "finished"
STOPPED: Final = "stopped"
FAILED: Final = "failed"
_STOP_LOOK_S: Final = 0.2
_MOST_PARTS: Final = 64
_NICENESS: Final = 10


@dataclass(frozen=True, kw_only=True)
class TrainingPlan:
    """Where and how a training runs, beside its recipe.

    Attributes:
        device: as for `vimd distill`.
        threads: processor threads; 0 takes all that are free but one.
        checkpoint_minutes: time between checkpoints inside of an epoch.
        baseline: model that the result is compared with; "" compares with none.
        held_back: manifest of captures for that (JSON lines with key and path); "" for none.
        measure_s: stop after so many seconds of learning, to measure the speed; 0 trains to the end.
    """

    device: str = "auto"
    threads: int = 0
    checkpoint_minutes: float = 1.0
    baseline: str = ""
    held_back: str = ""
    measure_s: float = 0.0

    def write(self, folder: Path) -> None:
        """Put it into the folder of a run."""
        with whole_file(folder / PLAN) as temporary:
            temporary.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> TrainingPlan:
        """Read what `write` wrote."""
        return cls(**json.loads((folder / PLAN).read_text(encoding="utf-8")))


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


def read_outcome(folder: Path) -> dict[str, Any] | None:
    """How a training ended; None when it has left no word."""
    try:
        outcome: dict[str, Any] = json.loads((folder / OUTCOME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return outcome


def _train_and_compare(folder: Path, plan: TrainingPlan, events: IO[str]) -> Mapping[str, Any]:
    from vimd_core.commands.training_run import EXIT_STOPPED
    from vimd_core.worker.comparing import compare_on_held_back

    if plan.measure_s:
        threading.Thread(target=_stop_after, args=(folder, plan.measure_s), daemon=True).start()
    if _train(folder, plan, events) == EXIT_STOPPED:
        return {"kind": STOPPED, "message": ""}
    if plan.held_back and plan.baseline:

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
    from vimd_core.distillation.settings import read_toml, to_toml
    from vimd_core.threads import available_cores, free_threads

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
