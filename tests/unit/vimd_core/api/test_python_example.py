"""The example of the public API runs from beginning to end, and is made of cells."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from places import SAMPLES

EXAMPLE = SAMPLES / "python_api.py"


def test_the_example_runs(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, EXAMPLE], cwd=tmp_path, capture_output=True, text=True, timeout=280
    )
    assert ended.returncode == 0, ended.stderr
    told = ended.stdout
    assert "Speed limit 20" in told and "of 48 captures" in told
    assert re.search(r"knows 44 classes\non \d+ captures it is ", told)
    assert "48 captures added, 48 labels written, 48 exported" in told
    assert list(tmp_path.iterdir()) == []


def test_each_cell_of_code_follows_text_that_explains_it() -> None:
    cells = re.split(r"^# %%", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    kinds = [cell.startswith(" [markdown]") for cell in cells]
    assert (len(cells) == 12 and kinds == [True, False] * 6) or (
        len(kinds) == 14 and kinds == [True, False] * 7
    )
    for cell, is_text in zip(cells, kinds, strict=True):
        if is_text:
            assert all(line.startswith("#") for line in cell.splitlines()[1:] if line)
