"""Trainings as functions of the library: no command, no signals, no terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bundles import tiny_config
from tiny_trainings import quick_config, write_class_folders

from vimd_core.config import PRESETS
from vimd_core.errors import ConfigError
from vimd_core.training.initialisation.classifier_file import load_classifier
from vimd_core.training.loop.events import AnyEvent, EpochEvent
from vimd_core.training.loop.stopping import TrainingStoppedError
from vimd_core.training.recipes.recipe import ClassifierRecipe, StudentRecipe
from vimd_core.training.runs.place import TrainingPlace
from vimd_core.training.student import train_student
from vimd_core.training.teacher import train_teacher


def test_a_training_is_stopped_while_it_prepares_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = replace(tiny_config(1000), preset="compact")
    monkeypatch.setattr("vimd_core.config.PRESETS", {**PRESETS, "compact": tiny})
    recipe = ClassifierRecipe(data=write_class_folders(tmp_path / "data"), training=quick_config(epochs=2))
    place = TrainingPlace(folder=tmp_path / "run", device="cpu", resume=True)
    with pytest.raises(TrainingStoppedError, match="before training began"):
        train_teacher(recipe, place, should_stop=lambda: True)
    events: list[AnyEvent] = []
    read: list[tuple[int, int]] = []
    found: list[str] = []
    trained = train_teacher(
        recipe,
        place,
        events.append,
        on_read=lambda done, total: read.append((done, total)),
        on_finding=found.append,
    )
    assert trained.file == tmp_path / "run" / "teacher.safetensors" and not trained.had_ended
    assert load_classifier(trained.file).classes == ("00", "01", "02")
    epochs = [event for event in events if isinstance(event, EpochEvent)]
    assert trained.validation_top1 == max(event.validation_top1 or 0.0 for event in epochs)
    assert read[-1] == (27, 27) and "27 captures of 3 classes" in found[0]
    assert train_teacher(recipe, place).had_ended
    # A library writes nowhere but into its folder.
    assert capsys.readouterr() == ("", "")


def test_a_recipe_without_sources_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    place = TrainingPlace(folder=tmp_path / "run")
    with pytest.raises(ConfigError, match="No training data"):
        train_student(StudentRecipe(), place)
    with pytest.raises(ConfigError, match="needs a super-resolution network"):
        train_student(StudentRecipe(data=tmp_path), place)
    given = [tmp_path / "init.safetensors", tmp_path / "teacher.safetensors"]
    for file in given:
        file.touch()
    with pytest.raises(ConfigError, match="enlarge_once is for trainings without a teacher"):
        train_student(
            StudentRecipe(
                data=tmp_path, init=given[0], teacher=given[1], training=quick_config(enlarge_once=True)
            ),
            place,
        )
