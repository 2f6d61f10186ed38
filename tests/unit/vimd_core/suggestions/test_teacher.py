"""The project's teacher on small made-up features."""

from __future__ import annotations

import numpy as np
import pytest

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.teacher import ProjectTeacher


def heaps(each: int, classes: int, spread: float = 0.3, seed: int = 0) -> tuple[CaptureFeatures, np.ndarray]:
    """Captures in heaps, one for each class, ids from 10 on in steps of 10."""
    generator = np.random.default_rng(seed)
    y = np.arange(each * classes) % classes
    centres = generator.normal(size=(classes, 40))
    own = centres[y] + spread * generator.normal(size=(len(y), 40))
    companion = centres[y] + spread * generator.normal(size=(len(y), 40))
    ids = 10 * np.arange(1, len(y) + 1)
    return CaptureFeatures(ids, own.astype(np.float16), companion.astype(np.float16)), y


def labelled(features: CaptureFeatures, y: np.ndarray, places: np.ndarray) -> KnownLabels:
    return KnownLabels(features.ids[places], 100 + y[places], places)


def test_one_label_of_each_class_is_enough_for_heaps() -> None:
    features, y = heaps(30, 4)
    answers = ProjectTeacher(features).suggest(labelled(features, y, np.arange(4)))
    assert (answers.classes == 100 + y).mean() > 0.95
    assert np.array_equal(answers.ids, features.ids)


def test_one_class_is_no_choice() -> None:
    features, y = heaps(10, 2)
    with pytest.raises(DatasetError):
        ProjectTeacher(features).suggest(labelled(features, y, np.array([0, 2])))


def test_labels_of_captures_without_features_teach_nothing() -> None:
    features, y = heaps(10, 3)
    some = labelled(features, y, np.arange(6))
    teacher = ProjectTeacher(features)
    expected = teacher.suggest(some, soft=True)
    more = KnownLabels(np.append(some.ids, 7), np.append(some.classes, 555), np.append(some.groups, 9))
    got = teacher.suggest(more, soft=True)
    assert np.array_equal(got.soft_classes, [100, 101, 102])
    assert np.array_equal(got.soft, expected.soft)


def test_captures_of_no_project_are_answered_too() -> None:
    features, y = heaps(40, 3)
    known = CaptureFeatures(features.ids[:90], features.own[:90], features.companion[:90])
    others = CaptureFeatures(features.ids[90:], features.own[90:], features.companion[90:])
    teacher = ProjectTeacher(known)
    some = labelled(known, y, np.arange(6))
    teacher.reconsider(some)
    teacher.suggest(some)
    assert (teacher.predict(others).classes == 100 + y[90:]).mean() > 0.9
