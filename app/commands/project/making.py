"""`vimd project new`: make an empty project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.project.opening import print_json
from vimd_core.commands.shared.arguments import MODEL_HELP, model_of
from vimd_core.errors import VimdError

if TYPE_CHECKING:
    from app.storage.unit import Unit
    from vimd_core.checkpoints.bundle_info import BundleInfo


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the subcommand."""
    new = commands.add_parser(
        "new", help="create an empty project", description="Create an empty project, a folder NAME.vimd."
    )
    new.add_argument("project", type=Path, help="folder to create (NAME.vimd)")
    new.add_argument(
        "--model", type=Path, help=f"{MODEL_HELP}; it becomes the active one (the starter model)"
    )
    new.add_argument("--json", action="store_true", help="machine-readable output")
    new.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make it, and return the exit code."""
    folder: Path = arguments.project
    info = make_project(folder, model_of(arguments))
    if arguments.json:
        print_json({"project": str(folder), "model": info.name, "classes": list(info.classes)})
    else:
        sys.stdout.write(f"Created {folder} with the model {info.name} ({len(info.classes)} classes).\n")
    return 0


def make_project(folder: Path, model: Path) -> BundleInfo:
    """Make an empty project.

    Args:
        folder: NAME.vimd, which is not there yet.
        model: file of the one that becomes active.

    Returns:
        What the model says of itself.

    Raises:
        CheckpointError: the model is damaged.
        VimdError: there is something already, or it can't be made.
    """
    from app.locations import PROJECT_SUFFIX
    from app.storage.project import Project
    from vimd_core.checkpoints.bundle_info import read_bundle_info
    from vimd_core.checkpoints.identity import model_id

    if folder.suffix != PROJECT_SUFFIX:
        raise VimdError(
            "The name of a project ends in {suffix}: give {folder}{suffix}.",
            suffix=PROJECT_SUFFIX,
            folder=folder,
        )
    if folder.exists():
        raise VimdError("{folder} already exists: choose another name.", folder=folder)
    info, identity = read_bundle_info(model), model_id(model)

    def activate(unit: Unit) -> None:
        unit.models.activate_file(identity, info.name, model.absolute(), info.classes)

    project = Project.open(folder)
    try:
        project.write(activate).result()
    finally:
        project.close()
    return info
