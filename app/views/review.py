"""What keys and clicks mean for the captures that are selected."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.services.inspect_service import InspectService
from app.services.label_service import LabelService
from app.storage.records import ActionKind, CaptureDetail


class ReviewSession(QObject):
    """Labels the selection and says when to go on to the next capture.

    It goes on when the key is pressed, not when the label is on disk: a fast reviewer's next key is meant for
    the next capture. A digit that is pressed before that capture's answers are there waits for them.
    """

    advance_wanted = Signal()

    def __init__(self, labels: LabelService, inspect: InspectService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labels = labels
        self._inspect = inspect
        self._selected: tuple[int, ...] = ()
        self._current: int | None = None
        self._detail: CaptureDetail | None = None
        self._waiting_choice: int | None = None
        self.advances = True
        inspect.detail_changed.connect(self._on_detail)

    @property
    def selected(self) -> tuple[int, ...]:
        """The captures that a key would label."""
        return self._selected

    def set_selection(self, selected: Sequence[int], current: int | None) -> None:
        """The gallery's selection, and the capture that is looked at."""
        self._selected = tuple(selected)
        if current != self._current:
            self._current = current
            self._detail = None
            self._waiting_choice = None
            self._inspect.show(current)

    def choose(self, position: int) -> None:
        """Label with the n-th of the model's classes for the capture that is looked at, from 0."""
        if self._detail is None:
            self._waiting_choice = position
            return
        if self._selected and position < len(self._detail.top):
            self._labels.label(self._selected, self._detail.top[position].class_id)
            self._go_on()

    def choose_class(self, name: str) -> None:
        """Label with any class."""
        if self._selected:
            self._labels.label_by_name(self._selected, name)
            self._go_on()

    def accept(self) -> None:
        """Agree with the model."""
        if self._selected:
            self._labels.accept(self._selected)
            self._go_on()

    def mark(self, kind: ActionKind) -> None:
        """Set aside, or clear."""
        if self._selected:
            self._labels.mark(kind, self._selected)
            if kind is not ActionKind.CLEAR:
                self._go_on()

    def _go_on(self) -> None:
        if self.advances and len(self._selected) == 1:
            self.advance_wanted.emit()

    def _on_detail(self, detail: CaptureDetail | None) -> None:
        self._detail = detail
        if detail is not None and self._waiting_choice is not None:
            position, self._waiting_choice = self._waiting_choice, None
            self.choose(position)
