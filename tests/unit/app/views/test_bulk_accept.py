"""Which captures are accepted at once: those of the current list that nobody has looked at, and that are sure."""

from __future__ import annotations

from app.domain.capture_query import CaptureQuery, GroupField
from app.domain.records import ReviewState
from app.views.review.bulk_accept import ACCEPT_FROM, confident_of

UNREVIEWED = frozenset({ReviewState.UNREVIEWED})


def test_it_is_the_list_as_it_is_filtered() -> None:
    query = CaptureQuery(text="left", within=(1, 2), group=GroupField.CLASS)
    chosen = confident_of(query)
    assert chosen == CaptureQuery(
        text="left", within=(1, 2), states=UNREVIEWED, unreadable=False, min_confidence=ACCEPT_FROM
    )


def test_a_higher_confidence_that_is_filtered_by_stays() -> None:
    chosen = confident_of(CaptureQuery(min_confidence=0.99))
    assert chosen is not None and chosen.min_confidence == 0.99


def test_what_was_looked_at_is_left_alone() -> None:
    assert confident_of(CaptureQuery(states=frozenset({ReviewState.UNSURE}))) is None
    both = confident_of(CaptureQuery(states=frozenset({ReviewState.UNSURE, ReviewState.UNREVIEWED})))
    assert both is not None and both.states == UNREVIEWED
