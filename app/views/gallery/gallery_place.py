"""Keeps current capture, selection and scroll position when the list is read anew."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject

from app.item_models.capture_list_model import CaptureListModel
from app.views.gallery.gallery_view import GalleryView

# Finding more of them again would make the window wait.
_MAX_KEPT: Final = 2000


class GalleryPlace(QObject):
    """Notes what is looked at before a list is replaced, and finds it again in the new one if it is there."""

    def __init__(self, gallery: GalleryView, captures: CaptureListModel) -> None:
        super().__init__(gallery)
        self._gallery = gallery
        self._captures = captures
        self._current: int | None = None
        self._height: int | None = None
        self._selected: list[int] = []
        captures.modelAboutToBeReset.connect(self._note)
        captures.modelReset.connect(self._restore)

    def _note(self) -> None:
        gallery, captures = self._gallery, self._captures
        index = gallery.currentIndex()
        self._current = self._height = None
        self._selected = []
        if not index.isValid():
            return
        self._current = captures.capture_id(index.row())
        rect = gallery.visualRect(index)
        if rect.intersects(gallery.viewport().rect()):
            self._height = rect.top()
        selection = gallery.selectionModel().selection()
        parts = [selection.at(i) for i in range(selection.size())]
        if sum(part.bottom() - part.top() + 1 for part in parts) <= _MAX_KEPT:
            for part in parts:
                self._selected += captures.capture_ids(part.top(), part.bottom())

    def _restore(self) -> None:
        if self._current is None:
            return
        gallery, captures = self._gallery, self._captures
        row = captures.row_of(self._current)
        if row is None:
            return
        flag = QItemSelectionModel.SelectionFlag
        selection = QItemSelection()
        for first, last in _runs(captures.rows_of(self._selected) if len(self._selected) > 1 else [row]):
            selection.select(captures.index(first), captures.index(last))
        index = captures.index(row)
        gallery.selectionModel().setCurrentIndex(index, flag.NoUpdate)
        gallery.selectionModel().select(selection, flag.ClearAndSelect)
        if self._height is not None:
            bar = gallery.verticalScrollBar()
            bar.setValue(bar.value() + gallery.visualRect(index).top() - self._height)
        gallery.scrollTo(index)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Rows that follow each other as first and last."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
