"""Labels from tables and from the names of folders, for the window and the command line alike. Qt-free.

draft = draft_from_table(project, path)        # or draft_from_folders(project)
plan = draft.plan()
result = take_labels(project, plan, ImportChoice.ONLY_NEW, author)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.label_records import ProjectMarks
from app.exchange.folder_labels import FolderClaims, claims_of_folders
from app.exchange.label_claims import claims_of_table
from app.exchange.label_plan import Claims, ImportChoice, LabelPlan, compare
from vimd_core.data.datasets.class_folders import FolderLevel
from vimd_core.data.tables.label_rows import LabelTable
from vimd_core.data.tables.label_tables import read_label_table
from vimd_core.errors import DatasetError

if TYPE_CHECKING:
    from app.domain.records import LabelResult
    from app.storage.project import Project
    from app.storage.unit import Unit


@dataclass(frozen=True)
class LabelDraft:
    """What a table or folders say of a project, from which plans are made.

    Attributes:
        table: where labels come from; None for folders.
        level: the number of the level of folders that is taken as the class; 0 for a table.
    """

    table: LabelTable | None
    level: int
    _marks: ProjectMarks
    _claims: Claims
    _folders: FolderClaims | None = None

    @property
    def levels(self) -> tuple[FolderLevel, ...]:
        """The levels of folders that can be taken as the class."""
        return () if self._folders is None else self._folders.levels

    def at_level(self, number: int) -> LabelDraft:
        """The same with another level of folders as the class."""
        assert self._folders is not None
        return LabelDraft(None, number, self._marks, self._folders.at(number), self._folders)

    def plan(self, instead: Mapping[str, str] | None = None) -> LabelPlan:
        """What would change.

        Args:
            instead: classes of the project to take in the place of new ones, by `class_key` of the new one.
        """
        return compare(self._claims, self._marks, instead)


def table_draft(marks: ProjectMarks, path: Path) -> LabelDraft:
    """Read a table and find the captures that it means.

    Raises:
        DatasetError: it can't be read, or says no labels.
    """
    table = read_label_table(path)
    if not any(row.labels or row.state for row in table.rows):
        raise DatasetError("{path} holds no labels.", path=path)
    return LabelDraft(table, 0, marks, claims_of_table(table, marks))


def folder_draft(marks: ProjectMarks) -> LabelDraft:
    """Look at the folders that captures lie in."""
    folders = claims_of_folders(marks)
    return LabelDraft(None, folders.proposed, marks, folders.at(folders.proposed), folders)


def draft_from_table(project: Project, path: Path) -> LabelDraft:
    """The same for a project that is open.

    Raises:
        DatasetError: the table can't be read, or says no labels.
    """
    return table_draft(project.read(lambda unit: unit.label_import.marks()).result(), path)


def draft_from_folders(project: Project) -> LabelDraft:
    """The same for a project that is open."""
    return folder_draft(project.read(lambda unit: unit.label_import.marks()).result())


def take_labels(project: Project, plan: LabelPlan, choice: ImportChoice, author: str) -> LabelResult:
    """Write what is chosen of a plan, as one step that can be undone; groups stay when it is."""
    taken = plan.taken(choice)

    def work(unit: Unit) -> LabelResult:
        unit.groups.set_given(plan.groups)
        return unit.label_import.take(taken, author)

    return project.write(work).result()
