"""A program that dies leaves a report, one that ends does not, and only the dead one's report is shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from unprivileged import allow_writing, forbid_writing, run_python

from app.crash_reports import CrashWatch, keep_log

WATCHED = """
import logging, os, sys
from pathlib import Path
from app.crash_reports import CrashWatch, keep_log
folder = Path(sys.argv[1])
logging.basicConfig(level=logging.WARNING)
keep_log(folder)
watch = CrashWatch(folder)
watch.start()
logging.getLogger("test").warning("just before")
"""
ENDINGS = {
    "end": "watch.stop()",
    "kill": "os.kill(os.getpid(), 9)",
    "crash": "import faulthandler; faulthandler._sigsegv()",
    "abort": "os.abort()",
    "fail": "\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    watch.note_failure()\nwatch.stop()",
    "raise": "watch.stop(); raise ValueError('nobody catches it')",
}


def run_and_end(folder: Path, ending: str) -> None:
    subprocess.run(
        [sys.executable, "-c", WATCHED + ENDINGS[ending], str(folder)], capture_output=True, timeout=60
    )


@pytest.mark.parametrize("ending", ["end", "kill", "raise"])
def test_what_is_no_crash_leaves_no_report(tmp_path: Path, ending: str) -> None:
    run_and_end(tmp_path, ending)
    assert CrashWatch(tmp_path).take_report() is None
    assert [path.name for path in tmp_path.iterdir()] == ["studio.log"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own signals")
@pytest.mark.parametrize(
    ("ending", "word"),
    [("crash", "Segmentation fault"), ("abort", "Aborted"), ("fail", "ZeroDivisionError")],
)
def test_a_crash_is_told_once_with_where_it_was_and_the_log(tmp_path: Path, ending: str, word: str) -> None:
    run_and_end(tmp_path, ending)
    watch = CrashWatch(tmp_path)
    report = watch.take_report()
    assert report is not None
    text = report.read_text(encoding="utf-8")
    assert word in text and "File " in text and "just before" in text
    assert watch.take_report() is None
    assert report.exists() and not list(tmp_path.glob("running-*"))


def test_a_program_that_still_runs_is_no_crash(tmp_path: Path) -> None:
    waiting = subprocess.Popen(
        [
            sys.executable,
            "-c",
            WATCHED + "watch.note_failure(); print(flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert waiting.stdout is not None
        waiting.stdout.readline()
        assert CrashWatch(tmp_path).take_report() is None
        assert list(tmp_path.glob("running-*"))
    finally:
        waiting.kill()
        waiting.communicate()
    assert CrashWatch(tmp_path).take_report() is not None


def test_only_the_newest_reports_are_kept(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"crash-2020-01-0{number + 1}-000000.txt").touch()
    CrashWatch(tmp_path).take_report()
    assert [path.name[14:16] for path in sorted(tmp_path.iterdir())] == ["04", "05", "06", "07", "08"]


def test_what_nobody_catches_is_in_the_log(tmp_path: Path) -> None:
    run_and_end(tmp_path, "raise")
    assert "nobody catches it" in (tmp_path / "studio.log").read_text(encoding="utf-8")


def test_a_log_that_has_become_long_makes_room(tmp_path: Path) -> None:
    (tmp_path / "studio.log").write_bytes(b"x" * 1_000_001)
    run_and_end(tmp_path, "end")
    assert (tmp_path / "studio.log").stat().st_size < 1000
    assert (tmp_path / "studio.old.log").stat().st_size == 1_000_001


def test_a_disk_that_takes_nothing_keeps_nobody_from_working(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keep_log(tmp_path / "file")
    watch = CrashWatch(tmp_path / "file")
    watch.start()
    watch.stop()
    assert watch.take_report() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own permissions")
def test_the_program_starts_and_logs_nothing_where_it_may_not_write(tmp_path: Path) -> None:
    run_and_end(tmp_path / "logs", "abort")
    forbid_writing(tmp_path)
    try:
        program = WATCHED + "assert watch.take_report() is None; watch.stop()"
        done = run_python("-c", program, tmp_path / "logs")
    finally:
        allow_writing(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "just before" in done.stderr
    assert list((tmp_path / "logs").glob("running-*"))  # a later start, which may write, shows it
