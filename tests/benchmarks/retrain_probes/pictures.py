"""Labelled pictures from class folders or a table, and what belongs together in them.

A split must never separate pictures of one thing: a column says what belongs together, or the names of tracks do
(TRACK_FRAME), or else pictures of one class that look alike, as `look_alike_split.py` finds them.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import look_alike_split
import numpy as np

from vimd_core.data.files.folders import find_class_folders
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.processes.atomic_files import atomic_write

_LONGEST_TRACK: Final = 200


@dataclass(frozen=True)
class Picture:
    """A file, the class that it shows, and what it belongs to; the group is empty until somebody has found it."""

    path: Path
    label: str
    group: str = ""


@dataclass(frozen=True)
class Source:
    """Where a set of pictures comes from.

    Attributes:
        name: of the set.
        places: folders of class folders, or tables with the columns path, label and perhaps group.
        size_px: sides of the square that larger pictures are reduced to; 0 leaves all as they are.
    """

    name: str
    places: tuple[Path, ...]
    size_px: int = 0


@dataclass(frozen=True)
class PictureSet:
    """Pictures with their groups.

    Attributes:
        source: where they come from.
        pictures: all of them, in a fixed order.
        grouped_by: "column", "track" or "look-alike".
    """

    source: Source
    pictures: tuple[Picture, ...]
    grouped_by: str


PRESETS: Final = {
    "grocery81-56": (("grocery81/train",), 56),
    "grocery81-32": (("grocery81/train",), 32),
    "gtsrb43": (("gtsrb43_native/train", "gtsrb43_native/test"), 0),
    "meters": (("meters/manifest.csv",), 0),
    "defects": (("defects/manifest.csv",), 0),
}


def preset(name: str, root: Path) -> Source:
    """One of the sets that have a name.

    Args:
        name: a key of `PRESETS`.
        root: folder that they lie in.
    """
    places, size_px = PRESETS[name]
    return Source(name, tuple(root / place for place in places), size_px)


def read_pictures(source: Source, kept: Path) -> PictureSet:
    """All pictures of a set, with their groups.

    Args:
        source: where they are.
        kept: file that keeps the groups by looks, which take a while; it is made.

    Raises:
        DatasetError: a place is no such folder or table.
        ConfigError: there are not two classes.
    """
    found = [
        replace(picture, group=f"{number}/{picture.group}" if picture.group else "")
        for number, place in enumerate(source.places)
        for picture in (_of_folders(place) if place.is_dir() else _of_table(place))
    ]
    if len({picture.label for picture in found}) < 2:
        raise ConfigError(f"{source.name} has fewer than two classes.")
    if all(picture.group for picture in found) and _repeat(picture.group for picture in found):
        return PictureSet(source, tuple(found), "column")
    tracks = _by_track(found)
    if tracks is not None:
        return PictureSet(source, tuple(tracks), "track")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(kept) as partial:
            partial.write_text(json.dumps({str(one.path): one.group for one in _by_looks(found)}))
    group_of = json.loads(kept.read_text(encoding="utf-8"))
    grouped = [replace(one, group=group_of[str(one.path)]) for one in found]
    return PictureSet(source, tuple(grouped), "look-alike")


def _of_folders(folder: Path) -> list[Picture]:
    found = find_class_folders(folder)
    return [Picture(path.absolute(), found.classes[label]) for path, label in found.captures]


def _of_table(path: Path) -> list[Picture]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except OSError as e:
        raise DatasetError("{path} can't be read.", path=path) from e
    if not rows or not {"path", "label"} <= rows[0].keys():
        raise DatasetError("{path} has no columns path and label.", path=path)
    return [
        Picture((path.parent / row["path"]).absolute(), row["label"], row.get("group") or "") for row in rows
    ]


def _repeat(groups: object) -> bool:
    """Whether groups say anything: where each picture is its own, they don't."""
    return max(Counter(groups).values()) > 1  # type: ignore[call-overload]


def _by_track(pictures: Sequence[Picture]) -> list[Picture] | None:
    """Groups by names like TRACK_FRAME; None when they are no tracks."""
    keys = []
    for picture in pictures:
        track, _, frame = picture.path.stem.rpartition("_")
        is_track = any(map(str.isdigit, track)) and frame.isdigit()
        keys.append(str(picture.path.parent / track) if is_track else str(picture.path))
    sizes = Counter(keys)
    in_tracks = sum(count for count in sizes.values() if 1 < count <= _LONGEST_TRACK)
    classes = len({picture.label for picture in pictures})
    if 2 * in_tracks < len(pictures) or len(sizes) < 3 * classes:
        return None
    return [replace(picture, group=key) for picture, key in zip(pictures, keys, strict=True)]


def _by_looks(pictures: Sequence[Picture]) -> list[Picture]:
    rows_of: dict[str, list[int]] = defaultdict(list)
    for row, picture in enumerate(pictures):
        rows_of[picture.label].append(row)
    grouped = list(pictures)
    for label, rows in rows_of.items():
        vectors = np.array([look_alike_split.features(pictures[row].path) for row in rows])
        for number, members in enumerate(look_alike_split.look_alike_groups(vectors)):
            for member in members:
                row = rows[member]
                grouped[row] = replace(pictures[row], group=f"{label}-{number}")
    return grouped
