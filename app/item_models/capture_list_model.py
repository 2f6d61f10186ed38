"""List model of the captures of the open project: ids in memory, the rest when it is shown."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from app.domain.capture_query import (
    CaptureList,
    CaptureQuery,
    query_of,
    with_quick_filter,
)
from app.domain.records import CaptureFilter, CaptureRow
from app.item_models.capture_text import decision, differing_answer, differing_suggestion
from app.item_models.gallery_heading import Heading
from app.item_models.gallery_pages import GalleryPages, positions_of
from app.item_models.gallery_thumbnails import GalleryThumbnails
from app.item_models.suggested_rows import SuggestedRows
from app.item_models.worded import worded
from app.services.classifier.suggestion_state import SuggestionState
from app.services.pictures.image_service import ImageService
from app.services.project_queries import Headings
from app.services.project_service import ProjectService
from app.services.tasks import Task
from vimd_core.user_messages import Sentence

# New captures that belong somewhere in the middle of a sorted list make it be listed anew, this often at most.
_RELIST_MS: Final = 1500
# What is new passes these, and belongs at their end.
_APPENDABLE: Final = (query_of(CaptureFilter.ALL), query_of(CaptureFilter.UNREVIEWED))

_NO_PARENT: Final = QModelIndex()


class CaptureRole(IntEnum):
    """What a delegate asks for."""

    ROW = Qt.ItemDataRole.UserRole + 1  # CaptureRow, or None while it is fetched
    THUMBNAIL = (
        Qt.ItemDataRole.UserRole + 2
    )  # QImage, a sentence why there is none, or None while it is loaded


class CaptureListModel(QAbstractListModel):
    """A list of captures that stays quick with a million of them."""

    filter_applied = Signal()
    query_changed = Signal()

    def __init__(
        self,
        projects: ProjectService,
        images: ImageService,
        suggestions: SuggestionState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._projects = projects
        self._query = CaptureQuery()
        self._ids: array[int] = array("q")
        self._headings: tuple[Heading, ...] = ()
        self._pages = GalleryPages(projects, self)
        self._suggested = SuggestedRows(suggestions)
        self._thumbnails = GalleryThumbnails(images, self)
        self._ids_task: Task | None = None
        self._came: set[int] = set()
        self._came_timer = QTimer(self)
        self._came_timer.setSingleShot(True)
        self._came_timer.setInterval(8)
        self._came_timer.timeout.connect(self._announce_thumbnails)
        self._relist_timer = QTimer(self)
        self._relist_timer.setSingleShot(True)
        self._relist_timer.setInterval(_RELIST_MS)
        self._relist_timer.timeout.connect(self.reload)
        self._pages.page_came.connect(self._on_page)
        self._thumbnails.thumbnail_came.connect(self._on_thumbnail)
        suggestions.changed.connect(self._on_suggestions)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def query(self) -> CaptureQuery:
        """Which captures are listed, in which order and groups."""
        return self._query

    @property
    def filter(self) -> CaptureFilter | None:
        """The quick filter whose states are listed, or None when they are others."""
        now = self._query
        return next((which for which in CaptureFilter if with_quick_filter(now, which) == now), None)

    @property
    def headings(self) -> tuple[Heading, ...]:
        """What stands above the groups; none without grouping."""
        return self._headings

    @property
    def is_loading(self) -> bool:
        """Whether rows or thumbnails that were asked for are still to come."""
        return self._pages.is_loading or self._thumbnails.is_loading or self._ids_task is not None

    def set_query(self, query: CaptureQuery) -> None:
        """List other captures, or in another order; `filter_applied` follows."""
        self._query = query
        self.query_changed.emit()
        self.reload()

    def set_filter(self, which: CaptureFilter) -> None:
        """List what a quick filter lets through; the other conditions, the order and the groups stay."""
        self.set_query(with_quick_filter(self._query, which))

    def reload(self) -> None:
        """Ask again which captures pass the filter."""
        self._relist_timer.stop()
        if self._ids_task is not None:
            self._ids_task.cancel()
        self._ids_task = self._projects.queries.find(self._query, self._on_ids)

    def append(self, ids: Sequence[int]) -> None:
        """Put new captures where they belong, if the filter lets new captures through."""
        query = self._query
        if query not in _APPENDABLE:
            if query.within is None and not self._relist_timer.isActive():
                self._relist_timer.start()
            return
        if self._ids_task is not None:
            self.reload()  # the answer that is under way may not know them yet
            return
        last = self._ids[-1] if self._ids else 0
        fresh = [capture_id for capture_id in ids if capture_id > last]
        if not fresh:
            return
        first = len(self._ids)
        self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self._ids.extend(fresh)
        self.endInsertRows()

    def refresh(self, ids: Sequence[int]) -> None:
        """Fetch the rows of captures that have changed, as far as any are in memory."""
        for capture_id in ids:
            self._thumbnails.retry(capture_id)  # it could not be read then; now it may
        self._pages.refresh(ids)

    def refresh_all(self) -> None:
        """Another model answers now: fetch all rows again, and list anew what is listed by answers."""
        self._pages.refresh_all()
        self.list_anew_by_answers()

    def list_anew_by_answers(self) -> None:
        """Ask again which captures pass a filter that goes by what is predicted or suggested."""
        if not self._query.is_everything and self._query.within is None:
            self.reload()

    def refresh_names(self) -> None:
        """Classes are called otherwise now, have other colours, or are others."""
        self._pages.refresh_all()
        if self._headings:
            self.reload()

    def show(self, first: int, last: int) -> None:
        """Tell which rows are on the screen, so that what comes next is there in time."""
        self._pages.show(first, last)

    def capture_row(self, row: int) -> CaptureRow | None:
        """What is known of the capture at a row, or None while it is fetched."""
        known = self._pages.row(row)
        return None if known is None else self._suggested.with_suggestion(known)

    def thumbnail(self, row: CaptureRow) -> QImage | Sentence | None:
        """A capture's thumbnail, a sentence why there is none, or None while it is loaded."""
        return self._thumbnails.get(row)

    def capture_id(self, row: int) -> int:
        """The capture at a row."""
        return self._ids[row]

    def capture_ids(self, first: int, last: int) -> list[int]:
        """The captures from one row to another, both included."""
        return self._ids[first : last + 1].tolist()

    def row_of(self, capture_id: int) -> int | None:
        """The row of a capture, or None when it is not listed."""
        return self._pages.position_of(capture_id)

    def rows_of(self, capture_ids: Sequence[int]) -> list[int]:
        """The rows of those captures that are listed, ascending."""
        return positions_of(self._ids, capture_ids)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of captures."""
        return 0 if parent.isValid() else len(self._ids)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What is known now; what is missing is fetched and announced by `dataChanged`."""
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        row = self.capture_row(index.row())
        if role == CaptureRole.ROW:
            return row
        if row is None:
            return None
        if role == CaptureRole.THUMBNAIL:
            return self._thumbnails.get(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            changed = self.tr("Changed on disk") if row.changed else None
            said = (decision(row), differing_answer(row), differing_suggestion(row))
            return "\n".join(filter(None, (*said, changed, str(row.path))))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            changed = self.tr("Changed on disk") if row.changed else None
            problem = None if row.problem is None else worded(row.problem)
            said = (decision(row), differing_answer(row), differing_suggestion(row))
            return ", ".join(filter(None, (row.path.name, *said, changed, problem)))
        return None

    def _on_page(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first), self.index(min(last, len(self._ids) - 1)))

    def _on_suggestions(self) -> None:
        """Other classes may be suggested now; the order of the list stays as it is under the user's hands."""
        if self._ids:
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1))

    def _on_thumbnail(self, capture_id: int) -> None:
        self._came.add(capture_id)
        self._came_timer.start()

    def _announce_thumbnails(self) -> None:
        """One signal for all that came together."""
        came, self._came = self._came, set()
        rows = [row for row in map(self._pages.known_position_of, came) if row is not None]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)), [CaptureRole.THUMBNAIL])

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self.reload()

    def _on_project_closing(self) -> None:
        self._relist_timer.stop()
        self._thumbnails.clear()
        self._ids_task = None
        self._query = CaptureQuery()
        self.query_changed.emit()
        self._set_list(array("q"), ())

    def _on_ids(self, found: CaptureList, names: Headings) -> None:
        self._ids_task = None
        headings = tuple(
            Heading(*names.get(group.key, ("", None)), group.first, group.count) for group in found.groups
        )
        self._set_list(found.ids, headings)
        self.filter_applied.emit()

    def _set_list(self, ids: array[int], headings: tuple[Heading, ...]) -> None:
        self.beginResetModel()
        self._ids = ids
        self._headings = headings
        self._pages.set_ids(ids)
        self._suggested.forget()
        self.endResetModel()
