"""`vimd project models`: list a project's models and decide about them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.commands.project.opening import opened, print_json
from vimd_core.errors import VimdError

if TYPE_CHECKING:
    from app.domain.training_records import RegisteredModel
    from app.storage.project import Project
    from app.storage.unit import Unit

_ACTIONS: Final = ("list", "promote", "keep", "discard", "rollback")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    models = commands.add_parser(
        "models",
        help="list models, use one, or revert to the previous one",
        description="List the models of a project, or use, discard or revert one.",
    )
    models.add_argument("project", type=Path, help="project folder (NAME.vimd)")
    models.add_argument("action", nargs="?", choices=_ACTIONS, default="list", help="action (list)")
    models.add_argument("model", nargs="?", type=int, help="model number, as listed")
    models.add_argument("--json", action="store_true", help="machine-readable output")
    models.set_defaults(run=run_models)


def run_models(arguments: argparse.Namespace) -> int:
    """List models or decide about one."""
    from app.domain.training_records import ModelState

    if arguments.action in ("promote", "keep", "discard") and arguments.model is None:
        raise VimdError(
            "Which model? `vimd project models PROJECT {action} NUMBER`.", action=arguments.action
        )
    with opened(arguments.project) as project:
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


def _make_active(project: Project, arguments: argparse.Namespace) -> None:
    number = arguments.model
    if arguments.action == "rollback":
        previous = project.read(lambda unit: unit.models.previous()).result()
        if previous is None:
            raise VimdError("There is no previous model to revert to.")
        number = previous.id
    model = require_model(project, number)
    project.write(lambda unit: unit.models.activate(model.id)).result()


def require_model(project: Project, number: int) -> RegisteredModel:
    """A model of a project whose file can be used.

    Raises:
        CheckpointError: its file is missing or damaged.
        ProjectError: there is none of that number.
    """
    from app.retraining.model_files import require_sound

    model = project.read(lambda unit: unit.models.get(number)).result()
    require_sound(model)
    return model


def _list_models(project: Project, *, as_json: bool) -> None:
    from app.insight.review_statistics import FEWEST_TO_JUDGE, Share
    from app.retraining.model_files import problem_of

    def read(unit: Unit) -> list[tuple[RegisteredModel, Share]]:
        return [(model, Share(*unit.answers.right_of(model.id))) for model in unit.models.all()]

    for model, accuracy in project.read(read).result():
        problem = str(problem_of(model) or "")
        if as_json:
            print_json(
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
