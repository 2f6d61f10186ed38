"""Runs a training from the command line: recipe and place in, signals, events and the result out, and the exit code."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from vimd_core.commands.shared.progress import ProgressLine
from vimd_core.commands.shared.training_display import TrainingDisplay
from vimd_core.commands.shared.training_options import read_recipe
from vimd_core.processes.runtime import skip_last_garbage_collection
from vimd_core.training.runs.claim import is_first_process
from vimd_core.training.runs.place import TrainedModel, TrainingPlace

if TYPE_CHECKING:
    from vimd_core.training.recipes.recipe import AnyRecipe

EXIT_STOPPED: Final = 4
Trained = TypeVar("Trained", bound=TrainedModel)


def run_training(
    arguments: argparse.Namespace,
    kind: type[AnyRecipe],
    train: Callable[..., Trained],
    row: Callable[[Trained], dict[str, Any]],
) -> int:
    """Do what a training command does, and return the exit code.

    Args:
        arguments: of the command.
        kind: of its recipe.
        train: the library's function, such as `train_student`.
        row: the last line to print, made of what was trained.

    Raises:
        VimdError: whatever `train` raises, but for being stopped.
    """
    from vimd_core.training.distributed import leave_joined
    from vimd_core.training.loop.stopping import StopFlag, TrainingStoppedError, stop_on_signals

    skip_last_garbage_collection()
    exit_code = 0
    recipe = read_recipe(arguments, kind)
    flag = StopFlag()
    try:
        with stop_on_signals(flag), TrainingDisplay() as display, _ReadingProgress() as reading:
            trained = train(
                recipe,
                _place(arguments),
                display.show,
                flag,
                on_read=reading.show,
                on_finding=sys.stderr.write,
            )
        if trained.had_ended:
            sys.stderr.write(
                f"The training in {arguments.run_folder} is finished: its result is {trained.file}. To train again, "
                "choose another folder with --run.\n"
            )
        elif is_first_process():
            sys.stdout.write(json.dumps(row(trained)) + "\n")
            sys.stdout.flush()
    except TrainingStoppedError as e:
        sys.stderr.write(f"{e}\n")
        exit_code = EXIT_STOPPED
    leave_joined(exit_code)
    return exit_code


def _place(arguments: argparse.Namespace) -> TrainingPlace:
    return TrainingPlace(
        folder=arguments.run_folder,
        device=arguments.device,
        threads=arguments.threads or 0,
        checkpoint_minutes=arguments.checkpoint_minutes,
        resume=arguments.resume,
        overwrite=arguments.overwrite,
    )


class _ReadingProgress:
    """Shows on stderr how far the reading of images is; to be used as a context manager, which ends its line."""

    def __init__(self) -> None:
        self._progress: ProgressLine | None = None

    def __enter__(self) -> _ReadingProgress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.__exit__()
            self._progress = None

    def show(self, done: int, total: int) -> None:
        """So many of so many files are read; after the last one comes something else."""
        if self._progress is None:
            self._progress = ProgressLine("reading", total)
        self._progress.advance(done - self._progress.meter.done)
        if done >= total:
            self.__exit__()
