"""`vimd project`: all that a project needs without a window, on the same database and with the same locks."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from app.commands.missing_parts import PROJECTS, naming_missing_parts
from app.commands.project import adding, exporting, labelling, listing, making, models, retrain, suggesting
from app.commands.project.lookup import find_model, list_models
from app.commands.project.python_api import open_project

__all__ = ["add_parser", "find_model", "list_models", "open_project"]

_Run = Callable[[argparse.Namespace], int]


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand and its own subcommands."""
    parser = subparsers.add_parser(
        "project",
        help="create, label, export and retrain projects",
        description="Work with projects from the command line. The project must not be open in a window.",
    )
    commands = parser.add_subparsers(dest="project_command", required=True, metavar="COMMAND")
    for module in (making, adding, labelling, suggesting, listing, exporting, retrain, models):
        module.add_parser(commands)
    for command in commands.choices.values():
        command.set_defaults(run=_with_database(command.get_default("run")))


def _with_database(run: _Run) -> _Run:
    """The same command, which says in one sentence that the libraries of the database are not installed."""

    def checked(arguments: argparse.Namespace) -> int:
        with naming_missing_parts(PROJECTS):
            return run(arguments)

    return checked
