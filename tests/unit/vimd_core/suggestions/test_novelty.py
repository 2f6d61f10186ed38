"""None of these: classes that nobody has labelled are told from those that somebody has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
import torch

from vimd_core.suggestions import novelty
from vimd_core.suggestions.novelty import NoveltyDetector

NUMBERS = 24
EACH = 40


@dataclass(frozen=True)
class Heaps:
    """Captures in heaps, and what labels say over the graph of their neighbours."""

    vectors: torch.Tensor
    y: npt.NDArray[np.int64]
    answers: npt.NDArray[np.float32]

    def detector(self) -> NoveltyDetector:
        return NoveltyDetector(self.vectors, self.answers.sum(axis=0))

    def labels(self, classes: range, each: int) -> npt.NDArray[np.int64]:
        return np.concatenate([np.flatnonzero(self.y == one)[:each] for one in classes])


def heaps(classes: int = 8, spread: float = 0.5, seed: int = 0) -> Heaps:
    generator = np.random.default_rng(seed)
    y = np.repeat(np.arange(classes), EACH)
    x = generator.normal(size=(classes, NUMBERS))[y] + spread * generator.normal(size=(len(y), NUMBERS))
    x -= x.mean(axis=0)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    cosines = x @ x.T - 2 * np.eye(len(x))
    weights = np.where(cosines >= np.sort(cosines, axis=1)[:, [-6]], cosines, 0.0).clip(0.0) ** 3
    weights = np.maximum(weights, weights.T)
    scale = 1 / np.sqrt(weights.sum(axis=1))
    answers = 0.15 * np.linalg.inv(np.eye(len(x)) - 0.85 * weights * scale[:, None] * scale)
    return Heaps(torch.from_numpy(x).float(), y, answers.clip(0.0).astype(np.float32))


def learnt(some: Heaps, rows: npt.NDArray[np.int64], none: int | None = None) -> NoveltyDetector:
    detector = some.detector()
    detector.learn(rows, some.y[rows], rows, some.answers[np.ix_(rows, rows)], none=none)
    return detector


def ranked_above(scores: npt.NDArray[np.float32], others: npt.NDArray[np.float32]) -> float:
    """The area under the ROC curve."""
    return float((scores[:, None] > others).mean())


def test_heaps_without_labels_are_new_and_the_others_are_not() -> None:
    some = heaps()
    rows = some.labels(range(5), 6)
    found = learnt(some, rows).of_captures(rows, some.y[rows], some.answers[rows].sum(axis=0))
    is_open = ~np.isin(np.arange(len(some.y)), rows)
    new, known = found[is_open & (some.y >= 5)], found[is_open & (some.y < 5)]
    assert found.dtype == np.float32 and found.shape == some.y.shape
    assert ranked_above(new, known) > 0.97 and new.mean() > 0.6 and known.mean() < 0.2


def test_where_nothing_is_new_little_is_said_to_be() -> None:
    some = heaps()
    rows = some.labels(range(8), 6)
    found = learnt(some, rows).of_captures(rows, some.y[rows], some.answers[rows].sum(axis=0))
    assert found.mean() < 0.06


def test_what_is_labelled_is_no_question() -> None:
    some = heaps()
    rows = some.labels(range(5), 4)
    mass = some.answers[rows[some.y[rows] != 4]].sum(axis=0)
    found = learnt(some, rows, none=4).of_captures(rows, some.y[rows], mass, none=4)
    assert (found[rows[some.y[rows] < 4]] == 0).all() and (found[rows[some.y[rows] == 4]] == 1).all()


def test_a_class_of_what_is_none_of_the_others_is_not_known() -> None:
    """Captures like those that are labelled so are new, though there are labels among them."""
    some = heaps()
    rows = some.labels(range(5), 6)
    kinds = some.y[rows]
    is_none = kinds == 4
    as_none = learnt(some, rows, none=4).of_captures(
        rows, kinds, some.answers[rows[~is_none]].sum(axis=0), none=4
    )
    as_class = learnt(some, rows).of_captures(rows, kinds, some.answers[rows].sum(axis=0))
    alike = (some.y == 4) & ~np.isin(np.arange(len(some.y)), rows)
    assert as_none[alike].mean() > 0.6 > 0.2 > as_class[alike].mean()


def test_captures_of_no_project_are_judged_alike() -> None:
    everything = heaps()
    inside = np.arange(len(everything.y)) % 4 > 0
    places = np.flatnonzero(inside)
    some = Heaps(
        everything.vectors[torch.from_numpy(places)],
        everything.y[places],
        everything.answers[places][:, places],
    )
    rows = some.labels(range(5), 6)
    detector = learnt(some, rows)
    detector.of_captures(rows, some.y[rows], some.answers[rows].sum(axis=0))
    outside = everything.answers[places][:, ~inside]  # neighbours inside say the same of them
    found = detector.of_others(
        everything.vectors[torch.from_numpy(np.flatnonzero(~inside))],
        outside[rows].sum(axis=0) / outside.sum(axis=0),
    )
    y = everything.y[~inside]
    assert ranked_above(found[y >= 5], found[y < 5]) > 0.97


@pytest.mark.parametrize("is_reach_useless", [True, False])
def test_labels_teach_which_sign_tells(is_reach_useless: bool) -> None:
    some = heaps(spread=0.6)
    random = np.random.default_rng(0)
    if is_reach_useless:
        some = Heaps(some.vectors, some.y, random.random(some.answers.shape, np.float32))
    else:
        noise = torch.from_numpy(random.normal(size=some.vectors.shape)).float()
        some = Heaps(torch.nn.functional.normalize(noise, dim=1), some.y, some.answers)
    of_distance, of_reach, _ = learnt(some, some.labels(range(8), 10))._weights
    assert (of_distance > 1.5 * of_reach) == is_reach_useless
    assert (of_reach > 1.5 * of_distance) != is_reach_useless


def test_it_answers_before_it_has_learnt_and_with_one_class() -> None:
    some = heaps()
    for classes in (1, 5):
        rows = some.labels(range(classes), 3)
        detector = some.detector()
        if classes == 1:
            detector.learn(rows, some.y[rows], rows, some.answers[np.ix_(rows, rows)])
        found = detector.of_captures(rows, some.y[rows], some.answers[rows].sum(axis=0))
        assert ranked_above(found[some.y >= classes], found[some.y < classes]) > 0.9


def test_what_is_held_out_shares_neither_class_nor_group_with_what_teaches() -> None:
    random = np.random.default_rng(3)
    classes, groups = random.integers(0, 7, 90), random.integers(0, 30, 90)
    seen = 0
    for taught, asked, is_new in novelty._held_out(classes, groups, 6):
        seen += 1
        new, known = asked[is_new == 1], asked[is_new == 0]
        assert len(taught) and len(new) and len(known)
        assert not np.isin(classes[taught], classes[new]).any() and (classes[taught] != 6).all()
        assert not np.isin(groups[known], groups[taught]).any()
        assert np.isin(classes[known], classes[taught]).all()
        assert (classes[new] == 6).any()
    assert seen == 8


def test_a_cancelled_lesson_changes_nothing() -> None:
    some = heaps()
    rows = some.labels(range(5), 6)
    mass = some.answers[rows].sum(axis=0)
    detector = some.detector()
    before = detector.of_captures(rows, some.y[rows], mass)
    detector.learn(rows, some.y[rows], rows, some.answers[np.ix_(rows, rows)], is_cancelled=lambda: True)
    assert np.array_equal(detector.of_captures(rows, some.y[rows], mass), before)


def test_parts_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    some = heaps()
    rows = some.labels(range(5), 6)
    mass = some.answers[rows].sum(axis=0)
    whole = learnt(some, rows).of_captures(rows, some.y[rows], mass)
    monkeypatch.setattr(novelty, "_PART", 37)
    np.testing.assert_allclose(learnt(some, rows).of_captures(rows, some.y[rows], mass), whole, atol=1e-4)
