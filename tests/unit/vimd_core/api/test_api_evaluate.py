"""Measuring a model on labelled images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundles import TINY_FOLDERS
from labelled_images import write_image

import vimd_core as vimd
from vimd_core.cli import main


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    for number in range(9):
        write_image(tmp_path / "data" / TINY_FOLDERS[number % 3] / f"{number}.png", seed=number)
    return tmp_path / "data"


def test_class_folders_give_what_the_command_gives(
    model: vimd.Model, class_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[tuple[int, int]] = []
    found = vimd.evaluate(model, class_folders, on_progress=lambda done, total: told.append((done, total)))
    code = main(
        [
            "evaluate",
            "--model",
            str(model.path),
            "--data",
            str(class_folders),
            "--json",
            "--quiet",
            "--device",
            "cpu",
            "--batch-size",
            "4",
        ]
    )
    command = json.loads(capsys.readouterr().out)
    assert code == 0
    plain = json.loads(json.dumps(found.to_dict()))
    for key in ("n", "top1", "top5", "ece", "confusion", "per_class"):
        assert plain[key] == command[key], key
    assert told[-1] == (9, 9)
    assert found.n == 9 and found.top5 == 1.0 and found.confusion.sum() == 9
    assert set(found.accuracy) == set(model.classes)
    assert (
        found.calibration_error == plain["ece"] and "top-1" in found.to_text() and "9 images" in repr(found)
    )


def test_images_with_labels_by_name_or_place(model: vimd.Model) -> None:
    images = [np.full((8, 8), value, np.uint8) for value in (0, 90, 180, 255)]
    names = ["Stop", "yield ", "Speed limit 20", "14"]  # 14 is the folder of Stop
    found = vimd.evaluate(model, iter(images), names)
    assert np.array_equal(found.confusion, vimd.evaluate(model, images, [0, 1, np.int64(2), 0]).confusion)
    predicted = [one.class_index for one in model.predict(images)]
    assert found.top1 == np.mean([said == true for said, true in zip(predicted, [0, 1, 2, 0], strict=True)])


@pytest.mark.parametrize(
    ("images", "labels", "why"),
    [
        ([np.zeros((4, 4), np.uint8)], ["Stop", "Stop"], "1 images and 2 labels"),
        ([], [], "no images"),
        ([np.zeros((4, 4), np.uint8)], ["Banana"], "Banana"),
        ([np.zeros((4, 4), np.uint8)], [3], "The label 3"),
        ([np.zeros((4, 4), np.uint8)], [True], "not True"),
        ([np.zeros((4, 4), np.uint8)], None, "Give labels"),
        (["nowhere.png"], [0], "None of the images"),
        ("nowhere", None, "nowhere"),
    ],
)
def test_what_can_not_be_measured_is_said(model: vimd.Model, images: Any, labels: Any, why: str) -> None:
    with pytest.raises(vimd.DatasetError, match=why):
        vimd.evaluate(model, images, labels)


def test_unreadable_images_are_listed_and_count_nowhere(model: vimd.Model, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    found = vimd.evaluate(model, [np.zeros((4, 4), np.uint8), tmp_path / "bad.png"], [0, 1])
    assert found.n == 1 and len(found.unreadable) == 1 and "bad.png" in found.unreadable[0]
