"""The list of classes that a model shall have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vimd_core.data.classes.class_list import ListedClass, read_class_list, write_class_list
from vimd_core.errors import DatasetError


def test_a_list_is_read_as_it_was_written(tmp_path: Path) -> None:
    classes = (ListedClass("停", (0, 4)), ListedClass("Give way", (1,)), ListedClass("new"))
    write_class_list(tmp_path / "classes.json", classes)
    assert read_class_list(tmp_path / "classes.json") == classes


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "[]",
        "7",
        json.dumps([{"name": "a"}]),
        json.dumps([{"name": "a", "outputs": ["x"]}]),
        json.dumps([{"name": "a", "outputs": []}, {"name": "a", "outputs": []}]),
        json.dumps([{"name": "a", "outputs": [1]}, {"name": "b", "outputs": [1]}]),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "classes.json").write_text(content)
    with pytest.raises(DatasetError, match="list of classes"):
        read_class_list(tmp_path / "classes.json")


def test_a_missing_list_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="can't be read"):
        read_class_list(tmp_path / "classes.json")
