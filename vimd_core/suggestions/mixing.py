"""How candidates are weighed: a log-linear mixture, calibrated, with the chance that no labelled class is right.

Scores of the candidates, each with a weight that is not negative, add up to logits; the weights are those that make
held-back labels likeliest (stacking: Wolpert, "Stacked Generalization", 1992). As the weights are free in size too,
the mixture is calibrated. Few labels can't tell: weights are drawn towards what was best on the mean of several sets.
What is of no labelled class is told by how far it is from all labels; how often that happens, by how many held-back
captures were the only ones of their class (Good and Turing).

Sizes: L held-back labels, T classes that compete for each, C candidates, Q captures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional

# both, spreading, fit to spreading, own, companion: means and standard deviations of the prior.
_PRIOR: Final = (4.0, 0.2, 8.0, 0.1, 0.1)
_PRIOR_SPREAD: Final = (3.0, 0.15, 4.0, 2.0, 2.0)
_UNKNOWN_PRIOR: Final = (-3.0, 1.0)
_UNKNOWN_SPREAD: Final = (2.0, 1.0)
_ITERATIONS: Final = 60
_STEPS: Final = 50


@dataclass(frozen=True)
class Mixture:
    """Weights, and how far from all labels a capture of no labelled class is.

    Attributes:
        weights: (C,) of the candidates, not negative.
        unknown: log odds at the middle distance that none of the labelled classes is right, and how they grow with
            the distance.
        middle: of the distances.
        scale: of the distances.
    """

    weights: tuple[float, ...] = _PRIOR
    unknown: tuple[float, float] = _UNKNOWN_PRIOR
    middle: float = 0.6
    scale: float = 0.15

    def unknown_share(self, distances: Tensor) -> Tensor:
        """(Q,) the probability that none of the labelled classes is right, from 1 minus the nearest cosine."""
        return torch.sigmoid(self.unknown[0] + self.unknown[1] * (distances - self.middle) / self.scale)


DEFAULT_MIXTURE: Final = Mixture()


@dataclass(frozen=True)
class HeldBack:
    """What candidates said of labels that were held back from them.

    Attributes:
        scores: (L, T, C) of the classes that compete; the first is the label's own.
        is_known: (L,) whether other labels of its class were left.
        distances: (L,) 1 minus the cosine to the nearest label that was left.
        weights: (L,) how much each counts.
    """

    scores: Tensor
    is_known: Tensor
    distances: Tensor
    weights: Tensor


def fit_mixture(held: HeldBack, unknown_share: float) -> Mixture:
    """The mixture that makes held-back labels likeliest.

    Args:
        held: what candidates said of them.
        unknown_share: how many captures are of no labelled class, on the mean.
    """
    prior, prior_spread = torch.tensor(_PRIOR), torch.tensor(_PRIOR_SPREAD)
    roots = prior.sqrt().requires_grad_(True)
    optimiser = torch.optim.LBFGS([roots], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")
    known = held.scores[held.is_known]
    weights = held.weights[held.is_known]

    def loss() -> Tensor:
        optimiser.zero_grad()
        logits = known @ roots.square()  # (L, T)
        value = (weights * (logits.logsumexp(dim=1) - logits[:, 0])).sum()
        value = value + ((roots.square() - prior) / prior_spread).square().sum() / 2
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    middle = float(held.distances.mean())
    scale = max(1e-3, float(held.distances.std(correction=0)))
    unknown = _fit_unknown((held.distances - middle) / scale, held, unknown_share)
    return Mixture(tuple(roots.detach().square().tolist()), unknown, middle, scale)


def _fit_unknown(distances: Tensor, held: HeldBack, share: float) -> tuple[float, float]:
    """How the odds of "unknown" grow with the distance; then their level, so that their mean is the share."""
    prior, spread = torch.tensor(_UNKNOWN_PRIOR), torch.tensor(_UNKNOWN_SPREAD)
    line = prior.clone().requires_grad_(True)
    optimiser = torch.optim.LBFGS([line], max_iter=_ITERATIONS, line_search_fn="strong_wolfe")
    target = (~held.is_known).float()

    def loss() -> Tensor:
        optimiser.zero_grad()
        odds = line[0] + line[1] * distances
        each = functional.binary_cross_entropy_with_logits(odds, target, reduction="none")
        value = each.sum() + ((line - prior) / spread).square().sum() / 2
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    slope = max(0.0, float(line[1].detach()))
    low, high = -20.0, 20.0
    for _ in range(_STEPS):
        level = (low + high) / 2
        is_low = float((torch.sigmoid(level + slope * distances) * held.weights).sum()) < share * float(
            held.weights.sum()
        )
        low, high = (level, high) if is_low else (low, level)
    return (low + high) / 2, slope
