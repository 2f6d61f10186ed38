"""Runs the real program in a home of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HELPERS = ROOT / "tests" / "helpers"
DRIVER = Path(__file__).parent / "driver.py"


def environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "VIMD_HOME": str(home),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, HELPERS, HELPERS / "media"))),
    }


def run_story(story: str, home: Path, arguments: list[str], **variables: str) -> dict[str, Any]:
    report = home.parent / f"{story}.json"
    command = [sys.executable, str(DRIVER), story, str(report), *arguments]
    ended = subprocess.run(
        command, env=environment(home) | variables, capture_output=True, text=True, timeout=280, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr, ended.stderr
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert told["ended"]
    return told


def query(home: Path, sql: str) -> list[tuple[Any, ...]]:
    database = home / "My captures.vimd" / "project.sqlite"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()
