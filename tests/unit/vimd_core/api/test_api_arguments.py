"""Arguments that make no sense: each is refused with one sentence that names it, and nothing runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vimd_core as vimd

IMAGES = [np.full((12, 12), 20 * number, np.uint8) for number in range(8)]
STOP = ["Stop"] * 8
Call = Callable[[Any], object]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"labels": dict.fromkeys(map(str, range(8)), "Stop")}, "labels must be a list with one for each"),
        ({"labels": set(STOP)}, "labels must be a list with one for each image, not set"),
        ({"labels": "StopStop"}, "labels must be a list with one for each image, not str"),
        ({"labels": 5}, "labels must be a list with one for each image, not int"),
        ({"groups": 5}, "groups must be a list with one for each image, not int"),
        ({"groups": "abcdefgh"}, "groups must be a list with one for each image, not str"),
        ({"held_back": "x"}, "held_back and validation are shares"),
        ({"held_back": float("nan")}, "held_back and validation are shares"),
        ({"threads": -1}, "threads must be at least 0, not -1"),
        ({"threads": "x"}, "threads must be a whole number, not 'x'"),
        ({"settings": ["epochs"]}, "settings must be a mapping"),
        ({"settings": {1: 1}}, "settings must be a mapping"),
        ({"folder": 3}, "folder must be a path, not int"),
        ({"model": None}, "model must be a path, not NoneType"),
    ],
)
def test_a_retraining_refuses_what_makes_no_sense(
    model: vimd.Model, wrong: dict[str, Any], says: str
) -> None:
    given: dict[str, Any] = {"model": model, "images": IMAGES, "labels": STOP} | wrong
    with pytest.raises(vimd.VimdError, match=says):
        vimd.retrain(**given, effort="quick", device="cpu")


def test_labels_of_an_evaluation_are_a_list(model: vimd.Model) -> None:
    for labels in ({"a.png": "Stop"}, {"Stop"}, "S", 1):
        with pytest.raises(vimd.DatasetError, match="labels must be a list"):
            vimd.evaluate(model, IMAGES[:1], labels)  # type: ignore[arg-type]
    assert vimd.evaluate(model, IMAGES[:1], np.array(["Stop"])).n == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"model": None}, "model must be a path, not NoneType"),
        ({"device": None}, "There is no device None"),
        ({"precision": "float8"}, "There is no precision 'float8': use auto, float32"),
        ({"batch_size": 2.5}, "batch_size must be a whole number, not 2.5"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
    ],
)
def test_loading_says_which_argument_is_wrong(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(vimd.VimdError, match=says):
        vimd.load(**{"model": "traffic-signs-compact", "device": "cpu"} | wrong)


def test_a_distillation_refuses_what_makes_no_sense(tmp_path: Path) -> None:
    given: dict[str, Any] = {"data": tmp_path, "folder": tmp_path / "run"}
    for wrong, says in (
        ({"data": None}, None),
        ({"data": 3}, "data must be a path, not int"),
        ({"folder": 3}, "folder must be a path, not int"),
        ({"recipe": 3}, "recipe must be a path, not int"),
        ({"threads": 1.5}, "threads must be a whole number"),
        ({"settings": 3}, "settings must be a mapping"),
    ):
        with pytest.raises(vimd.VimdError, match=says):
            vimd.distill(**given | wrong)


def test_top_takes_whole_numbers(model: vimd.Model) -> None:
    [prediction] = model.predict(IMAGES[:1])
    assert len(prediction.top(np.int64(2))) == 2  # type: ignore[arg-type]
    wrong: list[Any] = [2.0, "3", None]
    for k in wrong:
        with pytest.raises(vimd.ConfigError, match="k must be a whole number"):
            prediction.top(k)


def test_a_path_that_no_system_knows_is_an_image_that_cannot_be_read(model: vimd.Model) -> None:
    told: list[str] = []
    predictions = model.predict(
        ["a\0b.png", IMAGES[0]], on_error=lambda _source, error: told.append(str(error))
    )
    assert len(predictions) == 1 and len(told) == 1 and "null" in told[0]
