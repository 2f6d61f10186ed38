"""Suggestions as the window shows them: for any capture at once, and whether they have just become others."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal

from app.domain.records import ClassProbability
from app.domain.suggestions import CurrentSuggestions, ShownClass, Suggestion

SEEN_AFTER_S: Final = 0.4
"""Nobody reads a class and presses a key in less: a key that comes sooner was meant for what stood there before."""


class SuggestionState(QObject):
    """The suggestions that are shown, and those that were shown a moment ago.

    Args:
        parent: its owner.
        now_s: a clock.
    """

    changed = Signal()
    are_shown_changed = Signal()  # in the project that is open: it is others now that say what captures show

    def __init__(self, parent: QObject | None = None, *, now_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._now_s = now_s
        self._suggestions: CurrentSuggestions | None = None
        self._are_shown = False
        self._classes: Mapping[int, tuple[str, str]] = {}
        # Until when each was shown.
        self._before: deque[tuple[float, CurrentSuggestions | None, bool]] = deque()

    @property
    def suggestions(self) -> CurrentSuggestions | None:
        """All of them; None where there are none."""
        return self._suggestions

    @property
    def are_shown(self) -> bool:
        """Whether captures without a label are shown with them, and not with the model's predictions."""
        return self._are_shown

    def set(
        self,
        suggestions: CurrentSuggestions | None,
        classes: Mapping[int, tuple[str, str]],
        *,
        are_shown: bool,
    ) -> None:
        """Show others.

        Args:
            suggestions: None when there are none.
            classes: name and colour of each class.
            are_shown: whether captures without a label are shown with them.
        """
        if (
            suggestions is self._suggestions
            and are_shown == self._are_shown
            and (suggestions is None or classes == self._classes)
        ):
            return
        self.forget_long_past()
        self._before.append((self._now_s(), self._suggestions, self._are_shown))
        is_switch = are_shown != self._are_shown
        self._suggestions, self._classes, self._are_shown = suggestions, classes, are_shown
        self.changed.emit()
        if is_switch:
            self.are_shown_changed.emit()

    def clear(self) -> None:
        """Another project: nothing was ever shown."""
        self._suggestions, self._are_shown, self._classes = None, False, {}
        self._before.clear()

    def of(self, capture_id: int) -> Suggestion | None:
        """The suggestion for a capture."""
        found = self._suggestions
        row = None if found is None else found.row_of(capture_id)
        if found is None or row is None:
            return None
        place = row * found.named
        class_id = found.class_ids[place]
        if class_id not in self._classes:
            return None  # it was merged or deleted, and what is suggested instead is still to come
        name, colour = self._classes[class_id]
        return Suggestion(class_id, name, colour, found.probabilities[place], found.novelty[row])

    def top_of(self, capture_id: int) -> tuple[ClassProbability, ...]:
        """The likeliest classes of a capture."""
        if self._suggestions is None:
            return ()
        return tuple(
            ClassProbability(class_id, *self._classes[class_id], probability)
            for class_id, probability in self._suggestions.top_of(capture_id)
            if class_id in self._classes
        )

    def shown_of(self, capture_ids: Sequence[int]) -> list[ShownClass]:
        """What those captures are shown with that suggestions are shown of."""
        if not self._are_shown:
            return []
        found = ((one, self.of(one)) for one in capture_ids)
        return [
            ShownClass(one, said.class_id, said.probability, is_suggestion=True)
            for one, said in found
            if said is not None
        ]

    def has_just_changed(self, capture_id: int, position: int = 0) -> bool:
        """Whether a capture was shown with another class a moment ago, so that a key may have been meant for that.

        Args:
            capture_id: which capture.
            position: in the list of its likeliest classes, from 0.
        """
        self.forget_long_past()
        now = _class_at(self._suggestions, capture_id, position, is_shown=self._are_shown)
        return any(
            _class_at(before, capture_id, position, is_shown=was_shown) != now
            for _, before, was_shown in self._before
        )

    def forget_long_past(self) -> None:
        """Let go of what nobody can still mean."""
        now_s = self._now_s()
        while self._before and now_s - self._before[0][0] >= SEEN_AFTER_S:
            self._before.popleft()


def _class_at(
    suggestions: CurrentSuggestions | None, capture_id: int, position: int, *, is_shown: bool
) -> int | None:
    """None where the model's prediction was shown."""
    top = suggestions.top_of(capture_id) if suggestions is not None and is_shown else ()
    return top[position][0] if position < len(top) else None
