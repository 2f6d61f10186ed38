"""Captures that a command is given: files, folders, ZIP archives, and lists of paths from elsewhere. Torch-free."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vimd_core.errors import ConfigError, DatasetError
from vimd_core.user_messages import sentence

if TYPE_CHECKING:
    from vimd_core.data.files.folders import SearchReport

_ARCHIVE: Final = ".zip"
_SEPARATORS: Final = b"\r\n"


@dataclass(frozen=True)
class GivenCapture:
    """A capture.

    Attributes:
        shown: what it is called; inside of an archive ARCHIVE.zip/NAME.
        file: where it can be read from now.
    """

    shown: Path
    file: Path

    def told(self, said: str) -> str:
        """A sentence about its file, with the name by which the user knows it."""
        return said.replace(str(self.file), str(self.shown))


def add_path_arguments(parser: argparse.ArgumentParser, *, has_recursive: bool = True) -> None:
    """The arguments that say which captures.

    Args:
        parser: of the subcommand.
        has_recursive: whether sub-folders are looked into only when that is asked for.
    """
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="image files, folders and ZIP archives"
    )
    parser.add_argument(
        "--paths-from",
        metavar="FILE",
        help="read more paths from a file, one per line; - is standard input",
    )
    parser.add_argument(
        "-0",
        "--null",
        action="store_true",
        help="paths in --paths-from are separated by NUL (as from find -print0)",
    )
    if has_recursive:
        parser.add_argument("--recursive", action="store_true", help="include sub-folders")


def given_paths(arguments: argparse.Namespace) -> list[Path]:
    """All paths that the arguments name.

    Raises:
        ConfigError: there are none, or the list of them can't be read.
    """
    paths: list[Path] = list(arguments.paths)
    if arguments.paths_from is not None:
        try:
            if arguments.paths_from == "-":
                content = sys.stdin.buffer.read()
            else:
                content = Path(arguments.paths_from).read_bytes()
        except OSError as e:
            raise ConfigError(
                "The list of paths {path} can't be read ({reason}).",
                path=arguments.paths_from,
                reason=e.strerror or e,
            ) from e
        paths += _listed(content, by_nul=arguments.null)
    if not paths:
        raise ConfigError("No input: give files, folders or archives, or a list with --paths-from.")
    return paths


def _listed(content: bytes, *, by_nul: bool) -> list[Path]:
    if by_nul:
        names = content.split(b"\0")
    else:
        names = [line.rstrip(_SEPARATORS) for line in content.removeprefix(b"\xef\xbb\xbf").split(b"\n")]
    if any(b"\0" in name for name in names):
        raise ConfigError("The list of paths contains NUL characters: add -0 if they separate the paths.")
    return [Path(os.fsdecode(name)) for name in names if name]


@contextlib.contextmanager
def found_captures(
    paths: Sequence[Path], recursive: bool, report: SearchReport
) -> Iterator[list[GivenCapture]]:
    """Find the captures in files, folders and archives; these are unpacked as long as the block runs.

    Args:
        paths: of them.
        recursive: look into sub-folders; archives are always taken whole.
        report: is filled with what was left out.
    """
    from vimd_core.data.files.folders import find_captures

    archives = [path for path in paths if path.suffix.lower() == _ARCHIVE and path.is_file()]
    plain = [path for path in paths if path not in archives]
    found = [GivenCapture(path, path) for path in find_captures(plain, recursive, report)]
    with contextlib.ExitStack() as stack:
        for archive in dict.fromkeys(archives):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vimd-"))) / "images"
            found += _unpacked(archive, folder, report)
        yield found


def _unpacked(archive: Path, folder: Path, report: SearchReport) -> list[GivenCapture]:
    from vimd_core.data.files.folders import find_captures
    from vimd_core.data.files.zip_archives import unpack_images

    try:
        unpack_images(archive, folder)
    except (DatasetError, OSError) as e:
        if isinstance(e, DatasetError):
            report.note(archive, e.sentence)
        else:
            report.note(
                archive,
                sentence("{archive} can't be unpacked ({reason}).", archive=archive, reason=e.strerror or e),
            )
        return []
    return [
        GivenCapture(archive / path.relative_to(folder), path)
        for path in find_captures([folder], True, report)
    ]
