"""The child process that finds captures in folders and reads what a project keeps of each. Torch-free.

It is a process and not a thread of the window, because Python's threads share one lock: a hundred thousand files read
in a thread would hold up each repaint. One request comes as a line of JSON, and lines of JSON are answered:

    request   {"roots": [{"path": ..., "skip": n}, ...]}    the first n captures of a root are left out
    answers   {"left_out": sentence}                          any number, also between the others
              {"others": {kind: n, ...}}                      any number: files that are no images, by extension
              {"total": n}                                    once, when all are found
              {"root": index, "read": n, "files": [...]}      for each of the n files that is not left out, its path
                                                              and the fields of `MeasuredFile`, the hash as text
              {"finished": true}                              the last one

Names that are no valid text pass through JSON as they are (`surrogateescape`). The process ends when its standard input
is closed, as it is when the window is gone.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from vimd_core.data.files.folders import SearchReport, find_captures
from vimd_core.data.files.measuring import measure_file
from vimd_core.data.images.formats import is_image_file, is_regular_file, kind_by_name
from vimd_core.processes.child_process import EXIT_PARENT_GONE
from vimd_core.processes.file_errors import trouble_sentence
from vimd_core.processes.heartbeat import end_with_parent
from vimd_core.sentences import Sentence, sentence

CHUNK: Final = 256


def find_files(path: Path, report: SearchReport) -> Iterator[Path]:
    """The captures in a folder and its sub-folders, or the file itself where it is an image; never raises."""
    if is_regular_file(path) and not is_image_file(path.name, path):
        report.others[kind_by_name(path.name)] += 1
        return iter(())
    return find_captures([path], recursive=True, report=report)


def measure(path: Path) -> list[Any] | Sentence:
    """What a project keeps of a file, ready for JSON, or why it is left out."""
    try:
        str(path).encode()
        file = measure_file(path)
    except UnicodeEncodeError:
        shown = str(path).encode(errors="replace").decode()
        return sentence("The name of {path} is not valid text: rename the file and add it again.", path=shown)
    except OSError as e:
        return trouble_sentence(path, e)
    return [
        os.fspath(path),
        file.content_hash.hex(),
        file.file_size_bytes,
        file.modified_ns,
        file.width_px,
        file.height_px,
        None if file.problem is None else file.problem.to_json(),
        None if file.notice is None else file.notice.to_json(),
    ]


def answer(roots: Sequence[tuple[Path, int]]) -> Iterator[dict[str, Any]]:
    """Yield all answers to a request.

    Args:
        roots: files and folders, and how many captures to skip in each.
    """
    found: list[list[Path]] = []
    for path, skip in roots:
        files: list[Path] = []
        report = SearchReport()
        files.extend(itertools.islice(find_files(path, report), skip, None))
        for problem in report.problems:
            yield {"left_out": problem.to_json()}
        if report.others:
            yield {"others": dict(report.others)}
        found.append(files)
    yield {"total": sum(map(len, found))}
    for index, files in enumerate(found):
        for start in range(0, len(files), CHUNK):
            measured = [measure(path) for path in files[start : start + CHUNK]]
            for said in (one for one in measured if isinstance(one, Sentence)):
                yield {"left_out": said.to_json()}
            yield {
                "root": index,
                "files": [one for one in measured if not isinstance(one, Sentence)],
                "read": len(measured),
            }
    yield {"finished": True}


def main() -> int:
    """Answer the one request on the standard streams.

    Returns:
        The exit code.
    """
    with contextlib.suppress(ValueError):
        # Ctrl+C in a terminal reaches the whole process group; it is the window that decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    request = json.loads(sys.stdin.buffer.readline())
    answers = sys.stdout.buffer
    end_with_parent(sys.stdin.fileno())  # nobody can want its answers any more
    try:
        for line in answer([(Path(root["path"]), int(root["skip"])) for root in request["roots"]]):
            answers.write(json.dumps(line).encode() + b"\n")
            answers.flush()
    except BrokenPipeError:
        os._exit(EXIT_PARENT_GONE)
    return 0
