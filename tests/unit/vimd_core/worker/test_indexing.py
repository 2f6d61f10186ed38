"""The child process that finds and reads files, spoken to over real pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from vimd_core.data.files.measuring import measure_file
from vimd_core.processes.child_process import EXIT_BAD_REQUEST, EXIT_PARENT_GONE
from vimd_core.processes.messages import encode
from vimd_core.processes.protocol import MAGIC, FrameReader
from vimd_core.worker.indexing import CHUNK
from vimd_core.worker.indexing_messages import (
    FROM_INDEXER,
    FoundFile,
    FromIndexer,
    Index,
    Indexed,
    Measured,
    OtherFiles,
    Root,
    Total,
    UnreadableFile,
)

TIMEOUT_S = 120


def start() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "vimd_core.worker", "index"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def ask(*roots: tuple[Path, int]) -> list[FromIndexer]:
    process = start()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(encode(Index(tuple(Root(*one) for one in roots))))
    process.stdin.flush()  # and left open: the process ends by itself
    frames = FrameReader().feed(process.stdout.read())
    answers = [FROM_INDEXER.decode(frame.body) for frame in frames]
    assert process.wait(TIMEOUT_S) == 0
    process.stdin.close()
    process.stdout.close()
    return answers


def pictures(folder: Path, names: Sequence[str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        Image.new("RGB", (20 + number % 7, 24), (number % 256, number // 256, 0)).save(folder / name)
    return folder


def files(answers: Sequence[FromIndexer], root: int) -> list[FoundFile]:
    return [file for one in answers if isinstance(one, Measured) and one.root == root for file in one.files]


def read(answers: Sequence[FromIndexer]) -> list[int]:
    return [one.read for one in answers if isinstance(one, Measured)]


def problems(answers: Sequence[FromIndexer]) -> list[str]:
    return [str(one.problem) for one in answers if isinstance(one, UnreadableFile)]


def test_all_roots_are_read_in_order_and_what_is_known_is_skipped(tmp_path: Path) -> None:
    one = pictures(tmp_path / "one", [f"{number}.bmp" for number in range(CHUNK + 20)])
    two = pictures(tmp_path / "two", ["a.png", "b.png"])
    answers = ask((one, 10), (two, 0), (two / "b.png", 0))
    assert answers[0] == Total(CHUNK + 13) and answers[-1] == Indexed()
    assert [file.path.name for file in files(answers, 0)] == [
        f"{number}.bmp" for number in range(10, CHUNK + 20)
    ]
    assert [file.path.name for file in files(answers, 1)] == ["a.png", "b.png"]
    assert sum(read(answers)) == CHUNK + 13
    file, measured = files(answers, 2)[0], measure_file(two / "b.png")
    assert (file.path, file.content_hash) == (two / "b.png", measured.content_hash)
    assert (file.file_size_bytes, file.modified_ns) == (measured.file_size_bytes, measured.modified_ns)
    assert (file.width_px, file.height_px, file.problem, file.notice) == (21, 24, None, None)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_what_can_not_be_read_is_said(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["good.png"])
    (folder / "letter.png").write_bytes(b"Dear aunt, this is no picture.")
    (folder / "good.png").rename(folder / os.fsdecode(b"\xff.png"))
    answers = ask((tmp_path / "nowhere", 0), (folder, 0))
    nowhere, no_text = problems(answers)
    assert "nowhere" in nowhere and "not valid text" in no_text
    (letter,) = files(answers, 1)
    assert letter.path.name == "letter.png" and "not an image" in str(letter.problem)
    assert read(answers) == [2]


def test_what_is_no_image_is_counted_by_kind(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["good.png"])
    (folder / "good.png").rename(folder / "good")  # an image all the same
    for name in ("a.docx", "b.docx", "c.psd"):
        (folder / name).write_bytes(b"PK\x03\x04")
    answers = ask((folder, 0), (folder / "a.docx", 0), (folder / "good", 0))
    assert [one.count_by_kind for one in answers if isinstance(one, OtherFiles)] == [
        {"DOCX": 2, "PSD": 1},
        {"DOCX": 1},
    ]
    assert [len(files(answers, root)) for root in range(3)] == [1, 0, 1]


def test_a_pipe_is_said_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    (problem,) = problems(ask((tmp_path, 0)))
    assert "not a regular file" in problem


def test_what_is_no_request_ends_it_with_a_reason() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vimd_core.worker", "index"],
        input=bytes(encode(Indexed())),
        capture_output=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode == EXIT_BAD_REQUEST and b"malformed" in done.stderr


def test_it_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in", ["1.png"])
    for number in range(4000):  # more than a pipe holds
        os.link(folder / "1.png", folder / f"a long name so that the pipe is soon full {number}.png")
    process = start()
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(encode(Index((Root(folder),))))
    process.stdin.flush()
    assert process.stdout.read(4) == MAGIC
    process.stdin.close()
    assert process.wait(TIMEOUT_S) == EXIT_PARENT_GONE
    process.stdout.close()
