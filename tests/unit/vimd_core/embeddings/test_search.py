"""Search by embeddings: what is alike, and what is unlike all that is labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from embedding_verbs import M, angles, clusters, keep, known, opened
from torch import Tensor
from torch.nn import functional

from vimd_core.embeddings import search
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.search import similar, unlike
from vimd_core.errors import DatasetError


def test_similar_agrees_with_a_plain_search() -> None:
    vectors, _ = clusters(20_000, spread=0.6)
    features = known(vectors)
    kept = functional.normalize(vectors.half().float(), dim=1)
    wanted = np.array([17, 4242])
    plain = (kept @ kept[wanted - 1].T).amax(dim=1)
    plain[wanted - 1] = 3.0
    expected = plain.topk(50).indices + 1

    ids, cosines = similar(features, wanted, 50)

    assert set(ids[:2].tolist()) == {17, 4242}
    assert ids[2:].tolist() == expected[2:].tolist()
    assert cosines[:2] == pytest.approx([1, 1], abs=1e-3)
    assert (np.diff(cosines[2:]) <= 0).all()


def test_similar_gives_the_cosine_to_the_nearest_wanted_one() -> None:
    features = known(angles(0, 60, 90, 180, 240))
    ids, cosines = similar(features, np.array([3, 4]), 10)
    assert set(ids[:2].tolist()) == {3, 4} and ids[2:].tolist() == [2, 5, 1]
    assert cosines == pytest.approx([1, 1, 3**0.5 / 2, 0.5, 0], abs=2e-3)
    ids, cosines = similar(features, np.array([1]), 4)
    assert ids.tolist() == [1, 2, 3, 5]
    assert cosines == pytest.approx([1, 0.5, 0, -0.5], abs=2e-3)


def test_cosines_and_distances_stay_in_their_ranges_whatever_rounding_does() -> None:
    features = known(angles(0, 0, 180, length=1.05))
    _, cosines = similar(features, np.array([2]), 3)
    assert cosines.tolist() == [1, 1, -1]
    ids, distances = unlike(features, np.array([2]), 3)
    assert (ids.tolist(), distances.tolist()) == ([3, 1], [2, 0])


def test_holes_are_no_answer_and_the_first_capture_is_one(tmp_path: Path) -> None:
    path = keep(tmp_path / "e.bin", angles(0, 90, 180))
    with path.open("ab") as file:
        file.write(bytes(2 * (8 + 2 * M)))
    features = opened(path)
    assert similar(features, np.array([2]), 9)[0].tolist() in ([2, 1, 3], [2, 3, 1])
    assert unlike(features, np.array([2]), 9)[0].tolist() in ([1, 3], [3, 1])
    keep(path, angles(90), first_id=1)  # what took its place counts
    again = opened(path)
    assert similar(again, np.array([1]), 9)[0].tolist() == [1, 2, 3]


def test_similar_says_when_nothing_is_known() -> None:
    features = known(clusters(5)[0])
    with pytest.raises(DatasetError, match="not computed yet"):
        similar(features, np.array([77]), 5)


def test_unlike_agrees_with_a_plain_search() -> None:
    """More labels than the sample holds, and more candidates than one part: the shortcut must stay exact."""
    vectors, _ = clusters(20_000, num_classes=40, spread=0.5)
    features = known(vectors)
    labelled = np.arange(1, 1501)
    kept = functional.normalize(vectors.half().float(), dim=1)
    plain = 1 - (kept @ kept[:1500].T).amax(dim=1)
    plain[:1500] = -9
    expected = plain.topk(100)

    ids, distances = unlike(features, labelled, 100)

    assert distances == pytest.approx(expected.values.numpy(), abs=1e-5)
    assert set(ids.tolist()) == set((expected.indices + 1).tolist())


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_unlike_keeps_the_answer_exact_and_saves_work(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a sample of four labels the first candidates are seldom the right ones."""
    monkeypatch.setattr(search, "_FIRST_LABELLED", 4)
    monkeypatch.setattr(search, "_PART", 16)
    compared: list[int] = []
    nearest = search._nearest

    def counting(features: CaptureFeatures, labelled: Tensor, *more: object) -> Tensor:
        if len(labelled) > 4:
            compared.append(len(features))
        return nearest(features, labelled, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(search, "_nearest", counting)
    vectors, _ = clusters(600, num_classes=30, spread=0.05, seed=seed)
    labelled = np.arange(1, 21)  # of twenty classes, so that ten are unlike all of them
    features = known(vectors)
    kept = functional.normalize(vectors.half().float(), dim=1)
    plain = 1 - (kept @ kept[:20].T).amax(dim=1)
    plain[:20] = -9
    for top_k in (1, 7, 100, 600):
        compared.clear()
        wanted = plain.topk(min(top_k, 580))
        ids, distances = unlike(features, labelled, top_k, seed=seed)
        assert set(ids.tolist()) == set((wanted.indices + 1).tolist())
        assert distances == pytest.approx(wanted.values.numpy(), abs=1e-5)
        assert all(count <= 16 for count in compared)
        # What is near a label of the sample can't be among the first ones, and is not looked at.
        assert top_k > 100 or sum(compared) < 580


def test_a_cancelled_search_for_the_unlike_compares_nothing_more() -> None:
    features = known(clusters(2000)[0])
    ids, _ = unlike(features, np.arange(1, 1001), 5, is_cancelled=lambda: True)
    assert len(ids) == 0


def test_unlike_says_when_nothing_is_labelled() -> None:
    features = known(clusters(5)[0])
    with pytest.raises(DatasetError, match="label some first"):
        unlike(features, np.array([77]), 5)
