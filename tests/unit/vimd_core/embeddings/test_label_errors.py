"""Label errors: doubts about labels by what the model sees in other captures."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from embedding_verbs import M, clusters
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings import label_errors
from vimd_core.embeddings.label_errors import (
    ENOUGH_LABELS,
    FOLDS,
    _doubts,
    _folds,
    _out_of_fold,
    are_enough,
    doubted_labels,
)


def test_a_label_is_doubted_where_another_class_is_likelier_than_is_usual_for_it() -> None:
    """By hand: class 0 is known with 0.65 on average, class 1 with 0.35, and nobody has class 2."""
    probabilities = np.array(
        [
            [0.9, 0.1, 0.0],
            [0.9, 0.1, 0.0],
            [0.3, 0.6, 0.1],  # more of class 1 than is usual
            [0.5, 0.5, 0.0],  # that too, but its own class is as likely
            [0.6, 0.3, 0.1],  # class 0 is likelier, but not as likely as is usual for it
            [0.1, 0.4, 0.5],  # nothing is usual for what nobody has
        ],
        np.float32,
    )
    places, suggested, margins = _doubts(probabilities, np.array([0, 0, 0, 0, 1, 1]))
    assert (places.tolist(), suggested.tolist()) == ([2], [1])
    assert margins == pytest.approx([(0.3 - 0.65) - (0.6 - 0.35)])


def test_as_likely_as_is_usual_is_likely_enough_for_a_doubt() -> None:
    probabilities = np.array([[0.75, 0.25, 0.0], [0.25, 0.75, 0.0], [0.5, 0.25, 0.25]], np.float32)
    places, suggested, margins = _doubts(probabilities, np.array([0, 0, 1]))
    assert (places.tolist(), suggested.tolist()) == ([1, 2], [1, 0])
    assert margins.tolist() == [-0.75, 0.0]


def test_the_class_that_is_most_above_its_own_threshold_is_suggested_and_the_worst_label_comes_first() -> (
    None
):
    probabilities = np.array(
        [
            [0.9, 0.0, 0.1],
            [0.0, 0.8, 0.2],
            [0.0, 0.0, 1.0],
            [0.0, 0.4, 0.6],
            [0.2, 0.45, 0.35],  # class 2's
            [0.1, 0.85, 0.05],  # class 0's
        ],
        np.float32,
    )
    labels = np.array([0, 1, 2, 2, 2, 0])
    own = probabilities[np.arange(6), labels]
    usual = np.array([own[labels == k].mean() for k in range(3)])
    assert usual == pytest.approx([0.5, 0.8, 0.65])
    places, suggested, margins = _doubts(probabilities, labels)
    assert (places.tolist(), suggested.tolist()) == ([5], [1])
    assert margins == pytest.approx([(0.1 - 0.5) - (0.85 - 0.8)])
    probabilities[4] = [0.0, 0.9, 0.1]
    places, suggested, margins = _doubts(probabilities, labels)
    assert (places.tolist(), suggested.tolist()) == ([4, 5], [1, 1])
    assert (np.diff(margins) >= 0).all() and margins[0] < margins[1]


def test_what_is_learnt_for_a_fold_is_the_likeliest_regression() -> None:
    """Its gradient is zero at the maximum of the penalised likelihood, which a plain descent finds too."""
    x, y = clusters(60, num_classes=3, spread=0.5)
    held = x[:7] * 0.7
    weight, bias = torch.zeros(3, M, requires_grad=True), torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.Adam([weight, bias], lr=0.1)
    for _ in range(1500):
        optimiser.zero_grad()
        loss = functional.cross_entropy(x @ weight.T + bias, y) + 1e-4 * weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    plain = (held @ weight.T + bias).softmax(dim=1)

    found = _out_of_fold(x, y, held, 3)

    assert found.sum(dim=1) == pytest.approx(1.0, abs=1e-5)
    torch.testing.assert_close(found, plain.detach(), atol=0.02, rtol=0)


def test_folds_hold_each_class_evenly_and_a_group_as_a_whole() -> None:
    y = np.repeat([0, 1, 2], 50)
    folds, is_grouped = _folds(y, np.arange(150), seed=0)
    assert is_grouped
    for k in range(3):
        assert np.bincount(folds[y == k], minlength=FOLDS).tolist() == [10] * FOLDS
    assert _folds(y, np.arange(150) // 25, seed=0)[1], "two groups of each class are enough"
    assert not _folds(y, np.minimum(np.arange(150) // 25, 4), seed=0)[1]
    groups = np.arange(150) // 5
    folds, is_grouped = _folds(y, groups, seed=0)
    assert is_grouped
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in range(30))
    for k in range(3):
        assert np.bincount(folds[y == k], minlength=FOLDS).tolist() == [10] * FOLDS
    assert _folds(y, groups, seed=0)[0].tolist() == folds.tolist()
    assert _folds(y, groups, seed=1)[0].tolist() != folds.tolist()


def test_doubts_of_some_classes_are_as_good_beside_a_class_of_one_capture() -> None:
    vectors, classes = clusters(200)
    labels = classes.numpy().copy()
    labels[0] = 99
    labels[9] = (labels[9] + 1) % 4
    told: list[int] = []

    def note(done: int) -> bool:
        told.append(done)
        return True

    found = doubted_labels(vectors, labels, np.arange(200), on_fold=note)

    assert (found.checked, found.classes) == (199, 4)
    assert found.places[0] == 9 and found.suggested[0] == classes[9]
    assert 0 not in found.places and 99 not in found.suggested
    assert told == [1, 2, 3, 4, 5]
    told.clear()
    doubted_labels(vectors, labels, np.arange(200), on_fold=lambda done: note(done) and done < 2)
    assert told == [1, 2]


def test_two_classes_and_a_class_of_two_labels_are_checked() -> None:
    vectors, classes = clusters(40, num_classes=2)
    labels = classes.numpy().copy()
    labels[3] = 0
    found = doubted_labels(vectors, labels, np.arange(40))
    assert (found.checked, found.classes, found.places[0], found.suggested[0]) == (40, 2, 3, 1)
    labels[[0, 2]] = 7
    found = doubted_labels(vectors, labels, np.arange(40))
    assert (found.checked, found.classes) == (40, 3)


def test_one_class_alone_gives_no_doubts() -> None:
    found = doubted_labels(clusters(30)[0], np.array([4] * 29 + [5]), np.arange(30))
    assert (found.checked, found.classes, found.is_grouped) == (29, 1, False)
    empty = (found.places, found.suggested, found.margins)
    assert [(len(one), one.dtype) for one in empty] == [(0, np.int64), (0, np.int64), (0, np.float32)]


def test_each_capture_is_judged_once_by_what_the_other_folds_teach(monkeypatch: pytest.MonkeyPatch) -> None:
    """On embeddings that are spread alike around their mean, wherever that is."""
    vectors, classes = clusters(200)
    seen: list[tuple[int, int]] = []
    spreads: list[float] = []
    learn = label_errors._out_of_fold

    def noting(x: Tensor, y: Tensor, held: Tensor, num_classes: int) -> Tensor:
        seen.append((len(x), len(held)))
        together = torch.cat([x, held])
        spreads.append(float((together - together.mean(dim=0)).norm(dim=1).mean()))
        return learn(x, y, held, num_classes)

    monkeypatch.setattr(label_errors, "_out_of_fold", noting)
    doubted_labels(vectors * 0.1 + 3.0, classes.numpy(), np.arange(200))
    assert seen == [(160, 40)] * FOLDS
    assert spreads == pytest.approx([8.0] * FOLDS, rel=1e-3)


def test_doubts_do_not_depend_on_how_long_the_embeddings_are() -> None:
    vectors, classes = clusters(200)
    labels = classes.numpy().copy()
    labels[:5] = (labels[:5] + 1) % 4
    for scale in (0.01, 1.0, 100.0):
        found = doubted_labels(vectors * scale, labels, np.arange(200))
        assert {0, 1, 2, 3, 4} <= set(found.places.tolist())
        assert len(found.places) < 10


def test_wrong_labels_are_found_and_right_ones_suggested() -> None:
    vectors, classes = clusters(400)
    labels = classes.numpy() * 10 + 3
    wrong = np.array([5, 90, 333])
    labels[wrong] = (classes.numpy()[wrong] + 1) % 4 * 10 + 3

    found = doubted_labels(vectors, labels, np.arange(400))

    assert set(found.places[:3].tolist()) == set(wrong.tolist())
    for place, suggested in zip(found.places[:3], found.suggested[:3], strict=True):
        assert suggested == classes[place] * 10 + 3
    assert (np.diff(found.margins) >= 0).all()
    assert found.margins[0] < 0
    assert len(found.places) < 12
    assert (found.checked, found.classes) == (400, 4)


def test_captures_of_one_group_do_not_vouch_for_each_other() -> None:
    """Twins with the same wrong label: each alone would learn it from the other."""
    vectors, classes = clusters(200)
    vectors = vectors.repeat_interleave(10, dim=0)
    labels, groups = classes.repeat_interleave(10).numpy().copy(), np.arange(200).repeat(10)
    labels[70:80] = (labels[70] + 1) % 4

    grouped = doubted_labels(vectors, labels, groups)

    assert grouped.is_grouped
    assert set(range(70, 80)) <= set(grouped.places.tolist())


def test_classes_that_lie_in_one_folder_each_are_not_held_back_whole() -> None:
    vectors, classes = clusters(200)
    found = doubted_labels(vectors, classes.numpy(), classes.numpy())
    assert not found.is_grouped
    assert len(found.places) < 10


def test_five_labels_of_two_classes_each_are_enough_to_doubt_some() -> None:
    def labels(*counts: int) -> np.ndarray:
        return np.repeat(np.arange(len(counts)), counts)

    assert are_enough(labels(45, 5)) and are_enough(labels(40, 5, 5))
    assert not are_enough(labels(46, 4))
    assert not are_enough(labels(44, 5))


def test_few_labels_are_said_to_be_few() -> None:
    assert not are_enough(np.zeros(500, np.int64))
    assert not are_enough(np.arange(ENOUGH_LABELS - 1) % 2)
    assert are_enough(np.arange(ENOUGH_LABELS) % 2)
    found = doubted_labels(clusters(5)[0], np.arange(5), np.arange(5))
    assert found.checked == 0
    assert len(found.places) == 0
