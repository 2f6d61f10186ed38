"""`kill -9` at any moment keeps every action that was acknowledged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from places import HELPERS, ROOT

KILLS = 50
PROGRAM = HELPERS / "programs/killed_program.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows can't fork; SQLite's promise is the same there")
def test_nothing_that_was_acknowledged_is_lost_to_fifty_kills(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path), str(KILLS)],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, HELPERS)))},
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    found = re.search(r"(\d+) kills, (\d+) actions, nothing lost", ended.stdout)
    assert found and int(found[1]) == KILLS
    assert int(found[2]) > 10 * KILLS, "too little was done for the kills to mean anything"
