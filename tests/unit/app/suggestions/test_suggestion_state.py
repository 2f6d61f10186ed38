"""Suggestions in the window's memory: what is shown, and what a key that comes too soon was meant for."""

from __future__ import annotations

from array import array

from app.domain.suggestions import CurrentSuggestions, ShownClass
from app.services.classifier.suggestion_state import SEEN_AFTER_S, SuggestionState

CLASSES = {1: ("rust", "#aa0000"), 2: ("bolt", "#0000aa")}


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def said(*first: int) -> CurrentSuggestions:
    """For captures 1, 2 ... the first of the two classes."""
    both = [class_id for one in first for class_id in (one, 3 - one)]
    count = len(first)
    return CurrentSuggestions(
        array("q", range(1, count + 1)),
        array("q", both),
        array("f", [0.75, 0.25] * count),
        array("f", [0.5] * count),
        named=2,
    )


def shown(*first: int, clock: Clock | None = None) -> tuple[SuggestionState, Clock]:
    clock = clock or Clock()
    state = SuggestionState(now_s=clock)
    state.set(said(*first), CLASSES, are_shown=True)
    clock.now_s += SEEN_AFTER_S
    return state, clock


def test_a_capture_is_shown_with_what_is_suggested() -> None:
    state, _ = shown(1, 2)
    found = state.of(2)
    assert found is not None and (found.name, found.probability, found.novelty) == ("bolt", 0.75, 0.5)
    assert [(one.name, one.probability) for one in state.top_of(1)] == [("rust", 0.75), ("bolt", 0.25)]
    assert state.of(3) is None and state.top_of(3) == ()
    assert state.shown_of([1, 3]) == [ShownClass(1, 1, 0.75, is_suggestion=True)]


def test_where_the_model_is_asked_first_nothing_is_shown_of_them() -> None:
    state, _ = shown(1, 2)
    state.set(said(1, 2), CLASSES, are_shown=False)
    assert state.of(1) is not None and state.shown_of([1]) == []


def test_a_class_that_has_become_another_was_not_seen_at_first() -> None:
    state, clock = shown(1, 2, 1)
    assert not state.has_just_changed(1)
    state.set(said(2, 2, 1), CLASSES, are_shown=True)
    assert state.has_just_changed(1) and not state.has_just_changed(2)
    clock.now_s += SEEN_AFTER_S / 2
    state.set(said(2, 2, 1), CLASSES, are_shown=True)  # once more the same
    assert state.has_just_changed(1) and not state.has_just_changed(3)
    clock.now_s += SEEN_AFTER_S / 2
    assert not state.has_just_changed(1)


def test_there_and_back_again_counts_too() -> None:
    state, clock = shown(1)
    state.set(said(2), CLASSES, are_shown=True)
    clock.now_s += SEEN_AFTER_S / 4
    state.set(said(1), CLASSES, are_shown=True)
    assert state.has_just_changed(1)
    clock.now_s += SEEN_AFTER_S
    assert not state.has_just_changed(1)


def test_a_suggestion_in_the_place_of_a_prediction_was_not_seen_at_first() -> None:
    state = SuggestionState(now_s=(clock := Clock()))
    state.set(said(1), CLASSES, are_shown=False)
    clock.now_s += SEEN_AFTER_S
    assert not state.has_just_changed(1)
    state.set(said(1), CLASSES, are_shown=True)
    assert state.has_just_changed(1) and state.has_just_changed(1, position=1)


def test_classes_that_are_gone_are_not_suggested() -> None:
    state, _ = shown(1, 2)
    state.set(said(1, 2), {2: CLASSES[2]}, are_shown=True)
    assert state.of(1) is None and state.of(2) is not None
    assert [one.class_id for one in state.top_of(1)] == [2]
