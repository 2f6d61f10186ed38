"""Keyed random numbers: the same for a capture whatever else is in its batch. Torch-free.

A generator that is drawn from in order gives each capture what its place in the batch happens to get. Here every
row of a batch has its own stream of numbers, a hash of its key and a counter, so that a step can be repeated, taken
apart over several processes, or resumed without keeping any state.

Source of the hash: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014 (SplitMix64).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


def mix_keys(*parts: int | npt.NDArray[np.int64] | Keys) -> Keys:
    """One key for each row from what names it, such as seed, epoch and index of the capture.

    Args:
        parts: whole numbers, or (B,) arrays of them; a number counts for all rows. At least one.

    Returns:
        (B,) uint64; (1,) when no part is an array.
    """
    keys = np.zeros(1, dtype=np.uint64)
    for part in parts:
        # Negative seeds are as good as others: they wrap around.
        words = np.atleast_1d(np.asarray(part)).astype(np.uint64)
        keys = _hash((keys ^ _hash(words + _STEP)) + _STEP)
    return keys


class KeyedRandom:
    """A source of chance with one stream of numbers for each key.

    Args:
        keys: (B,) uint64, of `mix_keys`.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._counter = 0

    def __len__(self) -> int:
        return len(self._keys)

    def uniform(self, low: float = 0.0, high: float = 1.0) -> npt.NDArray[np.float32]:
        """(B,) float32, evenly spread over [low, high)."""
        words = self.words(1)[:, 0]
        unit = (words >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24)
        return unit * np.float32(high - low) + np.float32(low)

    def normal(self, *shape: int) -> npt.NDArray[np.float32]:
        """(B, *shape) float32 with mean 0 and deviation 1 (Box and Muller)."""
        size = math.prod(shape)
        words = self.words((size + 1) // 2)  # (B, pairs)
        # Away from 0, whose logarithm is infinite.
        first = ((words >> np.uint64(32)).astype(np.float32) + np.float32(0.5)) * np.float32(2.0**-32)
        second = (words & np.uint64(0xFFFFFFFF)).astype(np.float32) * np.float32(2.0 * math.pi * 2.0**-32)
        radius = np.sqrt(np.float32(-2.0) * np.log(first))
        pairs = np.concatenate([radius * np.cos(second), radius * np.sin(second)], axis=1)
        return np.ascontiguousarray(pairs[:, :size]).reshape(len(self._keys), *shape)

    def words(self, count: int) -> Keys:
        """(B, count) uint64, the next words of each stream, all values equally likely."""
        counters = np.arange(self._counter + 1, self._counter + 1 + count, dtype=np.uint64) * _STEP
        self._counter += count
        return _hash(self._keys[:, None] + counters[None, :])


def _hash(words: Keys) -> Keys:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
