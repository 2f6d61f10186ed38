"""The gallery's selection, and which actions it allows."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QObject, QTimer, Signal

from app.item_models.capture_list_model import CaptureListModel
from app.services.classifier.inspect_service import InspectService
from app.views.gallery.gallery_view import GalleryView
from app.views.shared.actions import Actions


class GallerySelection(QObject):
    """Follows the gallery's selection, once for each burst of changes.

    Args:
        gallery: the view; its model must be set.
        captures: that model.
        inspect: knows which capture was looked at last, which stays selected when the list is made anew.
        actions: those for the selection are enabled while there is one.
    """

    changed = Signal(list, object)  # ids of the selected captures, id of the current one or None

    def __init__(
        self,
        gallery: GalleryView,
        captures: CaptureListModel,
        inspect: InspectService,
        actions: Actions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self._captures = captures
        self._inspect = inspect
        self._actions = actions
        self._burst = QTimer(self)
        self._burst.setSingleShot(True)
        self._burst.setInterval(0)
        self._burst.timeout.connect(self.tell)
        gallery.selectionModel().selectionChanged.connect(self._burst.start)
        gallery.selectionModel().currentChanged.connect(self._burst.start)
        captures.rowsInserted.connect(self._on_list_changed)
        captures.modelReset.connect(self._on_list_changed)

    def go(self, step: int) -> None:
        """Go to another capture, so many further in the list."""
        count = self._captures.rowCount()
        if count:
            self.select_row(min(max(self._gallery.currentIndex().row() + step, 0), count - 1))

    def select_row(self, row: int) -> None:
        """Select one capture and show it."""
        index = self._captures.index(row)
        self._gallery.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self._gallery.scrollTo(index)
        self.tell()

    def settle(self) -> None:
        """Tell now what would be told when the burst is over."""
        if self._burst.isActive():
            self.tell()

    def tell(self) -> None:
        """Say what is selected."""
        self._burst.stop()
        current = self._gallery.currentIndex()
        selected: list[int] = []
        chosen = self._gallery.selectionModel().selection()
        for part in (chosen.at(i) for i in range(chosen.size())):
            selected += self._captures.capture_ids(part.top(), part.bottom())
        self._enable(bool(selected))
        self.changed.emit(selected, self._captures.capture_id(current.row()) if current.isValid() else None)

    def _enable(self, has_selection: bool) -> None:
        actions = self._actions
        for action in (
            actions.accept,
            *actions.choose,
            *actions.choose_pinned,
            actions.pick_class,
            actions.none_of_these,
            actions.unsure,
            actions.reject,
            actions.clear_label,
            actions.remove,
        ):
            action.setEnabled(has_selection)
        for action in (actions.next, actions.previous, actions.select_all, actions.export):
            action.setEnabled(self._captures.rowCount() > 0)

    def _on_list_changed(self) -> None:
        if self._captures.rowCount() and not self._gallery.currentIndex().isValid():
            shown = self._inspect.capture_id
            row = self._captures.row_of(shown) if shown is not None else None
            self.select_row(row or 0)
        else:
            self._burst.start()
