"""The folder of a retraining before it starts: recipe, manifest, held-back captures, classes and plan. Torch-free."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.classes.class_list import ListedClass, write_class_list
from vimd_core.errors import ConfigError
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.training.project_teaching.listed_captures import ListedCapture, write_listed
from vimd_core.training.recipes.settings import read_toml, to_toml
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.training.runs.files import RECIPE, TrainingPlan

MANIFEST: Final = "manifest.jsonl"
HELD_BACK: Final = "held_back.jsonl"
CLASSES: Final = "classes.json"
CAPTURES: Final = "captures.jsonl"
UNKNOWN: Final = -1
"""The output of a model for a class that it does not have."""


@dataclass(frozen=True, slots=True)
class TaughtCapture:
    """A capture of a retraining.

    Attributes:
        key: what the caller knows it by.
        label: place of its class among those of the new model.
        group: what it must not be separated from.
        near: a near view of the same thing to learn from; None without one.
    """

    key: int
    path: Path
    label: int
    split: CaptureSplit
    group: str
    near: Path | None = None


@dataclass(frozen=True, kw_only=True)
class TeacherSources:
    """What the project's teacher sees.

    Attributes:
        unlabelled: captures without a label that may be learnt from: key and file. None that is held back, nor one that
            shows the same thing as those.
        features_model: the model whose features it sees.
        own_features: file of these, where the project keeps them; it may lack any capture.
        companion_features: the same of the companion's.
        earlier_accuracy: share of right answers of the model that is to be improved, on captures whose class it knows.
    """

    unlabelled: Sequence[tuple[int, Path]]
    features_model: Path
    own_features: Path | None = None
    companion_features: Path | None = None
    earlier_accuracy: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """What a better model is made of.

    Attributes:
        model: file of the one that is to be improved.
        classes: of the new one, in the order of its outputs; `outputs` are those of the old one that mean a class.
        captures: to learn from, to choose the best epoch by, and to compare both models on.
        teacher: what the project's teacher sees; None learns from labels alone.
        training: the part `training` of the recipe.
        name: of the new model.
        device: where to compute.
        threads: processor threads; 0 takes all that are free but one.
        measure_s: as of `TrainingPlan`.
    """

    model: Path
    classes: Sequence[ListedClass]
    captures: Sequence[TaughtCapture]
    teacher: TeacherSources | None = None
    training: Mapping[str, Any]
    name: str
    device: str = "auto"
    threads: int = 0
    measure_s: float = 0.0

    def write(self, folder: Path) -> TrainingPlan:
        """Write all that the training reads; a folder in which it has begun is written as it was.

        Returns:
            The plan that was written.

        Raises:
            OSError: it can't be written.
            CheckpointError: the model can't be read.
        """
        info = read_bundle_info(self.model)
        held = [one for one in self.captures if one.split is CaptureSplit.HELD_BACK]
        recipe = {
            "command": "distill",
            "preset": "init",
            "init": str(self.model),
            "data": str(folder / MANIFEST),
            "class_list": str(folder / CLASSES),
            **({} if self.teacher is None else self._teacher_settings(folder, self.teacher)),
            "name": self.name,
            "license": info.license,
            # To begin with: another one is found on what is held back.
            "temperature": info.temperature,
            "training": {**self.training, **_accumulation(folder / RECIPE)},
        }
        folder.mkdir(parents=True, exist_ok=True)
        _write_lines(
            folder / MANIFEST,
            (self._manifest_row(one) for one in self.captures if one.split is not CaptureSplit.HELD_BACK),
        )
        _write_lines(folder / HELD_BACK, map(self._held_back_row, held))
        write_class_list(folder / CLASSES, self.classes)
        if self.teacher is not None and not (folder / CAPTURES).exists():
            write_listed(folder / CAPTURES, self._listed(self.teacher))
        with atomic_write(folder / RECIPE) as temporary:
            temporary.write_text(to_toml(recipe), encoding="utf-8")
        plan = TrainingPlan(
            device=self.device,
            threads=self.threads,
            baseline=str(self.model) if held else "",
            held_back=str(folder / HELD_BACK) if held else "",
            measure_s=self.measure_s,
        )
        plan.write(folder)
        return plan

    def _teacher_settings(self, folder: Path, teacher: TeacherSources) -> dict[str, Any]:
        places = {
            "captures": folder / CAPTURES,
            "features_model": teacher.features_model,
            "own_features": teacher.own_features,
            "companion_features": teacher.companion_features,
        }
        return {
            "earlier_accuracy": teacher.earlier_accuracy,
            **{name: str(place) for name, place in places.items() if place is not None},
        }

    def _listed(self, teacher: TeacherSources) -> Iterator[ListedCapture]:
        """What the teacher may know of: the captures that are learnt from, and those without a label."""
        for one in self.captures:
            if one.split is CaptureSplit.TRAIN:
                yield ListedCapture(one.key, one.path)
        for key, path in teacher.unlabelled:
            yield ListedCapture(key, path)

    def _manifest_row(self, one: TaughtCapture) -> dict[str, Any]:
        return {
            "path": str(one.path),
            "label": self.classes[one.label].name,
            "split": str(one.split),
            "group": one.group,
            **({} if one.near is None else {"hr": str(one.near)}),
        }

    def _held_back_row(self, one: TaughtCapture) -> dict[str, Any]:
        return {
            "key": one.key,
            "path": str(one.path),
            "label": one.label,
            "baseline_label": (*self.classes[one.label].outputs, UNKNOWN)[0],
            "group": one.group,
        }


def next_name(name: str) -> str:
    """A model's name with the number of its version behind it, one higher: "Signs", "Signs v2", "Signs v3"."""
    stem, _, number = name.rpartition(" v")
    return f"{stem} v{int(number) + 1}" if stem and number.isdecimal() else f"{name} v2"


def _accumulation(recipe: Path) -> dict[str, Any]:
    """In how many parts a run that has begun computes its batches."""
    try:
        return {"accumulation": int(read_toml(recipe)["training"]["accumulation"])}
    except (ConfigError, KeyError):
        return {}


def _write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with atomic_write(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
