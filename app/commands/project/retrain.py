"""`vimd project retrain`: make a better model of the labels in a project."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.commands.project.opening import author, opened, print_json, stop_flag
from vimd_core.commands.shared.arguments import add_device_argument
from vimd_core.errors import VimdError
from vimd_core.processes.child_process import child_command
from vimd_core.training.loop.events import (
    ComparingEvent,
    EpochEvent,
    ExtractingEvent,
    NoticeEvent,
    RetrainingEvent,
)

if TYPE_CHECKING:
    from app.domain.training_records import ModelComparison, RegisteredModel, TrainingRun
    from app.retraining.choice import RetrainRequest
    from app.retraining.training_stock import Concerns
    from app.storage.project import Project
    from app.storage.unit import Unit
    from vimd_core.evaluation.gate import Verdict

EXIT_PAUSED: Final = 4
_MOST_NAMES: Final = 10


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    retrain = commands.add_parser(
        "retrain",
        help="retrain the model on the labels in a project",
        description="Retrain the model on the labels in a project, and compare it with the model in "
        "use on held-out captures. Interrupted training resumes. Exit code 4 if training "
        "was stopped and can be resumed.",
    )
    retrain.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    effort = retrain.add_mutually_exclusive_group()
    for name, what in (("quick", "minutes"), ("balanced", "a coffee break or two")):
        effort.add_argument(f"--{name}", dest="effort", action="store_const", const=name, help=what)
    add_device_argument(retrain)
    retrain.add_argument("--threads", type=int, default=0, help="CPU threads (all free threads but one)")
    retrain.add_argument(
        "--replay",
        type=int,
        default=20,
        metavar="N",
        help="unreviewed captures per class to replay with the model's own prediction (20)",
    )
    retrain.add_argument(
        "--no-near-views", action="store_true", help="ignore near views stored next to captures"
    )
    retrain.add_argument("--name", default="", help="name of the new model")
    retrain.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SETTING=VALUE",
        help="training setting, such as epochs=30 or losses.previous_weight=2; may be repeated",
    )
    retrain.add_argument("--anew", action="store_true", help="discard an unfinished training and start again")
    retrain.add_argument(
        "--promote",
        action="store_true",
        help="use the new model if it is significantly better and no class loses much accuracy",
    )
    retrain.add_argument(
        "--margin",
        type=float,
        default=0.1,
        metavar="FRACTION",
        help="accuracy that a class may lose with --promote (0.1)",
    )
    retrain.add_argument("--json", action="store_true", help="print events and the result as JSON Lines")
    retrain.set_defaults(run=run_retrain, effort="balanced")


def run_retrain(arguments: argparse.Namespace) -> int:
    """Retrain, say what the gate says, and return the exit code."""
    from app.domain.training_records import RunState
    from app.retraining.look_alikes import group_by_look
    from app.retraining.run import failure_of, run_to_end
    from app.retraining.training_stock import concerns_of, take_stock
    from app.retraining.write import prepare_run

    with opened(arguments.project) as project, stop_flag() as stopped:
        run = unfinished_run(project, give_up=arguments.anew)
        if run is None:
            _check_files(project)
            request = _request(arguments)
            _say_concerns(concerns_of(take_stock(project, request.replay_per_class)), arguments)
            group_by_look(project, child_command(), should_stop=lambda: bool(stopped))
            run = prepare_run(project, request, author())
        elif not arguments.json:
            sys.stderr.write(f"Resuming training {run.id} (--anew discards it).\n")
        show = _print_event if arguments.json else _Progress().show
        run = run_to_end(project, run, child_command(), on_event=show, should_stop=lambda: bool(stopped))
        if run.state is RunState.PAUSED:
            reason = "" if stopped or run.problem is None else f"{run.problem} "
            sys.stderr.write(f"{reason}Progress is saved: run the same command to resume.\n")
            return EXIT_PAUSED
        if run.state is not RunState.FINISHED or run.result_model_id is None:
            raise failure_of(run)
        model_id = run.result_model_id
        comparison = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
        model = project.read(lambda unit: unit.models.get(model_id)).result()
        promoted = _report(project, model, comparison, arguments)
        if promoted:
            project.write(lambda unit: unit.models.activate(model_id)).result()
    return 0


def _check_files(project: Project) -> None:
    from app.retraining.training_stock import check_learnable

    report = check_learnable(project)
    for count, what in (
        (len(report.changed), "have changed on disk"),
        (len(report.gone), "no longer exist"),
    ):
        if count:
            sys.stderr.write(f"{count:,} of the training captures {what} and are skipped.\n")


def _request(arguments: argparse.Namespace) -> RetrainRequest:
    from app.retraining.choice import RetrainRequest
    from vimd_core.training.recipes.settings import parse_assignment
    from vimd_core.training.retraining.effort import Effort

    return RetrainRequest(
        effort=Effort(arguments.effort),
        replay_per_class=max(0, arguments.replay),
        use_near_views=not arguments.no_near_views,
        device=arguments.device,
        threads=max(0, arguments.threads),
        changes=dict(parse_assignment(text) for text in arguments.set),
        name=arguments.name,
    )


def _say_concerns(concerns: Concerns, arguments: argparse.Namespace) -> None:
    """Warn of what makes a training little worth; it starts all the same."""
    from app.retraining.training_stock import FEWEST_OF_CLASS

    sentences = []
    if concerns.only_class:
        sentences.append(
            f"All labels are of one class, {concerns.only_class}. Label captures of other classes too."
        )
    if concerns.single:
        names = ", ".join(concerns.single[:_MOST_NAMES])
        more = len(concerns.single) - _MOST_NAMES
        names += f" and {more} more" if more > 0 else ""
        sentences.append(
            f"These classes have only one labelled capture each, too few for training and validation: "
            f"{names}. Label at least {FEWEST_OF_CLASS} of each."
        )
    for sentence in sentences:
        if arguments.json:
            print_json({"event": "warning", "message": sentence})
        else:
            sys.stderr.write(f"Warning: {sentence}\n")


def unfinished_run(project: Project, *, give_up: bool) -> TrainingRun | None:
    """The training of a project that can go on; None when there is none.

    Args:
        project: is open.
        give_up: end it for good instead.

    Raises:
        VimdError: it is still going on, and so can't be given up.
    """
    from app.domain.training_records import RunState
    from app.retraining.process import is_alive
    from app.storage.database.statements import now_ms

    runs = project.read(lambda unit: unit.runs.open()).result()
    if not give_up:
        return runs[0] if runs else None
    for run in runs:
        if is_alive(project.folder / run.folder):
            raise VimdError(
                "Training {run_id} is still running in process {process_id}: without --anew, this "
                "command waits for it and can stop it.",
                run_id=run.id,
                process_id=run.pid,
            )

    def work(unit: Unit) -> None:
        for run in runs:
            unit.runs.note(run.id, state=RunState.STOPPED, ended_ms=now_ms())

    project.write(work).result()
    return None


def _report(
    project: Project,
    model: RegisteredModel,
    comparison: ModelComparison | None,
    arguments: argparse.Namespace,
) -> bool:
    """Say what the gate says; whether the model shall be promoted."""
    from vimd_core.evaluation.gate import judge

    verdict = None if comparison is None else judge(comparison)
    may_promote = verdict is not None and verdict.may_promote_itself(arguments.margin)
    promoted = bool(arguments.promote and may_promote)
    names = project.read(lambda unit: {one.id: one.name for one in unit.catalogue.classes()}).result()
    if arguments.json:
        print_json(
            {"event": "result", "model": model.id, "name": model.name, "promoted": promoted}
            | ({} if verdict is None else {"gate": _plain(verdict, names)})
        )
        return promoted
    sys.stdout.write(f"{model.name} is model {model.id}.\n")
    if verdict is None:
        sys.stdout.write("No captures were held out for comparison: label more captures.\n")
    else:
        sys.stdout.write(_text(verdict, names))
    what_next = (
        "It is now in use.\n"
        if promoted
        else f"`vimd project models {arguments.project} promote {model.id}` puts it in use.\n"
    )
    sys.stdout.write(what_next)
    return promoted


def _plain(verdict: Verdict, names: Mapping[int, str]) -> dict[str, Any]:
    outcome = verdict.outcome
    active, candidate = verdict.intervals
    return {
        "captures": outcome.n,
        "things": len(verdict.things),
        "active_top1": outcome.first_top1,
        "active_low": active[0],
        "active_high": active[1],
        "candidate_top1": outcome.second_top1,
        "candidate_low": candidate[0],
        "candidate_high": candidate[1],
        "fixed": outcome.fixed,
        "broken": outcome.broken,
        "p_value": verdict.p_value,
        "better": verdict.is_better,
        "worse": verdict.is_worse,
        "active_calibration_error": verdict.baseline_error,
        "candidate_calibration_error": verdict.candidate_error,
        "speed_ratio": verdict.speed_ratio,
        "classes": [
            {
                "class": names.get(one.class_id, str(one.class_id)),
                "captures": one.outcome.n,
                "active_top1": one.outcome.first_top1,
                "candidate_top1": one.outcome.second_top1,
            }
            for one in verdict.classes
        ],
    }


def _text(verdict: Verdict, names: Mapping[int, str]) -> str:
    outcome = verdict.outcome
    if verdict.is_better:
        sense = "significantly better"
    elif verdict.is_worse:
        sense = "significantly worse"
    else:
        sense = "not significantly different: label more captures to decide"
    test = "McNemar" if len(verdict.things) == outcome.n else "sign-flip test over things,"
    lines = [
        f"On {_counted(verdict)} that neither model was trained on, it is {sense} "
        f"({test} p = {verdict.p_value:.3g}).",
        f"  top-1              {outcome.first_top1:.1%} before, {outcome.second_top1:.1%} now",
        f"  95 % confidence    {_range(verdict.intervals[0])} before, {_range(verdict.intervals[1])} now",
        f"  fixed, broken      {outcome.fixed:,}, {outcome.broken:,}",
        f"  calibration error  {verdict.baseline_error:.1%} before, {verdict.candidate_error:.1%} now",
        f"  time per capture   {verdict.speed_ratio:.2f} times the previous",
    ]
    lines += [
        f"  loses              {names.get(one.class_id, one.class_id)}: {one.outcome.first_top1:.0%} before, "
        f"{one.outcome.second_top1:.0%} now, of {one.outcome.n:,}"
        for one in verdict.classes
        if one.outcome.broken > one.outcome.fixed
    ]
    return "\n".join(lines) + "\n"


def _counted(verdict: Verdict) -> str:
    captures, things = verdict.outcome.n, len(verdict.things)
    return f"{captures:,} captures" + (f" of {things:,} things" if things < captures else "")


def _range(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.1%} to {interval[1]:.1%}"


def _print_event(event: RetrainingEvent) -> None:
    print_json(event.to_mapping())


class _Progress:
    """Says where a training stands: a line for each epoch and for what comes after."""

    def __init__(self) -> None:
        self._compares = self._extracts = False

    def show(self, event: RetrainingEvent) -> None:
        if isinstance(event, NoticeEvent):
            sys.stderr.write(f"{event.message}\n")
        elif isinstance(event, EpochEvent):
            top1, left = event.validation_top1, event.eta_s
            validation = "" if top1 is None else f"  top-1 {top1:.1%}"
            time_left = "" if left is None else f"  {left:.0f} s left"
            loss = sum(event.losses.values())
            sys.stderr.write(
                f"epoch {event.epoch}/{event.epochs}  loss {loss:.3f}{validation}  "
                f"{event.samples_per_s:.1f} captures/s{time_left}\n"
            )
        elif isinstance(event, ExtractingEvent) and not self._extracts:
            self._extracts = True
            sys.stderr.write(f"looking at {event.total:,} captures for the suggestions to learn from\n")
        elif isinstance(event, ComparingEvent) and not self._compares:
            self._compares = True
            sys.stderr.write("comparing the new model with the model in use\n")
