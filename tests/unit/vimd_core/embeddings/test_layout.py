"""The map: a place in two dimensions for each capture."""

from __future__ import annotations

import pytest
import torch
from embedding_verbs import M, clusters, known

from vimd_core.embeddings.layout import LayoutCancelledError, lay_out


def test_the_map_puts_alike_captures_together_and_is_the_same_each_time() -> None:
    vectors, classes = clusters(900, num_classes=6)
    shares: list[float] = []

    def note(share: float) -> bool:
        shares.append(share)
        return True

    places = lay_out(known(vectors), max_landmarks=400, on_progress=note)

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
    places = lay_out(known(vectors))
    assert places.shape == (count, 2)
    assert torch.isfinite(places).all()


def test_the_map_is_seeded_and_can_be_cancelled() -> None:
    vectors, _ = clusters(120)
    assert torch.equal(lay_out(known(vectors), seed=3), lay_out(known(vectors), seed=3))
    with pytest.raises(LayoutCancelledError):
        lay_out(known(vectors), on_progress=lambda share: share < 0.1)
