"""What the labels come to, kept up to date label by label.

All candidates need no more of the labels than sums: the Gram matrix of the labelled captures, the sum of each class's
features, and for each class the sum of what its labels say of all captures when they are spread. One label more or
less changes these sums by one term.

Sizes: N captures, L labels, K classes that have labels, M numbers in a whitened feature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.suggestions.diffusion import Graph, spread, spread_single

Ints = npt.NDArray[np.int64]
_MOST_SINGLE: Final = 16
_MOST_IN_FULL: Final = 25_000_000
_CLASSES_AT_ONCE: Final = 16
_AT_ONCE: Final = 8192
_KNOWN_AT_ONCE: Final = 256


class Ledger:
    """Sums over the labels so far.

    Attributes:
        classes: (K,) ascending.
        counts: (K,) labels of each.
        rows: (L,) places of labelled captures, ascending; one with two classes comes twice.
        y: (L,) their classes, as places in `classes`.
        gram: (M, M) float64, of the labelled captures.
        sums: (M, K) float64, of the features of each class.
        spread: (K, N) of each class, float32 or with very many numbers bfloat16.
        nearest: (N,) the largest cosine to a labelled capture, itself included.
    """

    def __init__(self, whitened: Tensor, graph: Graph) -> None:
        self._whitened, self._graph = whitened, graph
        self._forget()

    def _forget(self) -> None:
        width = self._whitened.shape[1]
        self.classes = np.empty(0, np.int64)
        self.rows, self.y = np.empty(0, np.int64), np.empty(0, np.int64)
        self.gram = torch.zeros(width, width, dtype=torch.float64)
        self.sums = torch.zeros(width, 0, dtype=torch.float64)
        self.spread = torch.zeros(0, len(self._whitened))
        self.nearest = torch.full((len(self._whitened),), -1.0)

    @property
    def counts(self) -> Ints:
        """(K,) labels of each class."""
        return np.bincount(self.y, minlength=len(self.classes))

    def update(self, rows: Ints, classes: Ints, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        """Take these labels in place of those so far.

        Args:
            rows: (L,) labelled captures, as places.
            classes: (L,) their classes, by any numbers.
            is_cancelled: asked now and then; the ledger then knows no label.
        """
        pairs = np.unique(np.stack([rows, classes], axis=1), axis=0)
        old = np.stack([self.rows, self.classes[self.y]], axis=1)
        is_new = ~_contained(pairs, old)
        is_gone = ~_contained(old, pairs)
        known = np.unique(pairs[:, 1])
        if is_gone.sum() + is_new.sum() > max(_MOST_SINGLE, len(known)):
            self._begin_again(pairs, known, is_cancelled)
            return
        self._make_room(known)
        for sign, changed in ((1.0, pairs[is_new]), (-1.0, old[is_gone])):
            self._add(changed, sign)
        self._drop_empty(known)
        self._remember(pairs)
        self._look_for_nearest(pairs[is_new, 0])
        self._forget_nearest(np.setdiff1d(old[is_gone, 0], self.rows))

    def _begin_again(self, pairs: Ints, known: Ints, is_cancelled: Callable[[], bool]) -> None:
        self.classes = known
        self._remember(pairs)
        x = self._whitened[torch.from_numpy(self.rows)]
        self.gram = (x.T @ x).double()
        self.sums = torch.zeros(x.shape[1], len(known), dtype=torch.float64)
        self.sums.index_add_(1, torch.from_numpy(self.y), x.T.double())
        n = len(self._whitened)
        is_large = n * len(known) > _MOST_IN_FULL
        self.spread = torch.zeros(len(known), n, dtype=torch.bfloat16 if is_large else torch.float32)
        for begin in range(0, len(known), _CLASSES_AT_ONCE):
            seeds = np.zeros((min(_CLASSES_AT_ONCE, len(known) - begin), n), np.float32)
            here = (self.y >= begin) & (self.y < begin + len(seeds))
            seeds[self.y[here] - begin, self.rows[here]] = 1.0
            for first, answers in spread(self._graph, seeds, is_cancelled=is_cancelled):
                self.spread[begin + first : begin + first + len(answers)] = torch.from_numpy(answers)
        self.nearest.fill_(-1.0)
        self._look_for_nearest(self.rows)
        if is_cancelled():
            self._forget()

    def _make_room(self, known: Ints) -> None:
        """A column for each class that had no label, in the order of the classes."""
        for new in np.setdiff1d(known, self.classes):
            at = int(np.searchsorted(self.classes, new))
            self.classes = np.insert(self.classes, at, new)
            self.y = self.y + (self.y >= at)
            self.sums = torch.cat(
                [self.sums[:, :at], torch.zeros(len(self.sums), 1, dtype=torch.float64), self.sums[:, at:]],
                dim=1,
            )
            empty = torch.zeros(1, self.spread.shape[1], dtype=self.spread.dtype)
            self.spread = torch.cat([self.spread[:at], empty, self.spread[at:]])

    def _drop_empty(self, known: Ints) -> None:
        kept = np.flatnonzero(np.isin(self.classes, known))
        if len(kept) < len(self.classes):
            self.classes = self.classes[kept]
            self.sums = self.sums[:, torch.from_numpy(kept)]
            self.spread = self.spread[torch.from_numpy(kept)]

    def _add(self, pairs: Ints, sign: float) -> None:
        x = self._whitened[torch.from_numpy(pairs[:, 0])].double()
        y = np.searchsorted(self.classes, pairs[:, 1])
        self.gram.add_(x.T @ x, alpha=sign)
        self.sums.index_add_(1, torch.from_numpy(y), x.T, alpha=sign)
        for first, answers in spread_single(self._graph, pairs[:, 0]):
            for number, answer in enumerate(answers):
                row = self.spread[y[first + number]]
                row.add_(torch.from_numpy(answer), alpha=sign).clamp_min_(0.0)

    def _remember(self, pairs: Ints) -> None:
        self.rows, self.y = pairs[:, 0].copy(), np.searchsorted(self.classes, pairs[:, 1])

    def _look_for_nearest(self, rows: Ints) -> None:
        everyone = torch.arange(len(self._whitened))
        for part in torch.split(everyone, _AT_ONCE):
            self.nearest[part] = torch.maximum(self.nearest[part], self._largest_cosine(part, rows))

    def _forget_nearest(self, rows: Ints) -> None:
        """Look again for those captures of which one that is no longer labelled was the nearest."""
        if not len(rows):
            return
        everyone = torch.arange(len(self._whitened))
        lost = [
            part[self._largest_cosine(part, rows) >= self.nearest[part] - 1e-5]
            for part in torch.split(everyone, _AT_ONCE)
        ]
        for part in torch.split(torch.cat(lost), _AT_ONCE):
            self.nearest[part] = self._largest_cosine(part, self.rows)

    def _largest_cosine(self, captures: Tensor, rows: Ints) -> Tensor:
        best = torch.full((len(captures),), -1.0)
        asked = self._whitened[captures]
        for known in torch.split(torch.from_numpy(rows), _KNOWN_AT_ONCE) if len(rows) else ():
            best = torch.maximum(best, (asked @ self._whitened[known].T).amax(dim=1))
        return best


def _contained(pairs: Ints, others: Ints) -> npt.NDArray[np.bool_]:
    """Which pairs are among the others."""
    names = np.unique(np.concatenate([pairs, others]), axis=0, return_inverse=True)[1].ravel()
    found: npt.NDArray[np.bool_] = np.isin(names[: len(pairs)], names[len(pairs) :])
    return found
