"""Labels from folders: which part of a path is the class."""

from __future__ import annotations

import pytest
from test_label_import import add, whys

from app.exchange.label_import import (
    LabelDraft,
    draft_from_folders,
)
from app.exchange.label_plan import LeftOutWhy
from app.storage.project import Project


def folder_plan(project: Project, level: int | None = None) -> tuple[LabelDraft, dict[str, str | None]]:
    draft = draft_from_folders(project)
    if level is not None:
        draft = draft.at_level(level)
    return draft, {one.file: one.label for one in draft.plan().new}


def test_the_folder_that_carries_the_class_is_found(project: Project) -> None:
    files = [
        f"{split}/{name}/images/{i}.png"
        for split in ("train", "val")
        for name in ("n01", "n02")
        for i in "12"
    ]
    add(project, "/ds", *files, "val/images/9.png", "test/images/8.png")
    draft, found = folder_plan(project)
    assert found == {f"/ds/{file}": file.split("/")[1] for file in files}
    assert [(level.number, level.classes, level.captures) for level in draft.levels] == [(1, 2, 8)]
    assert whys(draft.plan()) == [
        ("/ds/val/images/9.png", LeftOutWhy.NO_FOLDER),
        ("/ds/test/images/8.png", LeftOutWhy.NO_FOLDER),
    ]


def test_another_level_can_be_taken(project: Project) -> None:
    add(
        project,
        "/ds",
        *(f"{name}/track_{i}/{k}.png" for i, name in enumerate(("Stop", "Yield")) for k in "123"),
    )
    draft, found = folder_plan(project)
    assert set(found.values()) == {"Stop", "Yield"}
    assert [(one.number, one.classes, one.example, one.example_part) for one in draft.levels] == [
        (1, 2, ("Stop", "track_0"), 1),
        (2, 2, ("Stop", "track_0"), 0),
    ]
    assert set(folder_plan(project, 1)[1].values()) == {"track_0", "track_1"}


@pytest.mark.parametrize("series", ["track_{}", "cam{}", "2024-11-{:02}", "2024113{}"])
def test_a_series_is_no_class_although_the_classes_are_numbered_too(project: Project, series: str) -> None:
    add(
        project,
        "/ds",
        *(f"train/n0{i % 3}/{series.format(i)}/images/{k}.png" for i in range(6) for k in "12"),
    )
    assert set(folder_plan(project)[1].values()) == {"n00", "n01", "n02"}


def test_classes_of_the_project_tell_the_level(project: Project) -> None:
    add(
        project,
        "/ds",
        *(f"{name}/{where}/{k}.png" for name in ("A", "B") for where in ("in", "out") for k in "12"),
    )
    assert set(folder_plan(project)[1].values()) == {"in", "out"}
    project.write(lambda unit: unit.catalogue.ensure_classes(["a", "b", "c"])).result()
    assert set(folder_plan(project)[1].values()) == {"a", "b"}


@pytest.mark.parametrize(
    ("folders", "wanted"),
    [
        (("00000", "00001"), {"00000", "00001"}),
        (("bus", "car", "train"), {"bus", "car", "train"}),
        (("train", "test"), set()),
        (("images",), set()),
        (("Final_Training/Images/00007", "Final_Test/Images"), {"00007"}),
        (("train2017/dog", "val2017/cat"), {"dog", "cat"}),
        (("split1/dog", "fold_2/cat"), {"dog", "cat"}),
        (("train/imgs/dog", "valid/imgs/cat"), {"dog", "cat"}),
        (("Stop",), {"Stop"}),
    ],
)
def test_folders_of_splits_and_of_images_are_no_classes(
    project: Project, folders: tuple[str, ...], wanted: set[str]
) -> None:
    add(project, "/ds", *(f"{folder}/{i}.png" for folder in folders for i in "12"))
    assert set(folder_plan(project)[1].values()) == wanted


def test_loose_and_unreadable_files_get_no_label(project: Project) -> None:
    add(
        project,
        "/ds",
        "loose.png",
        "Stop/1.png",
        "Stop/2.png",
        loose=("/home/Desktop/a.png",),
        broken=("/ds/Stop/2.png",),
    )
    draft, found = folder_plan(project)
    assert found == {"/ds/Stop/1.png": "Stop"}
    assert sorted(whys(draft.plan())) == [
        ("/ds/Stop/2.png", LeftOutWhy.UNREADABLE),
        ("/ds/loose.png", LeftOutWhy.NO_FOLDER),
        ("/home/Desktop/a.png", LeftOutWhy.NO_FOLDER),
    ]


def test_without_folders_nothing_is_proposed(project: Project) -> None:
    add(project, "/ds", "1.png", loose=("/home/a.png",))
    draft, found = folder_plan(project)
    assert (found, draft.levels, draft.level) == ({}, (), 0)
