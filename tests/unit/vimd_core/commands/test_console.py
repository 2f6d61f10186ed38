"""Closed, full and odd standard streams, and signals: one sentence at most, never a traceback, nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="shells and signals of Unix")

COMMANDS = (
    "model info",
    "evaluate --model nowhere --data nowhere",
    "watch --ask-password rtsp://camera/ --output rows.csv",
)


def shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=240,
        cwd=folder,
        env=os.environ | {"VIMD": f"{sys.executable} -m vimd_core"} | environment,
    )


def make_captures(folder: Path, count: int) -> None:
    folder.mkdir()
    for number in range(count):
        Image.fromarray(np.full((12, 12, 3), number % 256, np.uint8)).save(folder / f"é{number}.png")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_stream_makes_a_traceback(command: str, tmp_path: Path) -> None:
    for streams in (">/dev/full", "2>/dev/full", "<&- >&- 2>&-"):
        done = shell(f"$VIMD {command} {streams}", tmp_path)
        assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, streams
        assert done.stderr.count("vimd: ") <= 1, (streams, done.stderr)
        assert done.returncode in (0, 1, 2, 141), (streams, done.stderr)


def test_exit_codes_say_what_happened_to_the_output(tmp_path: Path) -> None:
    full = shell("$VIMD model info >/dev/full", tmp_path)
    assert full.returncode == 1 and "The output can't be written (No space left on device)" in full.stderr
    closed = shell("$VIMD model info >&-", tmp_path)
    assert closed.returncode == 1 and "standard output is closed" in closed.stderr
    assert shell("$VIMD model info | true", tmp_path).returncode == 141
    assert shell("$VIMD model info 2>&-", tmp_path).returncode == 0


def test_names_that_an_encoding_lacks_are_shown_as_escapes(tmp_path: Path, tiny_bundle: Path) -> None:
    make_captures(tmp_path / "Fotos é中", 1)
    (tmp_path / "Fotos é中" / "leer.png").touch()
    command = f'$VIMD classify "Fotos é中" --model {tiny_bundle} --device cpu'
    for encoding in ({"PYTHONIOENCODING": "ascii"}, {"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C"}):
        done = shell(command, tmp_path, **encoding)
        assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
        assert "Fotos é中/é0.png" in done.stdout  # a table is UTF-8 whatever the console is
        assert re.search(r"Fotos .*leer\.png", done.stderr)


def test_a_table_into_a_pipe_that_closes(tmp_path: Path, tiny_bundle: Path) -> None:
    make_captures(tmp_path / "captures", 600)
    done = shell(
        f"$VIMD classify captures --model {tiny_bundle} --device cpu --batch-size 8 | head -1", tmp_path
    )
    assert done.stdout.startswith("path,") and done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr and done.returncode == 141


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_leaves_nothing_half_written(tmp_path: Path, tiny_bundle: Path, number: int) -> None:
    make_captures(tmp_path / "captures", 900)
    before = "path,width_px,height_px,class,of before"
    (tmp_path / "rows.csv").write_text(before)
    arguments: Sequence[object] = (
        *("classify", "captures", "--model", tiny_bundle, "--device", "cpu", "--batch-size", "1"),
        *("--output", "rows.csv", "--quiet"),
    )
    with subprocess.Popen(
        [sys.executable, "-m", "vimd_core", *map(str, arguments)],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=_with_default_signals,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 120
        while not any(path.stat().st_size for path in tmp_path.glob(".rows.csv.*.part")):
            assert time.monotonic() < deadline and process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    assert said == ("Cancelled.\n" if number == signal.SIGINT else "")
    assert (tmp_path / "rows.csv").read_text() == before and not list(tmp_path.glob(".*.part"))


def _with_default_signals() -> None:
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def test_ctrl_c_counts_while_the_program_is_still_being_loaded() -> None:
    program = """
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "vimd_core.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from vimd_core.__main__ import run
sys.exit(run())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (130, "Cancelled.\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_parity_does_not_wait_for_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from vimd_core.cli import main

    os.mkfifo(tmp_path / "meta.json")
    assert main(["parity", str(tmp_path)]) == 1
    assert "is a pipe or a device): give a folder of golden vectors" in capsys.readouterr().err
