"""`vimd benchmark features`: its figures are those that heaps of known captures must have."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from places import BENCHMARKS

from vimd_core.embeddings.features import CaptureFeatures


@pytest.fixture
def benchmark(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    import benchmark_features

    return benchmark_features


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_tells_classes_apart_has_high_figures_and_noise_has_not(benchmark, is_seen: bool) -> None:  # type: ignore[no-untyped-def]
    """Five classes, 24 things of two captures each, and a copy of every twelfth capture."""
    generator = np.random.default_rng(0)
    classes = np.arange(240) % 5
    groups = np.arange(240) // 10 * 5 + classes
    centres = generator.normal(size=(5, 24))
    x = centres[classes] + 0.4 * generator.normal(size=(240, 24))
    originals = np.arange(0, 240, 12)
    copies = x[originals] + 0.01 * generator.normal(size=(len(originals), 24))
    everything = np.concatenate([x, copies])
    if not is_seen:
        everything = generator.normal(size=everything.shape)
    everything /= np.linalg.norm(everything, axis=1, keepdims=True)
    features = CaptureFeatures(
        np.arange(1, len(everything) + 1),
        everything.astype(np.float16),
        np.empty((len(everything), 0), np.float16),
    )
    found = list(benchmark.figures(benchmark.Compared(features, classes, groups, originals)).values())
    assert len(found) == 6
    if is_seen:
        assert min(found[:3]) > 0.95 and found[3] > 0.8 and found[4] > 0.6 and found[5] > 0.95
    else:
        assert found[0] < 0.4 and found[1] < 0.2 and found[2] < 0.4 and 0.3 < found[3] < 0.7
        assert found[4] < 0.4 and 0.3 < found[5] < 0.7
