"""What is most worth a label: something of everything, the most frequent first, nothing twice, and what is doubtful."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import torch

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.suggestions import queue
from vimd_core.suggestions.answers import KnownLabels
from vimd_core.suggestions.queue import worth_labelling, worth_labelling_next
from vimd_core.suggestions.teacher import ProjectTeacher

SIZES = (40, 25, 15, 8, 4)
COUNT = sum(SIZES)
NOTHING = np.empty(0, np.int64)


@pytest.fixture
def heaps() -> torch.Tensor:
    """Five heaps of alike captures, the largest first."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(len(SIZES), 16))
    vectors = np.concatenate(
        [centre + 0.15 * generator.normal(size=(n, 16)) for centre, n in zip(centres, SIZES, strict=True)]
    )
    return torch.from_numpy(vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).float()


def heaps_of(rows: npt.NDArray[np.int64]) -> list[int]:
    return np.searchsorted(np.cumsum(SIZES), rows, side="right").tolist()


def slowly(
    vectors: torch.Tensor, labelled: npt.NDArray[np.int64], weight: npt.NDArray[np.float32], count: int
) -> list[int]:
    """The same choice, everything computed anew each time."""
    x = vectors.numpy()
    cover = np.exp((x @ x.T - 1) / queue._REACH)
    is_open = ~np.isin(np.arange(len(x)), labelled)
    covered = cover[:, labelled].max(axis=1) if len(labelled) else np.zeros(len(x), np.float32)
    chosen: list[int] = []
    for _ in range(count):
        adds = (np.maximum(cover - covered[:, None], 0) * weight[:, None])[is_open].sum(axis=0)
        adds[~is_open] = -1
        adds[chosen] = -1
        chosen.append(int(adds.argmax()))
        covered = np.maximum(covered, cover[:, chosen[-1]])
    return chosen


def test_the_first_ones_are_of_all_kinds_the_largest_heap_first(heaps: torch.Tensor) -> None:
    found = heaps_of(worth_labelling(heaps, NOTHING, 5))
    assert sorted(found) == [0, 1, 2, 3, 4] and found[0] == 0


def test_what_is_labelled_is_covered(heaps: torch.Tensor) -> None:
    found = worth_labelling(heaps, np.array([0, 1, 2, 44]), 3)
    assert sorted(heaps_of(found)) == [2, 3, 4]


def test_each_beginning_is_the_choice_of_its_own_length(heaps: torch.Tensor) -> None:
    everything = worth_labelling(heaps, np.array([49]), 1000)
    assert len(everything) == len(set(everything.tolist())) == COUNT - 1 and 49 not in everything
    assert worth_labelling(heaps, np.array([49]), 7).tolist() == everything[:7].tolist()


@pytest.mark.parametrize("labelled", [NOTHING, np.array([49, 1, 69, 6, 8])])
def test_the_quick_choice_is_that_of_computing_everything_anew(
    heaps: torch.Tensor, labelled: npt.NDArray[np.int64], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_PART", 2)
    doubt = np.random.default_rng(1).random(COUNT, np.float32)
    expected = slowly(heaps, labelled, np.maximum(doubt, queue._LEAST_DOUBT), 12)
    assert worth_labelling(heaps, labelled, 12, doubt=doubt).tolist() == expected
    alike = np.ones(COUNT, np.float32)
    assert worth_labelling(heaps, labelled, 12).tolist() == slowly(heaps, labelled, alike, 12)


def test_what_is_doubtful_comes_before_what_is_sure(heaps: torch.Tensor) -> None:
    doubt = np.zeros(COUNT, np.float32)
    doubt[80:88] = 1.0  # the second smallest heap
    assert heaps_of(worth_labelling(heaps, NOTHING, 1, doubt=doubt)) == [3]


def test_a_single_odd_capture_waits_however_doubtful_it_is(heaps: torch.Tensor) -> None:
    odd = torch.nn.functional.normalize(torch.arange(16.0)[None] - 7.5, dim=1)
    vectors = torch.cat([heaps, odd])
    doubt = np.full(COUNT + 1, 0.4, np.float32)
    doubt[-1] = 1.0
    assert COUNT not in worth_labelling(vectors, NOTHING, 5, doubt=doubt)


def test_even_sure_suggestions_are_looked_at(heaps: torch.Tensor) -> None:
    sure = np.zeros(COUNT, np.float32)
    assert sorted(heaps_of(worth_labelling(heaps, NOTHING, 5, doubt=sure))) == [0, 1, 2, 3, 4]


def test_captures_that_were_set_aside_are_left_out(heaps: torch.Tensor) -> None:
    found = worth_labelling(heaps, NOTHING, 1000, excluded=np.arange(SIZES[0]))
    assert 0 not in heaps_of(found) and len(found) == COUNT - SIZES[0]


def test_a_sample_stands_for_many_and_is_the_same_each_time(
    heaps: torch.Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_MOST", 60)
    assert len(set(heaps_of(worth_labelling(heaps, NOTHING, 4)))) == 4
    monkeypatch.setattr(queue, "_MOST", 20)
    first, second = (worth_labelling(heaps, NOTHING, 9).tolist() for _ in range(2))
    assert first == second
    assert first != worth_labelling(heaps, NOTHING, 9, seed=1).tolist()
    assert len(worth_labelling(heaps, NOTHING, 90)) == 20


def test_without_anything_left_it_says_so(heaps: torch.Tensor) -> None:
    with pytest.raises(DatasetError, match="already"):
        worth_labelling(heaps, np.arange(COUNT), 5)


@pytest.mark.parametrize("labelled", [0, 49])
def test_a_cancelled_search_ends_early(heaps: torch.Tensor, labelled: int) -> None:
    assert len(worth_labelling(heaps, np.arange(labelled), 50, is_cancelled=lambda: True)) == 0


@pytest.mark.parametrize("seed", range(8))
def test_the_quick_choice_is_exact_for_any_cover(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More captures than candidates, in parts, some covered before and some candidates alike."""
    monkeypatch.setattr(queue, "_PART", 3)
    generator = torch.Generator().manual_seed(seed)
    cover, covered = torch.rand(11, 7, generator=generator), torch.rand(11, generator=generator) * 0.8
    weight = torch.rand(11, generator=generator)
    cover[:, 5] = cover[:, 2]
    now, chosen = covered.clone(), list[int]()
    for _ in range(4):
        adds = weight @ (cover - now[:, None]).clamp_min(0)
        adds[chosen] = -1
        chosen.append(int(adds.argmax()))
        now = torch.maximum(now, cover[:, chosen[-1]])
    assert queue._greedy(cover, covered, weight, 4, lambda: False) == chosen
    assert sorted(queue._greedy(cover, torch.ones(11), weight, 7, lambda: False)) == list(range(7))


def project(seed: int = 0) -> tuple[CaptureFeatures, npt.NDArray[np.int64]]:
    """Captures 10, 20, ... of two large heaps far apart and two small ones that nearly overlap, and their heaps."""
    generator = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), (30, 30, 12, 12))
    centres = generator.normal(size=(4, 32))
    centres[3] = centres[2] + 0.25 * generator.normal(size=32)
    blocks = [centres[y] + 0.3 * generator.normal(size=(len(y), 32)) for _ in range(2)]
    own, companion = ((one / np.linalg.norm(one, axis=1, keepdims=True)).astype(np.float16) for one in blocks)
    return CaptureFeatures(10 * np.arange(1, len(y) + 1), own, companion), y


def labelled(features: CaptureFeatures, y: npt.NDArray[np.int64], rows: list[int]) -> KnownLabels:
    return KnownLabels(features.ids[rows], 100 + y[rows], features.ids[rows])


def test_the_doubts_of_a_teacher_come_first() -> None:
    """Heaps that suggestions mix up, though they are the smaller ones."""
    features, y = project()
    labels = labelled(features, y, [0, 1, 30, 31, 60, 72])
    by_doubt = worth_labelling_next(features, labels, 6, teacher=ProjectTeacher(features))
    assert (y[by_doubt // 10 - 1] >= 2).sum() > 2 * (
        y[worth_labelling_next(features, labels, 6) // 10 - 1] >= 2
    ).sum()


def test_one_class_is_nothing_to_doubt_by() -> None:
    features, y = project()
    labels = labelled(features, y, [0, 1])
    teacher = ProjectTeacher(features)
    found = worth_labelling_next(features, labels, 5, teacher=teacher)
    assert found.tolist() == worth_labelling_next(features, labels, 5).tolist()


def test_the_teacher_of_another_project_is_not_asked() -> None:
    features, y = project()
    other, _ = project(seed=1)
    labels = labelled(features, y, [0, 30, 60, 72])
    found = worth_labelling_next(features, labels, 9, teacher=ProjectTeacher(other))
    assert found.tolist() == worth_labelling_next(features, labels, 9).tolist()


def test_captures_that_were_removed_or_set_aside_since_the_teacher_was_made_are_left_out() -> None:
    features, y = project()
    teacher = ProjectTeacher(features)
    here = features.taken(np.arange(5, len(y)))
    found = worth_labelling_next(
        here, labelled(features, y, [30, 60]), 1000, teacher=teacher, set_aside=np.array([70, 80, 7])
    )
    assert sorted(found) == sorted(set(here.ids) - {70, 80, 310, 610})
    fresh = worth_labelling_next(here, labelled(features, y, [30, 60]), 1000, set_aside=np.array([70, 80, 7]))
    assert sorted(fresh) == sorted(found)
