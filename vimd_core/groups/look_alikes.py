"""Look-alikes (near-duplicate detection, clustering): captures that what was photographed together looks like.

Captures are compared by their early features and grouped by average linkage: loosely, as photographs of one visit look
alike, and strictly, as two frames of one picture do.

Sizes: N captures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.groups.early_features import early_features
from vimd_core.groups.linkage import Ints, linked
from vimd_core.groups.things import largest_guess
from vimd_core.suggestions.neighbours import nearest_neighbours

# Mean cosines of whitened features. With these, accuracy that was measured on other groups was that on things that the
# project does not have (tests/benchmarks/README.md, "Groups").
_LOOK_ALIKE: Final = 0.3
_NEAR_DUPLICATE: Final = 0.85
_NEIGHBOURS: Final = 15
# With fewer, whitening would be by chance.
FEWEST: Final = 40


@dataclass(frozen=True)
class LookAlikes:
    """Groups of captures that look alike.

    Attributes:
        ids: (N,) captures.
        look_alike: (N,) the smallest id of the captures that look alike; 0 for one that looks like no other.
        near_duplicate: (N,) the same of captures that are nearly the same picture.
    """

    ids: Ints
    look_alike: Ints
    near_duplicate: Ints

    def to_dict(self) -> dict[int, tuple[int, int]]:
        """Both numbers of each capture that looks like another one."""
        is_grouped = self.look_alike > 0
        columns = (one[is_grouped].tolist() for one in (self.ids, self.look_alike, self.near_duplicate))
        return {capture_id: (loose, strict) for capture_id, loose, strict in zip(*columns, strict=True)}


def find_look_alikes(
    features: CaptureFeatures,
    embed_dim: int,
    *,
    on_progress: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> LookAlikes:
    """Group captures by their look.

    Args:
        features: of all captures.
        embed_dim: width of the own network's class token, with which its features begin.
        on_progress: told the share that is done.
        is_cancelled: asked now and then; what is given back then is of no use.
    """
    count = len(features)
    nothing = np.zeros(count, np.int64)
    if count < FEWEST:
        return LookAlikes(features.ids, nothing, nothing)
    vectors = early_features(features.own, embed_dim)
    places, cosines = nearest_neighbours(
        torch.from_numpy(vectors), _NEIGHBOURS, on_progress=on_progress, is_cancelled=is_cancelled
    )
    if is_cancelled():
        return LookAlikes(features.ids, nothing, nothing)
    is_near = cosines.numpy() >= _LOOK_ALIKE
    firsts = np.repeat(np.arange(count), is_near.sum(axis=1))
    pairs = np.stack([firsts, places.numpy()[is_near]], axis=1)
    most = largest_guess(count)
    strict = linked(vectors, pairs, np.arange(count), least=_NEAR_DUPLICATE, most=most)
    loose = linked(vectors, pairs, strict, least=_LOOK_ALIKE, most=most)
    return LookAlikes(features.ids, _named(features.ids, loose), _named(features.ids, strict))


def _named(ids: Ints, groups: Ints) -> Ints:
    """(N,) the smallest id of each group; 0 for groups of one."""
    smallest = np.full(int(groups.max()) + 1, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(smallest, groups, ids)
    return np.where(np.bincount(groups)[groups] > 1, smallest[groups], 0)
