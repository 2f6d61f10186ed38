"""Finds out which capture kills the classifier, when one does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

CRASHES_BEFORE_SKIPPING: Final = 3
# The child answers in batches, so the culprit is most likely among the first that it has not answered.
_SUSPECTS: Final = 8


class CrashBlame:
    """Says how many captures to send after a crash, and which one to skip.

    A first crash may be anything, so the same is tried again; after a second in a row fewer captures go at a
    time, in the end one, so that a third convicts it.
    """

    def __init__(self) -> None:
        self._crashes: Counter[int] = Counter()
        self._in_a_row = 0
        self._to_try_alone: set[int] = set()

    def limit(self, wanted: int, next_ids: Sequence[int]) -> int:
        """How many of the next captures may go together, at most `wanted`."""
        for position, capture_id in enumerate(next_ids[:wanted]):
            if capture_id in self._to_try_alone:
                return max(1, position)
        return min(wanted, _SUSPECTS) if self._in_a_row > 1 else wanted

    def note_answered(self, capture_ids: Sequence[int]) -> None:
        """These were classified, so they are innocent."""
        self._in_a_row = 0
        for capture_id in capture_ids:
            self._crashes.pop(capture_id, None)
            self._to_try_alone.discard(capture_id)

    def note_crash(self, unanswered: Sequence[int]) -> int | None:
        """The child died before it answered for these, in their order.

        Returns:
            The capture to skip, once it is clear that there is one.
        """
        self._in_a_row += 1
        suspects = unanswered[:_SUSPECTS]
        self._crashes.update(suspects)
        if len(unanswered) == 1 and self._crashes[unanswered[0]] >= CRASHES_BEFORE_SKIPPING:
            self.note_answered(unanswered)
            return unanswered[0]
        if self._in_a_row > 1:
            self._to_try_alone.update(suspects)
        return None
