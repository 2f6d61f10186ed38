"""Modal dialogs about projects: which one, which backup, where a folder has moved to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.locations import PROJECT_SUFFIX
from app.views.shared.room_questions import RoomQuestions, path_or_none

if TYPE_CHECKING:
    from app.domain.records import BackupRecord
    from app.services.captures.relink_service import SourceState


class ProjectQuestions(RoomQuestions):
    """Projects, backups, and folders that have moved."""

    def ask_new_project(self, suggestion: Path) -> Path | None:
        """Where a new project shall be."""
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("New project"),
            str(suggestion),
            self.tr("ViMD Studio project (*{0})").format(PROJECT_SUFFIX),
        )
        path = path_or_none(name)
        if path is None or path.suffix == PROJECT_SUFFIX:
            return path
        return path.with_name(path.name + PROJECT_SUFFIX)

    def ask_project(self) -> Path | None:
        """A project that exists."""
        title = self.tr("Open project: choose its {0} folder").format(PROJECT_SUFFIX)
        return path_or_none(QFileDialog.getExistingDirectory(self._window, title))

    def ask_backup(self, project_name: str, backups: Sequence[BackupRecord]) -> Path | None:
        """Which copy of a project shall be put back."""
        from app.views.projects.restore_dialog import RestoreDialog

        dialog = RestoreDialog(self._window, project_name, backups)
        return dialog.chosen if self._is_accepted(dialog) else None

    def ask_moved_folder(self, states: Sequence[SourceState]) -> tuple[SourceState, Path] | None:
        """Which folder was moved, and where it is now."""
        from app.views.projects.relink_dialog import RelinkDialog

        dialog = RelinkDialog(self._window, states)
        if not self._is_accepted(dialog) or dialog.chosen is None or dialog.new_folder is None:
            return None
        return dialog.chosen, dialog.new_folder
