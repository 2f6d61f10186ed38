"""Recipes of trainings: data, starting points, networks and hyperparameters, one for each kind. Torch-free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from vimd_core.config import PRESETS
from vimd_core.errors import ConfigError
from vimd_core.training.recipes.super_resolution_config import SuperResolutionTrainingConfig
from vimd_core.training.recipes.training_config import TrainingConfig

PRESET_OF_INIT: Final = "init"
"""In place of a preset's name: the networks of the model in `init`."""


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
        captures: list of a project's captures, labelled or not (see `project_teaching.listed_captures`), on which the
            project's teacher answers; None learns from labelled ones alone.
        features_model: the model whose features that teacher sees, beside the companion's.
        own_features: file of these features, where the project has them already.
        companion_features: file of the companion's.
        earlier_accuracy: share of right answers of the model in `init` on captures whose class it knows: what the
            project's teacher has to surpass.
        temperature: that the model's logits are divided by; 0 finds it on the held-back captures. For a last
            training on everything, which holds none back, take that of the same recipe with a validation.
        name: of the model.
        license: terms under which the weights may be used.
    """

    teacher: Path | None = None
    srresnet: Path | None = None
    init_from_teacher: bool = False
    class_list: Path | None = None
    captures: Path | None = None
    features_model: Path | None = None
    own_features: Path | None = None
    companion_features: Path | None = None
    earlier_accuracy: float = 0.0
    temperature: float = 0.0
    name: str = ""
    license: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.temperature < math.inf:
            raise ConfigError("temperature must be above 0, or 0 to find it on the held-back captures.")
        if not 0 <= self.earlier_accuracy <= 1:
            raise ConfigError("earlier_accuracy must be in [0, 1].")
        if self.captures is not None and self.features_model is None:
            raise ConfigError("captures needs features_model: the model whose features the teacher sees.")
        if (self.own_features is None) != (self.companion_features is None):
            raise ConfigError("own_features and companion_features belong together: give both or none.")
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
