"""A map in two dimensions: t-SNE of some landmarks, everything else beside the landmarks that it is most like.

Source: van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008; gains, momentum and early exaggeration as
in section 3.4, the start from principal components and the rate N / 12 as in Kobak and Berens, "The art of using t-SNE
for single-cell transcriptomics", Nature Communications 2019.

Sizes: N captures, L landmarks, M = D1 + D2 numbers of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.embeddings.reduction import reduced

MAX_LANDMARKS: Final = 2000
_PERPLEXITY: Final = 30.0
_STEPS: Final = 400
_EXAGGERATED_STEPS: Final = 120
_EXAGGERATION: Final = 12.0
_NEIGHBOURS: Final = 5
_PART: Final = 2048
_SHARE_OF_LANDMARKS: Final = 0.9
OnProgress = Callable[[float], bool]


class LayoutCancelledError(Exception):
    """The map is no longer wanted."""


def lay_out(
    features: CaptureFeatures,
    *,
    seed: int = 0,
    max_landmarks: int = MAX_LANDMARKS,
    on_progress: OnProgress = lambda _share: True,
) -> Tensor:
    """Places for captures, so that what is alike lies together.

    Args:
        features: of N captures.
        seed: of the choice of landmarks; the same seed gives the same map on the same machine.
        max_landmarks: time and memory grow with its square.
        on_progress: told the share that is done; False stops.

    Returns:
        (N, 2) float32 in [0, 1].

    Raises:
        LayoutCancelledError: `on_progress` said so.
    """
    count = len(features)
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(count, generator=generator)[:max_landmarks].sort().values
    landmarks = torch.from_numpy(features.vectors(chosen.numpy()))
    places = _t_sne(landmarks, lambda share: on_progress(share * _SHARE_OF_LANDMARKS))
    if count > len(chosen):
        laid_out = torch.empty(count, 2)
        for start in range(0, count, _PART):
            part = torch.from_numpy(features.vectors(slice(start, start + _PART)))
            laid_out[start : start + len(part)] = _beside(part, landmarks, places)
            done = (start + len(part)) / count
            _go_on(on_progress, _SHARE_OF_LANDMARKS + (1 - _SHARE_OF_LANDMARKS) * done)
        places = laid_out
    return _into_unit_square(places)


def _t_sne(x: Tensor, on_progress: OnProgress) -> Tensor:
    """(L, M) -> (L, 2)."""
    count = len(x)
    y = _principal_components(x)
    if count < 4:
        return y
    wanted = _affinities(x)  # (L, L), sums to 1
    # A smaller cloud than its final size, so that early steps can sort it.
    y = y / y.std(dim=0)[0].clamp_min(1e-9) * 1e-2
    rate = max(count / 12.0, 50.0)
    velocity, gains = torch.zeros_like(y), torch.ones_like(y)
    for step in range(_STEPS):
        exaggeration = _EXAGGERATION if step < _EXAGGERATED_STEPS else 1.0
        momentum = 0.5 if step < _EXAGGERATED_STEPS else 0.8
        squares = y.square().sum(dim=1)
        near = torch.addmm(squares[:, None] + squares, y, y.T, alpha=-2.0).clamp_min_(0).add_(1).reciprocal_()
        near.fill_diagonal_(0.0)
        pull = torch.mul(wanted, exaggeration).sub_(near, alpha=1.0 / float(near.sum())).mul_(near)
        gradient = 4.0 * (pull.sum(dim=1, keepdim=True) * y - pull @ y)
        turns = gradient.sign() == velocity.sign()
        gains = torch.where(turns, gains * 0.8, gains + 0.2).clamp_min_(0.01)
        velocity = momentum * velocity - rate * gains * gradient
        y = y + velocity
        _go_on(on_progress, (step + 1) / _STEPS)
    return y


def _principal_components(x: Tensor) -> Tensor:
    """(L, M) -> (L, 2)."""
    if len(x) < 2 or x.shape[1] < 2:
        return torch.zeros(len(x), 2)
    # Captures that are exactly alike would never part.
    spread = torch.linspace(0, 1, len(x))[:, None] * torch.tensor([1e-6, -1e-6])
    return torch.from_numpy(reduced(x.numpy(), 2)) + spread


def _affinities(x: Tensor) -> Tensor:
    """Symmetric neighbourhoods of one perplexity, found by halving intervals of all precisions at once."""
    count = len(x)
    squares = x.square().sum(dim=1)
    distances = (squares[:, None] + squares - 2.0 * x @ x.T).clamp_min_(0)
    distances.fill_diagonal_(math.inf)
    distances -= distances.amin(dim=1, keepdim=True)
    goal = math.log(min(_PERPLEXITY, (count - 1) / 3.0))
    low, high = torch.zeros(count, 1), torch.full((count, 1), 1e6)
    precision = torch.ones(count, 1)
    weights = torch.empty_like(distances)
    finite = distances.nan_to_num(posinf=0.0)
    for _ in range(40):
        weights = torch.exp(-distances * precision)
        total = weights.sum(dim=1, keepdim=True)
        entropy = total.log() + precision * (weights * finite).sum(dim=1, keepdim=True) / total
        is_wide = entropy > goal
        low = torch.where(is_wide, precision, low)
        high = torch.where(is_wide, high, precision)
        precision = torch.where(high >= 1e6, precision * 4, (low + high) / 2)
    weights /= weights.sum(dim=1, keepdim=True)
    return (weights + weights.T) / (2 * count)


def _beside(part: Tensor, landmarks: Tensor, places: Tensor) -> Tensor:
    """The mean of the nearest landmarks' places, the nearer the more."""
    cosines, nearest = (part @ landmarks.T).topk(min(_NEIGHBOURS, len(landmarks)), dim=1)  # (P, 5)
    weights = 1.0 / (1.0 - cosines).clamp_min(1e-4)
    weights /= weights.sum(dim=1, keepdim=True)
    return (weights[:, :, None] * places[nearest]).sum(dim=1)  # (P, 5, 2) -> (P, 2)


def _into_unit_square(places: Tensor) -> Tensor:
    low, high = places.amin(dim=0), places.amax(dim=0)
    size = (high - low).amax().clamp_min(1e-9)
    return (places - (low + high) / 2) / size + 0.5


def _go_on(on_progress: OnProgress, share: float) -> None:
    if not on_progress(share):
        raise LayoutCancelledError
