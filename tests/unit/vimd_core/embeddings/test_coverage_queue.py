"""What is most worth a label: something of everything, the most frequent first, and nothing twice."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vimd_core.embeddings import coverage
from vimd_core.embeddings.coverage import worth_labelling
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError

SIZES = (40, 25, 15, 8, 4)


@pytest.fixture
def heaps() -> CaptureFeatures:
    """Five heaps of alike captures, ids from 1 on, the largest heap first."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(len(SIZES), 16))
    vectors = np.concatenate(
        [centre + 0.15 * generator.normal(size=(n, 16)) for centre, n in zip(centres, SIZES, strict=True)]
    )
    packed = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return CaptureFeatures(np.arange(1, sum(SIZES) + 1), packed, np.empty((len(packed), 0), np.float16))


def heaps_of(ids: np.ndarray) -> list[int]:
    return np.searchsorted(np.cumsum(SIZES), ids, side="left").tolist()


def test_the_first_ones_are_of_all_kinds_the_largest_heap_first(heaps: CaptureFeatures) -> None:
    found = heaps_of(worth_labelling(heaps, np.empty(0, np.int64), 5))
    assert sorted(found) == [0, 1, 2, 3, 4] and found[0] == 0


def test_what_is_labelled_is_covered(heaps: CaptureFeatures) -> None:
    found = worth_labelling(heaps, np.array([1, 2, 3, 45]), 3)
    assert sorted(heaps_of(found)) == [2, 3, 4]


def test_each_beginning_is_the_choice_of_its_own_length(heaps: CaptureFeatures) -> None:
    everything = worth_labelling(heaps, np.array([50]), 1000)
    assert len(everything) == len(set(everything.tolist())) == sum(SIZES) - 1 and 50 not in everything
    assert worth_labelling(heaps, np.array([50]), 7).tolist() == everything[:7].tolist()


def test_the_quick_choice_is_that_of_computing_everything_anew(heaps: CaptureFeatures) -> None:
    vectors = heaps.vectors(slice(None))
    vectors = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cover = np.exp((vectors @ vectors.T - 1) / coverage._REACH)
    covered, chosen = np.zeros(len(cover), np.float32), []
    for _ in range(12):
        adds = np.maximum(cover - covered[:, None], 0).sum(axis=0)
        adds[chosen] = -1
        chosen.append(int(adds.argmax()))
        covered = np.maximum(covered, cover[:, chosen[-1]])
    assert worth_labelling(heaps, np.empty(0, np.int64), 12).tolist() == [row + 1 for row in chosen]


def test_captures_that_were_set_aside_are_left_out(heaps: CaptureFeatures) -> None:
    aside = np.arange(1, SIZES[0] + 1)
    assert 0 not in heaps_of(worth_labelling(heaps, np.empty(0, np.int64), 1000, excluded=aside))


def test_a_sample_stands_for_many(heaps: CaptureFeatures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "_MOST", 60)
    found = worth_labelling(heaps, np.empty(0, np.int64), 4)
    assert len(set(heaps_of(found))) == 4


def test_without_anything_left_it_says_so(heaps: CaptureFeatures) -> None:
    with pytest.raises(DatasetError, match="already"):
        worth_labelling(heaps, np.arange(1, sum(SIZES) + 1), 5)


def test_a_cancelled_search_ends_early(heaps: CaptureFeatures) -> None:
    assert len(worth_labelling(heaps, np.empty(0, np.int64), 50, is_cancelled=lambda: True)) == 0


@pytest.mark.parametrize("seed", range(8))
def test_the_quick_choice_is_exact_for_any_cover(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More captures than candidates, in parts, some covered before and some candidates alike."""
    monkeypatch.setattr(coverage, "_PART", 3)
    generator = torch.Generator().manual_seed(seed)
    cover, covered = torch.rand(11, 7, generator=generator), torch.rand(11, generator=generator) * 0.8
    cover[:, 5] = cover[:, 2]
    now, chosen = covered.clone(), list[int]()
    for _ in range(4):
        adds = (cover - now[:, None]).clamp_min(0).sum(dim=0)
        adds[chosen] = -1
        chosen.append(int(adds.argmax()))
        now = torch.maximum(now, cover[:, chosen[-1]])
    assert coverage._greedy(cover, covered, 4, lambda: False) == chosen
    assert sorted(coverage._greedy(cover, torch.ones(11), 7, lambda: False)) == list(range(7))


def test_what_labels_cover_is_left_out_of_the_quick_choice_too(
    heaps: CaptureFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "_PART", 2)
    labelled = np.array([50, 2, 70, 7, 9])
    vectors = heaps.vectors(slice(None))
    is_open = ~np.isin(heaps.ids, labelled)
    vectors = (vectors - vectors[is_open].mean(axis=0)) / vectors[is_open].std(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cover = np.exp((vectors[is_open] @ vectors.T - 1) / coverage._REACH)
    covered, left, chosen = cover[:, ~is_open].max(axis=1), cover[:, is_open], list[int]()
    for _ in range(8):
        adds = np.maximum(left - covered[:, None], 0).sum(axis=0)
        chosen.append(int(adds.argmax()))
        covered = np.maximum(covered, left[:, chosen[-1]])
    assert worth_labelling(heaps, labelled, 8).tolist() == heaps.ids[is_open][chosen].tolist()


def test_the_sample_is_the_same_each_time(heaps: CaptureFeatures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "_MOST", 20)
    first, second = (worth_labelling(heaps, np.empty(0, np.int64), 9).tolist() for _ in range(2))
    assert first == second
    assert first != worth_labelling(heaps, np.empty(0, np.int64), 9, seed=1).tolist()


def test_a_search_that_is_cancelled_among_the_labels_ends_too(heaps: CaptureFeatures) -> None:
    assert len(worth_labelling(heaps, np.arange(1, 50), 5, is_cancelled=lambda: True)) == 0
