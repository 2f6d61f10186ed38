"""Retraining and distilling from Python, in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from tiny_trainings import COLOURS, write_class_folders

import vimd_core as vimd
from vimd_core.checkpoints.bundle_info import read_bundle_info

NAMES = ("Stop", "Yield", "Blue thing")
QUICK: dict[str, Any] = {
    "effort": "quick",
    "device": "cpu",
    "threads": 1,
    "settings": {
        "epochs": 12,
        "epoch_images": 0,
        "batch_size": 8,
        "learning_rate": 5e-3,
        "ema_decay": 0.5,
        "augmentation.cutmix_probability": 0.0,
    },
}


def coloured(per_class: int = 10) -> Iterator[tuple[npt.NDArray[np.uint8], str]]:
    generator = np.random.default_rng(0)
    for _ in range(per_class):
        for name, colour in zip(NAMES, COLOURS, strict=True):
            noise = generator.normal(0, 25, (20, 20, 3))
            yield np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8), name


@pytest.fixture(scope="module")
def better(model: vimd.Model) -> vimd.Model:
    pairs = list(coloured())
    return vimd.retrain(model, (image for image, _ in pairs), [name for _, name in pairs], **QUICK)


def test_a_better_model_learns_a_new_class_and_is_compared(model: vimd.Model, better: vimd.Model) -> None:
    assert better.classes == (*model.classes, "Blue thing") and better.name == "Tiny signs v2"
    gate = better.comparison
    assert gate is not None and gate.n == 6 and {one.name for one in gate.classes} == set(NAMES)
    assert gate.after_top1 == 1.0 and gate.fixed > 0 and gate.broken == 0
    assert better.info.training["calibration"]["captures"] == 6
    images, labels = zip(*coloured(20), strict=True)
    assert vimd.evaluate(better, images, labels).top1 > 0.95
    assert model.comparison is None and len(model.classes) == 3


def test_it_can_be_repeated_and_saved(model: vimd.Model, better: vimd.Model, tmp_path: Path) -> None:
    images, names = zip(*coloured(), strict=True)
    labels = [list(better.classes).index(name) if name != "Blue thing" else name for name in names]
    again = vimd.retrain(model, [Image.fromarray(image) for image in images], labels, **QUICK)
    assert again.id == better.id
    saved = again.save(tmp_path / "better.safetensors")
    again = None  # type: ignore[assignment]
    assert vimd.load(saved, device="cpu").id == better.id
    assert read_bundle_info(saved).parent == model.id


def test_images_without_a_label_teach_as_well(model: vimd.Model, tmp_path: Path) -> None:
    pairs = list(coloured(4))
    others = [image for image, _ in coloured(20)][12:]
    told: list[dict[str, Any]] = []
    better = vimd.retrain(
        model,
        [image for image, _ in pairs],
        [name for _, name in pairs],
        unlabelled=others,
        folder=tmp_path / "run",
        on_event=lambda event: told.append(dict(event)),
        **(QUICK | {"settings": {**QUICK["settings"], "epochs": 6}}),
    )
    assert better.info.training["unlabelled_images"] == 48 and better.info.training["images"] == 10
    extracting = [event for event in told if event["event"] == "extracting"]
    assert extracting[0]["done"] == 0 and extracting[-1]["done"] == extracting[-1]["total"] == 58
    losses = [event["losses"] for event in told if event["event"] == "epoch"]
    assert losses[-1]["project_ce"] < losses[0]["project_ce"]


def test_a_held_back_thing_teaches_by_no_other_frame_of_it(model: vimd.Model, tmp_path: Path) -> None:
    folders = write_class_folders(tmp_path / "data", groups=8, per_group=2)
    frames = sorted(folders.rglob("*.png"))
    first, second = frames[::2], frames[1::2]
    vimd.retrain(
        model,
        first,
        [path.parent.name for path in first],
        unlabelled=second,
        folder=tmp_path / "run",
        **(QUICK | {"settings": {**QUICK["settings"], "epochs": 1}}),
    )

    def tracks(name: str) -> set[tuple[str, str]]:
        rows = map(json.loads, (tmp_path / "run" / name).read_text().splitlines())
        paths = [Path(row["path"]) for row in rows]
        return {(path.parent.name, path.stem.split("_")[0]) for path in paths}

    held, listed = tracks("held_back.jsonl"), tracks("captures.jsonl")
    assert held and not held & listed and len(held | listed) == 24


def test_a_training_is_stopped_and_resumed(model: vimd.Model, better: vimd.Model, tmp_path: Path) -> None:
    images, names = zip(*coloured(), strict=True)
    epochs: list[int] = []

    def note(event: Any) -> None:
        if event["event"] == "epoch":
            epochs.append(event["epoch"])

    options = {**QUICK, "folder": tmp_path / "run", "on_event": note}
    with pytest.raises(vimd.CancelledError, match="resumes"):
        vimd.retrain(model, images, names, **options, should_stop=lambda: len(epochs) >= 4)
    stopped_at = len(epochs)
    assert 4 <= stopped_at < 12
    resumed = vimd.retrain(model, images, names, **options)
    assert resumed.id == better.id and epochs[stopped_at] == stopped_at + 1
    assert resumed.path == tmp_path / "run" / "student.safetensors"
    with pytest.raises(vimd.ConfigError, match="finished training"):
        vimd.retrain(model, images, names, **options)


def test_groups_stay_together(model: vimd.Model) -> None:
    images, names = zip(*coloured(), strict=True)
    options = {**QUICK, "settings": {**QUICK["settings"], "epochs": 1}}
    one_thing = vimd.retrain(model, images, names, groups=names, **options)
    assert one_thing.comparison is None, "each class is one thing, so none can be held back"


@pytest.mark.parametrize(
    ("labels", "options", "error", "why"),
    [
        (["Stop"] * 3, {}, vimd.DatasetError, "30 images and 3 labels"),
        (["Stop"] * 29 + [17], {}, vimd.DatasetError, "label 17"),
        (["Stop"] * 29 + [" "], {}, vimd.DatasetError, "A label must be"),
        (["Stop"] * 30, {"effort": "heroic"}, vimd.ConfigError, "heroic"),
        (["Stop"] * 30, {"held_back": 1.0}, vimd.ConfigError, "shares"),
        (["Stop"] * 30, {"settings": {"epoks": 3}}, vimd.ConfigError, "epoks"),
        (["Stop"] * 30, {"groups": ["a"]}, vimd.DatasetError, "1 groups"),
        (None, {}, vimd.DatasetError, "a label for each"),
    ],
)
def test_what_can_not_be_learnt_is_said(
    model: vimd.Model, labels: Any, options: dict[str, Any], error: type[Exception], why: str
) -> None:
    images = [image for image, _ in coloured()]
    with pytest.raises(error, match=why):
        vimd.retrain(model, images, labels, device="cpu", **options)


def test_bad_images_and_two_labels_are_said(model: vimd.Model, tmp_path: Path) -> None:
    paths = []
    for number, (image, _) in enumerate(coloured(3)):
        Image.fromarray(image).save(tmp_path / f"{number}.png")
        paths.append(tmp_path / f"{number}.png")
    with pytest.raises(vimd.DatasetError, match="two labels, Stop and Yield"):
        vimd.retrain(model, [*paths, paths[0]], ["Stop"] * 9 + ["Yield"])
    with pytest.raises(vimd.DatasetError, match="7 images are too few"):
        vimd.retrain(model, paths[:7], ["Stop"] * 7)
    paths[3].write_bytes(b"no image")
    with pytest.raises(vimd.ImageError, match=r"3\.png"):
        vimd.retrain(model, paths, ["Stop", "Yield", "Stop"] * 3)
    with pytest.raises(vimd.DatasetError, match="a label for each"):
        vimd.retrain(model)


def test_a_student_is_distilled_stopped_and_resumed(model: vimd.Model, tmp_path: Path) -> None:
    data = write_class_folders(tmp_path / "data")
    epochs: list[int] = []
    options: dict[str, Any] = {
        "init": model.path,
        "name": "Coloured",
        "device": "cpu",
        "threads": 1,
        "settings": {
            "preset": "init",
            "training.epochs": 4,
            "training.batch_size": 6,
            "training.precision": "float32",
            "training.validation_fraction": 0.3,
        },
        "on_event": lambda event: epochs.append(event["epoch"]) if event["event"] == "epoch" else None,
    }
    with pytest.raises(vimd.CancelledError, match="resume"):
        vimd.distill(data, tmp_path / "run", **options, should_stop=lambda: len(epochs) >= 2)
    with pytest.raises(vimd.ConfigError, match="unfinished"):
        vimd.distill(data, tmp_path / "run", **options)
    made = vimd.distill(data, tmp_path / "run", **options, resume=True)
    assert (made.name, made.classes) == ("Coloured", ("00", "01", "02")) and epochs[-1] == 4
    whole = vimd.distill(data, tmp_path / "whole", **options)
    assert made.id == whole.id
    with pytest.raises(vimd.ConfigError, match="epoks"):
        vimd.distill(data, tmp_path / "other", settings={"training.epoks": 1})
    with pytest.raises(vimd.ConfigError, match="no recipe"):
        vimd.distill(data, tmp_path / "other", recipe="heroic")
