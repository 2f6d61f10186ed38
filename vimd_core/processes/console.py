"""Standard streams as `vimd` finds them - closed, full, of any encoding - and signals that end it. Torch-free."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Final, TextIO

_SHOWS_ALL: Final = "backslashreplace"


class EndedBySignalError(BaseException):
    """A signal asked this process to end: blocks are left in order, so that nothing half-written stays.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class _Forgiving(io.FileIO):
    """Messages that nobody can take are no reason to end the work that they tell about."""

    def write(self, data: object, /) -> int:
        """Write what can be written."""
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError:
            return len(memoryview(data))  # type: ignore[arg-type]


class _Closed(io.FileIO):
    """What stands for a stream that is closed: the first that is written fails, as ever; the rest is dropped."""

    _has_failed = False

    def write(self, data: object, /) -> int:
        """Fail once."""
        if self._has_failed:
            return len(memoryview(data))  # type: ignore[arg-type]
        self._has_failed = True
        raise OSError(errno.EBADF, "standard output is closed")


def prepare_streams() -> None:
    """Make the three streams usable whatever they are.

    Those that are closed are opened onto nothing, before a file of ours gets their number; writing to a closed
    standard output still fails, as to a full disk. What an encoding can't show is shown as an escape.
    """
    for descriptor in range(3):
        _occupy(descriptor)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed(os.devnull, "w")), encoding="utf-8")
    if sys.stderr is None or _is_descriptor(sys.stderr, 2):
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(_Forgiving(2, "w", closefd=False)),
            encoding="utf-8" if sys.stderr is None else sys.stderr.encoding,
            errors=_SHOWS_ALL,
            line_buffering=True,
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors=_SHOWS_ALL)


def give_up_stdout() -> None:
    """What is still to be written to standard output is dropped: Python would fail over it again at the end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def ended_by_signals() -> Iterator[None]:
    """While the block runs, SIGTERM and SIGHUP leave it by an exception instead of ending the process at once.

    A signal that was ignored, as `nohup` has it, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _: FrameType | None) -> None:
        raise EndedBySignalError(number)

    before = {number: signal.getsignal(number) for number in _ending_signals()}
    changed = {number: handler for number, handler in before.items() if handler == signal.SIG_DFL}
    for number in changed:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in changed.items():
            signal.signal(number, handler)


def _ending_signals() -> tuple[signal.Signals, ...]:
    return (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else (signal.SIGTERM,)


def stopping_signals() -> tuple[signal.Signals, ...]:
    """The signals that ask to stop: Ctrl+C, `kill`, and the end of the terminal unless that shall not matter."""
    return (
        signal.SIGINT,
        *(n for n in _ending_signals() if n == signal.SIGTERM or signal.getsignal(n) != signal.SIG_IGN),
    )


def _occupy(descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)
        if opened != descriptor:
            os.dup2(opened, descriptor)
            os.close(opened)


def _is_descriptor(stream: TextIO, number: int) -> bool:
    try:
        return stream.fileno() == number
    except (OSError, ValueError, AttributeError):
        return False
