"""The child process that finds captures in folders and reads what a project keeps of each. Torch-free.

It is a process and not a thread of the window, because Python's threads share one lock: a hundred thousand files read
in a thread would hold up each repaint. It answers one request (`vimd_core.worker.indexing_messages`), and ends when its
standard input is closed, as it is when the window is gone.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from vimd_core.data.files.folders import SearchReport, find_captures
from vimd_core.data.files.measuring import measure_file
from vimd_core.data.images.formats import is_image_file, is_regular_file, kind_by_name
from vimd_core.errors import WorkerError
from vimd_core.processes.channel import take_over_standard_streams
from vimd_core.processes.child_process import EXIT_BAD_REQUEST, EXIT_PARENT_GONE
from vimd_core.processes.file_errors import trouble_sentence
from vimd_core.processes.protocol import MessageFrame
from vimd_core.user_messages import Sentence, sentence
from vimd_core.worker.indexing_messages import (
    FROM_IMPORT,
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

CHUNK: Final = 256


def find_files(path: Path, report: SearchReport) -> Iterator[Path]:
    """The captures in a folder and its sub-folders, or the file itself where it is an image; never raises."""
    if is_regular_file(path) and not is_image_file(path.name, path):
        report.others[kind_by_name(path.name)] += 1
        return iter(())
    return find_captures([path], recursive=True, report=report)


def measure(path: Path) -> FoundFile | Sentence:
    """What a project keeps of a file, or why it is left out."""
    try:
        str(path).encode()
        file = measure_file(path)
    except UnicodeEncodeError:
        shown = str(path).encode(errors="replace").decode()
        return sentence("The name of {path} is not valid text: rename the file and add it again.", path=shown)
    except OSError as e:
        return trouble_sentence(path, e)
    return FoundFile(
        path,
        file.content_hash,
        file.file_size_bytes,
        file.modified_ns,
        file.width_px,
        file.height_px,
        file.problem,
        file.notice,
    )


def answer(roots: Sequence[Root]) -> Iterator[FromIndexer]:
    """Yield all answers to a request."""
    found: list[list[Path]] = []
    for root in roots:
        files: list[Path] = []
        report = SearchReport()
        files.extend(itertools.islice(find_files(root.path, report), root.skip, None))
        yield from map(UnreadableFile, report.problems)
        if report.others:
            yield OtherFiles(dict(report.others))
        found.append(files)
    yield Total(sum(map(len, found)))
    for index, files in enumerate(found):
        for start in range(0, len(files), CHUNK):
            measured = [measure(path) for path in files[start : start + CHUNK]]
            yield from (UnreadableFile(one) for one in measured if isinstance(one, Sentence))
            yield Measured(index, tuple(one for one in measured if isinstance(one, FoundFile)), len(measured))
    yield Indexed()


def main() -> int:
    """Answer the one request on the standard streams.

    Returns:
        The exit code.
    """
    with contextlib.suppress(ValueError):
        # Ctrl+C in a terminal reaches the whole process group; it is the window that decides when to end.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    channel = take_over_standard_streams(on_lost=lambda: os._exit(EXIT_PARENT_GONE))
    requests = channel.receive()
    try:
        frame = next(requests, None)
        request = None if frame is None else FROM_IMPORT.decode(frame.body)
    except WorkerError as e:
        sys.stderr.write(f"{e}\n")
        return EXIT_BAD_REQUEST
    if not isinstance(request, Index):
        return EXIT_PARENT_GONE
    threading.Thread(target=_end_with_parent, args=(requests,), name="vimd-parent", daemon=True).start()
    for said in answer(request.roots):
        channel.send(said)
    return 0


def _end_with_parent(requests: Iterator[MessageFrame]) -> None:
    """End this process when nobody can want its answers any more."""
    for _ in requests:
        continue
    os._exit(EXIT_PARENT_GONE)
