"""Class folders: which part of a path is the name of a class. Torch-free.

In `train/n01/images/a.png` it is `n01`: folders that hold splits or just images are never classes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vimd_core.data.classes.class_identity import class_key, tidy_class_name
from vimd_core.data.tables.csv_tables import KNOWN, parse_csv
from vimd_core.data.tables.table_text import read_table_text
from vimd_core.errors import DatasetError

CLASS_NAMES_FILE: Final = "classes.csv"
"""Lies beside class folders, and says the names of classes that no folder can have."""
CLASS_NAMES_HEADER: Final = ("folder", "class")
_MAX_CLASS_NAMES_BYTES: Final = 16 * 2**20
_IMAGE_FOLDERS: Final = re.compile(
    r"(all|my|raw|cropped|resized|original|color|colour|gr[ae]y)?[\W_]*"
    r"(images?|imgs?|pictures?|pics?|photos?|frames?|crops?|captures?|jpe?gs?|pngs?|bmps?|tiffs?|jpegimages|pngimages|raw|data"
    r"|dataset|datasets)[\W_]*[0-9]*",
    re.IGNORECASE,
)
_SPLITS: Final = re.compile(
    r"(final|full|my)?[\W_]*(train(ing)?|val(id|idation)?|dev|test(ing)?|eval(uation)?|holdout|held[\W_]*out)[\W_]*"
    r"(set|split|data|images?|imgs?)?[\W_]*[0-9]*|(split|fold|part)[\W_]*[0-9]*",
    re.IGNORECASE,
)
_SERIES: Final = re.compile(
    r"(track|seq(uence)?|vid(eo)?|clip|cam(era)?|session|day|date|time|run|shot|scene|visit|batch|take|sample|subject|site"
    r"|user|device|rec(ording)?|ep(isode)?|group|object)[\W_]*[0-9]+|[0-9]{4}[-_.]?[0-9]{2}[-_.]?[0-9]{2}([-_T .].*)?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[0-9]+")
_FEW: Final = 0.2
_EXAMPLES: Final = 3


@dataclass(frozen=True)
class FolderLevel:
    """One level of folders, counted from the file upwards without those that are never classes.

    Attributes:
        number: 1 for the folders that the files lie in.
        classes: how many names there are.
        captures: how many files lie in such a folder.
        example: a path below the folder that was added, in parts.
        example_part: which of these parts is the name.
    """

    number: int
    classes: int
    captures: int
    example: tuple[str, ...]
    example_part: int


class FolderLevels:
    """The folders that files lie in, and what part of each can be a class.

    Args:
        folders: for each file the folder that was added and the parts of the path from there to its own folder; None
            for a file that was added by itself.
        known: names of classes, which are more likely than others.
        names: what folders are called otherwise, by their path (see `read_class_names`).
    """

    def __init__(
        self,
        folders: Sequence[tuple[str, tuple[str, ...]] | None],
        known: Iterable[str] = (),
        names: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._folders = folders
        self._known = frozenset(map(class_key, known))
        self._names = names or {}
        self._counts: dict[tuple[str, tuple[str, ...]], int] = {}
        for folder in folders:
            if folder is not None:
                self._counts[folder] = self._counts.get(folder, 0) + 1
        self._siblings: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        for root, parts in self._counts:
            for depth, part in enumerate(parts):
                self._siblings.setdefault((root, parts[:depth]), set()).add(part)
        self._candidates = {folder: self._candidates_of(*folder) for folder in self._counts}

    def levels(self) -> list[FolderLevel]:
        """The levels that there are, from the files upwards."""
        found = []
        for number in range(1, max(map(len, self._candidates.values()), default=0) + 1):
            keys: set[str] = set()
            captures = 0
            example: tuple[tuple[str, ...], int] | None = None
            for (root, parts), places in self._candidates.items():
                if len(places) >= number:
                    keys.add(class_key(self._name(root, parts, places[number - 1])))
                    captures += self._counts[root, parts]
                    example = example or (parts, places[number - 1])
            if example is not None:
                found.append(FolderLevel(number, len(keys), captures, *example))
        return found

    def proposed(self) -> int:
        """The number of the level that carries the class, as far as can be told; 0 where there are no folders.

        It is the one whose names are classes already, or else one with names that vary and repeat and are more than a
        number: days, cameras and tracks count up.
        """
        levels = self.levels()
        return max(levels, key=self._likelihood).number if levels else 0

    def labels(self, number: int) -> list[str | None]:
        """The class of each file by a level; None where it lies in no such folder."""
        names = {
            (root, parts): self._name(root, parts, places[number - 1]) if len(places) >= number > 0 else None
            for (root, parts), places in self._candidates.items()
        }
        return [None if folder is None else names[folder] for folder in self._folders]

    def _likelihood(self, level: FolderLevel) -> tuple[bool, bool, bool, bool, bool, int]:
        """What speaks for a level, the weightiest first; of equal ones the innermost counts."""
        named = [
            (self._name(root, parts, places[level.number - 1]), self._counts[root, parts])
            for (root, parts), places in self._candidates.items()
            if len(places) >= level.number
        ]
        names = {name for name, _ in named}
        is_known = sum(count for name, count in named if class_key(name) in self._known) * 2 > level.captures
        patterns = {_NUMBER.sub("0", name) for name in names}
        counts_up = len(names) > 1 and len(patterns) <= max(1, _FEW * len(names)) and "0" in "".join(patterns)
        repeats = level.captures > level.classes
        is_series = sum(_SERIES.fullmatch(name) is not None for name in names) * 2 > len(names)
        return is_known, level.classes > 1, not is_series, not counts_up, repeats, -level.number

    def _candidates_of(self, root: str, parts: tuple[str, ...]) -> tuple[int, ...]:
        """The places of parts that can be classes, the innermost first."""
        return tuple(
            depth
            for depth in reversed(range(len(parts)))
            if self._can_be_class(root, parts[:depth], parts[depth])
        )

    def _can_be_class(self, root: str, above: tuple[str, ...], name: str) -> bool:
        if unicodedata.normalize("NFC", name) in self._names.get("/".join((root, *above)), {}):
            return True
        if _IMAGE_FOLDERS.fullmatch(name):
            return False
        if not _SPLITS.fullmatch(name):
            return True
        # A train among buses and cars is one; one beside "test" is not.
        siblings = self._siblings[root, above]
        splits = [one for one in siblings if _SPLITS.fullmatch(one)]
        return len(splits) == 1 and len(siblings) > 2

    def _name(self, root: str, parts: tuple[str, ...], place: int) -> str:
        named = self._names.get("/".join((root, *parts[:place])), {})
        return named.get(unicodedata.normalize("NFC", parts[place]), tidy_class_name(parts[place]))


def can_be_class_folder(name: str) -> bool:
    """Whether a folder of that name is taken for a class without being listed in a table beside it."""
    return not _IMAGE_FOLDERS.fullmatch(name) and not _SPLITS.fullmatch(name)


def read_class_folder_names(folder: Path) -> Mapping[str, str]:
    """What the folders in a folder stand for; nothing when there is no such table, or it is of another kind."""
    path = folder / CLASS_NAMES_FILE
    try:
        if path.stat().st_size > _MAX_CLASS_NAMES_BYTES:
            return {}
        records = parse_csv(path, read_table_text(path).text, _rank).records
    except (OSError, DatasetError):
        return {}
    if not records or tuple(records[0].cells) != CLASS_NAMES_HEADER:
        return {}
    return {
        unicodedata.normalize("NFC", record.cells[0]): tidy_class_name(record.cells[1])
        for record in records[1:]
        if len(record.cells) == len(CLASS_NAMES_HEADER) and class_key(record.cells[1])
    }


def _rank(header: Sequence[str]) -> int:
    return KNOWN if tuple(header) == CLASS_NAMES_HEADER else 0
