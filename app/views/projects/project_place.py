"""Restores the session of a project: filter and sort order, current capture, scroll position."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractItemView

from app.domain.capture_query import CaptureQuery
from app.domain.errors import ProjectError
from app.item_models.capture_list_model import CaptureListModel
from app.services.program.recent_projects import RecentProjects
from app.services.project_service import ProjectService
from app.views.gallery.gallery_selection import GallerySelection
from app.views.gallery.gallery_view import GalleryView


class ProjectPlace(QObject):
    """Notes the place while it changes, and finds it again once the project is open."""

    def __init__(
        self,
        projects: ProjectService,
        recent: RecentProjects,
        captures: CaptureListModel,
        gallery: GalleryView,
        selection: GallerySelection,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._recent = recent
        self._captures = captures
        self._gallery = gallery
        self._selection = selection
        self._wanted: tuple[int | None, int | None] | None = None
        self._noted: dict[str, Any] = {}
        self._folder: Path | None = None
        projects.opened.connect(self._on_opened)
        captures.filter_applied.connect(self._find)
        selection.changed.connect(self._note)
        gallery.verticalScrollBar().valueChanged.connect(self._note)
        projects.closing.connect(self._leave)

    def _leave(self) -> None:
        """The project is being closed: what the list does from now on is not its place."""
        if self._folder is not None:
            self._recent.note_place(self._folder, self._noted)
        self._folder = None

    def _on_opened(self, _name: str, folder: str) -> None:
        self._folder = Path(folder)
        self._recent.note(self._folder)
        self._noted = dict(self._recent.place(self._folder))
        self._wanted = _number(self._noted.get("current")), _number(self._noted.get("first"))
        try:
            query = CaptureQuery.from_dict(self._noted.get("query", {}))
        except (ProjectError, TypeError, ValueError):
            query = CaptureQuery()
        if query != self._captures.query:
            self._captures.set_query(query)

    def _find(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        current, first = (None if i is None else self._captures.row_of(i) for i in wanted)
        if current is not None:
            self._selection.select_row(current)
        if first is not None:
            self._gallery.scrollTo(self._captures.index(first), QAbstractItemView.ScrollHint.PositionAtTop)
        self._note()

    def _note(self, *_selection: object) -> None:
        if self._folder is None or self._wanted is not None or not self._captures.rowCount():
            return
        query = self._captures.query
        current = self._gallery.currentIndex()
        seen = self._gallery.rows_in_view
        self._noted = {
            # A list of chosen captures is an answer to a question of then.
            "query": {} if query.within is not None else query.to_dict(),
            "current": self._captures.capture_id(current.row()) if current.isValid() else None,
            "first": self._captures.capture_id(seen.start) if seen else None,
        }


def _number(value: object) -> int | None:
    return value if type(value) is int else None
