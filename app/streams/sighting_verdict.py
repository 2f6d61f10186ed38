"""Verdict on a sighting: the consensus of the predictions of its looks, and how sure the model is of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vimd_core.streaming.sightings.consensus import Consensus
    from vimd_core.streaming.sightings.sightings import Sighting


@dataclass(frozen=True)
class SightingVerdict:
    """What the model says of something that was seen.

    Attributes:
        consensus: what its looks agree on.
        probability: of that class, in the best look.
    """

    consensus: Consensus
    probability: float

    def is_below(self, confidence: float) -> bool:
        """Whether it is less sure than that, or the looks do not agree."""
        return not self.consensus.is_agreed or self.probability < confidence


def verdict_of(
    tops: Sequence[Sequence[tuple[int, float]]], sighting: Sighting, agreeing_frames: int
) -> SightingVerdict:
    """What a model's likeliest classes of each look come to.

    Args:
        tops: for each look the likeliest outputs with their probabilities.
        sighting: what was seen.
        agreeing_frames: how many looks must agree.
    """
    import numpy as np

    from vimd_core.streaming.sightings.consensus import agree

    count = 1 + max(int(index) for top in tops for index, _ in top)
    # Classes that are not among a look's likeliest have next to nothing.
    probabilities = np.zeros((len(tops), count), np.float32)
    for row, top in enumerate(tops):
        for index, probability in top:
            probabilities[row, int(index)] = probability
    consensus = agree(probabilities, sighting.looks, agreeing_frames)
    return SightingVerdict(consensus, float(probabilities[consensus.best, consensus.class_index]))
