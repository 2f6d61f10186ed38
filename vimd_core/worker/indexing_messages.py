"""Messages between the window and the indexer, the child process that finds and reads the files of an import."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from vimd_core.processes.messages import Message, MessageSet, NonNegativeInt
from vimd_core.user_messages import Sentence


class Root(msgspec.Struct, frozen=True, array_like=True):
    """A file or a folder, and how many captures to skip in it."""

    path: Path
    skip: NonNegativeInt = 0


class FoundFile(msgspec.Struct, frozen=True, array_like=True):
    """What a project keeps of a file: the fields of `MeasuredFile`, and its path."""

    path: Path
    content_hash: bytes
    file_size_bytes: int
    modified_ns: int
    width_px: int | None
    height_px: int | None
    problem: Sentence | None
    notice: Sentence | None


class FromImport(Message, frozen=True):
    """Base of all that the window says."""


class Index(FromImport, frozen=True):
    """The one request; the process ends after the last answer, or when its standard input is closed."""

    roots: tuple[Root, ...]


class FromIndexer(Message, frozen=True):
    """Base of all that the child says."""


class UnreadableFile(FromIndexer, frozen=True):
    """A file or a folder that can't be read; comes between the others, any number of times."""

    problem: Sentence


class OtherFiles(FromIndexer, frozen=True):
    """How many files of a root are no images, by extension."""

    count_by_kind: dict[str, int]


class Total(FromIndexer, frozen=True):
    """How many captures there are; comes once, when all are found."""

    count: int


class Measured(FromIndexer, frozen=True):
    """Some captures of a root.

    Attributes:
        root: index of the root in the request.
        files: those that are not left out.
        read: captures that were looked at, left out or not.
    """

    root: int
    files: tuple[FoundFile, ...]
    read: int


class Indexed(FromIndexer, frozen=True):
    """The last answer."""


FROM_IMPORT: Final = MessageSet(FromImport)
FROM_INDEXER: Final = MessageSet(FromIndexer)
