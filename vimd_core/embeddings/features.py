"""Features of captures from two frozen networks: what everything that compares captures works with.

Sizes: N captures, D1 numbers from the own network, D2 from the companion.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.file import open_embeddings


@dataclass(frozen=True)
class CaptureFeatures:
    """What two networks that have learnt from no label of the project see in each capture.

    Attributes:
        ids: (N,) int64, ascending.
        own: (N, D1) float16, of the model that the lineage began with.
        companion: (N, D2) float16, of the network that has seen ImageNet.
    """

    ids: npt.NDArray[np.int64]
    own: npt.NDArray[np.float16]
    companion: npt.NDArray[np.float16]


def open_features(own: Path, companion: Path, *, absent: Collection[int] = ()) -> CaptureFeatures:
    """The captures that both files hold.

    Args:
        own: file of the own network's features.
        companion: file of the companion's.
        absent: captures that are left out although the files still have them.

    Raises:
        DatasetError: a file is missing, empty or damaged.
    """
    first, second = open_embeddings(own), open_embeddings(companion)
    ids = np.intersect1d(first.ids[first.ids > 0], second.ids[second.ids > 0])
    ids = np.setdiff1d(ids, np.fromiter(absent, np.int64, len(absent)))
    return CaptureFeatures(ids, first.vectors[first.rows_of(ids)], second.vectors[second.rows_of(ids)])
