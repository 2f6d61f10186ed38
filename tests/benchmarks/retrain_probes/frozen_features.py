"""What networks that have learnt from no label of the set see in its pictures.

Sizes: N pictures, M numbers in a feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrain_probes.lite2 import SIDE_PX, lite2_features
from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.feature_ids import companion_features_id, own_features_id
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.processes.atomic_files import atomic_write


@dataclass(frozen=True)
class FrozenFeatures:
    """Rows are those of the set.

    Attributes:
        captures: the product's own; the id of a picture is its row + 1.
        lite2: (N, M) of the rival.
    """

    captures: CaptureFeatures
    lite2: npt.NDArray[np.float32]

    @property
    def own(self) -> npt.NDArray[np.float32]:
        """(N, M) of our own network."""
        return self.captures.own.astype(np.float32)


def frozen_features(files: Sequence[Path], start: Path, folder: Path) -> FrozenFeatures:
    """Of all pictures of a set, computed once.

    Args:
        files: pictures.
        start: bundle of our own model that trainings start from.
        folder: to keep them in.

    Raises:
        DatasetError: a picture can't be read.
    """
    key = own_features_id(model_id(start))[:12] + companion_features_id()[:12]
    kept, rival = folder / f"features-{key}.npz", folder / f"lite2-{SIDE_PX}.npz"
    if not kept.exists():
        found = FeatureExtractor.load(start, device="cpu").extract_all(list(enumerate(files, start=1)))
        _keep(kept, own=found.own, companion=found.companion)
    if not rival.exists():
        _keep(rival, lite2=lite2_features(files))
    with np.load(kept) as ours, np.load(rival) as theirs:
        if not len(ours["own"]) == len(theirs["lite2"]) == len(files):
            raise DatasetError("{path} does not fit the pictures: some of them can't be read.", path=kept)
        captures = CaptureFeatures(np.arange(1, len(files) + 1), ours["own"], ours["companion"])
        return FrozenFeatures(captures, theirs["lite2"])


def _keep(path: Path, **arrays: npt.NDArray[np.floating]) -> None:
    with atomic_write(path) as partial, partial.open("wb") as file:
        np.savez(file, **arrays)
