"""Atomic write: files that are written whole or not at all. Torch-free."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import stat
import sys
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO, Final

if sys.platform != "win32":
    import fcntl

LONGEST_NAME_BYTES: Final = 255
_SUFFIX: Final = ".part"
_DESCRIPTORS: Final = re.compile(r"/dev/(stdin|stdout|stderr|fd/\d+)|/proc/[^/]+/fd/\d+")
_OWN_DESCRIPTOR: Final = re.compile(r"/dev/(?:fd/)?(stdout|stderr|\d+)|/proc/self/fd/(\d+)")
_ABANDONED: Final = re.compile(r"\..+\.[0-9a-f]{8}" + re.escape(_SUFFIX), re.DOTALL)


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Write a file atomically: yields a temporary path, which takes the place of `path` if the block raises nothing.

    The temporary file lies in the same folder, so that the replacement is one step of the file system; it is
    gone after a failure, and what was at `path` before is then untouched. A link stays one: the file that it leads to
    is replaced. Rights and owner of a file that was there are kept. What is no file, such as a pipe or /dev/stdout,
    gets the content once that is complete.

    Args:
        path: where the file shall be.

    Raises:
        OSError: the folder can't be written to, or the disk is full.
    """
    if is_stream(path):
        with _copied_into(path) as temporary:
            yield temporary
        return
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    _remove_abandoned(target.parent)
    temporary = target.with_name(f"{_stem(target)}{uuid.uuid4().hex[:8]}{_SUFFIX}")
    try:
        with _held(temporary):
            # Some writers make files that only their owner may read; the rights are to be those of any new file.
            mode = temporary.stat().st_mode
            yield temporary
            temporary.chmod(mode)
            _take_after(target, temporary)
            with temporary.open("rb+") as written:
                os.fsync(written.fileno())
            temporary.replace(target)
        _sync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def open_stream(path: Path) -> BinaryIO:
    """Open what `is_stream` to write to it, unbuffered.

    Standard output may lead to a file that others write to as well: it is written where they have come to.

    Raises:
        OSError: it can't be written.
    """
    found = _OWN_DESCRIPTOR.fullmatch(str(path.absolute()))
    if found is None:
        return path.open("ab", buffering=0)
    name = found[1] or found[2]
    sys.stdout.flush()
    return os.fdopen(
        os.dup({"stdout": 1, "stderr": 2}.get(name, int(name) if name.isdecimal() else 0)), "wb", 0
    )


def is_waiting(path: Path) -> bool:
    """Whether reading a path could wait for ever: it is a pipe or a device, and none of this process's own."""
    return is_stream(path) and not _DESCRIPTORS.fullmatch(str(path.absolute()))


def is_stream(path: Path) -> bool:
    """Whether a path is something that can be written to but not replaced: a pipe, a device, /dev/stdout."""
    if _DESCRIPTORS.fullmatch(str(path.absolute())):  # their kind is that of whatever they lead to
        return True
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@cache
def _remove_abandoned(folder: Path) -> None:
    """Remove what processes that were killed have left of their attempts to write; once for each folder."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(folder)):
            if _ABANDONED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                _remove_unless_held(Path(entry.path))


def _stem(target: Path) -> str:
    """How the names of temporary files begin; cut where the name itself leaves no room."""
    room = LONGEST_NAME_BYTES - len(f"..{'0' * 8}{_SUFFIX}")
    name = target.name
    while len(os.fsencode(name)) > room:
        name = name[:-1]
    return f".{name}."


@contextlib.contextmanager
def _copied_into(path: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vimd-") as folder:
        temporary = Path(folder) / (path.name or "output")
        temporary.touch()
        yield temporary
        with temporary.open("rb") as written, open_stream(path) as stream:
            shutil.copyfileobj(written, stream)


def _take_after(target: Path, temporary: Path) -> None:
    """Give the new file the rights and, where this user may do so, the owner of the one that it replaces."""
    try:
        found = target.stat()
    except OSError:
        return
    if hasattr(os, "chown"):
        with contextlib.suppress(OSError):
            os.chown(temporary, found.st_uid, found.st_gid)
    temporary.chmod(stat.S_IMODE(found.st_mode))


if sys.platform == "win32":
    # Locks are mandatory there, also for the writer, and a file that is open can't be removed anyway.
    @contextlib.contextmanager
    def _held(temporary: Path) -> Iterator[None]:
        temporary.touch()
        yield

    def _remove_unless_held(temporary: Path) -> None:
        with contextlib.suppress(OSError):
            temporary.unlink()
else:

    @contextlib.contextmanager
    def _held(temporary: Path) -> Iterator[None]:
        """Make a file, and show other processes that somebody is writing it for as long as this one lives."""
        descriptor = -1
        while descriptor < 0:
            descriptor = os.open(temporary, os.O_RDONLY | os.O_CREAT, 0o666)
            with contextlib.suppress(OSError):  # some network drives know no locks
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_nlink == 0:  # somebody took it for abandoned just then
                os.close(descriptor)
                descriptor = -1
        try:
            yield
        finally:
            os.close(descriptor)

    def _remove_unless_held(temporary: Path) -> None:
        with contextlib.suppress(OSError):
            descriptor = os.open(temporary, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                temporary.unlink()
            finally:
                os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system has a way to."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
