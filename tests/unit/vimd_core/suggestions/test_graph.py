"""Whitened features, their neighbours, and what spreads over the graph of these."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.suggestions import whitening as whitening_module
from vimd_core.suggestions.diffusion import Graph, extend, make_graph, spread, spread_single
from vimd_core.suggestions.neighbours import nearest_neighbours, nearest_of
from vimd_core.suggestions.whitening import Whitening


def things(count: int, each: int, width: int = 12) -> torch.Tensor:
    """Captures of things, alike among each other."""
    generator = torch.Generator().manual_seed(0)
    centres = torch.randn(count, width, generator=generator).repeat_interleave(each, dim=0)
    return functional.normalize(centres + 0.3 * torch.randn(centres.shape, generator=generator), dim=1)


def dense(graph: Graph) -> np.ndarray:
    matrix = np.zeros((len(graph), len(graph)))
    rows = np.repeat(np.arange(len(graph)), np.diff(graph.starts))
    matrix[rows, graph.others] = graph.weights
    return matrix


def test_neighbours_are_those_of_comparing_all() -> None:
    captures = things(50, 12)
    places, cosines = nearest_neighbours(captures, 5)
    all_cosines = (captures @ captures.T).fill_diagonal_(-2.0)
    expected = all_cosines.topk(5, dim=1)
    assert torch.equal(places, expected.indices)
    assert torch.allclose(cosines, expected.values, atol=1e-6)


def test_cells_find_nearly_all_neighbours_and_never_the_capture_itself() -> None:
    captures = things(1500, 4)
    exact, _ = nearest_neighbours(captures, 3)
    found, cosines = nearest_neighbours(captures, 3, most_exact=1000)
    shared = (exact[:, :, None] == found[:, None, :]).any(dim=2).float().mean()
    assert shared > 0.95
    assert not (found == torch.arange(len(captures))[:, None]).any()
    assert torch.allclose(cosines, (captures[:, None] * captures[found]).sum(dim=2), atol=1e-5)


def test_there_are_no_more_neighbours_than_captures() -> None:
    places, _ = nearest_neighbours(things(1, 3), 10)
    assert places.shape == (3, 2)
    assert nearest_neighbours(things(1, 1), 10)[0].shape == (1, 0)
    assert nearest_of(things(1, 3), things(1, 2), 10)[0].shape == (2, 3)


def test_what_labels_say_is_the_solution_of_spreading() -> None:
    captures = things(30, 6)
    graph = make_graph(*nearest_neighbours(captures, 4))
    matrix = dense(graph)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-6)
    expected = 0.15 * np.linalg.inv(np.eye(len(matrix)) - 0.85 * matrix)
    found = np.zeros_like(expected)
    for first, answers in spread_single(graph, np.arange(len(matrix))):
        found[first : first + len(answers)] = answers
    np.testing.assert_allclose(found, expected, atol=1e-3 * expected.max())


def test_columns_add_up() -> None:
    graph = make_graph(*nearest_neighbours(things(30, 6), 4))
    singles = next(answers for _, answers in spread_single(graph, np.array([3, 70])))
    seeds = np.zeros((1, len(graph)), np.float32)
    seeds[0, [3, 70]] = 1.0
    together = next(answers for _, answers in spread(graph, seeds))
    np.testing.assert_allclose(together[0], singles.sum(axis=0), atol=1e-6)


def test_a_capture_outside_hears_what_its_neighbours_hear() -> None:
    captures = things(20, 6)
    answers = torch.zeros(len(captures), 2)
    answers[:60, 0], answers[60:, 1] = 1.0, 1.0
    outside = functional.normalize(captures[[5, 100]] + 0.01, dim=1)
    found = extend(answers, *nearest_of(captures, outside, 5))
    assert found[0, 0] > 10 * found[0, 1] and found[1, 1] > 10 * found[1, 0]


def test_each_depth_of_a_network_is_whitened_alone() -> None:
    generator = np.random.default_rng(0)

    def block(width: int, scale: float) -> np.ndarray:
        x = generator.normal(size=(400, width)) * np.geomspace(1.0, scale, width)
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    own = np.concatenate([block(20, 0.01), block(50, 1.0)], axis=1).astype(np.float16)
    features = CaptureFeatures(np.arange(1, 401), own, block(30, 1.0).astype(np.float16))
    whitening = Whitening(features)
    assert [part.columns for part in whitening._own] == [slice(0, 20), slice(20, 70)]
    assert (whitening.own, whitening.companion) == (slice(0, 70), slice(70, 100))
    whitened = whitening(features)
    squares = [float(whitened[:, part].square().sum(dim=1).mean()) for part in (slice(0, 20), slice(20, 70))]
    assert squares == pytest.approx([0.25, 0.25], abs=1e-4)
    assert torch.allclose(whitened.norm(dim=1), torch.ones(400), atol=1e-5)


def test_without_features_there_is_nothing_to_whiten() -> None:
    nothing = np.empty((3, 0), np.float16)
    with pytest.raises(DatasetError):
        Whitening(CaptureFeatures(np.arange(1, 4), nothing, nothing))


def test_a_sample_of_very_many_captures_whitens_all(monkeypatch: pytest.MonkeyPatch) -> None:
    x = things(500, 4).numpy().astype(np.float16)
    features = CaptureFeatures(np.arange(1, 2001), x, x)
    whole = Whitening(features)(features)
    monkeypatch.setattr(whitening_module, "_MOST", 1500)
    sample = Whitening(features)(features)
    assert not torch.equal(whole, sample)
    cosines = (whole @ whole.T).flatten(), (sample @ sample.T).flatten()
    assert float(torch.corrcoef(torch.stack(cosines))[0, 1]) > 0.98
