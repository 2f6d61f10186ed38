"""Cross-validation on the labels so far: what each candidate says of labels that were held back from it.

Twice: with whole groups held back, which is how captures of other things fare, and with single captures held back,
which is how captures of the project fare, among which some look like labelled ones. Captures stay in the graph when
their labels are held back, as captures without a label do.

Sizes: L labels, K classes, F captures that the fit learns from, U units that are held back together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.suggestions.candidates import Pool, shares_of, teach
from vimd_core.suggestions.diffusion import Graph, spread_single
from vimd_core.suggestions.mixing import DEFAULT_MIXTURE, HeldBack
from vimd_core.suggestions.whitening import Whitening

MOST_LABELS: Final = 2000
_FOLDS: Final = 20
_MOST_UNLABELLED: Final = 3000
_COMPETING: Final = 64
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class LabelledRows:
    """Labels on captures with features, in an order that depends on nothing but them.

    Attributes:
        rows: (L,) places of the captures, ascending.
        y: (L,) classes from 0 to K - 1.
        groups: (L,) from 0 on.
        classes: K.
    """

    rows: Ints
    y: Ints
    groups: Ints
    classes: int

    def sampled(self, seed: int) -> LabelledRows:
        """As many whole groups as have no more labels than can be looked at."""
        if len(self.rows) <= MOST_LABELS:
            return self
        order = np.random.default_rng(seed).permutation(int(self.groups.max()) + 1)
        sizes = np.bincount(self.groups)[order]
        kept = order[np.cumsum(sizes) <= MOST_LABELS]
        here = np.isin(self.groups, kept)
        return LabelledRows(self.rows[here], self.y[here], self.groups[here], self.classes)


class CrossValidation:
    """Holds back labels in turn.

    Attributes:
        labels: those that are looked at.
    """

    def __init__(
        self,
        labels: LabelledRows,
        whitened: Tensor,
        whitening: Whitening,
        graph: Graph,
        *,
        seed: int,
        is_cancelled: Callable[[], bool],
    ) -> None:
        """Spread every label by itself.

        Args:
            labels: the labels so far, or a sample.
            whitened: (N, M) all captures.
            whitening: where the networks' columns are.
            graph: of all captures.
            seed: of the folds, and of the captures without a label that the fit learns from.
            is_cancelled: asked now and then; what `held_back` says is then nonsense.
        """
        self.labels = labels
        self._seed, self._is_cancelled = seed, is_cancelled
        rest = np.setdiff1d(np.arange(len(whitened)), labels.rows)
        if len(rest) > _MOST_UNLABELLED:
            rest = np.random.default_rng(seed).choice(rest, _MOST_UNLABELLED, replace=False)
        rows = np.union1d(labels.rows, rest)
        features = whitened[torch.from_numpy(rows)]
        self._pool = Pool.of(rows, features, len(whitened), whitening)
        self._places = np.searchsorted(rows, labels.rows)
        self._x = features[torch.from_numpy(self._places)].double()
        self._cosines = (self._x @ self._x.T).float()
        self._answers = torch.zeros(len(labels.rows), len(rows))  # (L, F)
        for first, answers in spread_single(graph, labels.rows, is_cancelled=is_cancelled):
            self._answers[first : first + len(answers)] = torch.from_numpy(answers[:, rows])

    def held_back(self, units: Ints, weights: Tensor) -> HeldBack | None:
        """What the candidates say of each label when the labels of its unit, and of some others, are held back.

        Args:
            units: (L,) labels of one unit are held back together.
            weights: (L,) how much each label counts.

        Returns:
            None when it was cancelled.
        """
        count = len(self.labels.y)
        unit = np.unique(units, return_inverse=True)[1]
        order = np.random.default_rng(self._seed).permutation(int(unit.max()) + 1)
        fold = order[unit] % min(_FOLDS, len(order))
        found: list[tuple[Ints, Tensor]] = []
        is_known = torch.zeros(count, dtype=torch.bool)
        distances = torch.zeros(count)
        for number in range(int(fold.max()) + 1):
            if self._is_cancelled():
                return None
            held, left = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
            scores, known = self._scores(held, left)
            found.append((held, scores))
            is_known[torch.from_numpy(held)] = known
            nearest = self._cosines[torch.from_numpy(held)][:, torch.from_numpy(left)].amax(dim=1)
            distances[torch.from_numpy(held)] = 1.0 - nearest
        together = torch.from_numpy(np.argsort(np.concatenate([held for held, _ in found])))
        scores = torch.cat([scores for _, scores in found])[together]
        return HeldBack(scores, is_known, distances, weights)

    def among(self) -> npt.NDArray[np.float32]:
        """(L, L) what the label of one (first) says of another (second)."""
        return self._answers[:, torch.from_numpy(self._places)].numpy()

    def nearest_others(self) -> Tensor:
        """(L,) for each label the cosine to the nearest labelled capture but its own."""
        rows = torch.from_numpy(self.labels.rows)
        return self._cosines.masked_fill(rows[:, None] == rows[None, :], -1.0).amax(dim=1)

    def nearest_of_unlabelled(self) -> float:
        """The mean cosine of captures without a label to the nearest labelled one."""
        is_open = torch.ones(len(self._pool.rows), dtype=torch.bool)
        is_open[torch.from_numpy(self._places)] = False
        if not bool(is_open.any()):
            return float(self.nearest_others().mean())
        return float((self._pool.features[is_open] @ self._x.float().T).amax(dim=1).mean())

    def _scores(self, held: Ints, left: Ints) -> tuple[Tensor, Tensor]:
        """(H, T, C) of the classes that compete, the label's own first; whether it has other labels."""
        y, classes = torch.from_numpy(self.labels.y), self.labels.classes
        of_left, of_held = torch.from_numpy(left), torch.from_numpy(held)
        counts = np.bincount(self.labels.y[left], minlength=classes)
        spread = torch.zeros(classes, len(self._pool.rows)).index_add_(0, y[of_left], self._answers[of_left])
        sums = torch.zeros(self._x.shape[1], classes, dtype=torch.float64)
        sums.index_add_(1, y[of_left], self._x[of_left].T)
        gram = self._x[of_left].T @ self._x[of_left]
        taught = teach(self._pool, spread, counts, self._places[left], gram, sums)
        shares = shares_of(spread[:, torch.from_numpy(self._places[held])], counts)
        scores = taught.scores(self._x[of_held].float(), shares)  # (H, K, C)
        rank = scores @ torch.tensor(DEFAULT_MIXTURE.weights)
        rank[torch.arange(len(held)), y[of_held]] = torch.inf
        competing = rank.topk(min(_COMPETING, classes), dim=1).indices
        kept = scores.gather(1, competing[:, :, None].expand(-1, -1, scores.shape[2]))
        return kept, torch.from_numpy(counts[self.labels.y[held]] > 0)
