"""Finds the picture of the same thing from nearer by, or in higher resolution, that lies beside a capture's folder.

Where captures lie in `test/` (and perhaps in a class folder in there), near views lie in `test_hr/`, `test_near/`,
`hr/` or `near/` beside it, in the same class folder. They have the same name, but for the suffix, or but for what comes
after the last "_" (the number of a frame): `test/04/00018_00020.png` and `test_hr/04/00018_00029.jpg`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

_LEVELS: Final = 4  # folders above a capture that may have a neighbour
_NAMES: Final = ("{0}_hr", "{0}-hr", "{0}_near", "hr", "near")
_SEPARATOR: Final = "_"
_CACHED_FOLDERS: Final = 64


def find_near_view(path: Path) -> Path | None:
    """The near view of a capture; None when there is none, or its folder can't be read."""
    for folder in _folders(path):
        try:
            views = _views(folder, folder.stat().st_mtime_ns)
        except OSError:
            continue
        found = views.get(path.stem) or views.get(_thing(path.stem))
        if found is not None:
            return found
    return None


def _folders(path: Path) -> Iterator[Path]:
    """Where a near view may be, the nearest place first."""
    for above in list(path.parents)[:_LEVELS]:
        inside = path.parent.relative_to(above)
        for pattern in _NAMES:
            folder = above.parent / pattern.format(above.name) / inside
            if above.name and folder != path.parent and folder.is_dir():
                yield folder


@lru_cache(maxsize=_CACHED_FOLDERS)
def _views(folder: Path, _changed_ns: int) -> Mapping[str, Path]:
    """Files by their names and by the things that they show; of several views of a thing the last."""
    views: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        views[path.stem] = path
        if _SEPARATOR in path.stem:
            views[_thing(path.stem)] = path
    return views


def _thing(stem: str) -> str:
    return stem.rpartition(_SEPARATOR)[0] or stem
