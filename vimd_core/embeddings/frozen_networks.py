"""The two frozen networks of a process that stays: loaded when they are first asked for, beside the model in use."""

from __future__ import annotations

from vimd_core.embeddings.companion import Companion
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.feature_ids import OwnNetwork
from vimd_core.errors import CheckpointError
from vimd_core.inference.predictor import Predictor


class FrozenNetworks:
    """Networks that are loaded when they are first asked for, and compute where the model in use does."""

    def __init__(self) -> None:
        self._own: Predictor | None = None
        self._companion: Companion | None = None
        self._device = "auto"

    def extractor(
        self, wanted: OwnNetwork | None, in_use: Predictor | None, *, with_companion: bool
    ) -> FeatureExtractor:
        """Those that are wanted.

        Args:
            wanted: the own network; None for the companion alone.
            in_use: the model in use, which may be the own network itself.
            with_companion: whether the companion looks too.

        Raises:
            CheckpointError: a file is missing, damaged or another one.
        """
        device = "auto" if in_use is None else in_use.device
        if device != self._device:
            self._own, self._companion, self._device = None, None, device
        own = None
        if wanted is not None:
            own = in_use if in_use is not None and in_use.model_id == wanted.model_id else self._load(wanted)
        if with_companion and self._companion is None:
            self._companion = Companion.load(device=device)
        return FeatureExtractor(own, self._companion if with_companion else None)

    def _load(self, wanted: OwnNetwork) -> Predictor:
        if self._own is None or self._own.model_id != wanted.model_id:
            own = Predictor.load(wanted.path, device=self._device)
            if own.model_id != wanted.model_id:
                raise CheckpointError("The model file {path} was replaced by another one.", path=wanted.path)
            self._own = own
        return self._own
