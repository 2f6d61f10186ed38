"""What the two frozen networks have seen in captures, both at once.

Sizes: N captures, D1 own numbers, D2 numbers of the companion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.file import StoredEmbeddings, open_embeddings
from vimd_core.errors import DatasetError


@dataclass(frozen=True)
class CaptureFeatures:
    """Features of captures; to be read, never written, as they may be mapped from files.

    Attributes:
        ids: (N,) int64, ascending.
        own: (N, D1) float16: `Prediction.features`, two blocks of length 1 each.
        companion: (N, D2) float16 of length 1; D2 is 0 where this installation lacks the companion.
    """

    ids: npt.NDArray[np.int64]
    own: npt.NDArray[np.float16]
    companion: npt.NDArray[np.float16]

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.own) == len(self.companion):
            raise DatasetError("Captures and their features do not fit each other.")

    def __len__(self) -> int:
        return len(self.ids)

    def rows_of(self, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The row of each capture; -1 for those that have no features."""
        places = np.minimum(np.searchsorted(self.ids, ids), max(0, len(self.ids) - 1))
        if not len(self.ids):
            return np.full(len(ids), -1, np.int64)
        return np.where(self.ids[places] == ids, places, -1)

    def taken(self, rows: npt.NDArray[np.int64]) -> CaptureFeatures:
        """Some captures only.

        Args:
            rows: ascending.
        """
        return CaptureFeatures(self.ids[rows], self.own[rows], self.companion[rows])


def open_features(
    own_path: Path, companion_path: Path | None, *, absent: Iterable[int] = ()
) -> CaptureFeatures:
    """Open the features of all captures that both networks have seen.

    Args:
        own_path: file of embeddings.
        companion_path: the other one; None where there is no companion.
        absent: captures to leave out, such as removed ones.

    Raises:
        DatasetError: a file is missing, damaged, or has nothing.
    """
    own = open_embeddings(own_path)
    other = None if companion_path is None else open_embeddings(companion_path)
    ids = np.unique(own.ids[own.ids > 0])
    if other is not None:
        ids = np.intersect1d(ids, other.ids)
    ids = np.setdiff1d(ids, np.fromiter(absent, np.int64), assume_unique=True)
    nothing = np.empty((len(ids), 0), np.float16)
    return CaptureFeatures(ids, _rows(own, ids), nothing if other is None else _rows(other, ids))


def _rows(stored: StoredEmbeddings, ids: npt.NDArray[np.int64]) -> npt.NDArray[np.float16]:
    """Their vectors in that order: the file itself where it has just these, in memory otherwise."""
    rows = stored.rows_of(ids)
    if len(rows) == len(stored.ids) and bool((np.diff(rows) == 1).all()):
        return stored.vectors
    found: npt.NDArray[np.float16] = stored.vectors[rows]
    return found
