"""Tracks: captures of one physical thing, as their names say. No SQL here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

_SEPARATOR: Final = "_"
# A name's beginning that so many captures share is the name of a camera or a series, not of a thing.
_LARGEST_TRACK: Final = 40


def tracks_of(paths: Mapping[int, str]) -> dict[int, str]:
    """The track of each capture that is one of several frames; others are not in the answer.

    Frames of a track are called TRACK_FRAME: the part before the last underscore is the thing, if it has a digit (IMG
    and DSC have none), is not the name of the folder (0.5/0.5_001: that is a class), and not too many captures share
    it.

    Args:
        paths: of all captures of a project or data set, by their ids.
    """
    key_of = {capture_id: _key(path) for capture_id, path in paths.items()}
    sizes = Counter(key_of.values())
    return {capture_id: key for capture_id, key in key_of.items() if key and 1 < sizes[key] <= _LARGEST_TRACK}


def _key(path: str) -> str:
    """The beginning of a name that frames of one thing share; empty where a name says nothing of the kind."""
    # By hand: paths as objects would take seconds for a hundred thousand of them.
    name_at = max(path.rfind("/"), path.rfind("\\")) + 1
    stem_end = path.rfind(".", name_at + 1)
    thing = path[name_at : stem_end if stem_end > 0 else None].rpartition(_SEPARATOR)[0]
    if not any(character.isdigit() for character in thing):
        return ""
    folder = path[: max(0, name_at - 1)]
    folder_at = max(folder.rfind("/"), folder.rfind("\\")) + 1
    return "" if folder[folder_at:] == thing else path[:name_at] + thing
