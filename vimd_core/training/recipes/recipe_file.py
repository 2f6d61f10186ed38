"""Recipes in files: what a training command reads with --recipe, keeps in the run's folder and in the model."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from vimd_core.checkpoints.find_model import find_model
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.training.recipes.recipe import RECIPES, AnyRecipe
from vimd_core.training.recipes.settings import build, put, read_toml, to_plain, to_toml

RECIPE_FILE: Final = "recipe.toml"
CHECKED_IN: Final = Path(str(importlib.resources.files("resources"))) / "recipes"
_COMMAND: Final = "command"
_MODELS: Final = ("init", "teacher", "srresnet", "grow_from")


def find_recipe(name: Path) -> Path:
    """The file of a recipe: a path, or the name of one that comes with ViMD.

    Raises:
        ConfigError: there is none.
    """
    shipped = CHECKED_IN / f"{name.name.removesuffix('.toml')}.toml"
    if name.is_file():
        return name
    if len(name.parts) == 1 and shipped.is_file():
        return shipped
    names = ", ".join(sorted(path.stem for path in CHECKED_IN.glob("*.toml")))
    raise ConfigError(
        "There is no recipe {name}: give a TOML file, or one of {names}.", name=name, names=names
    )


def resolve_recipe(
    kind: type[AnyRecipe], command: str, file: Path | None, overrides: Mapping[str, Any]
) -> AnyRecipe:
    """Put a recipe together.

    Args:
        kind: what the command needs.
        command: the command's name; a recipe that is for another one is refused.
        file: TOML; None starts from the defaults.
        overrides: values by dotted name, such as "training.epochs"; they count more than the file.

    Raises:
        ConfigError: a setting is unknown or out of range, or the recipe is for another command.
    """
    table = {} if file is None else read_toml(file)
    meant_for = table.pop(_COMMAND, command)
    if meant_for != command and RECIPES.get(str(meant_for)) is not kind:
        raise ConfigError(
            "{file} is a recipe for `vimd {meant_for}`, not for `vimd {command}`.",
            file=file,
            meant_for=meant_for,
            command=command,
        )
    for dotted, value in overrides.items():
        put(table, dotted, value)
    try:
        return build(kind, table)
    except ConfigError as e:
        if file is None:
            raise
        raise ConfigError("{file}: {reason}", file=file, reason=e) from e


def with_named_models(recipe: AnyRecipe) -> AnyRecipe:
    """The recipe with the files of models that it calls by name, such as "traffic-signs-compact".

    Raises:
        CheckpointError: there is neither a model of that name nor such a file.
    """
    found: dict[str, Any] = {
        name: find_model(getattr(recipe, name)) for name in _MODELS if getattr(recipe, name, None) is not None
    }
    return replace(recipe, **found)


def write_recipe(folder: Path, command: str, recipe: AnyRecipe) -> Path:
    """Keep a resolved recipe in a run's folder, with which the run can be repeated.

    Raises:
        CheckpointError: it can't be written.
    """
    target = folder / RECIPE_FILE
    try:
        with atomic_write(target) as temporary:
            temporary.write_text(to_toml({_COMMAND: command, **to_plain(recipe)}), encoding="utf-8")
    except OSError as e:
        raise CheckpointError(
            "The recipe {target} can't be written ({reason}): free some space.",
            target=target,
            reason=e.strerror,
        ) from e
    return target


def without_places(recipe: AnyRecipe) -> dict[str, Any]:
    """A recipe as it is stored in a model: of paths only the last part, since folders are the user's own affair."""
    return {
        name: Path(value).name if isinstance(getattr(recipe, name), Path) else value
        for name, value in to_plain(recipe).items()
    }
