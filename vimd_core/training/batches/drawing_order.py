"""The sampler: an endless order in which captures are drawn, whose place at any step needs no steps before.

Sizes: n captures of a stream.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from vimd_core.data.datasets.keyed_random import KeyedRandom, mix_keys

ORDER: Final = 1
"""Keeps the numbers of an order apart from those that are drawn for other purposes."""


class DrawingOrder:
    """An endless order of one stream's captures, in passes over the stream.

    Args:
        members: (n,) indices of its captures.
        weights: (n,) how often each is drawn, relative to the others; None draws each once in a pass.
        seed: of the order.
        stream: index of the stream.
    """

    def __init__(
        self,
        members: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float64] | None,
        seed: int,
        stream: int,
    ) -> None:
        self._members = members
        self._cumulated = None if weights is None else np.cumsum(weights)
        self._seed = seed
        self._stream = stream
        self._pass = -1
        self._indices = members
        self._repeats = members

    def draw(
        self, start: int, count: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """A stretch of the order: indices of captures, the pass of each, and how often it came before in that pass."""
        parts = []
        while count > 0:
            number, offset = divmod(start, len(self._members))
            self._shuffle(number)
            taken = min(count, len(self._members) - offset)
            chosen = slice(offset, offset + taken)
            parts.append((self._indices[chosen], np.full(taken, number), self._repeats[chosen]))
            start, count = start + taken, count - taken
        indices, passes, repeats = (np.concatenate(part) for part in zip(*parts, strict=True))
        return indices, passes, repeats

    def _shuffle(self, number: int) -> None:
        """Make the order of a pass, unless it is the one at hand."""
        if number == self._pass:
            return
        self._pass = number
        size = len(self._members)
        keys = mix_keys(self._seed, ORDER, self._stream, number)
        if self._cumulated is None:
            places = np.argsort(KeyedRandom(keys).words(size)[0], kind="stable")
        else:
            unit = KeyedRandom(keys).words(size)[0].astype(np.float64) * 2.0**-64
            places = np.searchsorted(self._cumulated, unit * self._cumulated[-1], side="right")
            places = np.minimum(places, size - 1)
        self._indices = self._members[places]
        self._repeats = _occurrences(places)


def _occurrences(places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each entry how many equal ones stand before it."""
    by_value = np.argsort(places, kind="stable")
    ordered = places[by_value]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    lengths = np.diff(starts, append=len(ordered))
    counts = np.empty_like(places)
    counts[by_value] = np.arange(len(ordered)) - np.repeat(starts, lengths)
    return counts
