"""Collects the result of a training: registers its model as a candidate, with the comparison with the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Unpack

from app.domain.training_records import (
    NewModel,
    Revision,
    RunState,
    TrainingRun,
    TrainingRunChanges,
)
from app.retraining.model_files import take_in
from app.storage.database.statements import now_ms
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.evaluation.gate import ComparedCapture
from vimd_core.training.runs.comparison import HeldBackAnswer, read_comparison
from vimd_core.training.runs.files import FAILED, FINISHED, RESULT, read_outcome
from vimd_core.user_messages import sentence

if TYPE_CHECKING:
    from app.storage.project import Project
    from app.storage.unit import Unit

# Megabytes that serve nothing once the model is there; log and events stay.
_SPENT: Final = ("last.pt", RESULT)


def collect_run(project: Project, run_id: int) -> TrainingRun:
    """Write down how a run ended whose process is gone, and take in its model.

    Everything is on disk before the run counts as finished, so that this can be cut off and done again.

    Returns:
        The run as it stands now: finished, failed, or paused, when it can go on.

    Raises:
        CheckpointError: the model can't be taken in.
    """
    run = project.read(lambda unit: unit.runs.get(run_id)).result()
    folder = project.folder / run.folder
    outcome = read_outcome(folder)
    if outcome is None or outcome.kind not in (FAILED, FINISHED):
        was_cut_off = sentence("The training was interrupted: it can be resumed from the last checkpoint.")
        problem = None if outcome is not None else was_cut_off
        return _note(project, run_id, state=RunState.PAUSED, pid=None, problem=problem)
    if outcome.kind == FAILED:
        message = outcome.reason
        return _note(project, run_id, state=RunState.FAILED, pid=None, problem=message, ended_ms=now_ms())
    result = folder / RESULT
    info = read_bundle_info(result)
    sha256, path = take_in(result, project.folder)
    comparison = read_comparison(folder)
    metrics = {**info.metrics, "seconds": info.training.get("seconds")}

    def work(unit: Unit) -> TrainingRun:
        revision = unit.revisions.get(run.revision_id)
        answers = [] if comparison is None else _answers(unit, run, revision, comparison.answers)
        if answers:
            metrics["held_back"] = len(answers)
            metrics["held_back_top1"] = sum(one.candidate_class_id == one.class_id for one in answers) / len(
                answers
            )
        model_id = unit.models.add(
            NewModel(
                sha256=sha256,
                name=info.name,
                path=path,
                classes=tuple(zip(_class_ids(unit, revision), info.classes, strict=True)),
                parent_id=run.parent_model_id,
                config={"effort": run.effort, **run.config},
                metrics=metrics,
                author=run.author,
            )
        )
        if comparison is not None:
            speeds = (comparison.baseline.milliseconds, comparison.candidate.milliseconds)
            unit.runs.add_comparison(run.parent_model_id, model_id, run.revision_id, speeds, answers)
        unit.runs.note(
            run_id,
            state=RunState.FINISHED,
            pid=None,
            problem=None,
            result_model_id=model_id,
            ended_ms=now_ms(),
        )
        return unit.runs.get(run_id)

    finished = project.write(work).result()
    for name in _SPENT:
        (folder / name).unlink(missing_ok=True)
    return finished


def _note(project: Project, run_id: int, **changes: Unpack[TrainingRunChanges]) -> TrainingRun:
    def work(unit: Unit) -> TrainingRun:
        unit.runs.note(run_id, **changes)
        return unit.runs.get(run_id)

    return project.write(work).result()


def _class_ids(unit: Unit, revision: Revision) -> list[int]:
    """Classes of the new model's outputs; what was merged meanwhile follows, what was deleted comes back."""
    present = unit.runs.present_classes({one.class_id for one in revision.classes})
    gone = [one.name for one in revision.classes if not present[one.class_id]]
    fresh = unit.catalogue.ensure_classes(gone)
    return [present[one.class_id] or fresh[one.name] for one in revision.classes]


def _answers(
    unit: Unit, run: TrainingRun, revision: Revision, answers: Sequence[HeldBackAnswer]
) -> list[ComparedCapture]:
    true_class = {one.capture_id: one.class_id for one in unit.revisions.captures(revision.id)}
    # Not `class_ids` of the parent, which follow later changes: this is what outputs meant in this revision.
    said = {output: one.class_id for one in revision.classes for output in one.outputs}
    new = [one.class_id for one in revision.classes]
    parent = unit.models.get(run.parent_model_id)
    return [
        ComparedCapture(
            capture_id=one.key,
            class_id=true_class[one.key],
            # A class that was deleted before the revision is in none: then today's meaning has to do.
            baseline_class_id=said.get(one.baseline.output, parent.class_ids[one.baseline.output]),
            baseline_probability=one.baseline.probability,
            candidate_class_id=new[one.candidate.output],
            candidate_probability=one.candidate.probability,
        )
        for one in answers
    ]
