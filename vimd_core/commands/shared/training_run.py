"""Runs a training from the command line: place, signals, events, and the exit code of one that was stopped."""

from __future__ import annotations

import argparse
import atexit
import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vimd_core.checkpoints.class_names import read_class_names
from vimd_core.commands.shared.training_display import TrainingDisplay
from vimd_core.data.classes.class_identity import class_key
from vimd_core.errors import CheckpointError, DatasetError
from vimd_core.training.runs.claim import claimed_run, clear_run

if TYPE_CHECKING:
    import torch

    from vimd_core.training.distributed import Processes
    from vimd_core.training.loop.run_loop import Trainer, TrainingPlace, TrainingResult

EXIT_STOPPED: Final = 4


def open_place(arguments: argparse.Namespace, origin: Mapping[str, Path | None]) -> TrainingPlace:
    """Device and processes of a training.

    Args:
        arguments: of the command.
        origin: files that the training starts from, by their role.

    Raises:
        DeviceError: the wanted device is not there.
        CheckpointError: one of the files can't be read.
    """
    from vimd_core.checkpoints.identity import file_id, weights_id
    from vimd_core.commands.shared.training_options import set_threads
    from vimd_core.inference.device import choose_device
    from vimd_core.training.distributed import open_processes
    from vimd_core.training.loop.run_loop import TrainingPlace

    set_threads(arguments.threads)
    compute = choose_device(arguments.device)
    processes = open_processes(compute.device.type)
    return TrainingPlace(
        device=processes.device(compute.device),
        processes=processes,
        checkpoint_minutes=arguments.checkpoint_minutes,
        origin={role: weights_id(path) for role, path in origin.items() if path is not None},
        origin_before={
            role: file_id(path) for role, path in origin.items() if path is not None and arguments.resume
        },
    )


def run_to_end(
    command: Callable[[argparse.Namespace], Mapping[str, Any] | None],
    arguments: argparse.Namespace,
    result: str,
) -> int:
    """Do what a training command does, and return the exit code.

    Args:
        command: trains and writes the result; gives a last line to print, or None where another process does.
        arguments: for it.
        result: name of the file in the run's folder that it writes.

    Raises:
        ConfigError: the folder is another training's.
    """
    from vimd_core.training.distributed import leave_joined
    from vimd_core.training.loop.stopping import TrainingStoppedError

    # Python would look through every object of torch and numba once more before it ends, which takes up to two seconds
    # that somebody who asked to stop should not have to wait.
    atexit.register(gc.freeze)
    exit_code = 0
    try:
        with claimed_run(arguments, result) as finished:
            line = command(arguments) if finished is None else None
        if finished is not None:
            sys.stderr.write(
                f"The training in {arguments.run_folder} is finished: its result is {finished}. To train anew, choose "
                "another folder with --run.\n"
            )
        if line is not None:
            from vimd_core.commands.shared.training_options import print_event

            print_event(dict(line))
    except TrainingStoppedError as e:
        sys.stderr.write(f"{e}\n")
        exit_code = EXIT_STOPPED
    leave_joined(exit_code)
    return exit_code


def train(trainer: Trainer, arguments: argparse.Namespace, processes: Processes) -> TrainingResult:
    """Run a trainer: events are shown, signals stop it.

    Raises:
        TrainingStoppedError: a signal did.
    """
    from vimd_core.training.loop.stopping import StopFlag, stop_on_signals

    clear_run(arguments)
    flag = StopFlag()
    with stop_on_signals(flag), TrainingDisplay(quiet=processes.rank != 0) as display:
        return trainer.run(display.show, resume=arguments.resume, should_stop=flag)


def channels_last(module: torch.nn.Module, device: torch.device) -> None:
    """Move a network to a device, with its kernels in the order that convolutions like best."""
    import torch

    module.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]


def class_names(path: Path | None, folders: Sequence[str]) -> tuple[str, ...]:
    """The readable name of each class folder.

    Args:
        path: CSV with the columns id,name; None takes the folders' names.
        folders: in the order of the labels.

    Raises:
        DatasetError: a row is missing, or it is no such file.
    """
    if path is None:
        return tuple(folders)
    try:
        read = read_class_names(path)
        names = {class_key(folder): name for folder, name in zip(read.folders, read.names, strict=True)}
        return tuple(names[class_key(folder)] for folder in folders)
    except (CheckpointError, KeyError, ValueError) as e:
        raise DatasetError(
            "{path} must be a CSV with the columns id,name and a row for each class folder ({reason}).",
            path=path,
            reason=e,
        ) from e
