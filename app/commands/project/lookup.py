"""Models of projects by name, for all commands that take a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.commands.missing_parts import PROJECTS, naming_missing_parts
from vimd_core.errors import VimdError
from vimd_core.user_messages import sentence


def find_model(folder: Path, name: str) -> Path:
    """The file of a project's model, for `vimd_core.checkpoints.find_model`.

    Args:
        folder: of the project.
        name: number or name of the model; "active" or nothing for the one in use.

    Raises:
        ProjectError: there is none of that name, or several.
    """
    from app.domain.errors import ProjectError

    with naming_missing_parts(PROJECTS):
        from app.storage.project_preview import peek_models

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
    if found:
        problem = sentence("several models")
    elif wanted:
        problem = sentence("no model {name}", name=wanted)
    else:
        problem = sentence("no active model")
    raise ProjectError(
        "{folder} has {problem}: give the number of one of {listed}.",
        folder=folder,
        problem=problem,
        listed=listed,
    )


def list_models(folder: Path) -> list[dict[str, Any]]:
    """The models of a project, for `vimd model list`."""
    with naming_missing_parts(PROJECTS):
        from app.storage.project_preview import peek_models
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
