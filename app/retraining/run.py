"""One training from its queue to its model, waited for: what `vimd project retrain` does. Knows nothing of Qt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from app.domain.training_records import RunState, TrainingRun, TrainingRunChanges
from app.retraining.collect import collect_run
from app.retraining.process import TrainingProcess
from app.retraining.write import write_run_folder
from app.storage.database.statements import now_ms
from vimd_core.errors import VimdError
from vimd_core.training.loop.events import RetrainingEvent
from vimd_core.training.runs.files import read_outcome

if TYPE_CHECKING:
    from app.storage.project import Project

_LOOK_S: Final = 0.2


def run_to_end(
    project: Project,
    run: TrainingRun,
    command: Sequence[str],
    *,
    on_event: Callable[[RetrainingEvent], None] = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> TrainingRun:
    """Start a run, or find it again while it goes on by itself, wait for its end and take its model in.

    Args:
        project: is not closed meanwhile.
        run: queued, paused, or running.
        command: how to start the child process.
        on_event: is told each event of the training that comes from now on.
        should_stop: asks to save and stop; the run is then paused.

    Returns:
        The run as it stands then.
    """
    process = TrainingProcess(project.folder / run.folder, command)
    process.new_events()
    # A process that has ended without this program may still have left its model.
    has_ended = run.state is RunState.RUNNING and read_outcome(process.folder) is not None
    if not process.is_alive and not has_ended:
        begin(project, run, process)
    pause, is_asked = threading.Event(), False
    is_alive = True
    while is_alive:
        pause.wait(_LOOK_S)
        is_alive = process.is_alive  # before the events: what it has told last is not missed
        for event in process.new_events():
            on_event(event)
        if should_stop() and not is_asked:
            process.request_stop()
            is_asked = True
    return collect_run(project, run.id)


def failure_of(run: TrainingRun) -> VimdError:
    """Why a run has led to no model."""
    return VimdError("The training has failed.") if run.problem is None else VimdError.of(run.problem)


def begin(project: Project, run: TrainingRun, process: TrainingProcess) -> None:
    """Start the process of a run and write that down; its folder is written anew, in case that it was lost."""
    write_run_folder(project, run)
    # First the word, then the deed: a process that nobody knows of would train for nobody.
    changes: TrainingRunChanges = {"state": RunState.RUNNING, "problem": None, "pid": None}
    if run.started_ms is None:
        changes["started_ms"] = now_ms()
    project.write(lambda unit: unit.runs.note(run.id, **changes)).result()
    process.start()
    project.write(lambda unit: unit.runs.note(run.id, pid=process.process_id)).result()
