"""Preparation of every training before its first step: it reads its data, and can be stopped while it prepares."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from vimd_core.checkpoints.class_name_file import read_class_names
from vimd_core.data.classes.class_identity import class_key
from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.errors import CheckpointError, ConfigError, DatasetError
from vimd_core.training.batches.training_data import TrainingData, load_training_data
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent
from vimd_core.training.loop.stopping import TrainingStoppedError, checked_forward_passes
from vimd_core.training.recipes.recipe import ClassifierRecipe
from vimd_core.training.runs.place import TrainingPlace

OnEvent = Callable[[AnyEvent], None]
OnText = Callable[[str], object]
ShouldStop = Callable[[], bool]


def ignore(*_: object) -> None:
    """A listener that takes no notice."""


def never() -> bool:
    """A `should_stop` that lets a training come to its end."""
    return False


@contextlib.contextmanager
def stoppable_preparation(should_stop: ShouldStop) -> Iterator[Callable[[], None]]:
    """While the block runs, networks that compute look whether to stop; what can't be seen so calls what it is given.

    Args:
        should_stop: is asked often, in this thread.

    Yields:
        Raises when the training is to be stopped.

    Raises:
        TrainingStoppedError: it was.
    """

    def check() -> None:
        if should_stop():
            raise TrainingStoppedError(
                "Stopped before training began: run the same command to start again.", step=0
            )

    with checked_forward_passes(check):
        yield check


def data_path(data: Path | None) -> Path:
    """Where a recipe's data are.

    Raises:
        ConfigError: the recipe names none.
    """
    if data is None:
        raise ConfigError("No training data: add --data, or a line `data = ...` to the recipe.")
    return data


def read_captures(
    recipe: ClassifierRecipe,
    size_px: int,
    place: TrainingPlace,
    compute: ComputePlace,
    *,
    check: Callable[[], None],
    on_read: ProgressCallback,
    on_finding: OnText,
    classes: Sequence[str] | None = None,
    unlabelled: Sequence[Path] = (),
) -> TrainingData:
    """The captures of a recipe; only the first of several processes tells about them.

    Args:
        recipe: what to learn from, and how much of it is held back.
        size_px: image size of the classifier.
        place: its folder takes pixels that do not fit into the memory.
        compute: processes that train together.
        check: is called after each file; may raise.
        on_read: is told files that were read, and their number.
        on_finding: is told what was found in the data, as a table.
        classes: that the model shall have, in their order; None takes those of the data.
        unlabelled: files of captures to learn from without a label.

    Raises:
        ConfigError: the recipe names no data.
        DatasetError: nothing can be learnt from them.
    """

    def progress(done: int, total: int) -> None:
        check()
        if compute.is_first:
            on_read(done, total)

    data = load_training_data(
        data_path(recipe.data),
        size_px,
        hr=recipe.hr,
        unlabelled=unlabelled,
        classes=classes,
        validation_fraction=recipe.training.validation_fraction,
        seed=recipe.training.seed,
        folder=place.folder,
        progress=progress,
    )
    if compute.is_first:
        on_finding(data.preflight.text())
    return data


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
