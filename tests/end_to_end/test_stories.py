"""Longer days with the real program: labels travel, classes merge, a database breaks, the program speaks Chinese."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

from PIL import Image
from places import SAMPLES
from program import query, run_story
from sign_scene import SIGN, signs
from stream_servers import server

SIGN_NAMES = {path.name for path in signs()}

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_labels_travel_in_a_table(home: Path, tmp_path: Path, model_arguments: list[str]) -> None:
    table = tmp_path / "labels.csv"
    there = run_story("correct_and_export", home, model_arguments, VIMD_TABLE=str(table))
    with table.open(encoding="utf-8-sig", newline="") as file:
        written = {Path(row["path"]).name: row["label"] or None for row in csv.DictReader(file)}
    assert written == there["labels"]
    assert sum(label is not None for label in written.values()) == 10
    here = run_story("import_again", tmp_path / "another home", model_arguments, VIMD_TABLE=str(table))
    assert set(here["labels_before"].values()) == {None}
    assert here["labels"] == there["labels"]


def test_classes_are_merged_and_parted_again(home: Path, model_arguments: list[str]) -> None:
    told = run_story("merge_and_undo", home, model_arguments)
    merged, into = told["merged"], told["into"]
    assert merged in told["before"].values()
    assert told["after"] == {
        name: into if label == merged else label for name, label in told["before"].items()
    }
    assert told["undone"] == told["before"]


def test_a_damaged_database_is_said_and_kept(home: Path, model_arguments: list[str]) -> None:
    run_story("first_day", home, model_arguments)
    database = home / "My captures.vimd" / "project.sqlite"
    for beside in database.parent.glob("project.sqlite-*"):
        beside.unlink()
    rubbish = b"not a database " * 1000
    database.write_bytes(rubbish)
    told = run_story("damaged", home, model_arguments)
    assert "damaged" in told["message"]
    assert told["action"]
    assert database.read_bytes() == rubbish  # never an empty project in silence


def test_a_half_damaged_project_is_looked_at_and_put_back(home: Path, model_arguments: list[str]) -> None:
    run_story("first_day", home, model_arguments)
    database = home / "My captures.vimd" / "project.sqlite"
    backups = database.parent / "backups"
    for copy in backups.glob("*.sqlite"):
        copy.unlink()  # so that only one is sound
    good = backups / "2099-01-01-000000-by-hand.sqlite"
    shutil.copyfile(database, good)
    (good.parent / "2099-01-02-000000-daily.sqlite").write_bytes(database.read_bytes()[:9000])  # not whole
    (page_size,), (root,) = (
        *query(home, "PRAGMA page_size"),
        *query(
            home, "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'label_actions'"
        )[:1],
    )
    data = bytearray(database.read_bytes())
    data[(root - 1) * page_size : root * page_size] = b"\xff" * page_size
    database.write_bytes(bytes(data))
    told = run_story("half_damaged", home, model_arguments)
    assert "by-hand" in told["message"] and "it is read-only" in told["message"]
    assert told["title"] == "My captures (read only) – ViMD Studio"
    assert told["captures"] > 40 and told["label"], "what is whole can be seen"
    assert told["title_after"] == "My captures – ViMD Studio"
    assert query(home, "PRAGMA integrity_check") == [("ok",)]
    (kept,) = good.parent.glob("*before-restore*")
    assert kept.read_bytes()[(root - 1) * page_size : root * page_size] == b"\xff" * page_size


def test_the_program_speaks_chinese(home: Path, model_arguments: list[str]) -> None:
    home.mkdir()
    (home / "settings.ini").write_text("[preferences]\nlanguage=zh_CN\n", encoding="utf-8")
    told = run_story("chinese", home, model_arguments)
    untranslated = [
        text for text in [*told["menus"], *told["actions"], told["footer"]] if not CHINESE.search(text)
    ]
    assert not untranslated
    assert query(home, "PRAGMA integrity_check") == [("ok",)]


def test_a_camera_at_the_road(home: Path, model_arguments: list[str]) -> None:
    with server("http") as camera:
        told = run_story(
            "at_the_road",
            home,
            model_arguments,
            VIMD_STREAM=camera.url("signs"),
            VIMD_SIGN=",".join(map(str, SIGN)),
        )
    assert told["live_label"] and told["latency"].endswith(" ms")
    seen = query(
        home,
        "SELECT captures.path, region, reason, frame_number, width_px, height_px, streams.name, labels.name "
        "FROM stream_captures JOIN captures ON captures.id = capture_id JOIN streams ON streams.id = stream_id "
        "LEFT JOIN classes AS labels ON labels.id = label_class_id ORDER BY captures.id",
    )
    assert len(seen) >= 4
    for path, region, reason, frame, width, height, name, _ in seen:
        assert (region, reason, name) == ("Sign", "change", "Road") and frame > 0
        assert abs(width - SIGN[2] - 6) <= 2 and abs(height - SIGN[2] - 6) <= 2
        with Image.open(home / "My captures.vimd" / path) as image:
            assert (image.format, image.size) == ("PNG", (width, height))
    labelled = {Path(path).name: label for path, *_, label in seen if label is not None}
    assert labelled == {told["corrected"]: told["label"]}
    if not model_arguments:  # the starter model knows these signs
        with (SAMPLES / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
            names = {row["class_name"] for row in csv.DictReader(file) if row["capture"] in SIGN_NAMES}
        right = [answer for answer in told["answers"].values() if answer in names]
        assert len(right) >= 0.7 * len(told["answers"])
