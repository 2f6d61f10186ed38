"""The names of folders as labels of the captures in them. Qt-free."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.domain.label_records import ProjectMarks
from app.domain.records import ReviewState
from app.exchange.label_plan import Claim, Claims, LeftOutWhy, UnusedLine, without_unreadable
from vimd_core.data.datasets.class_folders import FolderLevel, FolderLevels, read_class_folder_names


@dataclass(frozen=True)
class FolderClaims:
    """What folders can say of captures.

    Attributes:
        levels: the levels of folders that can be classes, from the files upwards.
        proposed: the number of the one that most likely is; 0 where there is none.
    """

    levels: tuple[FolderLevel, ...]
    proposed: int
    _folders: FolderLevels
    _marks: ProjectMarks

    def at(self, number: int) -> Claims:
        """What the folders of one level say.

        Captures that were added singly or lie loose in a folder that was added get no label, nor do files that are no
        images.
        """
        given: list[Claim] = []
        left_out: list[UnusedLine] = []
        for place, label in enumerate(self._folders.labels(number)):
            if label is None:
                left_out.append(UnusedLine(0, self._marks.captures[place].file, LeftOutWhy.NO_FOLDER))
            else:
                given.append(Claim(place, ReviewState.CORRECTED, label))
        readable = without_unreadable(given, self._marks, {})
        return Claims(readable.given, (*left_out, *readable.left_out))


def claims_of_folders(marks: ProjectMarks) -> FolderClaims:
    """Look at the folders that captures lie in; reads a small table beside them where there is one."""
    below: dict[tuple[int, str], tuple[str, tuple[str, ...]] | None] = {}
    folders = []
    for capture in marks.captures:
        folder = capture.file.rpartition("/")[0]
        key = (capture.source_id, folder)
        if key not in below:
            below[key] = _below(marks.folders.get(capture.source_id), folder)
        folders.append(below[key])
    parents = {
        "/".join((found[0], *found[1][:depth]))
        for found in below.values()
        if found is not None
        for depth in range(len(found[1]))
    }
    names = {parent: named for parent in parents if (named := read_class_folder_names(Path(parent)))}
    classes = FolderLevels(folders, marks.classes.values(), names)
    return FolderClaims(tuple(classes.levels()), classes.proposed(), classes, marks)


def _below(root: str | None, folder: str) -> tuple[str, tuple[str, ...]] | None:
    """A folder's path below the one that was added, in parts."""
    if root is None or not folder.startswith(f"{root.rstrip('/')}/"):
        return None
    return root, tuple(folder[len(root.rstrip("/")) + 1 :].split("/"))
