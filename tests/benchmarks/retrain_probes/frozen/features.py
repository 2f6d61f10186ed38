"""What networks that have learnt from no label of the set see in its pictures.

Sizes: N pictures, M numbers in a feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrain_probes.frozen.lite2 import SIDE_PX, lite2_features
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.checkpoints.identity import model_id
from vimd_core.embeddings.companion import Companion
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.feature_ids import companion_features_id, own_features_id
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import DatasetError
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.atomic_files import atomic_write


@dataclass(frozen=True)
class FrozenFeatures:
    """Rows are those of the set.

    Attributes:
        captures: the product's own; the id of a picture is its row + 1.
        embed_dim: the first numbers of `captures.own`, which are the class token.
        lite2: (N, M) of the rival.
    """

    captures: CaptureFeatures
    embed_dim: int
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
    ours = folder / f"own-{own_features_id(model_id(start))[:12]}.npz"
    companions = folder / f"companion-{companion_features_id()[:12]}.npz"
    rivals = folder / f"lite2-{SIDE_PX}.npz"
    keyed = list(enumerate(files, start=1))
    if not ours.exists():
        network = FeatureExtractor(Predictor.load(start, device="cpu"), None)
        _keep(ours, network.extract_all(keyed).own)
    if not companions.exists():
        network = FeatureExtractor(None, Companion.load(device="cpu"))
        _keep(companions, network.extract_all(keyed).companion)
    if not rivals.exists():
        _keep(rivals, lite2_features(files))
    own, companion, lite2 = (np.load(path)["features"] for path in (ours, companions, rivals))
    if not len(own) == len(companion) == len(lite2) == len(files):
        raise DatasetError("{path} does not fit the pictures: some of them can't be read.", path=ours)
    embed_dim = read_bundle_info(start).config.classifier.embed_dim
    return FrozenFeatures(CaptureFeatures(np.arange(1, len(files) + 1), own, companion), embed_dim, lite2)


def _keep(path: Path, features: npt.NDArray[np.floating]) -> None:
    with atomic_write(path) as partial, partial.open("wb") as file:
        np.savez(file, features=features)
