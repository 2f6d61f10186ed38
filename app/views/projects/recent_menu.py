"""The menu File > Recent projects."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from app.services.program.recent_projects import RecentProjects


class RecentMenu(QObject):
    """Filled anew each time that it is opened; a project that is not there any more is said when it is chosen."""

    def __init__(
        self, menu: QMenu, recent: RecentProjects, open_project: Callable[[Path], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._menu = menu
        self._recent = recent
        self._open = open_project
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """List the projects, the last one first."""
        self._menu.clear()
        folders = self._recent.folders
        names = [folder.stem for folder in folders]
        for folder in folders:
            is_ambiguous = names.count(folder.stem) > 1
            name = f"{folder.stem} ({folder.parent})" if is_ambiguous else folder.stem
            action = self._menu.addAction(name.replace("&", "&&"))
            action.setToolTip(str(folder))
            action.triggered.connect(partial(self._on_chosen, folder))
        self._menu.addSeparator()
        clear = self._menu.addAction(self.tr("&Clear list"))
        clear.setEnabled(len(folders) > 1)
        clear.triggered.connect(lambda _checked=False: self._recent.clear())

    def _on_chosen(self, folder: Path, _checked: bool = False) -> None:
        self._open(folder)
