"""The project's teacher: every capture's class from the labels so far.

It sees captures through two frozen networks. Linear classifiers on the whitened features, label spreading over the
graph of nearest neighbours, and a linear fit to what was spread answer for each capture; how much each weighs is
decided by cross-validation in which captures of one group stay together, since spreading helps where captures repeat
and harms where they don't.

Sizes: N captures, L labels, K classes that have labels, M numbers in a whitened feature, C candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.search import one_thread
from vimd_core.errors import DatasetError
from vimd_core.suggestions.answers import ExpectedAccuracy, Floats, Ints, KnownLabels, Suggestions
from vimd_core.suggestions.candidates import (
    CANDIDATES,
    SPREADING,
    Pool,
    Taught,
    log_shares,
    shares_of,
    teach,
)
from vimd_core.suggestions.crossvalidation import CrossValidation, LabelledRows
from vimd_core.suggestions.diffusion import NEIGHBOURS, extend, make_graph, spread
from vimd_core.suggestions.expectation import (
    right_share,
    single_share,
    weights_elsewhere,
    weights_in_project,
)
from vimd_core.suggestions.ledger import Ledger
from vimd_core.suggestions.mixing import DEFAULT_MIXTURE, Mixture, fit_mixture
from vimd_core.suggestions.neighbours import nearest_neighbours, nearest_of
from vimd_core.suggestions.novelty import NoveltyDetector
from vimd_core.suggestions.whitening import Whitening

NAMED: Final = 5
LEAST_LABELS: Final = 10
"""Cross-validation looks at no fewer."""
_MOST_FITTED: Final = 16_000
_PART: Final = 2048


@dataclass(frozen=True)
class Weighing:
    """What cross-validation decided.

    Attributes:
        in_project: how candidates are weighed for captures of the project.
        elsewhere: how they are weighed for captures that are in no project.
        expected: how many answers are right; None before labels were looked at.
    """

    in_project: Mixture = DEFAULT_MIXTURE
    elsewhere: Mixture = DEFAULT_MIXTURE
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

        Raises:
            DatasetError: there are no features.
        """
        self.features = features
        self._seed = seed
        with one_thread():
            self._whitening = Whitening(features, seed)
            self.whitened = self._whitening(features)
            places, cosines = nearest_neighbours(
                self.whitened, NEIGHBOURS, seed=seed, on_progress=on_progress, is_cancelled=is_cancelled
            )
            self.neighbours, self.cosines = places.numpy(), cosines.numpy()
            self._graph = make_graph(places, cosines)
            self._pool = self._fitted_pool()
            everyone = np.ones((1, len(features)), np.float32)
            self._reach = np.concatenate([answers[0] for _, answers in spread(self._graph, everyone)])
            self._detector = NoveltyDetector(self.whitened, self._reach)
        self._ledger = Ledger(self.whitened, self._graph)
        self._none: int | None = None
        self._taught: Taught | None = None
        self._choice = Weighing()

    def suggest(self, labels: KnownLabels, *, soft: bool = False) -> Suggestions:
        """Answer for every capture, weighing the candidates as `reconsider` decided last.

        Args:
            labels: all labels so far; at least two classes.
            soft: whether all probabilities are wanted, (N, K).

        Raises:
            DatasetError: fewer than two classes have labels on captures with features.
        """
        rows, classes, _ = self._known(labels)
        with one_thread(), torch.inference_mode():
            ledger = self._ledger
            ledger.update(rows, classes)
            self._none = labels.none_class
            fitted = torch.from_numpy(self._pool.rows)
            spread = ledger.spread if len(fitted) == len(self.whitened) else ledger.spread[:, fitted]
            labelled = np.flatnonzero(np.isin(self._pool.rows, ledger.rows))
            self._taught = teach(self._pool, spread, ledger.counts, labelled, ledger.gram, ledger.sums)
            novelty = self._detector.of_captures(
                ledger.rows, ledger.classes[ledger.y], self._mass(ledger.spread).numpy(), none=self._none
            )
            return self._answer(
                self.features.ids,
                self.whitened,
                lambda first, end: shares_of(ledger.spread[:, first:end], ledger.counts),
                1.0 - ledger.nearest,
                self._choice.in_project,
                novelty,
                soft,
            )

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
        ledger = self._ledger
        with one_thread(), torch.inference_mode():
            whitened = self._whitening(features)
            places, cosines = nearest_of(self.whitened, whitened, NEIGHBOURS)
            labelled = self.whitened[torch.from_numpy(np.unique(ledger.rows))]
            nearest = nearest_of(labelled, whitened, 1)[1][:, 0]

            def shares(first: int, end: int) -> Tensor:
                answers = extend(ledger.spread.T, places[first:end], cosines[first:end])
                return shares_of(answers.T, ledger.counts)

            known = torch.stack([self._mass(ledger.spread), torch.from_numpy(self._reach)], dim=1)
            mass, most = extend(known, places, cosines).numpy().T
            novelty = self._detector.of_others(whitened, mass / np.maximum(most, 1e-12))
            distances = 1.0 - nearest
            return self._answer(
                features.ids, whitened, shares, distances, self._choice.elsewhere, novelty, soft
            )

    def reconsider(self, labels: KnownLabels, *, is_cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Weigh the candidates anew by cross-validation on the labels.

        Args:
            labels: all labels so far.
            is_cancelled: asked now and then; everything then stays as it was.

        Returns:
            Whether `suggest` answers otherwise now.

        Raises:
            DatasetError: fewer than two classes have labels on captures with features.
        """
        rows, classes, groups = self._known(labels)
        known, y = np.unique(classes, return_inverse=True)
        chosen = self._choice
        if len(rows) < LEAST_LABELS or groups.max() == 0:
            chosen = Weighing()
        else:
            with one_thread():
                looked_at = LabelledRows(rows, y, groups, len(known)).sampled(self._seed)
                found = self._judged(looked_at, known, labels.none_class, len(rows), is_cancelled)
            if found is None:
                return False
            chosen = found
        is_changed = chosen != self._choice
        self._choice = chosen
        return is_changed

    def _judged(
        self,
        labels: LabelledRows,
        classes: Ints,
        none: int | None,
        count: int,
        is_cancelled: Callable[[], bool],
    ) -> Weighing | None:
        validation = CrossValidation(
            labels, self.whitened, self._whitening, self._graph, seed=self._seed, is_cancelled=is_cancelled
        )
        unknown = single_share(labels.y)
        each = (int(labels.groups.max()) + 1) / len(
            labels.groups
        )  # labels of one group are one piece of evidence
        alike = torch.from_numpy(each * weights_elsewhere(labels.y, labels.groups)).float()
        of_groups = validation.held_back(labels.groups, alike)
        if of_groups is None:
            return None
        twins = weights_in_project(
            labels.rows, labels.groups, validation.nearest_others(), validation.nearest_of_unlabelled()
        )
        of_captures = validation.held_back(labels.rows, torch.from_numpy(twins).float())
        if of_captures is None:
            return None
        in_project, elsewhere = fit_mixture(of_captures, unknown), fit_mixture(of_groups, unknown)
        expected = ExpectedAccuracy(
            right_share(of_captures, in_project, unknown, labels.groups),
            right_share(of_groups, elsewhere, unknown, labels.groups),
            count,
        )
        self._detector.learn(
            labels.rows,
            classes[labels.y],
            labels.groups,
            validation.among(),
            none=none,
            is_cancelled=is_cancelled,
        )
        if is_cancelled():
            return None
        return Weighing(in_project, elsewhere, expected)

    def _answer(
        self,
        ids: Ints,
        whitened: Tensor,
        shares: Callable[[int, int], Tensor],
        distances: Tensor,
        mixture: Mixture,
        novelty: Floats,
        soft: bool,
    ) -> Suggestions:
        assert self._taught is not None
        count, classes = len(ids), self._ledger.classes
        named = min(NAMED, len(classes))
        places = torch.empty(count, named, dtype=torch.int64)
        values = torch.empty(count, named)
        everything = torch.empty(count, len(classes)) if soft else None
        none = np.flatnonzero(classes == self._none)
        weight = torch.einsum("c,cmk->mk", torch.tensor(mixture.weights), self._taught.linear)
        for first in range(0, count, _PART):
            end = min(first + _PART, count)
            logits = log_shares(shares(first, end)).mul_(mixture.weights[SPREADING])
            probabilities = logits.addmm_(whitened[first:end], weight).softmax(dim=1)
            values[first:end], places[first:end] = probabilities.topk(named, dim=1)
            if len(none):
                of_classes = 1.0 - probabilities[:, int(none[0])].numpy()
                novelty[first:end] = 1.0 - (1.0 - novelty[first:end]) * of_classes
            if everything is not None:
                everything[first:end] = probabilities
        known_share = 1.0 - mixture.unknown_share(distances)
        return Suggestions(
            ids,
            classes[places.numpy()],
            (values * known_share[:, None]).numpy(),
            novelty,
            _method(mixture),
            self._choice.expected,
            None if everything is None else everything.numpy(),
            classes.copy(),
        )

    def _mass(self, spread_labels: Tensor) -> Tensor:
        """(N,) what the labels of all classes but "none" say of each capture."""
        is_class = torch.from_numpy(self._ledger.classes != self._none)
        if bool(is_class.all()):
            return spread_labels.sum(dim=0, dtype=torch.float32)
        return spread_labels[is_class].sum(dim=0, dtype=torch.float32)

    def _known(self, labels: KnownLabels) -> tuple[Ints, Ints, Ints]:
        """Places, classes and groups of labels on captures with features, by place; groups by first place."""
        rows = self.features.rows_of(labels.ids)
        kept = np.flatnonzero(rows >= 0)
        order = kept[np.lexsort((labels.classes[kept], rows[kept]))]
        classes = labels.classes[order]
        if len(np.unique(classes)) < 2:
            raise DatasetError("Label captures of at least two classes first.")
        _, first, group = np.unique(labels.groups[order], return_index=True, return_inverse=True)
        rank = np.empty(len(first), np.int64)
        rank[np.argsort(first)] = np.arange(len(first))
        return rows[order], classes, rank[group]

    def _fitted_pool(self) -> Pool:
        rows = np.arange(len(self.whitened))
        features = self.whitened
        if len(rows) > _MOST_FITTED:
            rows = np.sort(np.random.default_rng(self._seed).choice(rows, _MOST_FITTED, replace=False))
            features = features[torch.from_numpy(rows)]
        return Pool.of(rows, features, len(self.whitened), self._whitening)


def _method(mixture: Mixture) -> str:
    """The candidates that weigh something, by their weights."""
    return ", ".join(
        f"{name} {weight:.1f}"
        for name, weight in zip(CANDIDATES, mixture.weights, strict=True)
        if weight >= 0.05
    )
