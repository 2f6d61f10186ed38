"""Near views: finds the picture of the same thing, nearer or in higher resolution, beside a capture's folder.

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


class NearViewFinder:
    """Finds near views of many captures: what folders there are is looked up once for each folder of captures."""

    def __init__(self) -> None:
        self._views_beside: dict[Path, list[Mapping[str, Path]]] = {}

    def find(self, path: Path) -> Path | None:
        """The near view of a capture; None when there is none, or its folder can't be read."""
        views_beside = self._views_beside.get(path.parent)
        if views_beside is None:
            views_beside = self._views_beside[path.parent] = list(_all_views(path.parent))
        if not views_beside:
            return None
        stem = path.stem
        for views in views_beside:
            found = views.get(stem) or views.get(_thing(stem))
            if found is not None:
                return found
        return None


def find_near_view(path: Path) -> Path | None:
    """The near view of one capture; None when there is none, or its folder can't be read."""
    return NearViewFinder().find(path)


def _all_views(captures: Path) -> Iterator[Mapping[str, Path]]:
    for folder in _folders(captures):
        try:
            yield _views(folder, folder.stat().st_mtime_ns)
        except OSError:
            continue


def _folders(captures: Path) -> Iterator[Path]:
    """Where the near views of a folder's captures may be, the nearest place first."""
    for above in [captures, *captures.parents][:_LEVELS]:
        inside = captures.relative_to(above)
        for pattern in _NAMES:
            folder = above.parent / pattern.format(above.name) / inside
            if above.name and folder != captures and folder.is_dir():
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
