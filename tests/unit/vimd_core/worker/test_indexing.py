"""The child process that finds and reads files, spoken to over real pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from vimd_core.data.files.measuring import measure_file
from vimd_core.processes.child_process import EXIT_PARENT_GONE
from vimd_core.worker.indexing import CHUNK

TIMEOUT_S = 120


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vimd_core.worker", "index"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def ask(*roots: tuple[Path, int]) -> list[dict[str, Any]]:
    process = start()
    request = {"roots": [{"path": str(path), "skip": skip} for path, skip in roots]}
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(request).encode() + b"\n")
    process.stdin.flush()  # and left open: the process ends by itself
    answers = [json.loads(line) for line in process.stdout]
    assert process.wait(TIMEOUT_S) == 0
    process.stdin.close()
    process.stdout.close()
    return answers


def pictures(folder: Path, names: Sequence[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        Image.new("RGB", (20 + number % 7, 24), (number % 256, number // 256, 0)).save(folder / name)
    return folder


def files(answers: Sequence[dict[str, Any]], root: int) -> list[list[Any]]:
    return [one for answer in answers if answer.get("root") == root for one in answer["files"]]


def test_all_roots_are_read_in_order_and_what_is_known_is_skipped(tmp_path: Path) -> None:
    one = pictures(tmp_path / "one", [f"{number}.bmp" for number in range(CHUNK + 20)])
    two = pictures(tmp_path / "two", ["a.png", "b.png"])
    answers = ask((one, 10), (two, 0), (two / "b.png", 0))
    assert answers[0] == {"total": CHUNK + 13} and answers[-1] == {"finished": True}
    assert [Path(fields[0]).name for fields in files(answers, 0)] == [
        f"{number}.bmp" for number in range(10, CHUNK + 20)
    ]
    assert [Path(fields[0]).name for fields in files(answers, 1)] == ["a.png", "b.png"]
    assert sum(answer.get("read", 0) for answer in answers) == CHUNK + 13
    path, content_hash, size, modified, width, height, problem, notice = files(answers, 2)[0]
    measured = measure_file(two / "b.png")
    assert (Path(path), bytes.fromhex(content_hash)) == (two / "b.png", measured.content_hash)
    assert (size, modified) == (measured.file_size_bytes, measured.modified_ns)
    assert (width, height, problem, notice) == (21, 24, None, None)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["good.png"])
    (folder / "letter.png").write_bytes(b"Dear aunt, this is no picture.")
    (folder / "good.png").rename(folder / os.fsdecode(b"\xff.png"))
    answers = ask((tmp_path / "nowhere", 0), (folder, 0))
    sentences = [answer["left_out"] for answer in answers if "left_out" in answer]
    assert len(sentences) == 2
    assert "nowhere" in sentences[0] and "not valid text" in sentences[1]
    ((path, *_, problem, _notice),) = files(answers, 1)
    assert Path(path).name == "letter.png" and "not an image" in problem
    assert [answer["read"] for answer in answers if "read" in answer] == [2]


def test_what_is_no_image_is_counted_by_kind(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["good.png"])
    (folder / "good.png").rename(folder / "good")  # an image all the same
    for name in ("a.docx", "b.docx", "c.psd"):
        (folder / name).write_bytes(b"PK\x03\x04")
    answers = ask((folder, 0), (folder / "a.docx", 0), (folder / "good", 0))
    assert [answer["others"] for answer in answers if "others" in answer] == [
        {"DOCX": 2, "PSD": 1},
        {"DOCX": 1},
    ]
    assert [len(files(answers, root)) for root in range(3)] == [1, 0, 1]


def test_a_pipe_is_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    answers = ask((tmp_path, 0))
    assert ["not a regular file" in answer["left_out"] for answer in answers if "left_out" in answer] == [
        True
    ]


def test_it_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["1.png"])
    for number in range(4000):  # more than a pipe holds
        os.link(folder / "1.png", folder / f"a long name so that the pipe is soon full {number}.png")
    process = start()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps({"roots": [{"path": str(folder), "skip": 0}]}).encode() + b"\n")
    process.stdin.flush()
    process.stdout.readline()
    process.stdin.close()
    assert process.wait(TIMEOUT_S) == EXIT_PARENT_GONE
    process.stdout.close()
