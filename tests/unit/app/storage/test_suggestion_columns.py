"""Suggestions in the index: filters, order, groups and counts go by what captures are shown with."""

from __future__ import annotations

from array import array

import pytest
from storage_verbs import activate, add_captures, answer, predict

from app.domain.capture_query import CaptureQuery, GroupField, SortField
from app.domain.suggestions import CurrentSuggestions
from app.storage.project import Project

COUNT = 6
BOLT, RUST = 4, 5


def find(project: Project, **wanted: object) -> list[int]:
    query = CaptureQuery(**wanted)  # type: ignore[arg-type]
    return project.read(lambda unit: unit.captures.find(query)).result().ids.tolist()


def suggested(project: Project, *, are_shown: bool) -> None:
    """Captures 2 to 5; number 9 is not there any more."""
    project.set_suggestions(
        CurrentSuggestions(
            array("q", [2, 3, 4, 5, 9]),
            array("q", [BOLT, RUST, RUST, BOLT, RUST, BOLT, BOLT, RUST, BOLT, RUST]),
            array("f", [0.9, 0.1, 0.5, 0.5, 0.7, 0.3, 0.8, 0.2, 1.0, 0.0]),
            array("f", [0.1, 0.6, 0.2, 0.3, 0.0]),
            named=2,
        ),
        are_shown=are_shown,
    )


@pytest.fixture
def classified(project: Project) -> Project:
    """The model says Stop of all but the last capture, each time a little surer."""
    ids = add_captures(project, COUNT)
    model = activate(project)
    project.write(lambda unit: unit.catalogue.ensure_classes(["Bolt", "Rust"])).result()
    predict(project, model, [answer(i, probability=0.30 + i / 100) for i in ids[:-1]])
    return project


@pytest.mark.parametrize("is_loaded", [False, True])
def test_what_is_shown_is_the_suggestion_and_else_the_prediction(
    classified: Project, is_loaded: bool
) -> None:
    if is_loaded:
        assert find(classified, min_confidence=0.0) == [1, 2, 3, 4, 5]
    suggested(classified, are_shown=True)
    assert find(classified, class_ids=frozenset({BOLT})) == [2, 5]
    assert find(classified, class_ids=frozenset({1})) == [1]
    assert find(classified, min_confidence=0.6) == [2, 4, 5]
    assert find(classified, max_confidence=0.5) == [1, 3]
    assert find(classified, sort=SortField.CONFIDENCE) == [1, 3, 4, 5, 2, 6]
    assert find(classified, predicted_class_ids=frozenset({1})) == [1, 2, 3, 4, 5]
    counts = classified.read(lambda unit: unit.captures.class_counts()).result()
    assert counts.shown == {1: 1, BOLT: 2, RUST: 2} and counts.predicted == {1: 5}
    query = CaptureQuery(group=GroupField.CLASS)
    groups = classified.read(lambda unit: unit.captures.find(query)).result().groups
    assert [(group.key, group.count) for group in groups] == [(1, 1), (BOLT, 2), (RUST, 2), (0, 1)]


def test_suggestions_that_are_not_shown_can_still_be_filtered_by(classified: Project) -> None:
    suggested(classified, are_shown=False)
    assert find(classified, class_ids=frozenset({BOLT})) == []
    assert find(classified, min_confidence=0.6) == []
    assert find(classified, suggested_class_ids=frozenset({BOLT})) == [2, 5]
    assert find(classified, min_novelty=0.25) == [3, 5]
    assert find(classified, sort=SortField.NOVELTY, descending=True) == [3, 5, 4, 2, 1, 6]


def test_a_label_outranks_a_suggestion_and_undo_brings_it_back(classified: Project) -> None:
    suggested(classified, are_shown=True)
    assert find(classified, class_ids=frozenset({RUST})) == [3, 4]
    classified.write(lambda unit: unit.labels.label([3], BOLT, "anna")).result()
    assert find(classified, class_ids=frozenset({RUST})) == [4]
    assert find(classified, class_ids=frozenset({BOLT})) == [2, 3, 5]
    assert find(classified, suggested_class_ids=frozenset({RUST})) == [4]
    classified.write(lambda unit: unit.labels.undo("anna")).result()
    assert find(classified, class_ids=frozenset({RUST})) == [3, 4]


def test_captures_that_come_and_go_keep_their_own_suggestions(classified: Project) -> None:
    suggested(classified, are_shown=True)
    assert find(classified, class_ids=frozenset({BOLT})) == [2, 5]
    classified.write(lambda unit: unit.labels.remove([1, 2], "anna")).result()
    assert find(classified, class_ids=frozenset({BOLT})) == [5]
    add_captures(classified, COUNT + 2)
    assert find(classified, class_ids=frozenset({BOLT})) == [5]


def test_without_suggestions_predictions_are_shown_again(classified: Project) -> None:
    suggested(classified, are_shown=True)
    assert find(classified, class_ids=frozenset({BOLT})) == [2, 5]
    classified.set_suggestions(None, are_shown=False)
    assert find(classified, class_ids=frozenset({1})) == [1, 2, 3, 4, 5]
    assert find(classified, min_novelty=0.0) == []
