"""Longer days with the real program: labels travel, classes merge, a database breaks, the program speaks Chinese."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

from program import query, run_story

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
    good = database.parent / "backups" / "2099-01-01-000000-by-hand.sqlite"
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
    assert "by-hand" in told["message"] and "looked at, but not changed" in told["message"]
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
