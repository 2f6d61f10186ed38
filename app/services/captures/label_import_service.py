"""Prepares imports of labels for the window: what would change is worked out in a reader's thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.services.captures.label_service import LabelService
from app.services.project_service import ProjectService
from app.services.tasks import Task

if TYPE_CHECKING:
    from app.exchange.label_import import LabelDraft
    from app.exchange.label_plan import ImportChoice, LabelPlan
    from app.storage.project import Project
    from app.storage.unit import Unit


class LabelImportService(QObject):
    """Nothing is written before the user has seen what would change.

    Args:
        projects: whose captures are labelled.
        labels: writes what is chosen.
    """

    drafted = Signal(object, object)  # LabelDraft, LabelPlan
    failed = Signal(object)

    def __init__(self, projects: ProjectService, labels: LabelService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._labels = labels
        self._task: Task | None = None
        self._project: Project | None = None  # what is imported belongs to it

    def draft_table(self, path: Path) -> None:
        """Read a table of labels; ends in `drafted` or `failed`."""

        def work(unit: Unit) -> tuple[LabelDraft, LabelPlan]:
            from app.exchange.label_import import table_draft

            draft = table_draft(unit.label_import.marks(), path)
            return draft, draft.plan()

        self._draft(work)

    def draft_folders(self) -> None:
        """Look at the folders that captures lie in; ends in `drafted` or `failed`."""

        def work(unit: Unit) -> tuple[LabelDraft, LabelPlan]:
            from app.exchange.label_import import folder_draft

            draft = folder_draft(unit.label_import.marks())
            return draft, draft.plan()

        self._draft(work)

    def plan(
        self,
        draft: LabelDraft,
        level: int,
        instead: Mapping[str, str],
        on_planned: Callable[[LabelDraft, LabelPlan], None],
    ) -> None:
        """Work out what would change otherwise; an answer that is overtaken by another question is dropped.

        Args:
            draft: what is imported.
            level: the folders that are taken as the class; 0 for a table.
            instead: classes of the project to take in the place of new ones, by `class_key` of the new one.
            on_planned: is given the draft of that level and its plan.
        """
        wanted = dict(instead)

        def work(_unit: Unit) -> tuple[LabelDraft, LabelPlan]:
            other = draft if level == draft.level else draft.at_level(level)
            return other, other.plan(wanted)

        self._run(work, lambda found: on_planned(*found))

    def take(self, plan: LabelPlan, choice: ImportChoice) -> None:
        """Write what is chosen, as one step; nothing when another project is open by now."""
        if self._project is not None and self._project is self._projects.project:
            self._labels.take(lambda: plan.taken(choice), plan.groups)

    def _draft(self, work: Callable[[Unit], tuple[LabelDraft, LabelPlan]]) -> None:
        self._run(work, lambda found: self.drafted.emit(*found))

    def _run(
        self,
        work: Callable[[Unit], tuple[LabelDraft, LabelPlan]],
        on_found: Callable[[tuple[LabelDraft, LabelPlan]], None],
    ) -> None:
        if self._task is not None:
            self._task.cancel()
        self._project = self._projects.project
        self._task = self._projects.read(work, on_found, self.failed.emit)
