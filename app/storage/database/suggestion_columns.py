"""Columns of suggestions for the index of captures: what is suggested for each, and what it is shown with."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from app.domain.records import ReviewState
from app.domain.suggestions import CurrentSuggestions

Int32 = npt.NDArray[np.int32]

PARTS_PER_MILLION: Final = 1_000_000
_HAS_CLASS: Final = (int(ReviewState.ACCEPTED), int(ReviewState.CORRECTED))


class SuggestionColumns:
    """Suggestions, put beside the columns that were read from the database whenever either of them is another.

    Args:
        suggestions: None when there are none.
        are_shown: whether captures without a label are shown with them, and not with the model's predictions.
    """

    def __init__(self, suggestions: CurrentSuggestions | None = None, *, are_shown: bool = False) -> None:
        self._suggestions = suggestions
        self._are_shown = are_shown
        self._beside: tuple[Int32, dict[str, Int32]] | None = None

    def beside(self, columns: dict[str, Int32]) -> dict[str, Int32]:
        """What comes to the columns of captures, one value for each row of theirs.

        Returns:
            suggested: a class, 0 for none; suggested_confidence, novelty: in parts per million, -1 for none;
            answer: the class that the capture is shown with unless it has a label, 0 for none; shown_confidence.
        """
        aligned = self._aligned(columns["id"])
        if self._suggestions is None:
            return aligned | {"answer": columns["predicted"], "shown_confidence": columns["confidence"]}
        # A label says it, so that nothing is suggested.
        is_open = ~np.isin(columns["state"], np.array(_HAS_CLASS, np.int32))
        suggested = np.where(is_open, aligned["suggested"], 0)
        confidence = np.where(is_open, aligned["suggested_confidence"], -1)
        is_shown = (suggested > 0) & self._are_shown
        return {
            "suggested": suggested,
            "suggested_confidence": confidence,
            "novelty": np.where(is_open, aligned["novelty"], -1),
            "answer": np.where(is_shown, suggested, columns["predicted"]),
            "shown_confidence": np.where(is_shown, confidence, columns["confidence"]),
        }

    def _aligned(self, ids: Int32) -> dict[str, Int32]:
        """The suggestions in the order of the captures."""
        known = self._beside
        if known is not None and known[0] is ids:
            return known[1]
        aligned = {
            name: np.full(len(ids), value, np.int32)
            for name, value in (("suggested", 0), ("suggested_confidence", -1), ("novelty", -1))
        }
        found = self._suggestions
        if found is not None and len(found) and len(ids):
            of_suggestion = np.frombuffer(found.ids, np.int64)
            places = np.minimum(np.searchsorted(ids, of_suggestion), len(ids) - 1)
            is_there = ids[places] == of_suggestion
            rows = places[is_there]
            aligned["suggested"][rows] = np.frombuffer(found.class_ids, np.int64)[:: found.named][is_there]
            probabilities = np.frombuffer(found.probabilities, np.float32)[:: found.named]
            novelty = np.frombuffer(found.novelty, np.float32)
            for name, shares in (("suggested_confidence", probabilities), ("novelty", novelty)):
                aligned[name][rows] = (shares[is_there] * PARTS_PER_MILLION).astype(np.int32)
        self._beside = (ids, aligned)
        return aligned
