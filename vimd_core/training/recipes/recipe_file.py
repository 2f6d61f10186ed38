"""Recipes in files: what a training command reads with --recipe, keeps in the run's folder and in the model."""

from __future__ import annotations

import importlib.resources
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from vimd_core.config import PRESETS
from vimd_core.errors import CheckpointError, ConfigError
from vimd_core.processes.atomic_files import whole_file
from vimd_core.training.recipes.settings import build, put, read_toml, to_plain, to_toml
from vimd_core.training.recipes.super_resolution_config import SuperResolutionTrainingConfig
from vimd_core.training.recipes.training_config import TrainingConfig

RECIPE_FILE: Final = "recipe.toml"
CHECKED_IN: Final = Path(str(importlib.resources.files("resources"))) / "recipes"
PRESET_OF_INIT: Final = "init"
"""In place of a preset's name: the networks of the model in `init`."""
_COMMAND: Final = "command"


@dataclass(frozen=True, kw_only=True)
class _NetworkRecipe:
    """What every recipe says.

    Attributes:
        preset: whose networks; "init" takes those of the model that a student starts from.
        data: what to learn from.
    """

    preset: str = "compact"
    data: Path | None = None

    def __post_init__(self) -> None:
        if self.preset not in (*PRESETS, *self._more_presets()):
            raise ConfigError(
                "There is no preset {preset}: use {presets}.",
                preset=repr(self.preset),
                presets=", ".join(PRESETS),
            )

    def _more_presets(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True, kw_only=True)
class SuperResolutionRecipe(_NetworkRecipe):
    """Of `vimd train-sr`.

    Attributes:
        grow_from: result of a light network to start from.
        init: network of the same build to start from, instead.
        training: the recipe proper.
    """

    grow_from: Path | None = None
    init: Path | None = None
    training: SuperResolutionTrainingConfig = field(default_factory=SuperResolutionTrainingConfig)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.grow_from is not None and self.init is not None:
            raise ConfigError("Give --grow-from or --init, not both: a network has one start.")


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(_NetworkRecipe):
    """Of `vimd pretrain` and `vimd train-teacher`.

    Attributes:
        hr: high-resolution views beside the data.
        init: model or classifier to start from.
        class_names: CSV with the columns id,name.
        image_size_px: side of the images that the classifier learns from; 0 is the preset's own. Smaller ones take
            less time, and what starts from the result adapts the position embeddings to its own size.
        training: the recipe proper.
    """

    hr: Path | None = None
    init: Path | None = None
    class_names: Path | None = None
    image_size_px: int = 0
    training: TrainingConfig = field(default_factory=TrainingConfig)


@dataclass(frozen=True, kw_only=True)
class StudentRecipe(ClassifierRecipe):
    """Of `vimd distill`.

    Attributes:
        teacher: classifier that teaches; None learns from labels alone.
        srresnet: weights of the super-resolution network; None takes those of `init`.
        init_from_teacher: start the classifier from the teacher's weights.
        class_list: JSON file with the classes that the model shall have, also those without captures, and with the
            outputs of the model in `init` that meant them (see `data.class_list`); None takes the captures' classes.
        temperature: that the model's logits are divided by; 0 finds it on the held-back captures. For a last
            training on everything, which holds none back, take that of the same recipe with a validation.
        name: of the model.
        license: terms under which the weights may be used.
    """

    teacher: Path | None = None
    srresnet: Path | None = None
    init_from_teacher: bool = False
    class_list: Path | None = None
    temperature: float = 0.0
    name: str = ""
    license: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.temperature < math.inf:
            raise ConfigError("temperature must be above 0, or 0 to find it on the held-back captures.")
        if self.preset == PRESET_OF_INIT and self.init is None:
            raise ConfigError("The preset init takes the networks of the model in --init: add that.")

    def _more_presets(self) -> tuple[str, ...]:
        return (PRESET_OF_INIT,)


AnyRecipe = TypeVar("AnyRecipe", SuperResolutionRecipe, ClassifierRecipe, StudentRecipe)
RECIPES: Mapping[str, type[_NetworkRecipe]] = {
    "train-sr": SuperResolutionRecipe,
    "pretrain": ClassifierRecipe,
    "train-teacher": ClassifierRecipe,
    "distill": StudentRecipe,
}


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
        raise ConfigError(f"{file}: {e}" if file is not None else str(e)) from e


def write_recipe(folder: Path, command: str, recipe: AnyRecipe) -> Path:
    """Keep a resolved recipe in a run's folder, with which the run can be repeated.

    Raises:
        CheckpointError: it can't be written.
    """
    target = folder / RECIPE_FILE
    try:
        with whole_file(target) as temporary:
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
