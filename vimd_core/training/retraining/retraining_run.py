"""A retraining from its folder to a calibrated model and its comparison with the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from vimd_core.errors import CancelledError, MemoryShortageError
from vimd_core.training.loop.events import AnyEvent, ComparingEvent, notice
from vimd_core.training.preparation import OnText, ShouldStop, ignore
from vimd_core.training.recipes.recipe import StudentRecipe
from vimd_core.training.recipes.recipe_file import resolve_recipe, write_recipe
from vimd_core.training.retraining.comparing import compare_on_held_back
from vimd_core.training.runs.files import RECIPE, TrainingPlan
from vimd_core.training.runs.place import TrainingPlace
from vimd_core.training.student import train_student
from vimd_core.user_messages import sentence

_MOST_PARTS: Final = 64
_COMMAND: Final = "distill"
Tell = Callable[[AnyEvent | ComparingEvent], None]


def retrain_in_folder(
    folder: Path,
    plan: TrainingPlan,
    tell: Tell,
    should_stop: ShouldStop,
    *,
    threads: int,
    on_finding: OnText = ignore,
) -> None:
    """Train the student that the folder's recipe describes, or resume that, calibrate it, and compare it.

    Where memory lacks, each batch is computed in ever smaller parts.

    Args:
        folder: as `Retraining.write` leaves it.
        plan: that it was written with.
        tell: gets each event: those of the training, and of the comparison.
        should_stop: is asked many times a second, in this thread.
        threads: processor threads; 0 leaves them as they are.
        on_finding: is told what was found in the data, as a table for a terminal.

    Raises:
        TrainingStoppedError: `should_stop` said so; the same call resumes.
        CancelledError: the same while the models were being compared.
        VimdError: as `train_student` and `compare_on_held_back`.
    """
    recipe = resolve_recipe(StudentRecipe, _COMMAND, folder / RECIPE, {})
    place = TrainingPlace(
        folder=folder,
        device=plan.device,
        threads=threads,
        checkpoint_minutes=plan.checkpoint_minutes,
        resume=True,
    )

    def report(done: int, total: int) -> None:
        if should_stop():
            raise CancelledError("Stopped during the comparison.")
        tell(ComparingEvent(done, total))

    while True:
        try:
            train_student(recipe, place, tell, should_stop, on_finding=on_finding)
            break
        except MemoryShortageError:
            parts = 2 * recipe.training.accumulation
            if parts > min(_MOST_PARTS, recipe.training.batch_size):
                raise
            recipe = replace(recipe, training=replace(recipe.training, accumulation=parts))
            write_recipe(folder, _COMMAND, recipe)
        said = sentence("Not enough memory: each batch is now processed in {parts} parts.", parts=parts)
        tell(notice(said))
    compare_on_held_back(folder, plan, report)
