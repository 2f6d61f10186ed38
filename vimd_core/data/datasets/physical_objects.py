"""Groups captures by physical object (track), as their names say, so that no split separates them. No SQL here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

_SEPARATOR: Final = "_"
# A name's beginning that so many captures share is the name of a camera or a series, not of a thing.
_LARGEST_GROUP: Final = 40


def physical_objects_of(paths: Mapping[int, str]) -> dict[int, str]:
    """What each capture must not be separated from: others of the same thing.

    Frames of a track are called TRACK_FRAME: the part before the last underscore is the thing, if it has a digit (IMG
    and DSC have none) and not too many captures share it. Others are their own group.

    Args:
        paths: of captures, by their ids.
    """
    key_of = {capture_id: _key(path) for capture_id, path in paths.items()}
    sizes = Counter(key_of.values())
    return {
        capture_id: key if sizes[key] <= _LARGEST_GROUP else str(capture_id)
        for capture_id, key in key_of.items()
    }


def _key(path: str) -> str:
    # By hand: paths as objects would take seconds for a hundred thousand of them.
    name_at = max(path.rfind("/"), path.rfind("\\")) + 1
    stem_end = path.rfind(".", name_at + 1)
    stem = path[name_at : stem_end if stem_end > 0 else None]
    thing = stem.rpartition(_SEPARATOR)[0]
    return path[:name_at] + thing if any(character.isdigit() for character in thing) else path
