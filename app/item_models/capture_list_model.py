"""The captures of the open project as Qt sees them: ids in memory, the rest when it is shown."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from enum import IntEnum
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from app.services.image_service import ImageService, load_thumbnail
from app.services.project_service import ProjectService
from app.services.tasks import Task
from app.storage.records import CaptureFilter, CaptureRow

PAGE_SIZE: Final = 128
_MAX_PAGES: Final = 64
_MAX_THUMBNAIL_BYTES: Final = 64 * 2**20
THUMBNAIL_SIDE_PX: Final = 256

_NO_PARENT: Final = QModelIndex()


class CaptureRole(IntEnum):
    """What the delegate asks for."""

    ROW = Qt.ItemDataRole.UserRole + 1  # CaptureRow, or None while it is fetched
    THUMBNAIL = (
        Qt.ItemDataRole.UserRole + 2
    )  # QImage, a sentence why there is none, or None while it is loaded


class CaptureListModel(QAbstractListModel):
    """A list of captures that stays quick with a million of them."""

    filter_applied = Signal()

    def __init__(self, projects: ProjectService, images: ImageService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._images = images
        self._filter = CaptureFilter.ALL
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, list[CaptureRow | None]] = OrderedDict()
        self._row_of_cached: dict[int, int] = {}
        self._wanted_pages: set[int] = set()
        self._fetching: dict[int, Task | None] = {}
        self._thumbnails: OrderedDict[int, QImage | str] = OrderedDict()
        self._thumbnail_bytes = 0
        self._loading: set[int] = set()
        self._generation = 0
        self._ids_task: Task | None = None
        # Painting asks for many rows at once: their pages are fetched together when it is over.
        self._fetch_timer = QTimer(self)
        self._fetch_timer.setSingleShot(True)
        self._fetch_timer.setInterval(0)
        self._fetch_timer.timeout.connect(self._fetch_wanted)
        images.done.connect(self._on_image)
        projects.opened.connect(self._on_project_opened)
        projects.closing.connect(self._on_project_closing)

    @property
    def filter(self) -> CaptureFilter:
        """Which captures are listed."""
        return self._filter

    @property
    def is_loading(self) -> bool:
        """Whether rows or thumbnails that were asked for are still to come."""
        return bool(self._wanted_pages or self._fetching or self._loading or self._ids_task)

    def set_filter(self, which: CaptureFilter) -> None:
        """List other captures; `filter_applied` follows."""
        self._filter = which
        self.reload()

    def reload(self) -> None:
        """Ask again which captures pass the filter."""
        if self._ids_task is not None:
            self._ids_task.cancel()
        which = self._filter
        self._ids_task = self._projects.read(lambda unit: unit.captures.ids(which), self._on_ids)

    def append(self, ids: Sequence[int]) -> None:
        """Put new captures at the end, if the filter lets new captures through."""
        if self._filter not in (CaptureFilter.ALL, CaptureFilter.UNREVIEWED):
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
            if isinstance(self._thumbnails.get(capture_id), str):  # it could not be read then; now it may
                self._thumbnail_bytes -= _size_bytes(self._thumbnails.pop(capture_id))
        for page in {self._row_of_cached[i] // PAGE_SIZE for i in ids if i in self._row_of_cached}:
            self._fetch(page)

    def capture_id(self, row: int) -> int:
        """The capture at a row."""
        return self._ids[row]

    def capture_ids(self, first: int, last: int) -> list[int]:
        """The captures from one row to another, both included."""
        return self._ids[first : last + 1].tolist()

    def row_of(self, capture_id: int) -> int | None:
        """The row of a capture, or None when it is not listed."""
        try:
            return self._row_of_cached.get(capture_id) or self._ids.index(capture_id)
        except ValueError:
            return None

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        """Number of captures."""
        return 0 if parent.isValid() else len(self._ids)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What is known now; what is missing is fetched and announced by `dataChanged`."""
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        row = self._row(index.row())
        if role == CaptureRole.ROW:
            return row
        if row is None:
            return None
        if role == CaptureRole.THUMBNAIL:
            return self._thumbnail(row)
        if role == Qt.ItemDataRole.DisplayRole:
            return row.path.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(row.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (row.path.name, row.label or row.predicted, row.problem)))
        return None

    def _row(self, position: int) -> CaptureRow | None:
        number, offset = divmod(position, PAGE_SIZE)
        page = self._pages.get(number)
        if page is None or offset >= len(page):  # never read, or appended to since
            if number not in self._fetching:
                self._wanted_pages.add(number)
                self._fetch_timer.start()
            return None
        self._pages.move_to_end(number)
        return page[offset]

    def _fetch_wanted(self) -> None:
        wanted, self._wanted_pages = self._wanted_pages, set()
        for number in wanted:
            self._fetch(number)

    def _fetch(self, number: int) -> None:
        earlier = self._fetching.get(number)
        if earlier is not None:
            earlier.cancel()
        ids = self._ids[number * PAGE_SIZE : (number + 1) * PAGE_SIZE].tolist()
        self._fetching[number] = self._projects.read(
            lambda unit: unit.captures.rows(ids), partial(self._on_rows, number, ids)
        )

    def _on_rows(self, number: int, ids: list[int], rows: list[CaptureRow]) -> None:
        self._fetching.pop(number, None)
        by_id = {row.id: row for row in rows}
        first = number * PAGE_SIZE
        self._drop_page(number)
        self._pages[number] = [by_id.get(capture_id) for capture_id in ids]
        self._row_of_cached.update((capture_id, first + offset) for offset, capture_id in enumerate(ids))
        while len(self._pages) > _MAX_PAGES:
            self._drop_page(next(iter(self._pages)))
        self.dataChanged.emit(self.index(first), self.index(first + len(ids) - 1))

    def _drop_page(self, number: int) -> None:
        for row in self._pages.pop(number, ()):
            if row is not None:
                self._row_of_cached.pop(row.id, None)

    def _thumbnail(self, row: CaptureRow) -> QImage | str | None:
        if row.problem is not None:
            return row.problem
        known = self._thumbnails.get(row.id)
        if known is not None:
            self._thumbnails.move_to_end(row.id)
            return known
        if row.id not in self._loading:
            self._loading.add(row.id)
            self._images.request(
                ("thumbnail", self._generation, row.id), partial(load_thumbnail, row.path, THUMBNAIL_SIDE_PX)
            )
        return None

    def _on_image(self, key: object, result: object) -> None:
        if not (isinstance(key, tuple) and key[:2] == ("thumbnail", self._generation)):
            return
        capture_id = key[2]
        self._loading.discard(capture_id)
        if not isinstance(result, QImage | str):
            return
        self._thumbnails[capture_id] = result
        self._thumbnail_bytes += _size_bytes(result)
        while self._thumbnail_bytes > _MAX_THUMBNAIL_BYTES:
            _, dropped = self._thumbnails.popitem(last=False)
            self._thumbnail_bytes -= _size_bytes(dropped)
        row = self._row_of_cached.get(capture_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [CaptureRole.THUMBNAIL])

    def _on_project_opened(self, _name: str, _folder: str) -> None:
        self.reload()

    def _on_project_closing(self) -> None:
        self._thumbnails.clear()
        self._thumbnail_bytes = 0
        self._loading.clear()
        self._generation += 1
        self._ids_task = None
        self._filter = CaptureFilter.ALL
        self._set_ids(array("q"))

    def _on_ids(self, ids: array[int]) -> None:
        self._ids_task = None
        self._set_ids(ids)
        self.filter_applied.emit()

    def _set_ids(self, ids: array[int]) -> None:
        self.beginResetModel()
        for task in self._fetching.values():
            if task is not None:
                task.cancel()
        self._fetching.clear()
        self._wanted_pages.clear()
        self._pages.clear()
        self._row_of_cached.clear()
        self._ids = ids
        self.endResetModel()


def _size_bytes(thumbnail: QImage | str) -> int:
    return thumbnail.sizeInBytes() if isinstance(thumbnail, QImage) else len(thumbnail)
