"""The files of a project's models: the weights of each are checked before anything is made of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from app.domain.training_records import RegisteredModel
from vimd_core.checkpoints.identity import model_id
from vimd_core.errors import CheckpointError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.user_messages import Sentence, sentence

FOLDER: Final = "models"
_SHOWN_DIGITS: Final = 16


def problem_of(model: RegisteredModel) -> Sentence | None:
    """Why a model's file can't be used; None when it can. Reads the whole file."""
    if not model.path.is_file():
        return sentence(
            "The file of the model {name} is missing ({path}): choose another model, or revert to the "
            "previous one.",
            name=model.name,
            path=model.path,
        )
    try:
        found = model_id(model.path)
    except CheckpointError as e:
        if isinstance(e.__cause__, OSError):
            return e.sentence
        found = ""  # truncated, or no model at all
    if found != model.sha256:
        return sentence(
            "The file of the model {name} is damaged or was replaced ({path}): choose another model, "
            "or revert to the previous one.",
            name=model.name,
            path=model.path,
        )
    return None


def require_sound(model: RegisteredModel) -> None:
    """Check a model's file.

    Raises:
        CheckpointError: it can't be used.
    """
    problem = problem_of(model)
    if problem:
        raise CheckpointError.of(problem)


def last_good(models: Iterable[RegisteredModel]) -> RegisteredModel | None:
    """The first of some models whose file can be used."""
    return next((model for model in models if not problem_of(model)), None)


def take_in(file: Path, project_folder: Path) -> tuple[str, Path]:
    """Copy a model into a project, under a name that follows from its weights.

    Returns:
        Its identity, and where it is now.

    Raises:
        CheckpointError: it can't be read or written.
    """
    sha256 = model_id(file)
    target = project_folder / FOLDER / f"{sha256[:_SHOWN_DIGITS]}.safetensors"
    if target.is_file() and model_id(target) == sha256:
        return sha256, target
    try:
        target.parent.mkdir(exist_ok=True)
        with atomic_write(target) as temporary:
            shutil.copyfile(file, temporary)
    except OSError as e:
        raise CheckpointError(
            "The model can't be added to the project ({reason}): free some disk space.", reason=e.strerror
        ) from e
    if model_id(target) != sha256:
        raise CheckpointError(
            "The model was not copied completely ({target}): check the disk, then try again.", target=target
        )
    return sha256, target
