"""The project's teacher: every capture's class from the labels so far.

It sees captures through two frozen networks. A linear classifier on the whitened features and label spreading over
the graph of nearest neighbours answer for each capture; how much each weighs is decided by cross-validation in which
captures of one group stay together, since spreading helps where captures repeat and harms where they don't.

Sizes: N captures, L labels, K classes that have labels, M numbers in a whitened feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.suggestions.answers import ExpectedAccuracy, Floats, Ints, KnownLabels, Share, Suggestions
from vimd_core.suggestions.diffusion import NEIGHBOURS, Graph, make_graph, responses
from vimd_core.suggestions.neighbours import nearest_neighbours
from vimd_core.suggestions.whitening import fit_whitening

NAMED: Final = 5
_FOLDS: Final = 10
_RIDGE: Final = 1.0
_SHARPNESS: Final = (2.0, 4.0, 6.0, 9.0, 13.0, 20.0)
_SPREADING: Final = (0.0, 0.25, 0.5, 1.0)
_FLOOR: Final = 1e-3


@dataclass(frozen=True)
class Choice:
    """What cross-validation decided: the sharpness of linear answers, and the weight of spread ones."""

    sharpness: float = 9.0
    spreading: float = 0.5
    expected: ExpectedAccuracy | None = None


class ProjectTeacher:
    """Suggests a class for every capture of a project.

    Attributes:
        features: of the captures.
        whitened: (N, M) float32 of length 1: what captures are best compared by.
        neighbours: (N, k) places of the nearest captures, the nearest first.
        cosines: (N, k) of them.
    """

    def __init__(
        self,
        features: CaptureFeatures,
        *,
        seed: int = 0,
        on_progress: Callable[[float], None] = lambda _share: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Whiten the features and build the graph.

        Args:
            features: of all captures, labelled or not.
            seed: of what is drawn by chance.
            on_progress: told the share that is done.
            is_cancelled: asked now and then; the teacher is then of no use.
        """
        self.features = features
        self._own = fit_whitening(features.own, seed)
        self._companion = fit_whitening(features.companion, seed)
        self.whitened = self._whiten(features)
        places, cosines = nearest_neighbours(
            self.whitened, None, NEIGHBOURS, on_progress=on_progress, is_cancelled=is_cancelled
        )
        self.neighbours, self.cosines = places.numpy(), cosines.numpy()
        self._graph: Graph = make_graph(self.neighbours, self.cosines)
        self._choice = Choice()
        self._taught: tuple[Tensor, Tensor, Ints] | None = None

    def suggest(self, labels: KnownLabels, *, soft: bool = False) -> Suggestions:
        """Answer for every capture, weighing the candidates as `reconsider` decided last.

        Args:
            labels: all labels so far; at least two classes.
            soft: whether all probabilities are wanted, (N, K).

        Raises:
            DatasetError: fewer than two classes have labels on captures with features.
        """
        rows, y, classes, _ = self._known(labels)
        spread = _by_class(responses(self._graph, rows), y, len(classes)).T  # (N, K)
        weight = _ridge(self.whitened[torch.from_numpy(rows)], y, len(classes))
        self._taught = (weight, torch.from_numpy(spread), classes)
        return self._suggestions(self.features.ids, self.whitened, torch.from_numpy(spread), soft)

    def reconsider(self, labels: KnownLabels, *, is_cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Weigh the candidates anew by cross-validation on the labels.

        Returns:
            Whether `suggest` answers otherwise now.
        """
        rows, y, classes, group = self._known(labels)
        fold = np.random.default_rng(0).permutation(group.max() + 1)[group] % _FOLDS
        among = responses(self._graph, rows)[:, rows]  # (L, L) from, to
        x = self.whitened[torch.from_numpy(rows)]
        linear, spread = torch.zeros(len(y), len(classes)), torch.zeros(len(y), len(classes))
        for held in range(_FOLDS):
            if is_cancelled():
                return False
            out = fold == held
            if not out.any() or out.all():
                continue
            linear[torch.from_numpy(out)] = x[torch.from_numpy(out)] @ _ridge(
                x[torch.from_numpy(~out)], y[~out], len(classes)
            )
            spread[torch.from_numpy(out)] = torch.from_numpy(
                _by_class(among[~out][:, out], y[~out], len(classes)).T
            )
        target = torch.from_numpy(y)
        best, chosen = np.inf, Choice()
        for sharpness in _SHARPNESS:
            for spreading in _SPREADING:
                logits = _logits(linear, spread, Choice(sharpness, spreading))
                loss = float(torch.nn.functional.cross_entropy(logits, target))
                if loss < best:
                    right = (logits.argmax(dim=1) == target).numpy()
                    share = _wilson(float(right.mean()), group.max() + 1)
                    best = loss
                    chosen = Choice(sharpness, spreading, ExpectedAccuracy(share, share, len(y)))
        changed = chosen != self._choice
        self._choice = chosen
        return changed

    def predict(self, features: CaptureFeatures, *, soft: bool = False) -> Suggestions:
        """Answer, with the labels of the last `suggest`, for captures that are not in the project.

        Args:
            features: of any captures, by the same networks.
            soft: whether all probabilities are wanted.

        Raises:
            DatasetError: `suggest` was not called before.
        """
        if self._taught is None:
            raise DatasetError("No labels were given yet.")
        whitened = self._whiten(features)
        places, cosines = nearest_neighbours(self.whitened, whitened, NEIGHBOURS)
        weights = cosines.clamp_min(0.0) ** 3  # (Q, k)
        spread = (self._taught[1][places] * weights[:, :, None]).sum(dim=1)  # (Q, k, K) -> (Q, K)
        return self._suggestions(features.ids, whitened, spread, soft)

    def _whiten(self, features: CaptureFeatures) -> Tensor:
        both = torch.cat([self._own(features.own), self._companion(features.companion)], dim=1)
        return both.mul_(0.5**0.5)

    def _known(self, labels: KnownLabels) -> tuple[Ints, Ints, Ints, Ints]:
        places = np.searchsorted(self.features.ids, labels.ids)
        places[places == len(self.features.ids)] = 0
        kept = self.features.ids[places] == labels.ids
        classes, y = np.unique(labels.classes[kept], return_inverse=True)
        if len(classes) < 2:
            raise DatasetError("Label captures of at least two classes first.")
        return places[kept], y, classes, np.unique(labels.groups[kept], return_inverse=True)[1]

    def _suggestions(self, ids: Ints, whitened: Tensor, spread: Tensor, soft: bool) -> Suggestions:
        assert self._taught is not None
        weight, _, classes = self._taught
        probabilities = _logits(whitened @ weight, spread, self._choice).softmax(dim=1)
        top = probabilities.topk(min(NAMED, len(classes)), dim=1)
        return Suggestions(
            ids,
            classes[top.indices.numpy()],
            top.values.numpy(),
            (1.0 - top.values[:, 0]).numpy(),
            f"linear {1 - self._choice.spreading:.2f}, spreading {self._choice.spreading:.2f}",
            self._choice.expected,
            probabilities.numpy() if soft else None,
            classes,
        )


def _by_class(answers: Floats, y: Ints, classes: int) -> Floats:
    """(L, N) answers to single labels -> (K, N), each class divided by the square root of its labels."""
    counts = np.bincount(y, minlength=classes)
    mixing = np.zeros((classes, len(y)), np.float32)
    mixing[y, np.arange(len(y))] = 1.0 / np.sqrt(counts[y])
    return np.asarray(mixing @ answers, np.float32)


def _ridge(x: Tensor, y: Ints, classes: int) -> Tensor:
    """Weights (M, K) of ridge regression on indicators, by the L x L form."""
    targets = torch.zeros(len(y), classes)
    targets[torch.arange(len(y)), torch.from_numpy(y)] = 1.0
    gram = x @ x.T + _RIDGE * torch.eye(len(y))
    weight: Tensor = torch.linalg.solve(gram, targets)  # (L, K)
    return x.T @ weight


def _logits(linear: Tensor, spread: Tensor, choice: Choice) -> Tensor:
    share = spread / spread.sum(dim=1, keepdim=True).clamp_min(1e-12)
    logits: Tensor = choice.sharpness * linear + 3.0 * choice.spreading * (share + _FLOOR).log()
    return logits


def _wilson(share: float, count: int) -> Share:
    """Wilson's 95 % interval of a share of so many groups."""
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    return Share(share, middle - half, middle + half)
