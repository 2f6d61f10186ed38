"""Finds captures in files and folders, one at a time, however many there are. Torch-free."""

from __future__ import annotations

import logging
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vimd_core.data.classes.class_identity import class_key, first_of_each
from vimd_core.data.files.passed_over import is_passed_over
from vimd_core.data.images.formats import IMAGE_EXTENSIONS, is_image_file, kind_by_name
from vimd_core.errors import DatasetError
from vimd_core.processes.file_errors import folder_trouble
from vimd_core.user_messages import Sentence, listed

_DIGITS: Final = re.compile(r"([0-9]+)")
_NAMED_AT_MOST: Final = 5
_logger = logging.getLogger(__name__)


@dataclass
class SearchReport:
    """What a search left out; complete when its iterator has ended.

    Attributes:
        hidden: number of files and folders that are hidden, or that systems keep for themselves (see `passed_over`).
        others: number of files that are no images, by kind: their extension in capitals, or nothing.
        problems: what is said of each path that is not there or can't be read.
        problem_paths: these paths, in the same order.
    """

    hidden: int = 0
    others: Counter[str] = field(default_factory=Counter)
    problems: list[Sentence] = field(default_factory=list)
    problem_paths: list[Path] = field(default_factory=list)

    def note(self, path: Path, said: Sentence) -> None:
        """Note a problem."""
        self.problems.append(said)
        self.problem_paths.append(path)

    @property
    def other(self) -> int:
        """Number of files that are no images."""
        return self.others.total()


@dataclass(frozen=True)
class ClassFolders:
    """A folder whose sub-folders are classes.

    Attributes:
        classes: names of the sub-folders, sorted naturally; those that mean the same are one class.
        captures: path and index into `classes` of each capture.
    """

    classes: tuple[str, ...]
    captures: tuple[tuple[Path, int], ...]


@dataclass(frozen=True)
class _Root:
    path: Path
    is_folder: bool


def natural_key(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts "a2" before "a10", and without regard to case."""
    parts = _DIGITS.split(name.casefold())
    return tuple((int(part), part) if i % 2 else (0, part) for i, part in enumerate(parts))


def find_captures(
    paths: Iterable[Path], recursive: bool = False, report: SearchReport | None = None
) -> Iterator[Path]:
    """Find the image files in folders, and pass on files that are named themselves.

    Folders are read as the iterator goes on. A folder's own files come before its sub-folders, each sorted naturally.
    A folder that is reached twice, by a link or because it is named twice, is read once. A file in a folder is an image
    by its extension, or where that says nothing by its first bytes; pipes, sockets and devices are never opened.

    Args:
        paths: files and folders. A named file is taken whatever its extension. One that does not exist but
            has an image's extension is passed on too, to be reported as a capture that can't be read.
        recursive: look into sub-folders as well.
        report: is filled with what was left out, whatever it is: a drive that is gone or a folder that may not be
            read does not end the search.

    Raises:
        DatasetError: without a report: a named path does not exist or can't be read.
    """
    if report is not None:
        return _walk(_usable_roots(paths, report), recursive, report)
    roots = [_root(path) for path in paths]
    for root in roots:
        if root.is_folder:
            _require_readable(root.path)
    return _walk(roots, recursive, SearchReport())


def _usable_roots(paths: Iterable[Path], report: SearchReport) -> list[_Root]:
    roots = []
    for path in paths:
        try:
            roots.append(_root(path))
        except DatasetError as e:
            report.note(path, e.sentence)
    return roots


def find_class_folders(folder: Path, *, allow_few: bool = False) -> ClassFolders:
    """Read a folder whose sub-folders hold one class each.

    Args:
        folder: the folder; hidden sub-folders are left out.
        allow_few: accept a single class and empty classes, which is enough to evaluate on but not to train.

    Raises:
        DatasetError: there is no such folder, or it has no sub-folders, no captures, an empty class, or only
            one class.
    """
    root = _root(folder)
    if not root.is_folder:
        raise DatasetError(
            "{folder} is a file: give the folder that holds one sub-folder per class.", folder=folder
        )
    try:
        _, subfolders = _scan(folder, SearchReport())
    except OSError as e:
        raise DatasetError.of(folder_trouble(folder, e)) from e
    if not subfolders:
        raise DatasetError(
            "{folder} has no sub-folders: put the captures of each class into a folder of its own.",
            folder=folder,
        )
    names = first_of_each(subfolder.name for subfolder in subfolders)
    index_of = {key: index for index, key in enumerate(names)}
    captures: list[tuple[Path, int]] = []
    for subfolder in subfolders:
        index = index_of[class_key(subfolder.name)]
        report = SearchReport()
        found = [(path, index) for path in find_captures([subfolder], True, report)]
        for problem in report.problems:
            _logger.warning("%s", problem)
        captures += found
    if not captures:
        raise DatasetError("The class folders in {folder} hold no images.", folder=folder)
    filled = {index for _, index in captures}
    empty = [name for index, name in enumerate(names.values()) if index not in filled]
    if empty and not allow_few:
        raise DatasetError(
            "These classes in {folder} hold no images: {names}; fill or remove them.",
            folder=folder,
            names=listed(empty, _NAMED_AT_MOST),
        )
    classes = tuple(names.values())
    if len(classes) < 2 and not allow_few:
        raise DatasetError(
            "{folder} has only the class {classes}: at least two are needed.",
            folder=folder,
            classes=classes[0],
        )
    return ClassFolders(classes, tuple(captures))


def _root(path: Path) -> _Root:
    try:
        return _Root(path, is_folder=stat.S_ISDIR(path.stat().st_mode))
    except (FileNotFoundError, NotADirectoryError):
        if path.suffix.lower() in IMAGE_EXTENSIONS:
            return _Root(path, is_folder=False)
        raise DatasetError("There is no file or folder {path}.", path=path) from None
    except (OSError, ValueError) as e:
        raise DatasetError.of(folder_trouble(path, e)) from e


def _walk(roots: list[_Root], recursive: bool, report: SearchReport) -> Iterator[Path]:
    visited: set[tuple[int, int]] = set()
    named: set[Path] = set()
    for root in roots:
        if root.is_folder:
            for path in _walk_folder(root.path, recursive, report, visited):
                if path not in named:
                    yield path
        elif root.path not in named and not _was_found(root.path, visited):
            named.add(root.path)
            yield root.path


def _walk_folder(
    root: Path, recursive: bool, report: SearchReport, visited: set[tuple[int, int]]
) -> Iterator[Path]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            status = folder.stat()
            # Links can lead in circles: a folder is known by what it is, not by how it was reached.
            identity = (status.st_dev, status.st_ino)
            if identity in visited:
                continue
            files, subfolders = _scan(folder, report)
        except OSError as e:
            report.note(folder, folder_trouble(folder, e))
            continue
        visited.add(identity)
        yield from files
        if recursive:
            waiting.extend(reversed(subfolders))


def _was_found(path: Path, visited: set[tuple[int, int]]) -> bool:
    """Whether a named file has come already with the folder that it lies in."""
    if path.suffix.lower() not in IMAGE_EXTENSIONS or is_passed_over(path.name) or not visited:
        return False
    try:
        path.stat()  # a file that is gone was not found, and must be reported
        status = path.parent.stat()
    except OSError:
        return False
    return (status.st_dev, status.st_ino) in visited


def _require_readable(folder: Path) -> None:
    try:
        with os.scandir(folder) as entries:
            next(entries, None)
    except OSError as e:
        raise DatasetError.of(folder_trouble(folder, e)) from e


def _scan(folder: Path, report: SearchReport) -> tuple[list[Path], list[Path]]:
    """The images and the sub-folders of one folder, sorted; of one that breaks off, what came before."""
    files: list[str] = []
    subfolders: list[str] = []
    with os.scandir(folder) as entries:
        try:
            for entry in entries:
                _sort_entry(entry, files, subfolders, report)
        except OSError as e:
            report.note(folder, folder_trouble(folder, e))
    files.sort(key=natural_key)
    subfolders.sort(key=natural_key)
    return [folder / name for name in files], [folder / name for name in subfolders]


def _sort_entry(
    entry: os.DirEntry[str], files: list[str], subfolders: list[str], report: SearchReport
) -> None:
    name = entry.name
    if _is_hidden(entry):
        report.hidden += 1
        return
    try:
        is_folder, is_file = entry.is_dir(), entry.is_file()
    except OSError as e:
        # A link into a circle, or to a drive that is gone: what looks like an image is left to its reader to report.
        if os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS:  # noqa: PTH122
            files.append(name)
        else:
            report.note(Path(entry.path), folder_trouble(Path(entry.path), e))
        return
    if is_folder:
        subfolders.append(name)
    elif is_file and is_image_file(name, entry.path):
        files.append(name)
    elif not is_file and os.path.splitext(name)[1].lower() in IMAGE_EXTENSIONS:  # noqa: PTH122
        # A link to nothing, a pipe or a device: its reader reports it, without opening what could keep it waiting.
        files.append(name)
    else:
        report.others[kind_by_name(name)] += 1


def _is_hidden(entry: os.DirEntry[str]) -> bool:
    if is_passed_over(entry.name):
        return True
    if os.name != "nt":
        return False
    attributes: int = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def count_kinds(others: Mapping[str, int]) -> str:
    """How many files of which kinds, the most frequent first: "2 DOCX, 1 PSD"."""
    ordered = sorted(others.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {kind or 'without extension'}" for kind, count in ordered)
