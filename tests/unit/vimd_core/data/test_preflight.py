"""What is found in a data set before anything is learnt from it, and what is done."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from labelled_images import write_image, write_tracks

from vimd_core.data.datasets.dataset import Capture, Dataset
from vimd_core.data.datasets.pixels import ImageFacts, load_pixels
from vimd_core.data.datasets.preflight import Preflight, check_dataset
from vimd_core.data.datasets.sources import describe_dataset
from vimd_core.data.datasets.splits import assign_splits
from vimd_core.errors import DatasetError


def check(dataset: Dataset, *, keep_classes: bool = False) -> Preflight:
    """Read all images and check."""
    paths = list(dict.fromkeys(image.path for image in dataset.images))
    pixels = load_pixels(paths, 16, threads=1)
    return check_dataset(dataset, dict(zip(paths, pixels.facts, strict=True)), keep_classes=keep_classes)


def counts(preflight: Preflight) -> dict[str, int]:
    return {finding.kind: finding.count for finding in preflight.findings}


def described(splits: Sequence[tuple[str, str, str]]) -> tuple[Dataset, dict[Path, ImageFacts]]:
    """Captures of (label, split, content), each a group of its own, and facts as if they had been read."""
    classes = tuple(sorted({label for label, _, _ in splits}))
    captures = tuple(
        Capture(Path(f"/data/{number}.png"), classes.index(label), f"g{number}", split)  # type: ignore[arg-type]
        for number, (label, split, _) in enumerate(splits)
    )
    facts = {
        capture.path: ImageFacts(8, 8, content or capture.path.name)
        for capture, (_, _, content) in zip(captures, splits, strict=True)
    }
    return Dataset(Path("/data"), classes, captures), facts


def test_a_good_data_set_has_no_findings(tmp_path: Path) -> None:
    data = describe_dataset(write_tracks(tmp_path / "data"))
    result = check(data)
    assert result.findings == () and result.dataset == data
    assert result.text() == "18 captures of 3 classes; nothing wrong was found.\n"


def test_files_classes_and_views_that_cannot_be_used_are_one_table(tmp_path: Path) -> None:
    far, near = (
        write_tracks(tmp_path / "far"),
        write_tracks(tmp_path / "near", tracks=4, frames=1, first_seed=90),
    )
    (far / "empty").mkdir()
    write_image(far / "single" / "1.png", seed=70)
    (far / "00" / "00000_00000.png").write_bytes(b"no image")
    broken_view = near / "01" / "00001_00000.png"
    broken_view.write_bytes(broken_view.read_bytes()[:60])
    result = check(describe_dataset(far, near))
    assert counts(result) == {
        "unreadable": 2,
        "without-view": 3,
        "view-alone": 3,
        "empty-class": 1,
        "single-capture": 1,
    }
    assert result.dataset.classes == ("00", "01", "02", "single")
    assert {capture.label for capture in result.dataset.captures} == {0, 1, 2, 3}
    assert all(image.path != broken_view for image in result.dataset.images)
    assert all(capture.hr != broken_view for capture in result.dataset.captures)
    text = result.text()
    lines = text.splitlines()
    assert lines[0] == "18 captures of 4 classes, 11 high-resolution views"
    assert len(lines) == 2 + len(result.findings)
    assert "00/00000_00000.png is not an image" in text and str(tmp_path) not in text
    as_json = json.loads(json.dumps(result.to_dict()))
    assert as_json["findings"][0]["kind"] == "unreadable" and as_json["captures_by_split"] == {
        "undecided": 18
    }


def test_the_same_image_twice_is_never_on_both_sides() -> None:
    data, facts = described(
        [("a", "", "same"), ("a", "", "same"), ("a", "", ""), ("a", "", ""), ("b", "", ""), ("b", "", "")]
    )
    result = check_dataset(data, facts)
    assert counts(result) == {"duplicate": 1}
    for seed in range(8):
        split = assign_splits(result.dataset, 0.5, seed)
        assert split.captures[0].split == split.captures[1].split


def test_the_same_image_in_two_splits_stays_in_the_stricter_one() -> None:
    data, facts = described(
        [("a", "train", "x"), ("a", "validation", "x"), ("a", "test", "x"), ("a", "train", ""), ("b", "train", ""),
         ("b", "", "y"), ("b", "validation", "y")]
    )  # fmt: skip
    result = check_dataset(data, facts)
    assert counts(result)["duplicate-across-splits"] == 3
    assert [capture.path.stem for capture in result.dataset.captures] == ["2", "3", "4", "6"]


def test_an_image_with_two_labels_is_left_out() -> None:
    data, facts = described([("a", "", "x"), ("b", "", "x"), ("a", "", ""), ("b", "", ""), ("b", "", "")])
    result = check_dataset(data, facts)
    assert counts(result) == {"two-labels": 2, "single-capture": 1}
    assert [capture.path.stem for capture in result.dataset.captures] == ["2", "3", "4"]


def test_a_group_in_two_splits_stays_in_the_stricter_one() -> None:
    data, facts = described([("a", "train", ""), ("a", "test", ""), ("a", "train", ""), ("b", "train", "")])
    grouped = replace(
        data, captures=tuple(replace(c, group="cam") if i < 2 else c for i, c in enumerate(data.captures))
    )
    result = check_dataset(grouped, facts)
    assert counts(result)["group-across-splits"] == 1
    assert [capture.path.stem for capture in result.dataset.captures] == ["1", "2", "3"]


def test_labels_in_one_split_only() -> None:
    data, facts = described(
        [("a", "train", ""), ("b", "train", ""), ("c", "train", ""), ("a", "validation", ""), ("b", "validation", ""),
         ("d", "validation", ""), ("e", "test", "")]
    )  # fmt: skip
    result = check_dataset(data, facts)
    found = {finding.kind: finding for finding in result.findings}
    assert found["class-not-in-train"].examples == ("d", "e")
    assert found["class-not-in-validation"].examples == ("c", "e")
    assert result.dataset.classes == ("a", "b", "c") and len(result.dataset.captures) == 5
    kept = check_dataset(data, facts, keep_classes=True).dataset
    assert kept.classes == data.classes and len(kept.captures) == 5


def test_what_cannot_be_learnt_is_refused(tmp_path: Path) -> None:
    data, facts = described([("a", "", ""), ("a", "", "")])
    with pytest.raises(DatasetError, match="only the class a"):
        check_dataset(data, facts)
    data, facts = described([("a", "test", ""), ("b", "test", "")])
    with pytest.raises(DatasetError, match="no captures to train on"):
        check_dataset(data, facts)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(b"no image")
    with pytest.raises(DatasetError, match=r"No capture in .* can be read"):
        check(describe_dataset(tmp_path))


def test_two_classes_and_a_thousand_are_enough() -> None:
    assert check_dataset(*described([("a", "", ""), ("b", "", "")])).dataset.classes == ("a", "b")
    many = described([(f"{label:04d}", "", "") for label in range(1000) for _ in range(2)])
    result = check_dataset(*many)
    assert len(result.dataset.classes) == 1000 and result.findings == ()
