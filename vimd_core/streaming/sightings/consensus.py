"""Consensus (vote): one prediction of the predictions for several looks at the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vimd_core.streaming.sightings.sightings import Look


@dataclass(frozen=True)
class Consensus:
    """What the looks agree on.

    Attributes:
        class_index: the class that most looks name; among equals the one they are surer of.
        votes: how many name it.
        looks: how many there are.
        is_agreed: whether as many agree as were wanted, or all where there are fewer.
        best: index of the look that is surest of that class: it becomes the capture.
        nearest: index of the largest look: it becomes the high-resolution view when it is larger than the best.
    """

    class_index: int
    votes: int
    looks: int
    is_agreed: bool
    best: int
    nearest: int

    @property
    def has_nearer_view(self) -> bool:
        """Whether the nearest look is another one than the best."""
        return self.nearest != self.best


def agree(probabilities: npt.NDArray[np.float32], looks: Sequence[Look], agreeing_frames: int) -> Consensus:
    """Find what the looks agree on.

    Args:
        probabilities: (N, K), one row a look.
        looks: N looks.
        agreeing_frames: k, how many must agree.
    """
    named = probabilities.argmax(axis=1)  # (N,)
    votes = np.bincount(named, minlength=probabilities.shape[1])
    # Votes first, then the mean probability, which is below 1 and so only decides between equals.
    winner = int((votes + probabilities.mean(axis=0)).argmax())
    for_winner = probabilities[:, winner].copy()
    for_winner[named != winner] -= 1.0
    best = int(for_winner.argmax())
    sizes = np.array([look.size_px for look in looks])
    nearest = int(sizes.argmax())
    if sizes[nearest] <= sizes[best]:
        nearest = best
    count = len(looks)
    return Consensus(
        winner, int(votes[winner]), count, bool(votes[winner] >= min(agreeing_frames, count)), best, nearest
    )
