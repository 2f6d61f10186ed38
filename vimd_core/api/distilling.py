"""Training a model from labelled images and a recipe, with or without a teacher: what `vimd distill` does."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from vimd_core.api.arguments import as_path, as_settings, as_whole_number
from vimd_core.api.model import Model, load
from vimd_core.api.project_records import OnEvent
from vimd_core.errors import CancelledError
from vimd_core.processes.runtime import prepare_process

_COMMAND: Final = "distill"


def distill(
    data: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    recipe: str | os.PathLike[str] | None = None,
    init: str | os.PathLike[str] | None = None,
    teacher: str | os.PathLike[str] | None = None,
    hr: str | os.PathLike[str] | None = None,
    name: str = "",
    settings: Mapping[str, Any] | None = None,
    device: str = "auto",
    threads: int = 0,
    resume: bool = False,
    overwrite: bool = False,
    on_event: OnEvent = lambda event: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Model:
    """Train a student (SRVM-Net) on small images, distilled from a teacher or on labels alone; as `vimd distill`.

    Args:
        data: a folder with one sub-folder for each class, or a table of labels (CSV, JSON lines ...) with the columns
            path and label, and where there are any split, group and hr.
        folder: of the run: recipe, log, checkpoints and result; made when it is not there.
        recipe: TOML file, or the name of one that comes with ViMD; None takes the defaults.
        init: model to start from, by file or name: a bundled model knows how to see, also for other classes.
        teacher: classifier that teaches (`vimd train-teacher`); None learns from labels alone.
        hr: folder with high-resolution views of the same things, in the same class folders.
        name: of the new model.
        settings: any setting of the recipe by dotted name, such as {"training.epochs": 30, "preset": "balanced"}; they
            count more than the recipe.
        device: "auto", "cuda", "mps" or "cpu".
        threads: processor threads; 0 leaves torch's as they are.
        resume: go on from the last checkpoint in `folder` when there is one; a finished training is loaded.
        overwrite: replace a training that the folder holds already.
        on_event: is told each event, in this thread: a mapping with the key "event", "progress" about every second and
            "epoch", with losses, learning rate and time left.
        should_stop: is asked many times a second, in this thread; True saves and stops.

    Returns:
        The trained model, loaded from `folder`.

    Raises:
        CancelledError: `should_stop` said so; the same call with `resume` goes on.
        ConfigError: a setting is unknown or contradicts another one, or the folder holds another training.
        DatasetError: nothing can be learnt from the data.
        CheckpointError: a file to start from is damaged or does not fit, or nothing can be written.
        DeviceError: the device is not there, or has not enough memory.
    """
    prepare_process()  # before torch is loaded
    from vimd_core.training.loop.stopping import TrainingStoppedError
    from vimd_core.training.recipes.recipe import StudentRecipe
    from vimd_core.training.recipes.recipe_file import find_recipe, resolve_recipe
    from vimd_core.training.runs.place import TrainingPlace
    from vimd_core.training.student import train_student

    given = {"data": data, "init": init, "teacher": teacher, "hr": hr}
    overrides: dict[str, Any] = {
        key: as_path(key, value) for key, value in given.items() if value is not None
    }
    overrides |= {"name": name} if name else {}
    overrides |= as_settings(settings)
    file = None if recipe is None else find_recipe(as_path("recipe", recipe))
    place = TrainingPlace(
        folder=as_path("folder", folder),
        device=device,
        threads=as_whole_number("threads", threads, least=0),
        resume=resume,
        overwrite=overwrite,
    )
    try:
        trained = train_student(
            resolve_recipe(StudentRecipe, _COMMAND, file, overrides),
            place,
            lambda event: on_event(event.to_mapping()),
            should_stop,
        )
    except TrainingStoppedError as e:
        raise CancelledError("The training was stopped: the same call with resume goes on.") from e
    return load(trained.file, device=device)
