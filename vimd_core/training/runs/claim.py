"""Lock of a training's folder: one process at a time, and a finished training is not overwritten unasked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vimd_core.errors import ConfigError
from vimd_core.processes.locks import FileLock
from vimd_core.training.runs.place import TrainingPlace
from vimd_core.user_messages import Sentence, sentence

LOCK: Final = "run.lock"
RESULTS: Final = (
    "student.safetensors",
    "teacher.safetensors",
    "classifier.safetensors",
    "super_resolution.safetensors",
)
_CHECKPOINT: Final = "last.pt"
_REPLACED: Final = (*RESULTS, _CHECKPOINT, "log.jsonl", "recipe.toml")


@contextlib.contextmanager
def claimed_run(place: TrainingPlace, result: str) -> Iterator[Path | None]:
    """Hold the folder of a run while the block runs.

    Args:
        place: names the folder, and whether to resume or to overwrite what is there.
        result: name of the file that the training ends in.

    Yields:
        The result of a run that is to be resumed and has nothing left to do; None where there is something to do.

    Raises:
        ConfigError: another process trains there, the folder holds a training that would be lost, or can't be written.
    """
    folder = place.folder
    if not is_first_process():
        # The first one looks after the folder for all that torchrun has started.
        yield _finished(folder, result) if place.resume else None
        return
    lock = FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_ours = lock.take()
    except OSError as e:
        raise ConfigError(
            "The run folder {folder} can't be written to ({reason}): choose another.",
            folder=folder,
            reason=e.strerror or e,
        ) from e
    if not is_ours:
        raise ConfigError(
            "Another training is running in {folder} ({holder}): wait for it to finish, stop it, or "
            "choose another folder with --run.",
            folder=folder,
            holder=_holder(folder),
        )
    try:
        if place.resume:
            yield _finished(folder, result)
        else:
            if not place.overwrite:
                _require_nothing_lost(folder)
            yield None
    finally:
        lock.release()


def is_first_process() -> bool:
    """Whether this is the only one, or the first, of the processes that torchrun has started."""
    return os.environ.get("RANK", "0") == "0"


def _finished(folder: Path, result: str) -> Path | None:
    path = folder / result
    return path if path.exists() else None


def _require_nothing_lost(folder: Path) -> None:
    there = [name for name in (*RESULTS, _CHECKPOINT) if (folder / name).exists()]
    if not there:
        return
    if there == [_CHECKPOINT]:
        raise ConfigError(
            "{folder} contains an unfinished training ({name}): add --resume to continue it, choose "
            "another folder with --run, or add --overwrite to replace it.",
            folder=folder,
            name=there[0],
        )
    raise ConfigError(
        "{folder} contains a finished training ({name}): choose another folder with --run, or add "
        "--overwrite to replace it.",
        folder=folder,
        name=there[0],
    )


def clear_run(place: TrainingPlace) -> None:
    """With --overwrite remove what an earlier training has left, now that everything is there for the new one."""
    if place.overwrite and is_first_process():
        for name in _REPLACED:
            (place.folder / name).unlink(missing_ok=True)


def _holder(folder: Path) -> str | Sentence:
    try:
        said = (folder / LOCK).read_text(encoding="utf-8").strip()
    except OSError:
        said = ""
    return said or sentence("another process")
