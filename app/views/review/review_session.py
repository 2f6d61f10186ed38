"""Labelling by keys and clicks: what they mean for the captures that are selected."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from app.domain.records import ActionKind, CaptureDetail
from app.domain.suggestions import ShownClass
from app.item_models.class_list_model import PINNED_DIGITS
from app.services.captures.label_service import LabelService
from app.services.classifier.inspect_service import InspectService
from app.services.classifier.suggestion_state import SuggestionState

_MAX_WAITING: Final = 100
MANY: Final = 200
"""From more captures than this on, a label is asked about before it is given."""

Question = Callable[[int], str]  # about so many captures


class ReviewSession(QObject):
    """Labels the selection and goes on to the next capture.

    It goes on when the key is pressed, not when the label is on disk: a fast reviewer's next key is meant for
    the next capture. What would label many captures is asked about first, whatever key or menu it came from. A digit
    means a class only once that capture's answers are known, so keys that come sooner wait for them, in their order.
    Whoever selects another capture meanwhile takes them back.
    """

    move_wanted = Signal(int)  # steps in the list
    refused = Signal(str)  # why a key did nothing
    has_changed = Signal(int)  # a capture that no key was taken for: something else stood there a moment ago

    def __init__(
        self,
        labels: LabelService,
        inspect: InspectService,
        suggestions: SuggestionState,
        settle_selection: Callable[[], None],
        is_meant: Callable[[str], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settle_selection = settle_selection
        self._is_meant = is_meant
        self._labels = labels
        self._inspect = inspect
        self._suggestions = suggestions
        self._selected: tuple[int, ...] = ()
        self._current: int | None = None
        self._detail: CaptureDetail | None = None
        self._waiting: deque[tuple[bool, Callable[[], None]]] = deque()
        self._is_moving = False
        self._is_asking = False
        self._pinned: list[str] = []
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
            if not self._is_moving:
                self._waiting.clear()
            self._current = current
            self._detail = None
            self._inspect.show(current)

    def set_pinned(self, names: Sequence[str]) -> None:
        """The classes that `choose_pinned` chooses from."""
        self._pinned = list(names)

    def choose_pinned(self, position: int) -> None:
        """Label with the n-th of the pinned classes, from 0."""
        if position < len(self._pinned):
            self.choose_class(self._pinned[position])
        else:
            self.refused.emit(
                self.tr("No class is pinned to key {0}: pin one with Label > Classes > Pin.").format(
                    PINNED_DIGITS[position]
                )
            )

    def choose(self, position: int) -> None:
        """Label with the n-th of the classes that are offered for the capture that is looked at, from 0."""
        self._do(lambda: self._choose(position), needs_detail=True)

    def choose_class(self, name: str) -> None:
        """Label with any class."""
        self._do(lambda: self._label(lambda ids: self._labels.label_by_name(ids, name), self._named(name)))

    def accept(self) -> None:
        """Agree with what the tiles show."""
        self._do(self._accept)

    def choose_none(self) -> None:
        """Label as none of the classes."""
        name = self.tr("None of these")
        self._do(lambda: self._label(lambda ids: self._labels.label_none(ids, name), self._named(name)))

    def mark(self, kind: ActionKind) -> None:
        """Set aside, or clear."""
        question: Question = {
            ActionKind.UNSURE: lambda count: self.tr("Mark %Ln capture(s) as unsure?", "", count),
            ActionKind.REJECT: lambda count: self.tr("Reject %Ln capture(s)?", "", count),
            ActionKind.CLEAR: lambda count: self.tr("Clear the labels of %Ln capture(s)?", "", count),
        }[kind]
        goes_on = kind is not ActionKind.CLEAR
        self._do(lambda: self._label(lambda ids: self._labels.mark(kind, ids), question, goes_on=goes_on))

    def move(self, step: int) -> None:
        """Go to another capture."""
        self._do(lambda: self._move(step))

    def _do(self, command: Callable[[], None], *, needs_detail: bool = False) -> None:
        self._settle_selection()  # a key that follows a click at once means what was clicked
        if len(self._waiting) < _MAX_WAITING:
            self._waiting.append((needs_detail, command))
        self._do_waiting()

    def _do_waiting(self) -> None:
        while self._waiting:
            needs_detail, command = self._waiting[0]
            if needs_detail and self._detail is None and self._current is not None:
                return
            self._waiting.popleft()
            command()

    def _choose(self, position: int) -> None:
        if self._detail is None or not self._selected:
            return
        offered, row = self._detail.offered, self._detail.row
        if position >= len(offered):
            self.refused.emit(
                self.tr("No class {0} is offered for this capture: press / to choose a class.").format(
                    position + 1
                )
            )
            return
        if self._detail.label_class_id is None and self._refuse_if_changed([row.id], position):
            return
        answer = offered[position]
        self._label(lambda ids: self._labels.label(ids, answer.class_id), self._named(answer.name))

    def _accept(self) -> None:
        detail = self._detail if self._detail and self._selected == (self._detail.row.id,) else None
        if (detail is None or detail.label_class_id is None) and self._refuse_if_changed(self._selected):
            return
        shown = self._suggestions.shown_of(self._selected)
        keeps_labels = self._suggestions.are_shown  # they outrank suggestions
        if not shown and detail is not None and detail.top:
            best = detail.top[0]
            shown = [ShownClass(detail.row.id, best.class_id, best.probability, is_suggestion=False)]
        self._label(lambda ids: self._labels.accept(ids, shown, keeps_labels=keeps_labels), self._accepting)

    def _accepting(self, count: int) -> str:
        if self._suggestions.are_shown:
            return self.tr("Accept the suggestions for %Ln capture(s)?", "", count)
        return self.tr("Accept the predictions for %Ln capture(s)?", "", count)

    def _refuse_if_changed(self, capture_ids: Sequence[int], position: int = 0) -> bool:
        """Whether a capture showed something else when the key was on its way: then that is all that is done."""
        changed = [one for one in capture_ids if self._suggestions.has_just_changed(one, position)]
        if not changed:
            return False
        self.has_changed.emit(changed[0])
        self.refused.emit(
            self.tr("The suggestion has just changed: press the key again to use the new one.")
            if len(changed) == 1
            else self.tr(
                "%Ln suggestion(s) (has/have) just changed: press the key again to use the new (one/ones).",
                "",
                len(changed),
            )
        )
        return True

    def _named(self, name: str) -> Question:
        """Asks whether so many captures shall have one class."""
        return lambda count: self.tr("Label %Ln capture(s) as {0}?", "", count).format(name)

    def _label(
        self,
        label: Callable[[tuple[int, ...]], None],
        question: Question,
        *,
        goes_on: bool = True,
    ) -> None:
        selected = self._selected
        if not selected or self._is_asking:
            return
        if len(selected) > MANY:
            self._is_asking = True  # keys that were pressed meanwhile were not pressed for this
            try:
                if not self._is_meant(question(len(selected))):
                    return
            finally:
                self._is_asking = False
        label(selected)
        if goes_on and self.advances and len(selected) == 1:
            self._move(1)

    def _move(self, step: int) -> None:
        self._is_moving = True
        self.move_wanted.emit(step)
        self._is_moving = False

    def _on_detail(self, detail: CaptureDetail | None) -> None:
        self._detail = detail
        self._do_waiting()
