"""`vimd project`: retrain a project's model and decide about models, on the same database as the window."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import json
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from vimd_core.child_process import child_command
from vimd_core.commands.arguments import add_device_argument
from vimd_core.console import stopping_signals
from vimd_core.errors import VimdError

if TYPE_CHECKING:
    from app.services.gate import Verdict
    from app.services.retrain_prepare import Concerns, RetrainRequest
    from app.storage.project import Project
    from app.storage.training_records import ModelComparison, RegisteredModel, TrainingRun
    from app.storage.unit import Unit

EXIT_PAUSED: Final = 4
_MOST_NAMES: Final = 10
_ACTIONS: Final = ("list", "promote", "keep", "discard", "rollback")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand and its own subcommands."""
    parser = subparsers.add_parser("project", help="retrain a project's model, list its models")
    commands = parser.add_subparsers(dest="project_command", required=True, metavar="COMMAND")
    retrain = commands.add_parser(
        "retrain",
        help="make a better model of the labels in a project",
        description="Make a better model of the labels in a project, and compare it with the active one on captures "
        "that neither has learnt from. A training that was stopped or cut off is gone on with. Exit code 4 when it "
        "was stopped and can go on.",
    )
    retrain.add_argument("project", type=Path, help="folder of the project (NAME.vimd)")
    effort = retrain.add_mutually_exclusive_group()
    for name, what in (("quick", "minutes"), ("balanced", "a coffee break or two"), ("thorough", "hours")):
        effort.add_argument(f"--{name}", dest="effort", action="store_const", const=name, help=what)
    add_device_argument(retrain)
    retrain.add_argument(
        "--threads", type=int, default=0, help="processor threads (all that are free but one)"
    )
    retrain.add_argument(
        "--replay",
        type=int,
        default=20,
        metavar="N",
        help="captures of each class that nobody has looked at, learnt with the model's own answer (20)",
    )
    retrain.add_argument(
        "--no-near-views", action="store_true", help="leave near views beside captures alone"
    )
    retrain.add_argument("--name", default="", help="of the new model")
    retrain.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SETTING=VALUE",
        help="a setting of the training, such as epochs=30 or losses.previous_weight=2; may be repeated",
    )
    retrain.add_argument("--anew", action="store_true", help="give up a training that was not finished")
    retrain.add_argument(
        "--promote",
        action="store_true",
        help="make the new model the active one if it is better by more than chance and no class loses much",
    )
    retrain.add_argument(
        "--margin",
        type=float,
        default=0.1,
        metavar="FRACTION",
        help="how much accuracy a class may lose for --promote (0.1)",
    )
    retrain.add_argument("--json", action="store_true", help="events and result as JSON lines")
    retrain.set_defaults(run=run_retrain, effort="balanced")
    models = commands.add_parser(
        "models",
        help="list models, promote one, or go back to the one before",
        description="List the models of a project, or decide about one of them.",
    )
    models.add_argument("project", type=Path, help="folder of the project (NAME.vimd)")
    models.add_argument("action", nargs="?", choices=_ACTIONS, default="list", help="what to do (list)")
    models.add_argument("model", nargs="?", type=int, help="number of the model, as the list shows it")
    models.add_argument("--json", action="store_true", help="for programs")
    models.set_defaults(run=run_models)


def find_model(folder: Path, name: str) -> Path:
    """The file of a project's model, for `vimd_core.checkpoints.named`.

    Args:
        folder: of the project.
        name: number or name of the model; "active" or nothing for the one in use.

    Raises:
        ProjectError: there is none of that name, or several.
    """
    from app.storage.errors import ProjectError
    from app.storage.peek import peek_models

    models = peek_models(folder)
    wanted = name.strip()
    if wanted.lower() in ("", "active"):
        found = [model for model in models if model.is_active]
    else:
        found = [model for model in models if str(model.id) == wanted]
        found = found or [model for model in models if model.name.casefold() == wanted.casefold()]
    if len(found) == 1:
        return found[0].path
    listed = ", ".join(f"{model.id} ({model.name})" for model in models) or "none"
    problem = "several models" if found else "no active model" if not wanted else f"no model {wanted}"
    raise ProjectError(f"{folder} has {problem}: give the number of one of {listed}.")


def list_models(folder: Path) -> list[dict[str, Any]]:
    """The models of a project, for `vimd model list`."""
    from app.storage.peek import peek_models
    from vimd_core.checkpoints.bundle_info import read_bundle_info

    rows: list[dict[str, Any]] = []
    for model in peek_models(folder):
        row: dict[str, Any] = {"name": f"{folder}:{model.id}", "kind": "model", "title": model.name}
        try:
            info = read_bundle_info(model.path)
            row |= {"classes": len(info.classes), "preset": info.config.preset, "problem": ""}
        except VimdError as e:
            row |= {"classes": 0, "preset": "", "problem": str(e)}
        rows.append(row | {"active": model.is_active, "path": str(model.path)})
    return rows


def run_retrain(arguments: argparse.Namespace) -> int:
    """Retrain, say what the gate says, and return the exit code."""
    from app.services.retrain_prepare import concerns_of, prepare_run, take_stock
    from app.services.retrain_run import run_to_end
    from app.storage.training_records import RunState

    with _opened(arguments.project) as project, _stop_flag() as stopped:
        run = _unfinished(project, give_up=arguments.anew)
        if run is None:
            _check_files(project)
            request = _request(arguments)
            _say_concerns(concerns_of(take_stock(project, request.replay_per_class)), arguments)
            run = prepare_run(project, request, _author())
        elif not arguments.json:
            sys.stderr.write(f"Going on with the training {run.id} of before (--anew gives it up).\n")
        show = _print_json if arguments.json else _Progress().show
        run = run_to_end(project, run, child_command(), on_event=show, should_stop=lambda: bool(stopped))
        if run.state is RunState.PAUSED:
            reason = "" if stopped else f"{run.problem} "
            sys.stderr.write(f"{reason}Everything is saved: the same command goes on from there.\n")
            return EXIT_PAUSED
        if run.state is not RunState.FINISHED or run.result_model_id is None:
            raise VimdError(run.problem or "The training has failed.")
        model_id = run.result_model_id
        comparison = project.read(lambda unit: unit.runs.comparison_of(model_id)).result()
        model = project.read(lambda unit: unit.models.get(model_id)).result()
        promoted = _report(project, model, comparison, arguments)
        if promoted:
            project.write(lambda unit: unit.catalogue.activate(model_id)).result()
    return 0


def run_models(arguments: argparse.Namespace) -> int:
    """List models or decide about one."""
    from app.storage.training_records import ModelState

    if arguments.action in ("promote", "keep", "discard") and arguments.model is None:
        raise VimdError(f"Which model? `vimd project models PROJECT {arguments.action} NUMBER`.")
    with _opened(arguments.project) as project:
        if arguments.action in ("promote", "rollback"):
            _make_active(project, arguments)
        elif arguments.action != "list":
            state = ModelState.KEPT if arguments.action == "keep" else ModelState.DISCARDED
            model_id = arguments.model

            def decide(unit: Unit) -> None:
                unit.models.get(model_id)
                unit.models.set_state(model_id, state)

            project.write(decide).result()
        _list_models(project, as_json=arguments.json)
    return 0


def _check_files(project: Project) -> None:
    from app.services.retrain_prepare import check_learnable

    report = check_learnable(project)
    for count, what in (
        (len(report.changed), "have changed on disk"),
        (len(report.gone), "are not there any more"),
    ):
        if count:
            sys.stderr.write(f"{count:,} of the captures to learn from {what}: they are left out.\n")


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[Project]:
    from app.storage.locations import DATABASE_NAME
    from app.storage.project import Project

    if not (folder / DATABASE_NAME).is_file():
        raise VimdError(f"{folder} is no project: give the folder NAME.vimd of one.")
    project = Project.open(folder)
    sys.stderr.write("".join(f"{notice}\n" for notice in project.notices))
    try:
        yield project
    finally:
        project.close()


@contextlib.contextmanager
def _stop_flag() -> Iterator[list[int]]:
    """A list that SIGINT, SIGTERM and SIGHUP put something into."""
    received: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        received.append(number)

    numbers = stopping_signals()
    before = [signal.signal(number, note) for number in numbers]
    try:
        yield received
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _request(arguments: argparse.Namespace) -> RetrainRequest:
    from app.services.retrain_prepare import RetrainRequest
    from app.services.retrain_recipe import Effort
    from vimd_core.distillation.settings import parse_assignment

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
    from app.services.retrain_prepare import FEWEST_OF_CLASS

    sentences = []
    if concerns.only_class:
        sentences.append(
            f"All labels are of one class, {concerns.only_class}: a model can't learn to tell classes apart from that. "
            "Label captures of other classes, too."
        )
    if concerns.single:
        names = ", ".join(concerns.single[:_MOST_NAMES])
        more = len(concerns.single) - _MOST_NAMES
        names += f" and {more} more" if more > 0 else ""
        sentences.append(
            f"A single capture is labelled as each of these classes, which is too few to learn from and to check by: "
            f"{names}. Label at least {FEWEST_OF_CLASS} of each."
        )
    for sentence in sentences:
        if arguments.json:
            _print_json({"event": "warning", "message": sentence})
        else:
            sys.stderr.write(f"Warning: {sentence}\n")


def _unfinished(project: Project, *, give_up: bool) -> TrainingRun | None:
    from app.services.training_process import is_alive
    from app.storage.clock import now_ms
    from app.storage.training_records import RunState

    runs = project.read(lambda unit: unit.runs.open()).result()
    if not give_up:
        return runs[0] if runs else None
    for run in runs:
        if is_alive(project.folder / run.folder):
            raise VimdError(
                f"The training {run.id} is still going on in process {run.pid}: without --anew this command waits for "
                "it and can stop it."
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
    from app.services.gate import judge

    verdict = None if comparison is None else judge(comparison)
    may_promote = verdict is not None and verdict.may_promote_itself(arguments.margin)
    promoted = bool(arguments.promote and may_promote)
    names = project.read(lambda unit: {one.id: one.name for one in unit.catalogue.classes()}).result()
    if arguments.json:
        _print_json(
            {"event": "result", "model": model.id, "name": model.name, "promoted": promoted}
            | ({} if verdict is None else {"gate": _plain(verdict, names)})
        )
        return promoted
    sys.stdout.write(f"{model.name} is model {model.id}.\n")
    if verdict is None:
        sys.stdout.write("Nothing was held back to compare it on: label more captures.\n")
    else:
        sys.stdout.write(_text(verdict, names))
    what_next = (
        "It is the active model now.\n"
        if promoted
        else f"`vimd project models {arguments.project} promote {model.id}` makes it the active one.\n"
    )
    sys.stdout.write(what_next)
    return promoted


def _plain(verdict: Verdict, names: Mapping[int, str]) -> dict[str, Any]:
    outcome = verdict.outcome
    return {
        "captures": outcome.n,
        "active_top1": outcome.first_top1,
        "candidate_top1": outcome.second_top1,
        "fixed": outcome.fixed,
        "broken": outcome.broken,
        "p_value": outcome.p_value,
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
        sense = "better, by more than chance"
    elif verdict.is_worse:
        sense = "worse, by more than chance"
    else:
        sense = "not clearly different: label more captures to tell"
    lines = [
        f"On {outcome.n:,} captures that neither model has learnt from it is {sense} "
        f"(McNemar p = {outcome.p_value:.3g}).",
        f"  top-1              {outcome.first_top1:.1%} before, {outcome.second_top1:.1%} now",
        f"  fixed, broken      {outcome.fixed:,}, {outcome.broken:,}",
        f"  calibration error  {verdict.baseline_error:.1%} before, {verdict.candidate_error:.1%} now",
        f"  time for a capture {verdict.speed_ratio:.2f} times that of before",
    ]
    lines += [
        f"  loses              {names.get(one.class_id, one.class_id)}: {one.outcome.first_top1:.0%} before, "
        f"{one.outcome.second_top1:.0%} now, of {one.outcome.n:,}"
        for one in verdict.classes
        if one.outcome.broken > one.outcome.fixed
    ]
    return "\n".join(lines) + "\n"


def _make_active(project: Project, arguments: argparse.Namespace) -> None:
    from app.services.model_files import require_sound

    if arguments.action == "rollback":
        model = project.read(lambda unit: unit.models.previous()).result()
        if model is None:
            raise VimdError("No other model was active before: there is nothing to go back to.")
    else:
        model = project.read(lambda unit: unit.models.get(arguments.model)).result()
    require_sound(model)
    project.write(lambda unit: unit.catalogue.activate(model.id)).result()


def _list_models(project: Project, *, as_json: bool) -> None:
    from app.services.model_files import problem_of
    from app.services.review_statistics import FEWEST_TO_JUDGE, Share

    def read(unit: Unit) -> list[tuple[RegisteredModel, Share]]:
        return [(model, Share(*unit.answers.right_of(model.id))) for model in unit.models.all()]

    for model, accuracy in project.read(read).result():
        problem = problem_of(model)
        if as_json:
            _print_json(
                {
                    "model": model.id,
                    "name": model.name,
                    "active": model.is_active,
                    "state": str(model.state),
                    "parent": model.parent_id,
                    "classes": len(model.class_ids),
                    "metrics": dict(model.metrics),
                    # On labelled captures that it has answered for and not learnt from; null where there are none.
                    "judged_on": accuracy.total,
                    "accuracy": accuracy.value if accuracy.total else None,
                    "accuracy_interval": list(accuracy.interval) if accuracy.total else None,
                    "model_id": model.sha256,
                    "path": str(model.path),
                    "problem": problem,
                }
            )
            continue
        state = "active" if model.is_active else str(model.state)
        parent = f"from {model.parent_id}" if model.parent_id is not None else ""
        if accuracy.total >= FEWEST_TO_JUDGE:
            low, high = accuracy.interval
            figure = f"{accuracy.value:.0%} of {accuracy.total:,} ({low:.0%} to {high:.0%})"
        else:
            figure = f"{accuracy.right} of {accuracy.total}, too few to tell"
        line = f"{model.id:4d}  {state:9}  {len(model.class_ids):4d} classes  {parent:9}  {figure:24}  {model.name}"
        sys.stdout.write(f"{line}  {problem}".rstrip() + "\n")


def _print_json(event: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class _Progress:
    """Says where a training stands: a line for each epoch and for what comes after."""

    def __init__(self) -> None:
        self._compares = False

    def show(self, event: Mapping[str, Any]) -> None:
        kind = event["event"]
        if kind == "notice":
            sys.stderr.write(f"{event['message']}\n")
        elif kind == "epoch":
            top1 = event.get("validation_top1")
            validation = "" if top1 is None else f"  top-1 {top1:.1%}"
            left = event.get("eta_s")
            time_left = "" if left is None else f"  {left:.0f} s left"
            loss = sum(event["losses"].values())
            sys.stderr.write(
                f"epoch {event['epoch']}/{event['epochs']}  loss {loss:.3f}{validation}  "
                f"{event['samples_per_s']:.1f} captures/s{time_left}\n"
            )
        elif kind == "comparing" and not self._compares:
            self._compares = True
            sys.stderr.write("comparing the new model with the active one\n")
