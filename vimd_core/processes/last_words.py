"""Exit of a child process: how it ended, and the last lines of its standard error."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

from vimd_core.user_messages import Sentence, sentence, verbatim

KEPT_BYTES: Final = 4096


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
