"""Random patches of photographs, which a super-resolution network learns from.

Sizes: B patches, p px side of a low-resolution patch, s upscale factor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vimd_core.data.datasets.keyed_random import KeyedRandom, mix_keys
from vimd_core.training.batches.photographs import Photographs


@dataclass(frozen=True)
class PatchBatch:
    """What a step of a super-resolution network sees.

    Attributes:
        low: (B, 3, p, p) in [0, 1], what it enlarges.
        high: (B, 3, s*p, s*p) in [0, 1], what should come of it.
    """

    low: Tensor
    high: Tensor

    def __len__(self) -> int:
        return len(self.low)

    def rows(self, chosen: slice) -> PatchBatch:
        """A part of the batch."""
        return PatchBatch(self.low[chosen], self.high[chosen])

    def to(self, device: torch.device) -> PatchBatch:
        """The same on a device, what is enlarged with its channels last."""
        return PatchBatch(
            self.low.to(device, non_blocking=True, memory_format=torch.channels_last),
            self.high.to(device, non_blocking=True),
        )


class PatchSampler:
    """Random patches, flipped and turned; what a step gets depends on the seed and its number alone.

    Args:
        photographs: large ones are drawn more often, by their area.
        batch_size: B.
        patch_px: p.
        seed: of everything.
        rank: of this process, from 0: it gets every `world_size`-th patch.
        world_size: number of processes.
    """

    def __init__(
        self,
        photographs: Photographs,
        *,
        batch_size: int,
        patch_px: int,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        self._pairs = photographs.pairs
        self._batch_size = batch_size
        self._patch_px = patch_px
        self._seed = seed
        self._shard = slice(rank, None, world_size)
        areas = np.array([lr[0].numel() for lr, _ in self._pairs], dtype=np.float64)
        self._cumulated = np.cumsum(areas) / areas.sum()

    def draw(self, step: int) -> PatchBatch:
        """The patches of a step, or this process's part of them."""
        random = KeyedRandom(mix_keys(self._seed, step, np.arange(self._batch_size)[self._shard]))
        places, tops, lefts, turns, flips = (random.uniform(0.0, 1.0) for _ in range(5))
        chosen = np.minimum(np.searchsorted(self._cumulated, places, side="right"), len(self._pairs) - 1)
        low: list[Tensor] = []
        high: list[Tensor] = []
        for row, index in enumerate(chosen.tolist()):
            lr, hr = self._pairs[index]
            size, scale = self._patch_px, hr.shape[1] // lr.shape[1]
            top = int(tops[row] * (lr.shape[1] - size + 1))
            left = int(lefts[row] * (lr.shape[2] - size + 1))
            for image, factor, into in ((lr, 1, low), (hr, scale, high)):
                rows = slice(top * factor, (top + size) * factor)
                columns = slice(left * factor, (left + size) * factor)
                patch = image[:, rows, columns]
                patch = patch.flip(2) if flips[row] < 0.5 else patch
                into.append(torch.rot90(patch, int(turns[row] * 4), (1, 2)))
        return PatchBatch(torch.stack(low).float() / 255.0, torch.stack(high).float() / 255.0)
