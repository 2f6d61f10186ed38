"""Page cache of the gallery: rows of captures around what is looked at, prefetched in the direction of scrolling."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.records import CaptureRow
from app.services.project_service import ProjectService
from app.services.tasks import Task

PAGE_SIZE: Final = 128
MAX_PAGES: Final = 64
# More would queue up behind each other while the user scrolls on.
_MAX_FETCHES: Final = 2


class GalleryPages(QObject):
    """Serves rows by position; what is missing is read in other threads and announced."""

    page_came = Signal(int, int)  # first and last position

    def __init__(self, projects: ProjectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projects = projects
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, list[CaptureRow | None]] = OrderedDict()
        self._position_of: dict[int, int] = {}
        self._fetching: dict[int, tuple[Task | None, list[int]]] = {}
        self._wanted: dict[int, None] = {}
        self._shown = range(0)
        # Painting asks for many rows at once: their pages are fetched together when it is over.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._fetch_wanted)

    @property
    def is_loading(self) -> bool:
        """Whether rows that were asked for are still to come."""
        return bool(self._wanted or self._fetching)

    @property
    def pages_in_memory(self) -> int:
        """How many pages are held."""
        return len(self._pages)

    def set_ids(self, ids: array[int]) -> None:
        """Start over with another list, which the owner may extend at its end."""
        for task, _ in self._fetching.values():
            if task is not None:
                task.cancel()
        self._fetching.clear()
        self._wanted.clear()
        self._pages.clear()
        self._position_of.clear()
        self._shown = range(0)
        self._ids = ids

    def row(self, position: int) -> CaptureRow | None:
        """The row, or None while it is read."""
        number, offset = divmod(position, PAGE_SIZE)
        page = self._pages.get(number)
        if page is None or offset >= len(page):  # never read, or appended to since
            if number not in self._fetching and number not in self._wanted:
                self._wanted[number] = None
                self._timer.start()
            return None
        return page[offset]

    def show(self, first: int, last: int) -> None:
        """Tell what is on the screen: it is read first, then as much again in the direction of scrolling.

        What was wanted before and is not near any more is not read.
        """
        shown = range(first, last + 1)
        if shown == self._shown:
            return
        goes_up = first < self._shown.start
        self._shown = shown
        ahead = range(max(0, first - len(shown)), first) if goes_up else range(last, last + len(shown) + 1)
        near = {**_pages_of(shown), **_pages_of(ahead)}
        for number in near:
            if number in self._pages:
                self._pages.move_to_end(number)
        pages = -(-len(self._ids) // PAGE_SIZE)
        self._wanted = {
            number: None
            for number in near
            if number < pages and number not in self._pages and number not in self._fetching
        }
        if self._wanted:
            self._timer.start()

    def refresh(self, ids: Sequence[int]) -> None:
        """Read the rows of captures that have changed again, as far as they are in memory."""
        changed = set(ids)
        numbers = {self._position_of[i] // PAGE_SIZE for i in changed if i in self._position_of}
        # What is being read now may be from before the change.
        numbers |= {number for number, (_, page) in self._fetching.items() if not changed.isdisjoint(page)}
        shown = _pages_of(self._shown)
        for number in numbers:
            if number in shown or number in self._fetching:
                self._fetch(number)
            else:
                self._drop(number)

    def refresh_all(self) -> None:
        """Read all rows again: what is on the screen at once, the others when they are wanted."""
        shown = _pages_of(self._shown)
        for number in [*self._pages, *self._fetching]:
            if number in shown or number in self._fetching:
                self._fetch(number)
            else:
                self._drop(number)

    def known_position_of(self, capture_id: int) -> int | None:
        """Where a capture is whose row is in memory, or None."""
        return self._position_of.get(capture_id)

    def position_of(self, capture_id: int) -> int | None:
        """Where a capture is in the list, or None."""
        known = self._position_of.get(capture_id)
        if known is not None:
            return known
        ids = self._ids
        place = bisect_left(ids, capture_id)  # in the order of adding, which needs no numpy
        if place < len(ids) and ids[place] == capture_id:
            return place
        found = positions_of(ids, [capture_id])
        return found[0] if found else None

    def _fetch_wanted(self) -> None:
        while self._wanted and len(self._fetching) < _MAX_FETCHES:
            number = next(iter(self._wanted))
            del self._wanted[number]
            self._fetch(number)

    def _fetch(self, number: int) -> None:
        earlier, _ = self._fetching.get(number, (None, []))
        if earlier is not None:
            earlier.cancel()
        ids = self._ids[number * PAGE_SIZE : (number + 1) * PAGE_SIZE].tolist()
        task = self._projects.queries.rows(ids, partial(self._on_rows, number, ids))
        self._fetching[number] = (task, ids)

    def _on_rows(self, number: int, ids: list[int], rows: list[CaptureRow]) -> None:
        self._fetching.pop(number, None)
        by_id = {row.id: row for row in rows}
        first = number * PAGE_SIZE
        self._drop(number)
        self._pages[number] = [by_id.get(capture_id) for capture_id in ids]
        self._position_of.update((capture_id, first + offset) for offset, capture_id in enumerate(ids))
        while len(self._pages) > MAX_PAGES:
            self._drop(next(iter(self._pages)))
        self._fetch_wanted()
        self.page_came.emit(first, first + len(ids) - 1)

    def _drop(self, number: int) -> None:
        for row in self._pages.pop(number, ()):
            if row is not None:
                self._position_of.pop(row.id, None)


def positions_of(ids: array[int], wanted: Sequence[int]) -> list[int]:
    """Where some captures are in a list of any order; ascending, those that are not there are left out."""
    import numpy as np

    if not len(ids) or not wanted:
        return []
    view = np.frombuffer(ids, dtype=np.int64)
    if len(wanted) == 1:
        found = np.flatnonzero(view == wanted[0])
    else:
        found = np.flatnonzero(np.isin(view, np.array(wanted, dtype=np.int64)))
    positions: list[int] = found.tolist()
    return positions


def _pages_of(positions: range) -> dict[int, None]:
    if not positions:
        return {}
    return dict.fromkeys(range(positions.start // PAGE_SIZE, (positions.stop - 1) // PAGE_SIZE + 1))
