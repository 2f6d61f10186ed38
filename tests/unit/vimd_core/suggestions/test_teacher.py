"""The project's teacher on small made-up features."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.suggestions import ledger as ledger_module
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.candidates import SPREADING
from vimd_core.suggestions.teacher import ProjectTeacher


def unit(x: np.ndarray) -> np.ndarray:
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float16)


def captures_of(
    things: np.ndarray, y: np.ndarray, *, of_class: float, of_thing: float, of_scene: float = 0.0
) -> CaptureFeatures:
    """Captures that share what their class, their thing and their scene looks like, besides noise; ids 10, 20, ..."""
    generator = np.random.default_rng(0)
    scenes = generator.integers(0, 40, len(y))

    def seen(width: int) -> np.ndarray:
        centres = generator.normal(size=(y.max() + 1, width))
        singles = generator.normal(size=(things.max() + 1, width))
        around = of_scene * generator.normal(size=(40, width))[scenes]
        noise = generator.normal(size=(len(y), width))
        return unit(of_class * centres[y] + of_thing * singles[things] + around + noise)

    own = np.concatenate([seen(24), seen(24)], axis=1)
    return CaptureFeatures(10 * np.arange(1, len(y) + 1), own, seen(48))


@pytest.fixture
def repeated() -> tuple[CaptureFeatures, np.ndarray, np.ndarray]:
    """Eight classes whose things have nothing in common; each thing comes eight times."""
    things = np.arange(640) // 8
    return captures_of(things, things % 8, of_class=0.0, of_thing=3.0), things % 8, things


@pytest.fixture
def single() -> tuple[CaptureFeatures, np.ndarray, np.ndarray]:
    """Eight classes, no thing comes twice; what captures look like is their scene more than their class."""
    things = np.arange(640)
    features = captures_of(things, things % 8, of_class=0.5, of_thing=0.0, of_scene=2.0)
    return features, things % 8, things


def labels_of(
    features: CaptureFeatures, y: np.ndarray, things: np.ndarray, places: np.ndarray
) -> KnownLabels:
    return KnownLabels(features.ids[places], 100 + y[places], things[places])


def some(count: int, of: int = 640) -> np.ndarray:
    return np.random.default_rng(1).permutation(of)[:count]


def accuracy(teacher: ProjectTeacher, known: KnownLabels, y: np.ndarray) -> float:
    answers = teacher.suggest(known)
    is_open = ~np.isin(answers.ids, known.ids)
    return float((answers.classes == 100 + y)[is_open].mean())


def test_one_label_of_each_class_is_enough_where_classes_are_apart() -> None:
    things = np.arange(320)
    features = captures_of(things, things % 4, of_class=4.0, of_thing=0.0)
    teacher = ProjectTeacher(features)
    assert accuracy(teacher, labels_of(features, things % 4, things, np.arange(4)), things % 4) > 0.95


def test_one_class_is_no_choice(single: tuple[CaptureFeatures, np.ndarray, np.ndarray]) -> None:
    features, y, things = single
    with pytest.raises(DatasetError):
        ProjectTeacher(features).suggest(labels_of(features, y, things, np.array([0, 8])))


def test_labels_of_captures_without_features_teach_nothing(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    known = labels_of(features, y, things, some(40))
    teacher = ProjectTeacher(features)
    expected = teacher.suggest(known, soft=True)
    more = KnownLabels(np.append(known.ids, 7), np.append(known.classes, 555), np.append(known.groups, 9))
    got = teacher.suggest(more, soft=True)
    assert 555 not in got.soft_classes
    assert np.array_equal(got.soft, expected.soft)


def test_spreading_finds_the_other_captures_of_labelled_things(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = repeated
    known = labels_of(features, y, things, np.arange(0, 640, 8))
    assert accuracy(ProjectTeacher(features), known, y) > 0.95


def test_where_only_twins_help_nothing_is_expected_elsewhere(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = repeated
    teacher = ProjectTeacher(features)
    known = labels_of(features, y, things, some(200))
    teacher.reconsider(known)
    expected = teacher.suggest(known).expected_accuracy
    assert expected is not None
    assert expected.in_project.low > 0.8
    assert expected.elsewhere.high < 0.35
    separated = KnownLabels(known.ids, known.classes, np.arange(200))  # as if no capture had a twin
    teacher.reconsider(separated)
    flattered = teacher.suggest(separated).expected_accuracy
    assert flattered is not None and flattered.elsewhere.low > 0.8


def test_spreading_is_refused_where_captures_do_not_repeat(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    weights = []
    for features, y, things in (single, repeated):
        teacher = ProjectTeacher(features)
        teacher.reconsider(labels_of(features, y, things, some(200)))
        weights.append(teacher._choice.in_project.weights[SPREADING])
    assert weights[0] < 0.15 < weights[1]


@pytest.mark.parametrize("case", ["repeated", "single"])
def test_the_expected_accuracy_is_what_comes(case: str, request: pytest.FixtureRequest) -> None:
    features, y, things = request.getfixturevalue(case)
    teacher = ProjectTeacher(features)
    known = labels_of(features, y, things, some(160))
    teacher.reconsider(known)
    expected = teacher.suggest(known).expected_accuracy
    assert expected is not None and expected.labels == 160
    assert expected.in_project.low <= accuracy(teacher, known, y) <= expected.in_project.high


def test_probabilities_are_as_high_as_answers_are_right(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    teacher = ProjectTeacher(features)
    known = labels_of(features, y, things, some(120))
    teacher.reconsider(known)
    answers = teacher.suggest(known)
    is_open = ~np.isin(answers.ids, known.ids)
    is_right = (answers.classes == 100 + y)[is_open]
    sure = answers.probabilities[is_open]
    assert abs(sure.mean() - is_right.mean()) < 0.06
    upper = sure >= np.median(sure)
    assert abs(sure[upper].mean() - is_right[upper].mean()) < 0.1
    assert is_right[upper].mean() > is_right[~upper].mean() + 0.1


def test_labels_given_one_by_one_are_answered_as_all_at_once(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = repeated
    order = some(60)
    order = np.concatenate([order[y[order] != 3], order[y[order] == 3]])  # a class that appears late
    patient, fresh = ProjectTeacher(features), ProjectTeacher(features)
    for count in range(20, 61):
        said = patient.suggest(labels_of(features, y, things, order[:count]), soft=True)
    at_once = fresh.suggest(labels_of(features, y, things, order), soft=True)
    assert said.soft is not None and at_once.soft is not None
    assert np.array_equal(said.soft_classes, at_once.soft_classes)
    np.testing.assert_allclose(said.soft, at_once.soft, atol=2e-3)
    np.testing.assert_allclose(said.novelty, at_once.novelty, atol=2e-3)


def test_a_label_taken_back_leaves_nothing(repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray]) -> None:
    features, y, things = repeated
    order = some(41)
    teacher = ProjectTeacher(features)
    known = labels_of(features, y, things, order[:40])
    before = teacher.suggest(known, soft=True)
    wrong = labels_of(features, y, things, order)
    wrong.classes[40] = 555  # a class that has no other label
    between = teacher.suggest(wrong, soft=True)
    after = teacher.suggest(known, soft=True)
    assert before.soft is not None and between.soft is not None and after.soft is not None
    assert between.soft[order[40], -1] > 0.5 and between.soft.shape[1] == before.soft.shape[1] + 1
    np.testing.assert_allclose(after.soft, before.soft, atol=2e-3)
    np.testing.assert_allclose(after.probabilities, before.probabilities, atol=2e-3)


def test_neither_the_order_of_labels_nor_the_numbers_of_classes_and_groups_matter(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = repeated
    places = some(80)
    known = labels_of(features, y, things, places)
    turned = np.random.default_rng(2).permutation(80)
    renamed = KnownLabels(known.ids[turned], 900 - known.classes[turned], 77 - known.groups[turned])
    answers = []
    for labels in (known, renamed):
        teacher = ProjectTeacher(features)
        teacher.reconsider(labels)
        answers.append(teacher.suggest(labels, soft=True))
    first, second = answers
    assert first.soft is not None and second.soft is not None
    np.testing.assert_allclose(first.soft, second.soft[:, ::-1], atol=2e-3)
    assert first.expected_accuracy == second.expected_accuracy


def test_the_same_twice(single: tuple[CaptureFeatures, np.ndarray, np.ndarray]) -> None:
    features, y, things = single
    known = labels_of(features, y, things, some(50))
    said = []
    for _ in range(2):
        teacher = ProjectTeacher(features)
        teacher.reconsider(known)
        said.append(teacher.suggest(known, soft=True).soft)
    assert np.array_equal(said[0], said[1])


def test_captures_of_no_project_are_answered_too(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    known = features.taken(np.arange(480))
    others = features.taken(np.arange(480, 640))
    teacher = ProjectTeacher(known)
    with pytest.raises(DatasetError):
        teacher.predict(others)
    labels = labels_of(known, y, things, some(160, of=480))
    teacher.reconsider(labels)
    inside = accuracy(teacher, labels, y[:480])
    answers = teacher.predict(others)
    assert np.array_equal(answers.ids, others.ids)
    assert (answers.classes == 100 + y[480:]).mean() > inside - 0.12 > 0.4


def test_contradicting_labels_of_one_capture_are_both_heard(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = repeated
    places = some(40)
    known = labels_of(features, y, things, places)
    doubted = places[0]
    other = 100 + (y[doubted] + 1) % 8
    more = KnownLabels(
        np.append(known.ids, known.ids[0]),
        np.append(known.classes, other),
        np.append(known.groups, known.groups[0]),
    )
    teacher = ProjectTeacher(features)
    sure = teacher.suggest(known).probabilities[doubted]
    answers = teacher.suggest(more)
    assert set(answers.top_classes[doubted, :2].tolist()) == {100 + y[doubted], other}
    assert answers.probabilities[doubted] < sure
    teacher.reconsider(more)


def test_few_labels_all_of_one_thing_leave_the_usual_weights(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    teacher = ProjectTeacher(features)
    places = some(30)
    assert not teacher.reconsider(labels_of(features, y, things, places[:6]))
    assert not teacher.reconsider(labels_of(features, y, np.zeros_like(things), places))
    assert teacher.suggest(labels_of(features, y, things, places[:6])).expected_accuracy is None


def test_a_cancelled_reconsideration_changes_nothing(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    known = labels_of(features, y, things, some(60))
    teacher = ProjectTeacher(features)
    before = teacher.suggest(known, soft=True)
    asked = 0

    def is_cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 8

    assert not teacher.reconsider(known, is_cancelled=is_cancelled)
    assert np.array_equal(teacher.suggest(known, soft=True).soft, before.soft)


def test_many_classes_of_one_label_each() -> None:
    things = np.arange(1200) // 3
    features = captures_of(things, things, of_class=0.0, of_thing=3.0)
    places = np.arange(0, 1200, 3)
    teacher = ProjectTeacher(features)
    known = labels_of(features, things, things, places)
    teacher.reconsider(known)
    answers = teacher.suggest(known)
    assert answers.top_classes.shape == (1200, 5)
    assert (answers.classes == 100 + things).mean() > 0.9


def test_very_many_numbers_take_half_the_memory_and_say_the_same(
    repeated: tuple[CaptureFeatures, np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    features, y, things = repeated
    known = labels_of(features, y, things, some(60))
    exact = ProjectTeacher(features).suggest(known, soft=True)
    monkeypatch.setattr(ledger_module, "_MOST_IN_FULL", 100)
    teacher = ProjectTeacher(features)
    rough = teacher.suggest(known, soft=True)
    assert teacher._ledger.spread.dtype == torch.bfloat16
    assert exact.soft is not None and rough.soft is not None
    np.testing.assert_allclose(rough.soft, exact.soft, atol=0.02)


def test_without_a_companion_the_own_network_is_enough(
    single: tuple[CaptureFeatures, np.ndarray, np.ndarray],
) -> None:
    features, y, things = single
    alone = CaptureFeatures(features.ids, features.own, np.empty((640, 0), np.float16))
    teacher = ProjectTeacher(alone)
    known = labels_of(alone, y, things, some(160))
    teacher.reconsider(known)
    assert accuracy(teacher, known, y) > 0.4


def test_what_is_none_of_the_others_is_novel(single: tuple[CaptureFeatures, np.ndarray, np.ndarray]) -> None:
    features, y, things = single
    known = labels_of(features, y, things, some(160))
    with_none = KnownLabels(known.ids, known.classes, known.groups, none_class=103)
    answers = ProjectTeacher(features).suggest(with_none)
    is_none = y == 3
    assert answers.novelty[is_none].mean() > answers.novelty[~is_none].mean() + 0.2
