"""Finds the files that a table of another machine means, among files that are known here. Torch-free.

Names in tables are whole paths, paths below the table's folder, paths of another machine or another system, addresses,
or no more than a name without its extension. What is meant is told by the longest common ending, where that is unique.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from vimd_core.data.images.formats import IMAGE_EXTENSIONS

WHOLE: Final = 1_000_000
"""The depth of a match of whole paths."""
_ADDRESS: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")  # at least two letters: "C:" is a drive
_UPLOADED: Final = re.compile(r"[0-9a-f]{8}-(?=.)")  # Label Studio puts this before names


@dataclass(frozen=True, slots=True)
class PathMatch:
    """What a name can mean.

    Attributes:
        files: places in the list of known files; one where it is clear, none where nothing fits.
        depth: how many parts of the paths agree, from the end; `WHOLE` where the paths are the same.
    """

    files: tuple[int, ...] = ()
    depth: int = 0


class PathMatcher:
    """Known files, to be found by what tables call them.

    Args:
        paths: absolute, with forward slashes.
        base: the folder that relative names start at, with forward slashes; "" for none.
    """

    def __init__(self, paths: Sequence[str], base: str = "") -> None:
        self._paths = [unicodedata.normalize("NFC", path) for path in paths]
        self._base = unicodedata.normalize("NFC", base)
        self._exact = {path: place for place, path in enumerate(paths)}
        self._whole: dict[str, list[int]] = {}
        for place, path in enumerate(self._paths):
            self._whole.setdefault(path, []).append(place)

    @cached_property
    def _endings(self) -> _Endings:
        return _Endings([path.split("/") for path in self._paths])

    @cached_property
    def _folded_endings(self) -> _Endings:
        return _Endings([path.casefold().split("/") for path in self._paths])

    @cached_property
    def _stems(self) -> _Endings:
        return _Endings([_without_extension(path.casefold().split("/")) for path in self._paths])

    def find(self, text: str) -> PathMatch:
        """The files that a name can mean."""
        place = self._exact.get(text)
        if place is not None:
            return PathMatch((place,), WHOLE)
        forms = list(dict.fromkeys(path_forms(text)))
        for form in forms:
            for path in (form, self._below_base(form)):
                if whole := self._whole.get(path):
                    return PathMatch(tuple(whole), WHOLE)
        several = PathMatch()
        named = [parts for form in forms if (parts := path_parts(form))]
        for is_same_name, endings, wanted in self._ways(named):
            if several.files and not is_same_name:
                break
            found = endings.find(wanted)
            if len(found.files) == 1:
                return found
            if found.files and not several.files:
                several = found
        return several

    def _below_base(self, form: str) -> str:
        path = f"{self._base}/{form}"
        return os.path.normpath(path).replace("\\", "/") if "./" in form or "//" in path else path

    def _ways(self, named: Sequence[list[str]]) -> Iterator[tuple[bool, _Endings, list[str]]]:
        """From the strictest to the most lenient way to compare; whether names are taken as they stand."""
        for parts in named:
            yield True, self._endings, parts
        folded = [[part.casefold() for part in parts] for parts in named]
        for parts in folded:
            yield True, self._folded_endings, parts
        for parts in folded:
            if _UPLOADED.match(parts[-1]):
                yield False, self._folded_endings, [*parts[:-1], _UPLOADED.sub("", parts[-1], count=1)]
        for parts in folded:
            if PurePosixPath(parts[-1]).suffix not in IMAGE_EXTENSIONS:
                yield False, self._stems, parts


class _Endings:
    """Files by the ends of their paths, of one part, of two, and so on as far as anybody asks."""

    def __init__(self, parts: Sequence[list[str]]) -> None:
        self._parts = parts
        self._by_depth: list[dict[str, list[int]]] = []

    def find(self, wanted: Sequence[str]) -> PathMatch:
        """The files that have the longest ending in common with a path."""
        best: list[int] = []
        depth = 0
        ending = ""
        for part in reversed(wanted):
            ending = f"{part}/{ending}" if depth else part
            found = self._of_depth(depth + 1).get(ending)
            if found is None:
                break
            best, depth = found, depth + 1
            if len(found) == 1:  # a longer ending can't have more
                return PathMatch((found[0],), self._common(found[0], wanted))
        return PathMatch(tuple(best), depth)

    def _of_depth(self, depth: int) -> dict[str, list[int]]:
        if len(self._by_depth) < depth:  # they are asked for one after the other
            index: dict[str, list[int]] = {}
            for place, parts in enumerate(self._parts):
                if len(parts) >= depth:
                    index.setdefault("/".join(parts[-depth:]), []).append(place)
            self._by_depth.append(index)
        return self._by_depth[depth - 1]

    def _common(self, place: int, wanted: Sequence[str]) -> int:
        pairs = zip(reversed(self._parts[place]), reversed(wanted), strict=False)
        depth = 0
        for ours, theirs in pairs:
            if ours != theirs:
                break
            depth += 1
        return depth


def is_address(text: str) -> bool:
    """Whether a name is an address such as file:///a.png, and no path."""
    return _ADDRESS.match(text) is not None


def path_forms(text: str) -> Iterator[str]:
    """What a name in a table may be as a path with forward slashes, the likeliest first."""
    for name in dict.fromkeys((text, text.strip())):
        normal = unicodedata.normalize("NFC", name)
        yield normal
        if _ADDRESS.match(normal):
            yield from _of_address(normal)
        elif "?d=" in normal:
            yield from _of_address(f"http://local{normal}")
        if "\\" in normal:
            yield normal.replace("\\", "/")
        if "%" in normal:
            yield unicodedata.normalize("NFC", unquote(normal)).replace("\\", "/")


def _of_address(text: str) -> Iterator[str]:
    try:
        address = urlsplit(text)
    except ValueError:
        return
    query = parse_qs(address.query)
    # Label Studio serves files of its own machine as /data/local-files/?d=images/a.png
    for path in (*query.get("d", ()), address.path):
        decoded = unicodedata.normalize("NFC", unquote(path)).replace("\\", "/")
        yield decoded
        if re.match(r"/[a-zA-Z]:/", decoded):
            yield decoded[1:]  # file:///C:/...


def path_parts(path: str) -> list[str]:
    """The parts of a path, without what leads upwards."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts.clear()
        elif part not in ("", "."):
            parts.append(part)
    return parts


def _without_extension(parts: list[str]) -> list[str]:
    return [*parts[:-1], PurePosixPath(parts[-1]).stem]
