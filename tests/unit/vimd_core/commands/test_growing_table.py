"""A table that is added to keeps what was in it, whatever that was."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vimd_core.commands.shared.growing_table import Existing, GrowingTable
from vimd_core.commands.shared.rows import RowForm
from vimd_core.errors import ConfigError
from vimd_core.inference.prediction import Prediction

CLASSES = ("Stop", "Yield, slowly", "No entry")
HOLDER = """
import sys, time
from pathlib import Path
from vimd_core.commands.shared.growing_table import GrowingTable
from vimd_core.commands.shared.rows import RowForm
table = GrowingTable(Path(sys.argv[1]), RowForm("csv", ("a", "b"), 1))
print("holding", flush=True)
time.sleep(60)
"""


def answer(first: float) -> Prediction:
    values = np.array([first, 1 - first, 0.0], np.float32)
    return Prediction(values, values[::-1].copy())


def write(path: Path, count: int, existing: Existing = "same", *, top_k: int = 2, kind: str = "csv") -> None:
    table = GrowingTable(path, RowForm(kind, CLASSES, top_k), existing)
    try:
        for number in range(count):
            table.write({"path": f"{number}.png", "width_px": 9, "height_px": 12}, answer(0.75))
    finally:
        table.close()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_table_with_the_same_columns_is_added_to(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "rows"
    write(path, 2, kind=kind)
    before = path.read_text()
    write(path, 3, kind=kind)
    assert path.read_text().startswith(before)
    if kind == "csv":
        assert len(rows_of(path)) == 5 and path.read_text().count("path,") == 1
    else:
        assert len([json.loads(line) for line in path.read_text().splitlines()]) == 5


@pytest.mark.parametrize(
    "content",
    ["name,label\na.png,Stop\n", '{"label": "Stop"}\n', "notes of mine", "\0\1\2", '"unclosed'],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_what_is_something_else_is_left_alone_unless_told(tmp_path: Path, content: str, kind: str) -> None:
    path = tmp_path / "rows"
    path.write_text(content)
    for existing in ("same", "append"):
        with pytest.raises(ConfigError, match=r"contains other data.*--overwrite"):
            write(path, 1, existing, kind=kind)  # type: ignore[arg-type]
        assert path.read_text() == content
    write(path, 1, "overwrite", kind=kind)
    assert "Stop" in path.read_text() and content not in path.read_text()


def test_other_columns_are_added_to_under_the_names_that_they_have(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("class,my note,path\nStop,checked,old.png\n")
    with pytest.raises(ConfigError, match="--append to add rows to its columns"):
        write(path, 1)
    table = GrowingTable(path, RowForm("csv", CLASSES, 2), "append")
    table.write({"path": "new.png"}, answer(0.25))
    table.close()
    assert "probability" in table.left_out and "class" not in table.left_out
    assert [list(row.values()) for row in rows_of(path)] == [
        ["Stop", "checked", "old.png"],
        ["Yield, slowly", "", "new.png"],
    ]


def test_a_line_that_was_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    write(path, 2)
    path.write_bytes(path.read_bytes()[:-20])
    write(path, 1)
    assert rows_of(path)[-1]["class"] == "Stop" and len(rows_of(path)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="there a reader would be locked out as well")
def test_two_processes_do_not_write_one_table(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == "holding\n"
        before = path.read_text()
        for existing in ("same", "append", "overwrite"):
            with pytest.raises(ConfigError, match="is being written by another process"):
                write(path, 1, existing)  # type: ignore[arg-type]
        assert path.read_text() == before
        other.kill()
    write(path, 1, "overwrite")
    assert len(rows_of(path)) == 1


def test_a_link_leads_to_the_table(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write(tmp_path / "link.csv", 1)
    assert (tmp_path / "link.csv").is_symlink() and len(rows_of(tmp_path / "real.csv")) == 1
