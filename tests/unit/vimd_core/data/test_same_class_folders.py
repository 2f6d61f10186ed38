"""Folders whose names mean the same are one class: for training, for evaluating, for their near views."""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path

import pytest
from bundles import tiny_info
from PIL import Image

from vimd_core.data.classes.class_identity import class_key, distinct_names
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.errors import DatasetError
from vimd_core.evaluation.class_matching import match_class_folders
from vimd_core.training.batches.training_data import with_classes

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="its file system has such folders once")
DECOMPOSED = unicodedata.normalize("NFD", "Café")


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(path)
    return root


def test_spellings_of_one_name_are_one_class(tmp_path: Path) -> None:
    root = make(
        tmp_path, "Stop/a_1.png", "stop/b_1.png", "STOP /c_1.png", "Yield/d_1.png", f"{DECOMPOSED}/e.png"
    )
    dataset = describe_dataset(root)
    assert len(dataset.classes) == 3
    assert {class_key(name) for name in dataset.classes} == {"stop", "yield", "café"}
    assert "Café" in dataset.classes  # composed, as names are kept
    shown = {capture.path.name: class_key(dataset.classes[capture.label]) for capture in dataset.captures}
    assert shown == {
        "a_1.png": "stop",
        "b_1.png": "stop",
        "c_1.png": "stop",
        "d_1.png": "yield",
        "e.png": "café",
    }


def test_one_class_in_two_spellings_is_not_two(tmp_path: Path) -> None:
    from vimd_core.data.files.folders import find_class_folders

    root = make(tmp_path, "Stop/a.png", "stop/b.png")
    with pytest.raises(DatasetError, match="only the class"):
        find_class_folders(root)


def test_near_views_lie_in_folders_of_any_spelling(tmp_path: Path) -> None:
    captures = make(tmp_path / "far", "Stop/a.png", "Yield/b.png")
    near = make(tmp_path / "near", "stop/a.png", "YIELD/b.png")
    dataset = describe_dataset(captures, near)
    assert [capture.hr.parent.name for capture in dataset.captures if capture.hr is not None] == [
        "stop",
        "YIELD",
    ]


def test_a_model_is_evaluated_on_both_spellings(tmp_path: Path) -> None:
    dataset = describe_dataset(make(tmp_path, "Stop/a.png", "stop/b.png", "yield/c.png"))
    matched = match_class_folders(dataset.classes, tiny_info())
    assert [matched[capture.label] for capture in dataset.captures] == [0, 0, 1]
    assert match_class_folders(("Stop", "stop", "STOP"), tiny_info()) == [0, 0, 0]
    with pytest.raises(DatasetError, match="14 and Stop both name"):
        match_class_folders(("14", "Stop"), tiny_info())


def test_a_list_of_classes_is_met_in_any_spelling(tmp_path: Path) -> None:
    dataset = describe_dataset(make(tmp_path, "Stop/a.png", "YIELD/b.png"))
    ordered = with_classes(dataset, ("yield", "stop", "Tram"))
    assert [ordered.classes[capture.label] for capture in ordered.captures] == ["stop", "yield"]
    exact = with_classes(dataset, ("yield", "stop", "Stop"))  # a list from before: the one that is spelt so
    assert exact.classes[exact.captures[0].label] == "Stop"
    with pytest.raises(DatasetError, match="unknown class 'Stop'"):
        with_classes(dataset, ("Halt", "yield"))


def test_names_are_told_apart_where_a_list_needs_that() -> None:
    names = {1: "Stop", 2: "stop", 3: "stop 2", 4: "STOP"}
    assert distinct_names(names) == {1: "Stop", 2: "stop 3", 3: "stop 2", 4: "STOP 4"}
    assert distinct_names({1: "a", 2: "b"}) == {1: "a", 2: "b"}
