"""The file of embeddings, searches over it, doubts about labels, and the map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings import label_errors, search
from vimd_core.embeddings.file import append_embeddings, embedding_count, open_embeddings, stored_ids
from vimd_core.embeddings.label_errors import (
    ENOUGH_LABELS,
    FOLDS,
    _doubts,
    _folds,
    _out_of_fold,
    are_enough,
    doubted_labels,
)
from vimd_core.embeddings.layout import LayoutCancelledError, lay_out
from vimd_core.embeddings.search import similar, unit_vectors, unlike
from vimd_core.errors import DatasetError

M = 16


def clusters(count: int, num_classes: int = 4, spread: float = 0.12, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Embeddings around one centre a class, and their classes."""
    generator = torch.Generator().manual_seed(seed)
    centres = functional.normalize(torch.randn(num_classes, M, generator=generator), dim=1)
    classes = torch.arange(count) % num_classes
    noise = torch.randn(count, M, generator=generator) * spread
    return functional.normalize(centres[classes] + noise, dim=1), classes


def keep(path: Path, vectors: Tensor, first_id: int = 1) -> Path:
    ids = range(first_id, first_id + len(vectors))
    append_embeddings(path, vectors.shape[1], ids, vectors.half().numpy().tobytes())
    return path


def test_what_is_appended_is_found_again(tmp_path: Path) -> None:
    vectors, _ = clusters(30)
    path = keep(tmp_path / "new" / "e.bin", vectors[:20])
    keep(path, vectors[20:], first_id=21)

    stored = open_embeddings(path)

    assert stored.ids.tolist() == list(range(1, 31))
    assert embedding_count(path) == 30
    np.testing.assert_array_equal(stored.vectors, vectors.half().numpy())
    assert stored.rows_of(np.array([30, 99, 1])).tolist() == [29, -1, 0]


def test_a_later_embedding_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    vectors, _ = clusters(6)
    path = keep(tmp_path / "e.bin", vectors[:4])
    keep(path, vectors[4:], first_id=2)  # 2 and 3 again

    stored = open_embeddings(path)

    assert sorted(stored.ids[stored.ids > 0].tolist()) == [1, 2, 3, 4]
    row = stored.rows_of(np.array([2]))[0]
    np.testing.assert_array_equal(stored.vectors[row], vectors[4].half().numpy())


@pytest.mark.parametrize("lost_bytes", [1, 8, 2 * M + 7])
def test_a_torn_record_is_cut_off(tmp_path: Path, lost_bytes: int) -> None:
    vectors, _ = clusters(12)
    path = keep(tmp_path / "e.bin", vectors[:10])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - lost_bytes)

    assert stored_ids(path) == set(range(1, 10))
    keep(path, vectors[10:], first_id=11)
    assert stored_ids(path) == {*range(1, 10), 11, 12}
    np.testing.assert_array_equal(open_embeddings(path).vectors[-1], vectors[-1].half().numpy())


@pytest.mark.parametrize("content", [b"", b"ViMD", b"something else that is longer than a header is"])
def test_a_damaged_file_counts_as_none_and_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.bin"
    path.write_bytes(content)
    assert stored_ids(path) == set()
    with pytest.raises(DatasetError, match="classify them first"):
        open_embeddings(path)

    keep(path, clusters(3)[0])
    assert stored_ids(path) == {1, 2, 3}


def test_holes_of_zeros_are_no_captures(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    with path.open("ab") as file:
        file.write(bytes(2 * (8 + 2 * M)))
    assert stored_ids(path) == {1, 2, 3}
    ids, _ = similar(open_embeddings(path), np.array([1]), 10)
    assert set(ids.tolist()) == {1, 2, 3}


def test_a_file_of_another_model_is_made_anew(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    append_embeddings(path, 4, [7], np.ones(4, "<f2").tobytes())
    stored = open_embeddings(path)
    assert (stored.ids.tolist(), stored.dim, stored.vectors.tolist()) == ([7], 4, [[1, 1, 1, 1]])
    assert path.read_bytes()[:32] == b"ViMDemb1" + (4).to_bytes(4, "little") + bytes(20)
    assert path.stat().st_size == 32 + 8 + 2 * 4


def test_of_a_capture_twice_in_a_row_the_later_embedding_counts(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", angles(0))
    keep(path, angles(90))
    stored = open_embeddings(path)
    assert stored.ids.tolist() == [0, 1]
    assert stored.rows_of(np.array([1])).tolist() == [1]


def test_one_capture_alone_is_found_and_others_are_not(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", angles(0), first_id=5))
    assert stored.rows_of(np.array([9, 5, 2])).tolist() == [-1, 0, -1]


def test_only_a_file_with_its_mark_is_one(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    content = path.read_bytes()
    path.write_bytes(b"ViMDemb2" + content[8:])
    assert embedding_count(path) == 0 and stored_ids(path) == set()
    keep(path, clusters(1)[0], first_id=9)
    assert stored_ids(path) == {9}


def test_an_embedding_has_one_to_65535_numbers(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folders" / "e.bin"
    for dim in (1, 65535):
        append_embeddings(path, dim, [3], bytes(2 * dim))
        assert (stored_ids(path), open_embeddings(path).dim) == ({3}, dim)
    for dim in (0, -1, 65536):
        with pytest.raises(DatasetError, match="bytes are no embeddings of 1 captures"):
            append_embeddings(path, dim, [3], bytes(2 * max(0, dim)))


def test_a_header_alone_knows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "e.bin"
    append_embeddings(path, 4, [], b"")
    assert embedding_count(path) == 0 and stored_ids(path) == set()
    assert embedding_count(tmp_path / "missing") == 0 and stored_ids(tmp_path / "missing") == set()
    for dim in (0, 1 << 16):
        path.write_bytes(b"ViMDemb1" + dim.to_bytes(4, "little") + bytes(20 + 9000))
        assert embedding_count(path) == 0


def test_a_number_below_zero_is_no_capture_where_records_are_in_disorder(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", clusters(3)[0])
    with path.open("ab") as file:
        file.write((-5).to_bytes(8, "little", signed=True) + bytes(2 * M))
    assert stored_ids(path) == {1, 2, 3}
    assert open_embeddings(path).ids.tolist() == [1, 2, 3, 0]


def test_embeddings_of_the_wrong_size_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError):
        append_embeddings(tmp_path / "e.bin", M, [1, 2], b"\0" * 5)
    with pytest.raises(DatasetError):
        append_embeddings(tmp_path / "e.bin", M, [0], b"\0" * 2 * M)


def test_similar_agrees_with_a_plain_search(tmp_path: Path) -> None:
    vectors, _ = clusters(20_000, spread=0.6)
    stored = open_embeddings(keep(tmp_path / "e.bin", vectors))
    kept = vectors.half().float()
    wanted = np.array([17, 4242])
    plain = (kept @ kept[wanted - 1].T).amax(dim=1)
    plain[wanted - 1] = 3.0
    expected = plain.topk(50).indices + 1

    ids, cosines = similar(stored, wanted, 50)

    assert set(ids[:2].tolist()) == {17, 4242}
    assert ids[2:].tolist() == expected[2:].tolist()
    assert cosines[:2] == pytest.approx([1, 1], abs=1e-3)
    assert (np.diff(cosines[2:]) <= 0).all()


def angles(*degrees: float, length: float = 1.0) -> Tensor:
    """Embeddings that lie so in one plane."""
    turns = torch.tensor(degrees).deg2rad()
    vectors = torch.zeros(len(degrees), M)
    vectors[:, 0], vectors[:, 1] = turns.cos() * length, turns.sin() * length
    return vectors


def test_similar_gives_the_cosine_to_the_nearest_wanted_one(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", angles(0, 60, 90, 180, 240)))
    ids, cosines = similar(stored, np.array([3, 4]), 10)
    assert set(ids[:2].tolist()) == {3, 4} and ids[2:].tolist() == [2, 5, 1]
    assert cosines == pytest.approx([1, 1, 3**0.5 / 2, 0.5, 0], abs=2e-3)
    ids, cosines = similar(stored, np.array([1]), 4)
    assert ids.tolist() == [1, 2, 3, 5]
    assert cosines == pytest.approx([1, 0.5, 0, -0.5], abs=2e-3)


def test_cosines_and_distances_stay_in_their_ranges_whatever_rounding_does(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", angles(0, 0, 180, length=1.05)))
    _, cosines = similar(stored, np.array([2]), 3)
    assert cosines.tolist() == [1, 1, -1]
    ids, distances = unlike(stored, np.array([2]), 3)
    assert (ids.tolist(), distances.tolist()) == ([3, 1], [2, 0])


def test_holes_are_no_answer_and_the_first_capture_is_one(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", angles(0, 90, 180))
    with path.open("ab") as file:
        file.write(bytes(2 * (8 + 2 * M)))
    stored = open_embeddings(path)
    assert similar(stored, np.array([2]), 9)[0].tolist() in ([2, 1, 3], [2, 3, 1])
    assert unlike(stored, np.array([2]), 9)[0].tolist() in ([1, 3], [3, 1])
    keep(path, angles(90), first_id=1)  # what took its place counts
    again = open_embeddings(path)
    assert similar(again, np.array([1]), 9)[0].tolist() == [1, 2, 3]


def test_similar_says_when_nothing_is_known(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", clusters(5)[0]))
    with pytest.raises(DatasetError, match="classify them first"):
        similar(stored, np.array([77]), 5)


def test_unlike_agrees_with_a_plain_search(tmp_path: Path) -> None:
    """More labels than the sample holds, and more candidates than one part: the shortcut must stay exact."""
    vectors, _ = clusters(20_000, num_classes=40, spread=0.5)
    stored = open_embeddings(keep(tmp_path / "e.bin", vectors))
    labelled = np.arange(1, 1501)
    kept = vectors.half().float()
    plain = 1 - (kept @ kept[:1500].T).amax(dim=1)
    plain[:1500] = -9
    expected = plain.topk(100)

    ids, distances = unlike(stored, labelled, 100)

    assert distances == pytest.approx(expected.values.numpy(), abs=1e-5)
    assert set(ids.tolist()) == set((expected.indices + 1).tolist())


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_unlike_keeps_the_answer_exact_and_saves_work(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a sample of four labels the first candidates are seldom the right ones."""
    monkeypatch.setattr(search, "_FIRST_LABELLED", 4)
    monkeypatch.setattr(search, "_PART", 16)
    compared: list[int] = []
    nearest = search._nearest

    def counting(vectors: Tensor, known: Tensor, *more: object) -> Tensor:
        if len(known) > 4:
            compared.append(len(vectors))
        return nearest(vectors, known, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "_nearest", counting)
    vectors, _ = clusters(600, num_classes=30, spread=0.05, seed=seed)
    labelled = np.arange(1, 21)  # of twenty classes, so that ten are unlike all of them
    stored = open_embeddings(keep(tmp_path / "e.bin", vectors))
    kept = vectors.half().float()
    plain = 1 - (kept @ kept[:20].T).amax(dim=1)
    plain[:20] = -9
    for top_k in (1, 7, 100, 600):
        compared.clear()
        wanted = plain.topk(min(top_k, 580))
        ids, distances = unlike(stored, labelled, top_k, seed=seed)
        assert set(ids.tolist()) == set((wanted.indices + 1).tolist())
        assert distances == pytest.approx(wanted.values.numpy(), abs=1e-5)
        assert all(count <= 16 for count in compared)
        # What is near a label of the sample can't be among the first ones, and is not looked at.
        assert top_k > 100 or sum(compared) < 580


def test_a_cancelled_search_for_the_unlike_compares_nothing_more(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", clusters(2000)[0]))
    ids, _ = unlike(stored, np.arange(1, 1001), 5, is_cancelled=lambda: True)
    assert len(ids) == 0


def test_unlike_says_when_nothing_is_labelled(tmp_path: Path) -> None:
    stored = open_embeddings(keep(tmp_path / "e.bin", clusters(5)[0]))
    with pytest.raises(DatasetError, match="label some first"):
        unlike(stored, np.array([77]), 5)


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


def test_the_embeddings_of_some_captures_come_with_their_places(tmp_path: Path) -> None:
    vectors, _ = clusters(5)
    stored = open_embeddings(keep(tmp_path / "e.bin", vectors))
    places, found = unit_vectors(stored, np.array([99, 5, 1, 98, 2]))
    assert places.tolist() == [1, 2, 4]
    assert torch.equal(found, vectors.half().float()[[4, 0, 1]])


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


def test_the_map_puts_alike_captures_together_and_is_the_same_each_time() -> None:
    vectors, classes = clusters(900, num_classes=6)
    shares: list[float] = []

    def note(share: float) -> bool:
        shares.append(share)
        return True

    places = lay_out(vectors.half(), max_landmarks=400, on_progress=note)

    assert places.shape == (900, 2)
    assert places.amin() >= 0
    assert places.amax() <= 1 + 1e-6
    neighbours = torch.cdist(places[:500], places).topk(6, largest=False).indices[:, 1:]
    assert (classes[neighbours] == classes[:500, None]).float().mean() > 0.95
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_the_map_of_few_captures(count: int) -> None:
    vectors = torch.ones(count, M) / M**0.5
    places = lay_out(vectors)
    assert places.shape == (count, 2)
    assert torch.isfinite(places).all()


def test_the_map_is_seeded_and_can_be_cancelled() -> None:
    vectors, _ = clusters(120)
    assert torch.equal(lay_out(vectors, seed=3), lay_out(vectors, seed=3))
    with pytest.raises(LayoutCancelledError):
        lay_out(vectors, on_progress=lambda share: share < 0.1)
