"""Recipes: files are read strictly, options count more, and what a run has used can be used again."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from vimd_core.cli import build_parser, main
from vimd_core.commands.shared.training_options import read_recipe
from vimd_core.errors import ConfigError
from vimd_core.training.recipes.recipe import RECIPES, ClassifierRecipe, StudentRecipe
from vimd_core.training.recipes.recipe_file import (
    CHECKED_IN,
    find_recipe,
    resolve_recipe,
    without_places,
    write_recipe,
)
from vimd_core.training.recipes.settings import build, to_plain, to_toml
from vimd_core.training.recipes.training_config import TrainingConfig


@pytest.mark.parametrize("file", sorted(CHECKED_IN.glob("*.toml")), ids=lambda path: path.stem)
def test_each_checked_in_recipe_can_be_used(file: Path) -> None:
    command = tomllib.loads(file.read_text(encoding="utf-8"))["command"]
    recipe = resolve_recipe(RECIPES[command], command, file, {})  # type: ignore[type-var]
    assert recipe != RECIPES[command]()
    assert find_recipe(Path(file.stem)) == file


def test_each_command_has_a_recipe() -> None:
    commands = {
        tomllib.loads(path.read_text(encoding="utf-8"))["command"] for path in CHECKED_IN.glob("*.toml")
    }
    assert commands == set(RECIPES)


def test_a_resolved_recipe_gives_itself_when_it_is_read_back(tmp_path: Path) -> None:
    training = replace(TrainingConfig(), epochs=7, learning_rate=1.0, class_balance=0)  # type: ignore[arg-type]
    recipe = StudentRecipe(
        data=Path('a "quoted" folder/ü'), training=training, name="Schilder\n2", teacher=Path("t")
    )
    file = write_recipe(tmp_path, "distill", recipe)
    assert resolve_recipe(StudentRecipe, "distill", file, {}) == recipe
    stored = without_places(recipe)
    assert (stored["data"], stored["teacher"], stored["name"]) == ("ü", "t", "Schilder\n2")
    assert tomllib.loads(to_toml(stored)) == tomllib.loads(to_toml(to_plain(recipe) | {"data": "ü"}))


def parse(*arguments: str) -> StudentRecipe:
    return read_recipe(build_parser().parse_args(["distill", *arguments]), StudentRecipe)


def test_options_count_more_than_the_recipe_and_this_more_than_defaults(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        'data = "far"\n[training]\nepochs = 3\nbatch_size = 8\n[training.losses]\ntemperature = 2\n',
        encoding="utf-8",
    )
    run = ["--run", str(tmp_path / "run"), "--recipe", str(file)]
    recipe = parse(*run, "--batch-size", "16", "--set", "training.weight_decay=0.1", "--set", "name=Mine")
    config = recipe.training
    assert (config.epochs, config.batch_size, config.losses.temperature) == (3, 16, 2.0)
    assert (config.weight_decay, recipe.name, config.seed) == (0.1, "Mine", 0)
    assert recipe.data == Path("far")


def test_a_run_is_resumed_with_the_recipe_in_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_recipe(tmp_path, "distill", StudentRecipe(data=Path("far"), preset="balanced"))
    assert parse("--run", str(tmp_path), "--resume").preset == "balanced"
    assert main(["distill", "--run", str(tmp_path)]) == 1
    assert "No training data" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[training]\nepoch = 3", r"training\.epoch: did you mean training\.epochs\?"),
        ("[training.losses]\ntemprature = 3", r"did you mean training\.losses\.temperature\?"),
        ("presset = 'compact'", r"presset: did you mean preset\?"),
        ("zzzz = 1", "There is no setting zzzz: use preset, data"),
        ("[training]\nepochs = 'many'", r"training\.epochs must be a whole number, not 'many'"),
        ("[training]\nepochs = 2.5", "a whole number"),
        ("[training]\nepochs = true", "a whole number"),
        ("[training]\nlearning_rate = 'high'", "a number"),
        ("[training]\nprecision = 'float8'", "one of auto, float32"),
        ("training = 3", "must be a table"),
        ("[training]\nepochs = 0", "at least 1"),
        ("preset = 'huge'", "no preset 'huge'"),
        ("command = 'train-sr'", "recipe for `vimd train-sr`"),
        ("[training", "is not TOML"),
    ],
)
def test_mistakes_in_a_recipe_are_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        resolve_recipe(ClassifierRecipe, "pretrain", file, {})


def test_a_recipe_that_is_not_there_is_said() -> None:
    with pytest.raises(ConfigError, match="There is no recipe nowhere: give a TOML file, or one of"):
        find_recipe(Path("nowhere"))


def test_an_assignment_without_a_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SETTING=VALUE"):
        parse("--run", str(tmp_path), "--data", "far", "--set", "training.epochs")
    with pytest.raises(ConfigError, match="did you mean"):
        parse("--run", str(tmp_path), "--data", "far", "--set", "training.epoch=3")


def test_lists_and_nested_tables_are_built() -> None:
    config = build(TrainingConfig, {"augmentation": {"flip": True}, "streams": {"aligned_share": 1}})
    assert config.augmentation.flip and config.streams.aligned_share == 1.0
