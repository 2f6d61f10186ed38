"""The Remove commands: take captures and sources out of the project, and keep the place in the list."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject

from app.domain.records import ActionKind, LabelResult
from app.item_models.capture_list_model import CaptureListModel
from app.services.captures.label_service import LabelService
from app.services.streams.stream_service import StreamService
from app.views.gallery.gallery_selection import GallerySelection
from app.views.review.questions import ReviewQuestions
from app.views.review.review_session import ReviewSession
from app.views.shared.message_bar import LAST_ACTION, MessageBar

_ASKED_ABOVE: Final = 200


class RemoveCommands(QObject):
    """What Del and Remove do. Many captures are asked about once; undo brings all of them back."""

    def __init__(
        self,
        labels: LabelService,
        streams: StreamService,
        captures: CaptureListModel,
        review: ReviewSession,
        selection: GallerySelection,
        questions: ReviewQuestions,
        message_bar: MessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._labels = labels
        self._streams = streams
        self._captures = captures
        self._review = review
        self._selection = selection
        self._questions = questions
        self._message_bar = message_bar
        self._row: int | None = None
        labels.labels_changed.connect(self._on_labels_changed)
        captures.filter_applied.connect(self._go_to_row)

    def remove_selected(self) -> None:
        """Take the selected captures out."""
        self._selection.settle()
        ids = self._review.selected
        if ids and self._may_remove(len(ids)):
            rows = self._captures.rows_of(ids)
            self._row = rows[0] if rows else None
            self._labels.remove(ids)

    def remove_sources(self, source_ids: list[int], num_captures: int) -> None:
        """Take sources out with all that came from them."""
        if not self._may_remove(num_captures):
            return
        for record in self._streams.records:
            if record.source_id in source_ids:
                self._streams.stop(record.id)
        self._labels.remove_sources(source_ids)

    def _may_remove(self, count: int) -> bool:
        return count <= _ASKED_ABOVE or self._questions.ask_removal(count)

    def _on_labels_changed(self, result: LabelResult) -> None:
        if result.kind is ActionKind.FILE_CHANGED:
            return  # nobody did anything
        self._message_bar.withdraw(LAST_ACTION)
        if result.kind is not ActionKind.REMOVE or not result.is_membership_changed:
            return
        count = len(result.capture_ids)
        text = self.tr(
            "%Ln capture(s) removed from the project. (Its file/Their files) on disk (is/are) not affected.",
            "",
            count,
        )
        self._message_bar.show_undo(text, self._labels.undo)

    def _go_to_row(self) -> None:
        """Go on where the removed captures were."""
        row, self._row = self._row, None
        if row is not None and self._captures.rowCount():
            self._selection.select_row(min(row, self._captures.rowCount() - 1))
