"""Rows of captures together with what is suggested for them: the row from the database stays as it was read."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from app.domain.records import CaptureRow, ReviewState
from app.services.classifier.suggestion_state import SuggestionState

_ROWS_KEPT: Final = 4000
_HAS_CLASS: Final = (ReviewState.ACCEPTED, ReviewState.CORRECTED)


class SuggestedRows:
    """Gives the same object for as long as nothing of it changes: a finished tile is known by its row."""

    def __init__(self, state: SuggestionState) -> None:
        self._state = state
        self._known: OrderedDict[int, tuple[CaptureRow, CaptureRow]] = OrderedDict()

    def with_suggestion(self, row: CaptureRow) -> CaptureRow:
        """A row with its suggestion, unless a label of its own outranks that."""
        suggestion = None if row.state in _HAS_CLASS else self._state.of(row.id)
        are_shown = self._state.are_shown
        if suggestion is None and not are_shown:
            return row
        known = self._known.get(row.id)
        if known is not None and known[0] is row:
            made = known[1]
            if made.suggestion == suggestion and made.is_suggestion_shown == are_shown:
                return made
        made = replace(row, suggestion=suggestion, is_suggestion_shown=are_shown)
        self._known[row.id] = (row, made)
        while len(self._known) > _ROWS_KEPT:
            self._known.popitem(last=False)
        return made

    def forget(self) -> None:
        """Another list."""
        self._known.clear()
