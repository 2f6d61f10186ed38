"""`vimd benchmark student`: what the scans cost within the paper's whole network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
from torch import Tensor

from vimd_core.benchmarks.rows import BenchmarkRow, interleaved_medians_ms
from vimd_core.config import preset, square_px
from vimd_core.models import vision_mamba
from vimd_core.models.folding import fold_batch_norms
from vimd_core.models.srvm_net import SrvmNet

BATCH = 8
REPEATS = 5
WANTED_RATIO = 1.4


def build_student(name: str = "paper") -> SrvmNet:
    """A preset's network with random weights, ready for inference."""
    torch.manual_seed(0)
    model = SrvmNet(preset(name)).eval().requires_grad_(False)
    fold_batch_norms(model)
    channels_last: SrvmNet = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return channels_last


def captures(model: SrvmNet) -> Tensor:
    """(BATCH, 3, h, w) of noise."""
    size = square_px(model.config.lr_size_px)
    noise = torch.rand(BATCH, 3, size, size, generator=torch.Generator().manual_seed(1))
    return noise.contiguous(memory_format=torch.channels_last)


@contextmanager
def replaced_scan(scan: Callable[..., Tensor]) -> Iterator[None]:
    """Within it, all networks use another function as their scan."""
    with mock.patch.object(vision_mamba, "selective_scan", scan):
        yield


def identity_scan(u: Tensor, *_: Any, **__: Any) -> Tensor:
    """Pass the tokens on: the network without its scans."""
    return u


def candidates(model: SrvmNet) -> dict[str, Callable[[], object]]:
    """The network as it is, and with its scans replaced by identity."""
    images = captures(model)

    def as_it_is() -> Tensor:
        with torch.inference_mode():
            logits: Tensor = model(images)
        return logits

    def without_scans() -> Tensor:
        with torch.inference_mode(), replaced_scan(identity_scan):
            logits: Tensor = model(images)
        return logits

    return {"ours": as_it_is, "without": without_scans}


def ours_row(times: dict[str, float]) -> BenchmarkRow:
    """The wanted figure: our scans against none."""
    ratio = times["ours"] / times["without"]
    return BenchmarkRow(
        f"paper student, batch {BATCH}, float32",
        times["ours"] / BATCH,
        "ms/capture",
        "scans replaced by identity",
        ratio,
        f"ratio <= {WANTED_RATIO}",
        ratio <= WANTED_RATIO,
    )


def run(arguments: Sequence[str]) -> list[BenchmarkRow]:
    """Time the network with and without its scans."""
    times = interleaved_medians_ms(candidates(build_student()), REPEATS)
    return [
        ours_row(times),
        BenchmarkRow("scans replaced by identity", times["without"] / BATCH, "ms/capture"),
    ]
