"""Data sets from class folders, manifests and folders of high-resolution views, and how they are split."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from labelled_images import write_tracks

from vimd_core.data.datasets.dataset import Capture, Dataset
from vimd_core.data.datasets.manifest import read_manifest
from vimd_core.data.datasets.preflight import check_dataset
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.data.datasets.splits import assign_splits
from vimd_core.errors import DatasetError


def write_manifest(folder: Path, content: str, name: str = "list.csv", *, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content.encode(encoding))
    return path


def dataset(groups_of: dict[str, list[str]]) -> Dataset:
    """One capture in each of the groups of each class."""
    classes = tuple(groups_of)
    captures = tuple(
        Capture(Path(f"{name}/{number}.png"), label, group)
        for label, name in enumerate(classes)
        for number, group in enumerate(groups_of[name])
    )
    return Dataset(Path("data"), classes, captures)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("path,label\na.png,Stop\nsub/b.png,Yield\n", "utf-8"),
        ("path;label\r\na.png;Stop\r\nsub/b.png;Yield\r\n", "utf-8-sig"),
        ("path\tlabel\na.png\tStop\nsub\\b.png\tYield", "utf-16"),
        ('note,Label , PATH\n"one, two",Stop,a.png\n\n"line\nend", "Yield",sub/b.png \n', "utf-8"),
    ],
)
def test_csv_is_read_as_programs_write_it(tmp_path: Path, content: str, encoding: str) -> None:
    read = read_manifest(write_manifest(tmp_path, content, encoding=encoding))
    assert read.classes == ("Stop", "Yield")
    assert [(capture.path, capture.label) for capture in read.captures] == [
        (tmp_path / "a.png", 0),
        (tmp_path / "sub" / "b.png", 1),
    ]
    assert read.captures[0].group != read.captures[1].group


def test_json_lines_hold_all_columns_and_numbers_as_labels(tmp_path: Path) -> None:
    rows = [
        {"path": "a.png", "label": 10, "split": "val", "hr": "near/a.jpg", "group": "cam1", "other": [1]},
        {"path": str(tmp_path / "b.png"), "label": 9, "split": None},
    ]
    read = read_manifest(write_manifest(tmp_path, "\n".join(map(json.dumps, rows)) + "\n\n", "list.jsonl"))
    assert read.classes == ("9", "10")
    assert read.captures[0] == Capture(
        tmp_path / "a.png", 1, "cam1", "validation", tmp_path / "near" / "a.jpg"
    )
    assert read.captures[1].split == "" and read.captures[1].hr is None
    assert read.views == (Capture(tmp_path / "near" / "a.jpg", 1, "cam1", "validation"),)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "path,label\n", "lists no captures"),
        ("a.csv", "where,what,when\na,b,c\n", "no column 'path'"),
        ("a.csv", "path,label,label\na,b,c\n", "'label' twice"),
        ("a.csv", "path,label\n\na.png,\n", "Line 3 .* no label"),
        ("a.csv", "path,label\na.png,b,c\n", "Line 2 .* 3 columns.*a comma"),
        ("a.csv", 'path,label\n"a\nb.png",x\na.png,"x\n', "Line 4 .* quotes"),
        ("a.csv", 'path,label\n"a\nb.png",x\n"c\nd.png",\n', "Line 4 .* no label"),
        ("a.csv", "path,label,split\na.png,x,often\n", "Line 2 .*'often'"),
        ("a.csv", "path,label,split\na.png,x,val\na.png,x,test\n", "Line 3 .* again, after line 2"),
        ("a.csv", "path,label\na.png,x\na.png,y\n", "several labels"),
        ("a.csv", "path,label,hr\na.png,x,n.png\nb.png,y,n.png\n", "Line 3 .* shows y"),
        ("a.jsonl", '{"path": "a.png", "label": "x"}\n{"path": \n', "Line 2 .* no JSON"),
        ("a.jsonl", "[1]\n", "Line 1 .* no JSON object"),
        ("a.jsonl", '{"path": ["a.png"], "label": "x"}\n', "Line 1 .* path that is no text"),
        ("a.jsonl", '{"path": "a.png"}\n', "Line 1 .* no label"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        read_manifest(write_manifest(tmp_path, content, name))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("path,label\nb.png,é\n".encode() + b"c.png,caf\xe9\n")
    with pytest.raises(DatasetError, match=r"Line 3 .* UTF-8"):
        read_manifest(tmp_path / "a.csv")
    with pytest.raises(DatasetError, match="can't be read"):
        describe_dataset(tmp_path / "missing.csv")


def test_a_capture_that_has_several_labels_is_left_out_and_said(tmp_path: Path) -> None:
    rows = "path,label\na.png,Stop\nb.png,stop \na.png,Yield\nc.png,Yield\nb.png,STOP\n"
    read = read_manifest(write_manifest(tmp_path, rows))
    assert [(one.path.name, read.classes[one.label]) for one in read.captures] == [
        ("b.png", "stop"),
        ("c.png", "Yield"),
    ]
    assert read.several_labels == (tmp_path / "a.png",)
    checked = check_dataset(read)
    (finding,) = [one for one in checked.findings if one.kind == "several-labels"]
    assert (finding.count, finding.examples) == (1, ("a.png",))
    assert "several labels" in checked.text()
    assert checked.to_dict()["findings"][0]["kind"] == "several-labels"


def test_names_of_one_class_are_one_class_and_files_are_found_in_either_unicode_form(tmp_path: Path) -> None:
    (tmp_path / "Übung.png").touch()
    rows = "path,label\nU\u0308bung.png,Gewa\u0308hren\nb.png,gew\u00e4hren\n"
    read = read_manifest(write_manifest(tmp_path, rows))
    assert read.classes == ("Gew\u00e4hren",) and {one.label for one in read.captures} == {0}
    assert read.captures[0].path == tmp_path / "\u00dcbung.png"


@pytest.mark.parametrize(
    "name",
    [
        "C:\\Users\\me\\ds\\images\\a02.png",
        "/mnt/data/ds/images/a02.png",
        "file:///C:/ds/images/a02.png",
        "s3://bucket/images/a02.png",
        "images/a02",
        "images\\a02.png",
    ],
)
def test_files_of_another_machine_are_found_below_the_manifest(tmp_path: Path, name: str) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a02.png").touch()
    (tmp_path / "a02.png").touch()
    path = write_manifest(tmp_path, json.dumps({"path": name, "label": "Stop"}) + "\n", "list.jsonl")
    assert read_manifest(path).captures[0].path == tmp_path / "images" / "a02.png"


def test_a_file_that_is_missing_is_not_taken_for_another(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    read = read_manifest(write_manifest(tmp_path, "path,label\ntrain/a.png,Stop\n"))
    assert read.captures[0].path == tmp_path / "train" / "a.png"


def test_a_table_of_this_program_is_a_manifest_although_some_captures_have_no_label(tmp_path: Path) -> None:
    rows = "path,state,label\na.png,corrected,Stop\nb.png,unsure,\nc.png,unreviewed,\n"
    assert [one.path.name for one in read_manifest(write_manifest(tmp_path, rows)).captures] == ["a.png"]


def test_tasks_that_nobody_has_labelled_are_left_out_of_an_export(tmp_path: Path) -> None:
    def task(image: str, *choices: str) -> dict[str, object]:
        value = {"choices": list(choices)}
        return {"data": {"image": image}, "annotations": [{"result": [{"value": value}]}] if choices else []}

    exported = json.dumps([task("a.png", "Stop"), task("b.png")])
    captures = read_manifest(write_manifest(tmp_path, exported, "tasks.json")).captures
    assert [one.path.name for one in captures] == ["a.png"]


def test_views_are_matched_by_name_and_then_by_track(tmp_path: Path) -> None:
    write_tracks(tmp_path / "far", tracks=3, frames=2)
    write_tracks(tmp_path / "near", classes=4, tracks=2, frames=1, first_seed=100)
    found = describe_dataset(tmp_path / "far", tmp_path / "near")
    assert found.classes == ("00", "01", "02") and len(found.captures) == 18 and len(found.views) == 6
    for capture in found.captures:
        track = capture.path.stem.split("_")[0]
        if track == "00002":
            assert capture.hr is None
        else:
            assert capture.hr == tmp_path / "near" / capture.path.parent.name / f"{track}_00000.png"


def test_ordinary_names_are_matched_by_the_whole_name_only(tmp_path: Path) -> None:
    for index, file in enumerate(sorted(write_tracks(tmp_path / "far").rglob("*.png"))):
        file.rename(file.with_name(f"IMG_{index:04d}.png"))
    for index, file in enumerate(sorted(write_tracks(tmp_path / "near", first_seed=50).rglob("*.png"))):
        file.rename(file.with_name(f"IMG_{index + 1:04d}.png"))
    found = describe_dataset(tmp_path / "far", tmp_path / "near")
    assert len({capture.group for capture in found.captures}) == 18
    for capture in found.captures:
        assert capture.hr is None or capture.hr.stem == capture.path.stem
    assert sum(capture.hr is None for capture in found.captures) == 3


def test_what_is_no_data_set_is_refused(tmp_path: Path) -> None:
    write_tracks(tmp_path / "data" / "train")
    write_tracks(tmp_path / "data" / "val")
    with pytest.raises(DatasetError, match="splits and no classes"):
        describe_dataset(tmp_path / "data")
    file = tmp_path / "data" / "train" / "00" / "00000_00000.png"
    with pytest.raises(DatasetError, match="neither a folder nor a manifest"):
        describe_dataset(file)
    write_tracks(tmp_path / "other")
    (tmp_path / "other" / "00").rename(tmp_path / "other" / "a")
    (tmp_path / "other" / "01").rename(tmp_path / "other" / "b")
    (tmp_path / "other" / "02").rename(tmp_path / "other" / "c")
    with pytest.raises(DatasetError, match="none of the classes"):
        describe_dataset(tmp_path / "data" / "train", tmp_path / "other")


def test_a_split_never_separates_a_group(tmp_path: Path) -> None:
    write_tracks(tmp_path / "far", tracks=5)
    write_tracks(tmp_path / "near", tracks=4, frames=1, first_seed=100)
    described = describe_dataset(tmp_path / "far", tmp_path / "near")
    split = assign_splits(described, 0.3, 0)
    side_of: dict[str, set[str]] = {}
    for image in split.images:
        side_of.setdefault(image.group, set()).add(image.split)
    assert all(len(sides) == 1 for sides in side_of.values())
    for side in ("train", "validation"):
        assert {capture.label for capture in split.captures if capture.split == side} == {0, 1, 2}
    assert assign_splits(described, 0.3, 0) == split != assign_splits(described, 0.3, 1)
    assert {capture.split for capture in assign_splits(described, 0.0, 0).images} == {"train"}


def test_captures_that_share_a_view_stay_together() -> None:
    """Names of groups can say otherwise, as where each capture is a group of its own."""
    plain = dataset({"a": [f"a{i}" for i in range(8)], "b": [f"b{i}" for i in range(8)]})
    view = Path("hr/a.png")
    shared = replace(
        plain,
        captures=tuple(
            replace(capture, hr=view) if capture.label == 0 and i < 4 else capture
            for i, capture in enumerate(plain.captures)
        ),
        views=(Capture(view, 0, "a0"),),
    )
    for seed in range(10):
        split = assign_splits(shared, 0.5, seed)
        assert len({image.split for image in (*split.captures[:4], *split.views)}) == 1


def test_a_group_of_several_classes_never_takes_the_last_one_of_any() -> None:
    cameras = dataset({"a": ["x", "y", "z"], "b": ["x", "y"], "c": ["y"], "d": ["w", "v"]})
    for seed in range(20):
        split = assign_splits(cameras, 0.5, seed)
        assert {capture.label for capture in split.captures if capture.split == "train"} == {0, 1, 2, 3}
        assert any(capture.split == "validation" for capture in split.captures)


def test_groups_of_several_classes_are_held_back_once() -> None:
    cameras = [f"camera {i}" for i in range(10)]
    split = assign_splits(dataset({"a": cameras, "b": cameras, "c": cameras}), 0.2, 0)
    assert len({capture.group for capture in split.captures if capture.split == "validation"}) == 2


def test_splits_that_are_given_are_kept() -> None:
    plain = dataset({"a": ["1", "2", "3"], "b": ["1", "2", "3"]})
    given = replace(
        plain,
        captures=tuple(
            replace(capture, split="test" if capture.group == "3" else "") for capture in plain.captures
        ),
    )
    split = assign_splits(given, 0.5, 0)
    assert {capture.group for capture in split.captures if capture.split == "test"} == {"3"}
    assert {capture.split for capture in split.captures} == {"train", "validation", "test"}
    named = replace(given, captures=(replace(given.captures[0], split="validation"), *given.captures[1:]))
    only = [capture for capture in assign_splits(named, 0.5, 0).captures if capture.split == "validation"]
    assert only == [named.captures[0]]


def test_nothing_to_hold_back_is_said() -> None:
    with pytest.raises(DatasetError, match="only one image"):
        assign_splits(dataset({"a": ["1"], "b": ["2"]}), 0.2, 0)
    many = dataset({f"class {i}": [f"{i}/1", f"{i}/2"] if i else ["0/1"] for i in range(1000)})
    split = assign_splits(many, 0.1, 0)
    assert sum(capture.split == "validation" for capture in split.captures) == 999
