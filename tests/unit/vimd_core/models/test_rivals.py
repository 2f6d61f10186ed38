"""The rivals of the benchmarks compute the same thing as ours: otherwise their times would mean nothing."""

from __future__ import annotations

import sys

import pytest
import torch
from places import BENCHMARKS

from vimd_core.ops.reference import selective_scan_reference

sys.path.insert(0, str(BENCHMARKS))
import rivals

torch.set_num_threads(1)


@pytest.mark.parametrize("name", ["published_reference", "mambapy_parallel", "mambapy_sequential"])
def test_a_rival_computes_the_same_scan(name: str) -> None:
    torch.manual_seed(0)
    inputs = [
        torch.randn(2, 9, 6),
        torch.randn(2, 9, 6),
        -torch.rand(6, 4),
        torch.randn(2, 9, 4),
        torch.randn(2, 9, 4),
        torch.randn(6),
        torch.randn(2, 9, 6),
        torch.randn(6),
    ]
    torch.testing.assert_close(
        getattr(rivals, name)(*inputs), selective_scan_reference(*inputs), rtol=1e-4, atol=1e-5
    )


def test_the_published_reference_knows_the_reverse_direction() -> None:
    torch.manual_seed(0)
    inputs = [
        torch.randn(1, 7, 3),
        torch.randn(1, 7, 3),
        -torch.rand(3, 2),
        torch.randn(1, 7, 2),
        torch.randn(1, 7, 2),
        torch.randn(3),
        torch.randn(1, 7, 3),
        torch.randn(3),
    ]
    torch.testing.assert_close(
        rivals.published_reference(*inputs, reverse=True), selective_scan_reference(*inputs, reverse=True)
    )
