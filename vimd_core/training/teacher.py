"""Training of a teacher, HRVM-Net, on high-resolution views: what `vimd train-teacher` does."""

from __future__ import annotations

from typing import Final

from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.training.preparation import OnEvent, OnText, ShouldStop, ignore, never
from vimd_core.training.recipes.recipe import ClassifierRecipe
from vimd_core.training.runs.place import TrainedClassifier, TrainingPlace
from vimd_core.training.supervised import train_classifier

RESULT: Final = "teacher.safetensors"


def train_teacher(
    recipe: ClassifierRecipe,
    place: TrainingPlace,
    on_event: OnEvent = ignore,
    should_stop: ShouldStop = never,
    *,
    on_read: ProgressCallback = ignore,
    on_finding: OnText = ignore,
) -> TrainedClassifier:
    """Train a teacher and write `teacher.safetensors` into the run's folder, for students to learn from.

    Args:
        recipe: data, network, starting point and every number of the training.
        place: folder and device.
        on_event: gets an event about every second and one an epoch, in this thread; may raise to end the training
            without saving.
        should_stop: is asked many times a second, in this thread; must be quick. All is saved when it says so.
        on_read: is told files that were read and their number, while the data are read.
        on_finding: is told what was found in the data, as a table for a terminal.

    Raises:
        TrainingStoppedError: `should_stop` said so; the same call with `place.resume` goes on.
        ConfigError: the recipe names no data or contradicts itself, or the folder is another training's.
        DatasetError: nothing can be learnt from the data.
        CheckpointError: a file to start from is damaged or does not fit, nothing can be written, or the loss is no
            longer a number.
        DeviceError: the device is not there, or there is not enough memory (`MemoryShortageError`).
    """
    return train_classifier(
        recipe,
        place,
        on_event,
        should_stop,
        command="train-teacher",
        result=RESULT,
        on_read=on_read,
        on_finding=on_finding,
    )
