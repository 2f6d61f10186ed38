"""One child process (subprocess), how it ends, and its pipes, each with a thread so that none can hold up another."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Final

from vimd_core.errors import WorkerError
from vimd_core.user_messages import Sentence, sentence, verbatim

KEPT_BYTES: Final = 4096
_READ_BYTES: Final = 1 << 16
_DRAIN_S: Final = 2.0


class LastWords:
    """The tail of what a process writes to standard error: the last bytes, however much it writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tail = b""

    def add(self, data: bytes) -> None:
        """It has written so much more."""
        with self._lock:
            self._tail = (self._tail + data)[-KEPT_BYTES:]

    @property
    def text(self) -> str:
        """All that is kept, without blank ends."""
        return self._tail.decode(errors="replace").strip()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The end of a child process that was not asked to end.

    Attributes:
        exit_code: as `subprocess` has it, minus the signal's number after one; None when it could not be started.
        said: the end of what it wrote to standard error, perhaps nothing.
        verdict: what its supervisor found, where it ended the child or could not start it.
    """

    exit_code: int | None = None
    said: str = ""
    verdict: Sentence | None = None

    @property
    def last_line(self) -> str:
        """The last line that the child wrote to standard error, perhaps nothing."""
        lines = self.said.splitlines()
        return lines[-1].strip() if lines else ""

    @property
    def reason(self) -> Sentence:
        """Why it ended, as part of a sentence: what was found, else its last words, else its exit code."""
        if self.verdict is not None:
            return self.verdict
        if self.last_line:
            return verbatim(self.last_line)
        if self.exit_code is not None and self.exit_code < 0:
            return sentence("it was ended by the system, signal {number}", number=-self.exit_code)
        return sentence("it exited with code {code}, no output", code=self.exit_code or 0)


class Child:
    """A process without a window that inherits nothing from its parent but, perhaps, its standard streams.

    Args:
        name: of its threads.
        command: program and arguments.
        has_pipes: whether its standard streams lead here; else they lead nowhere.
        leads_group: whether it has a session (on Windows: a process group) of its own, so that signals to this
            program's do not reach it; `kill` then ends all that it has started, too.
        on_output: is told what it writes to standard output, in a thread of its own. A WorkerError from it means that
            the child talks nonsense, and ends the reading.
        on_end_of_output: is called when nothing comes any more.

    Raises:
        OSError: it can't be started.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        has_pipes: bool,
        leads_group: bool,
        on_output: Callable[[bytes], None],
        on_end_of_output: Callable[[], None],
    ) -> None:
        self._name = name
        self._leads_group = leads_group
        self._on_output = on_output
        self._on_end_of_output = on_end_of_output
        self._outgoing: queue.SimpleQueue[bytes | bytearray | None] = queue.SimpleQueue()
        self._last_words = LastWords()
        self.is_talking = has_pipes
        self.complaint: Sentence | None = None
        stream = subprocess.PIPE if has_pipes else subprocess.DEVNULL
        # A packaged app has no console, and on Windows its child would open one.
        flags: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        if leads_group:
            flags |= getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._process = subprocess.Popen(
            list(command),
            stdin=stream,
            stdout=stream,
            stderr=stream,
            bufsize=0,
            start_new_session=leads_group and sys.platform != "win32",
            creationflags=flags,
        )
        process = self._process
        self._threads = [
            (self._thread(part, work, pipe), pipe)
            for part, work, pipe in (
                ("writer", self._write, process.stdin),
                ("reader", self._read, process.stdout),
                ("stderr", self._collect, process.stderr),
            )
            if pipe is not None
        ]

    @property
    def process_id(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """As `subprocess` has it; None until it was waited for."""
        return self._process.returncode

    @property
    def said(self) -> str:
        """The end of what it has written to standard error."""
        return self._last_words.text

    def send(self, data: bytes | bytearray) -> None:
        """Write to its standard input, soon and in order; what it does not read any more is dropped."""
        self._outgoing.put(data)

    def close_input(self) -> None:
        """Close its standard input, behind all that was sent."""
        self._outgoing.put(None)

    def wait(self, timeout_s: float | None) -> bool:
        """Wait for its end, and say whether it has come."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """End it at once, with its group where it leads one."""
        if self._process.returncode is not None:  # its number may be another process's by now
            return
        if self._leads_group and sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def close(self) -> None:
        """Wait for its end and that of its threads, and close the pipes.

        What it has started, and what has outlived it, may hold a pipe open; the thread that reads that one is left.
        """
        self._process.wait()
        self.close_input()
        for thread, pipe in self._threads:
            thread.join(_DRAIN_S)
            if not thread.is_alive():
                _close(pipe)

    def _thread(self, part: str, work: Callable[[IO[bytes]], None], pipe: IO[bytes]) -> threading.Thread:
        thread = threading.Thread(target=work, args=(pipe,), name=f"vimd-{self._name}-{part}", daemon=True)
        thread.start()
        return thread

    def _write(self, pipe: IO[bytes]) -> None:
        while (data := self._outgoing.get()) is not None:
            left = memoryview(data)
            try:
                while left:
                    left = left[os.write(pipe.fileno(), left) :]
            except OSError:
                break  # it is gone, which its reader notices
        _close(pipe)

    def _read(self, pipe: IO[bytes]) -> None:
        try:
            while data := os.read(pipe.fileno(), _READ_BYTES):
                self._on_output(data)
        except OSError:
            return
        except WorkerError as e:
            self.complaint = e.sentence
        finally:
            self.is_talking = False
            self._on_end_of_output()

    def _collect(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(pipe.fileno(), _READ_BYTES):
                self._last_words.add(data)


def _close(pipe: IO[bytes]) -> None:
    with contextlib.suppress(OSError):
        pipe.close()
