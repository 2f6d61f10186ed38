"""Cache of compiled kernels between starts, or why there can be none. Torch-free.

A cache holds machine code that the next start runs, so no place is used that somebody else could have written to: not
a project, which travels between people, and in the shared temporary folder only one of this user's own.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import platformdirs

from vimd_core import __version__
from vimd_core.user_messages import Sentence, joined, sentence, verbatim

CACHE_VARIABLE: Final = "NUMBA_CACHE_DIR"
_APP_NAME: Final = "ViMD Studio"
_ROOM_BYTES: Final = 2 << 20
"""All kernels together take less than half of it."""


@dataclass(frozen=True)
class KernelCache:
    """Where this process keeps its compiled kernels.

    Attributes:
        folder: None when no place can be written to, so that each start compiles anew.
        notice: what is said where it is not the usual place.
    """

    folder: Path | None
    notice: Sentence | None = None


@cache
def kernel_cache() -> KernelCache:
    """Find a place for compiled kernels; what this process does then no longer changes.

    The places are that of the environment variable NUMBA_CACHE_DIR or else the user's cache, and a folder of the
    user's own below the temporary one.
    """
    problems: list[Sentence] = []
    for folder in _places():
        reason = _why_unusable(folder)
        if not reason:
            return KernelCache(folder, _elsewhere(folder, problems))
        problems.append(sentence("{path}: {reason}", path=folder, reason=reason))
    return KernelCache(
        None,
        sentence("Kernels are recompiled at each start ({reasons}).", reasons=joined(problems, "; ")),
    )


def usual_folder() -> Path:
    """The user's cache of kernels; another folder for other kernels.

    numba notices a change of a kernel's own file only, not of the helpers that were compiled into it, so all sources
    of the kernels are part of the name. A packaged app has no sources: there the version stands for them.
    """
    return Path(platformdirs.user_cache_dir(_APP_NAME, appauthor=False)) / "kernels" / _digest()


def _digest() -> str:
    digest = hashlib.sha256(__version__.encode())
    for source in sorted((Path(__file__).parents[1] / "ops").glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _places() -> Iterator[Path]:
    chosen = os.environ.get(CACHE_VARIABLE)
    yield Path(chosen) if chosen else usual_folder()
    with contextlib.suppress(OSError):  # not even a temporary file can be written
        yield _own_temporary_folder() / _digest()


def _own_temporary_folder() -> Path:
    user = f"-{os.getuid()}" if hasattr(os, "getuid") else ""
    return Path(tempfile.gettempdir()) / f"vimd-studio{user}"


def _elsewhere(folder: Path, problems: list[Sentence]) -> Sentence | None:
    if not problems:
        return None
    return sentence(
        "Compiled kernels are cached in {folder} ({reasons}).", folder=folder, reasons=joined(problems, "; ")
    )


def _why_unusable(folder: Path) -> Sentence | None:
    """Why kernels can't be kept in a folder; None when they can."""
    try:
        if folder.parent == _own_temporary_folder():
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            if not _is_ours_alone(folder.parent):
                return sentence("it belongs to another user")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            if not any(folder.rglob("*.nbc")):  # what is compiled already needs no room on a full disk
                probe.write(bytes(_ROOM_BYTES))
                probe.flush()
    except OSError as e:
        return verbatim((e.strerror or str(e)).lower())
    return None


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody but this user (and root) could have put files into a folder."""
    if not hasattr(os, "getuid"):
        return True  # Windows has a temporary folder for each user
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022


def use_kernel_cache() -> None:
    """Tell numba before it is loaded, and the processes that this one starts."""
    folder = kernel_cache().folder
    if folder is not None:
        os.environ[CACHE_VARIABLE] = str(folder)
    else:
        with contextlib.suppress(KeyError):
            del os.environ[CACHE_VARIABLE]
