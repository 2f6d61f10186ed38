"""Pre-training of a classifier that other trainings start from, as a backbone: what `vimd pretrain` does."""

from __future__ import annotations

from typing import Final

from vimd_core.data.datasets.pixels import ProgressCallback
from vimd_core.training.preparation import OnEvent, OnText, ShouldStop, ignore, never
from vimd_core.training.recipes.recipe import ClassifierRecipe
from vimd_core.training.runs.place import TrainedClassifier, TrainingPlace
from vimd_core.training.supervised import train_classifier

RESULT: Final = "classifier.safetensors"


def pretrain(
    recipe: ClassifierRecipe,
    place: TrainingPlace,
    on_event: OnEvent = ignore,
    should_stop: ShouldStop = never,
    *,
    on_read: ProgressCallback = ignore,
    on_finding: OnText = ignore,
) -> TrainedClassifier:
    """Train a classifier and write `classifier.safetensors` into the run's folder.

    Students and teachers start from it (`init` of their recipes), also with other classes and for another image size.

    Args:
        recipe: data, network, starting point and every number of the training.
        place: folder and device.
        on_event: as for `teacher.train_teacher`, like all that follow.
        should_stop: whether to stop.
        on_read: is told files that were read.
        on_finding: is told what was found in the data.

    Raises:
        TrainingStoppedError: as `teacher.train_teacher` does, like all other errors.
    """
    return train_classifier(
        recipe,
        place,
        on_event,
        should_stop,
        command="pretrain",
        result=RESULT,
        on_read=on_read,
        on_finding=on_finding,
    )
