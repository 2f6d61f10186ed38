"""Disks that are full when a test says so."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

_SIZE = 12 * 2**20
_BLOCK = 4096


class Disk(Protocol):
    """Where `folder` lies nothing more can be written between `fill` and `free`."""

    folder: Path

    def fill(self) -> None: ...

    def free(self) -> None: ...


class _SmallDisk:
    """A file system of some megabytes in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(b"\1" * _BLOCK)

    def free(self) -> None:
        self._filler.unlink(missing_ok=True)


class _LimitedFiles:
    """No file of this process may grow: what is left where no disk can be mounted."""

    def __init__(self, folder: Path) -> None:
        import resource

        self.folder = folder
        self._resource = resource
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        self._resource.setrlimit(self._resource.RLIMIT_FSIZE, (0, self._before[1]))

    def free(self) -> None:
        self._resource.setrlimit(self._resource.RLIMIT_FSIZE, self._before)


@contextlib.contextmanager
def disk(kind: str, folder: Path) -> Iterator[Disk]:
    """A disk of a kind, "mounted" or "limited"; skips the test where there is no such thing."""
    folder.mkdir()
    if os.name == "nt":
        pytest.skip("Windows has no such disks")
    if kind == "limited":
        limited = _LimitedFiles(folder)
        try:
            yield limited
        finally:
            limited.free()
        return
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a disk")
    try:
        yield _SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
