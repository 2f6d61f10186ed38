"""The child process that finds and reads the files of an import, as the thread sees it that waits for its answers."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.records import NewCapture
from vimd_core.errors import WorkerError
from vimd_core.sentences import sentence_from_json

_LAST_WORDS: Final = 400


class IndexProcess:
    """One child and its one request.

    Args:
        command: how to start it.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_cancelled = False

    def answers(self, roots: Sequence[tuple[Path, int]]) -> Iterator[dict[str, Any]]:
        """Yield what the child answers, until it has finished or `cancel` is called.

        Args:
            roots: files and folders, and how many captures to skip in each.

        Raises:
            WorkerError: it could not be started, or died.
        """
        request = {"roots": [{"path": str(path), "skip": skip} for path, skip in roots]}
        with tempfile.TemporaryFile() as words:
            with self._started(words.fileno()) as process:
                if process is None:
                    return
                assert process.stdin is not None and process.stdout is not None
                with contextlib.suppress(BrokenPipeError):  # it died at once; that is said below
                    process.stdin.write(json.dumps(request).encode() + b"\n")
                    process.stdin.flush()
                for line in process.stdout:
                    answer: dict[str, Any] = json.loads(line)
                    if "finished" in answer:
                        return
                    yield answer
            if not self._is_cancelled:
                words.seek(0)
                said = words.read().decode(errors="replace").strip()[-_LAST_WORDS:]
                raise WorkerError(
                    "The process that reads the files has ended unexpectedly ({reason}): what it had "
                    "read was added; add the rest again.",
                    reason=said or process.returncode,
                )

    def cancel(self) -> None:
        """End the child, or keep it from being started; any thread may say so."""
        with self._lock:
            self._is_cancelled = True
            if self._process is not None:
                self._process.kill()

    @contextlib.contextmanager
    def _started(self, stderr: int) -> Iterator[subprocess.Popen[bytes] | None]:
        with self._lock:
            if self._is_cancelled:
                process = None
            else:
                process = self._process = self._launch(stderr)
        try:
            yield process
        finally:
            if process is not None:
                with self._lock:
                    self._process = None
                process.kill()
                process.communicate()

    def _launch(self, stderr: int) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                # Windows' own: a packaged app has no console, and its child would open one.
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as e:
            raise WorkerError(
                "The process that reads the files can't be started ({reason}): install ViMD Studio again.",
                reason=e,
            ) from e


def capture_of(fields: Sequence[Any]) -> NewCapture:
    """A file as the child describes it."""
    path, content_hash, size_bytes, modified_ns, width_px, height_px, problem, notice = fields
    return NewCapture(
        Path(path),
        bytes.fromhex(content_hash),
        size_bytes,
        modified_ns,
        width_px,
        height_px,
        None if problem is None else sentence_from_json(problem),
        None if notice is None else sentence_from_json(notice),
    )
