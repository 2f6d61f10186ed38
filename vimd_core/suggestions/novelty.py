"""None of these (novelty detection, open-set recognition): how likely a capture is of no class that has labels.

Two signs are weighed. The relative Mahalanobis distance: how far a capture is from the nearest class mean, by the
scatter within classes, against how far it is from all captures together. And the reach of labels: how much of what
labels say arrives at it in the graph of neighbours, against what would arrive if every capture had a label. Their
weights come from the labels themselves: whole classes are left out, with groups of the others, and a logistic
regression learns to tell the ones from the others. How many captures are new at all is found on those without a label.

Sources: Ren et al., "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection", 2021; the share of new
ones: Saerens, Latinne and Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities", Neural
Computation 2002.

Sizes: N captures, L labels, K classes that have labels, M numbers in a whitened feature, Q captures asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating[Any]]
_MOST: Final = 20_000
_SAMPLE: Final = 1000
_PART: Final = 8192
# How far the scatter within classes is drawn to a sphere, and what is added to that of all captures, in mean variances:
# the first is known from few labels, the second must hold for captures that are not in the project too.
_WITHIN_SHRINKAGE: Final = 0.65
_RIDGE: Final = 2.0
_FOLDS: Final = 4
_REPEATS: Final = 2
# Weights of distance and reach before labels have taught others; these are drawn to them as if by so many labels.
_USUAL: Final = (0.7, 0.7)
_HELD: Final = 10.0
_LEAST_WEIGHT: Final = 0.05
_LEAST_REACH: Final = 1e-4
_LEAST_SHARE, _MOST_SHARE, _ROUNDS = 0.03, 0.5, 30


@dataclass(frozen=True)
class _Classes:
    """Where labelled classes lie: a distance is the capture's own part + offset - 2 capture @ direction.

    Attributes:
        directions: (M, K).
        offsets: (K,).
    """

    directions: Tensor
    offsets: Tensor


class NoveltyDetector:
    """Tells captures that are of no labelled class from those that are."""

    def __init__(self, vectors: Tensor, reach: Floats) -> None:
        """Look at all captures.

        Args:
            vectors: (N, M) float32 of length 1, whitened.
            reach: (N,) what would arrive at each capture if all had a label.
        """
        self._vectors = vectors
        self._reach = np.maximum(reach, 1e-12)
        sample = vectors[:: max(1, len(vectors) // _MOST)]
        self._mean = sample.mean(dim=0)
        centred = sample - self._mean
        scatter = centred.T @ centred / max(1, len(sample))
        self._background = _inverse(scatter + _RIDGE * scatter.diagonal().mean() * torch.eye(len(scatter)))
        self._weights = np.array([*_USUAL, 0.0])
        self._within = torch.eye(vectors.shape[1])
        self._own_part = self._own_parts(vectors, self._within)
        self._classes = _Classes(torch.zeros(vectors.shape[1], 1), torch.zeros(1))
        self._scale, self._share, self._count = (0.0, 1.0), _LEAST_SHARE, 1

    def learn(
        self,
        rows: Ints,
        classes: Ints,
        groups: Ints,
        among: Floats,
        *,
        none: int | None = None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Find on the labels how much each sign tells; not needed after every label.

        Args:
            rows: (L,) places of labelled captures.
            classes: (L,) their classes, by any numbers.
            groups: (L,) what must not be separated.
            among: (L, L) what the label of one (first) says of another (second).
            none: the class of what is none of the others.
            is_cancelled: asked now and then; nothing is changed then.
        """
        of_class = np.flatnonzero(classes != none)
        within = _within(self._vectors[torch.from_numpy(rows[of_class])], classes[of_class])
        own_part = self._own_parts(self._vectors, within)
        unlabelled = np.setdiff1d(np.arange(len(self._vectors)), rows)
        sample = unlabelled[:: max(1, len(unlabelled) // _SAMPLE)]
        signs, targets = [], []
        for taught, asked, is_new in _held_out(classes, groups, none):
            if is_cancelled():
                return
            if len(taught) and len(asked) and len(sample):
                signs.append(self._signs_held_out(sample, rows, classes, among, taught, asked))
                targets.append(is_new)
        self._within, self._own_part = within, own_part
        if signs:
            self._weights = _logistic(np.concatenate(signs), np.concatenate(targets))

    def of_captures(self, rows: Ints, classes: Ints, mass: Floats, *, none: int | None = None) -> Floats:
        """How likely it is that each capture of the project is of no labelled class.

        Args:
            rows: (L,) places of labelled captures.
            classes: (L,) their classes.
            mass: (N,) what labels say of each capture, all classes together, without those of `none`.
            none: the class of what is none of the others.

        Returns:
            (N,) in [0, 1]; 0 for captures that are labelled as one of the classes, 1 for `none`.
        """
        is_none = classes == none
        known, count = rows[~is_none], max(1, int((~is_none).sum()))
        open_rows = np.ones(len(self._vectors), bool)
        open_rows[rows] = False
        self._classes = self._placed(known, classes[~is_none], self._within)
        distance = _nearest(self._vectors, self._own_part, self._classes)
        others = distance[open_rows] if open_rows.any() else distance
        self._scale = float(others.mean()), max(float(others.std()), 1e-6)
        self._count = count
        logits = self._logits(distance, mass / self._reach)
        self._share = _share_of_new(logits[open_rows])
        novelty = _sigmoid(logits + _odds(self._share)).astype(np.float32)
        novelty[known], novelty[rows[is_none]] = 0.0, 1.0
        return novelty

    def of_others(self, vectors: Tensor, relative_mass: Floats) -> Floats:
        """The same for captures that are not in the project, by the labels of the last `of_captures`.

        Args:
            vectors: (Q, M) whitened as the project's.
            relative_mass: (Q,) what labels say of their neighbours, divided by what could be said of these at most.
        """
        distance = _nearest(vectors, self._own_parts(vectors, self._within), self._classes)
        logits = self._logits(distance, relative_mass)
        return _sigmoid(logits + _odds(self._share)).astype(np.float32)

    def _signs_held_out(
        self, sample: Ints, rows: Ints, classes: Ints, among: Floats, taught: Ints, asked: Ints
    ) -> Doubles:
        """(Q, 2) distance and reach of some labelled captures by the labels of others."""
        within = _within(self._vectors[torch.from_numpy(rows[taught])], classes[taught])
        placed = self._placed(rows[taught], classes[taught], within)

        def distances(some: Ints) -> Doubles:
            captures = self._vectors[torch.from_numpy(some)]
            return _nearest(captures, self._own_parts(captures, within), placed)

        usual = distances(sample)
        distance = (distances(rows[asked]) - usual.mean()) / max(float(usual.std()), 1e-6)
        mass = among[taught][:, asked].sum(axis=0) / self._reach[rows[asked]]
        return np.stack([distance, _reached(mass, len(self._vectors) / len(taught))], axis=1)

    def _placed(self, rows: Ints, classes: Ints, within: Tensor) -> _Classes:
        """A mean of few labels is drawn to the middle of all, as if by one more."""
        means, _, counts = _means(self._vectors[torch.from_numpy(rows)], classes)
        means *= (counts / (counts + 1))[:, None]
        directions = within @ means.T
        return _Classes(directions, (means * directions.T).sum(dim=1))

    def _own_parts(self, vectors: Tensor, within: Tensor) -> Tensor:
        """(Q,) what of the relative distance is the same for all classes."""
        difference = within - self._background
        direction = 2.0 * (self._background @ self._mean)
        found = torch.empty(len(vectors))
        for first in range(0, len(vectors), _PART):
            part = vectors[first : first + _PART]
            found[first : first + _PART] = ((part @ difference) * part).sum(dim=1) + part @ direction
        return found

    def _logits(self, distance: Doubles, relative_mass: Numbers) -> Doubles:
        middle, spread = self._scale
        reached = _reached(relative_mass, len(self._vectors) / self._count)
        of_distance, of_reach, offset = self._weights
        return np.asarray(of_distance * (distance - middle) / spread + of_reach * reached + offset)


def _means(x: Tensor, classes: Ints) -> tuple[Tensor, Tensor, Tensor]:
    """(K, M) means of classes, (L,) which of them each capture has, and (K,) labels of each."""
    y = torch.from_numpy(np.unique(classes, return_inverse=True)[1])
    counts = torch.bincount(y)
    totals = torch.zeros(len(counts), x.shape[1]).index_add_(0, y, x)
    return totals / counts[:, None], y, counts


def _within(x: Tensor, classes: Ints) -> Tensor:
    """(M, M) inverse of the scatter within classes, which is drawn to that of a sphere."""
    means, y, _ = _means(x, classes)
    residuals = x - means[y]
    scatter = residuals.T @ residuals / len(x)
    size = scatter.diagonal().mean().clamp_min(1e-6)
    return _inverse(torch.lerp(scatter, size * torch.eye(len(scatter)), _WITHIN_SHRINKAGE))


def _inverse(scatter: Tensor) -> Tensor:
    """The inverse, with a mean of 1 on its diagonal."""
    found: Tensor = torch.linalg.inv(scatter)
    return found.div_(found.diagonal().mean())


def _nearest(vectors: Tensor, own_part: Tensor, classes: _Classes) -> Doubles:
    """(Q,) relative distances to the nearest class, up to a constant."""
    found = torch.empty(len(vectors))
    for first in range(0, len(vectors), _PART):
        part = vectors[first : first + _PART]
        found[first : first + _PART] = (classes.offsets - 2.0 * (part @ classes.directions)).amin(dim=1)
    return np.asarray((found + own_part).double().numpy())


def _reached(relative_mass: Numbers, each: float) -> Doubles:
    """How little of labels arrives, as a logarithm; 0 where as much arrives as anywhere."""
    return -np.log(np.maximum(relative_mass.astype(np.float64), 0.0) * each + _LEAST_REACH)


def _held_out(classes: Ints, groups: Ints, none: int | None) -> Iterator[tuple[Ints, Ints, Doubles]]:
    """Places of labels that teach, of those that are asked, and which of these are new."""
    kinds = np.unique(classes[classes != none])
    things = np.unique(groups)
    is_none = classes == none
    for repeat in range(_REPEATS):
        generator = np.random.default_rng(repeat)
        kinds, things = generator.permutation(kinds), generator.permutation(things)
        folds = min(_FOLDS, len(kinds))
        for fold in range(folds if len(kinds) > 1 else 0):
            is_new = np.isin(classes, kinds[fold::folds]) | is_none
            is_held = is_new | np.isin(groups, things[fold::folds])
            taught = ~is_held
            is_asked = is_held & (is_new | np.isin(classes, classes[taught]))
            yield np.flatnonzero(taught), np.flatnonzero(is_asked), is_new[is_asked].astype(np.float64)


def _logistic(signs: Doubles, is_new: Doubles) -> Doubles:
    """Weights of (Q, 2) and an offset, as if there were as many new captures as others."""
    x = np.column_stack([signs, np.ones(len(signs))])
    usual = np.array([*_USUAL, 0.0])
    new = is_new.sum()
    if not 0 < new < len(is_new):
        return usual
    share = np.where(is_new == 1, 0.5 / new, 0.5 / (len(is_new) - new)) * len(is_new) / _REPEATS
    held = np.diag([_HELD, _HELD, 1e-2])
    weights = usual.copy()
    for _ in range(25):
        p = _sigmoid(x @ weights)
        gradient = x.T @ (share * (p - is_new)) + held @ (weights - usual)
        curvature = (x * (share * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ x + held
        step = np.linalg.solve(curvature, gradient)
        weights -= step / max(1.0, float(np.abs(step).max()))
        weights[:2] = np.maximum(weights[:2], _LEAST_WEIGHT)  # neither sign ever means the opposite
    return weights


def _share_of_new(logits: Doubles) -> float:
    """How many captures are new: expectation and maximisation from a start at a tenth."""
    share = 0.1
    for _ in range(_ROUNDS if len(logits) else 0):
        share = float(np.clip(_sigmoid(logits + _odds(share)).mean(), _LEAST_SHARE, _MOST_SHARE))
    return share


def _odds(share: float) -> float:
    return float(np.log(share / (1 - share)))


def _sigmoid(x: Doubles) -> Doubles:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -50.0, 50.0))))
