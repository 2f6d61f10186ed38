"""What the real child suggests from labels: without a model, at once, and as the labels are now."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from embedding_verbs import clusters, keep
from test_worker import Child, failure, started
from worker_requests import numbers

from vimd_core.embeddings.feature_ids import FeatureFiles
from vimd_core.worker.features.suggestion_messages import (
    FindWorthLabelling,
    LabelsSoFar,
    PrepareSuggestions,
    ReconsiderSuggestions,
    Suggest,
    Suggested,
    SuggestionsPrepared,
    SuggestionsReconsidered,
)
from vimd_core.worker.messages import Cancel, Cancelled, Ranking

COUNT = 120
NUM_CLASSES = 4
FIRST_CLASS = 30  # classes are numbered as the project does


@pytest.fixture
def child() -> Iterator[Child]:
    with started() as child:
        yield child


@pytest.fixture
def features(tmp_path: Path) -> PrepareSuggestions:
    """Capture n is of class (n - 1) % 4; both networks see clusters."""
    own, companion = (clusters(COUNT, NUM_CLASSES, seed=seed)[0] for seed in (0, 1))
    return PrepareSuggestions(
        keep(tmp_path / "own.embeddings", own), keep(tmp_path / "companion.embeddings", companion)
    )


def labels(ids: Sequence[int]) -> LabelsSoFar:
    classes = [FIRST_CLASS + (one - 1) % NUM_CLASSES for one in ids]
    return LabelsSoFar(numbers(*ids), numbers(*classes), numbers(*ids))


def suggested(child: Child, ids: Sequence[int]) -> Suggested:
    (answer,) = child.ask(Suggest(labels(ids)), 100 + len(ids))
    assert isinstance(answer, Suggested)
    return answer


def test_labels_suggest_the_classes_of_all_captures(child: Child, features: PrepareSuggestions) -> None:
    *_, prepared = child.ask(features, 1)
    assert prepared == SuggestionsPrepared(COUNT)
    found = suggested(child, range(1, 9))
    ids, classes = found.ids.to_array(), found.class_ids.to_array()
    assert ids == array("q", range(1, COUNT + 1))
    assert found.probabilities.shape == (COUNT, NUM_CLASSES)
    first = classes[::NUM_CLASSES]
    right = [said == FIRST_CLASS + (one - 1) % NUM_CLASSES for one, said in zip(ids, first, strict=True)]
    assert sum(right) > 0.95 * COUNT
    shares = found.probabilities.to_array()
    assert all(0 <= share <= 1 for share in shares) and all(0 <= one <= 1 for one in found.novelty.to_array())
    assert found.accuracy is None
    *_, reconsidered = child.ask(ReconsiderSuggestions(labels(range(1, 41))), 2)
    assert isinstance(reconsidered, SuggestionsReconsidered)
    accuracy = suggested(child, range(1, 41)).accuracy
    assert accuracy is not None and accuracy[1] <= accuracy[0] <= accuracy[2]


def test_each_answer_is_for_the_labels_that_it_was_asked_with(
    child: Child, features: PrepareSuggestions
) -> None:
    child.ask(features, 1)
    two, four = suggested(child, [1, 2]), suggested(child, range(1, 5))
    assert set(two.class_ids.to_array()) == {FIRST_CLASS, FIRST_CLASS + 1}
    assert len(set(four.class_ids.to_array())) == NUM_CLASSES
    assert suggested(child, [1, 2]).class_ids == two.class_ids


def test_removed_captures_get_no_suggestion(child: Child, features: PrepareSuggestions) -> None:
    *_, prepared = child.ask(PrepareSuggestions(features.own, features.companion, absent=(3, 7)), 1)
    assert prepared == SuggestionsPrepared(COUNT - 2)
    assert not {3, 7} & set(suggested(child, [1, 2, 3]).ids.to_array())


def test_nothing_is_suggested_before_there_is_something_to_go_by(
    child: Child, features: PrepareSuggestions
) -> None:
    assert "not prepared" in failure(child.ask(Suggest(labels([1, 2])), 1)[-1])[1]
    child.ask(features, 2)
    assert "at least two classes" in failure(child.ask(Suggest(labels([1, 5])), 3)[-1])[1]
    assert suggested(child, [1, 2]).ids.shape == (COUNT,)


def test_preparing_can_be_taken_back(child: Child, features: PrepareSuggestions) -> None:
    child.send(features, 1)
    child.send(Cancel(), 1)
    assert isinstance(child.closing(1), Cancelled | SuggestionsPrepared)


@pytest.mark.parametrize("is_prepared", [False, True])
def test_what_is_worth_a_label_leaves_out_what_was_decided(
    child: Child, features: PrepareSuggestions, is_prepared: bool
) -> None:
    if is_prepared:
        child.ask(features, 1)
    request = FindWorthLabelling(
        FeatureFiles(features.own, features.companion), labels([2, 7]), numbers(5), (9,), top_k=COUNT
    )
    (ranking,) = child.ask(request, 20)
    assert isinstance(ranking, Ranking) and ranking.searched == COUNT - 1
    assert sorted(ranking.ids.to_array()) == [i for i in range(1, COUNT + 1) if i not in (2, 5, 7, 9)]
    first = {(one - 1) % NUM_CLASSES for one in ranking.ids.to_array()[:2]}
    assert first == {0, 3}, "the two classes that no label stands for"
