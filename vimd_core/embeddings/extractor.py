"""Feature extraction: captures go in, and what the two frozen networks see in them comes out.

Sizes: B captures of a batch, N of all, D1 own numbers, D2 numbers of the companion.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from vimd_core.data.datasets.capture_batches import ReadCapture, read_batches
from vimd_core.data.images.image_sources import ImageSource
from vimd_core.embeddings.companion import Companion, as_seen
from vimd_core.embeddings.features import CaptureFeatures
from vimd_core.errors import CancelledError, CheckpointError
from vimd_core.inference.predictor import Predictor

Key = TypeVar("Key")
_BATCH: Final = 16
_UNSEEN_PX: Final = 8


@dataclass(frozen=True)
class FeatureBatch(Generic[Key]):
    """What was seen in some captures.

    Attributes:
        read: those that could be read, B.
        own: (B, D1) float16; (B, 0) where it was not asked for.
        companion: (B, D2) float16; (B, 0) where it was not asked for, or there is no companion.
        unreadable: the others.
    """

    read: tuple[ReadCapture[Key], ...]
    own: npt.NDArray[np.float16]
    companion: npt.NDArray[np.float16]
    unreadable: tuple[ReadCapture[Key], ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        """What the caller knows those by that could be read."""
        return tuple(one.key for one in self.read)


class FeatureExtractor:
    """The two networks.

    Args:
        own: the model that the active one was first made from; None where only the companion is to look.
        companion: the other network; None where this installation lacks it, or only the own one is to look.
    """

    def __init__(self, own: Predictor | None, companion: Companion | None) -> None:
        self.own = own
        self.companion = companion

    @classmethod
    def load(cls, own_model: Path, *, device: str = "auto") -> FeatureExtractor:
        """Load both; without a sound companion, own features stand alone.

        Raises:
            CheckpointError: the model is no sound bundle.
            DeviceError: the device is not there.
        """
        companion = None
        with contextlib.suppress(CheckpointError):  # `vimd doctor` says what is wrong with it
            companion = Companion.load(device=device)
        return cls(Predictor.load(own_model, device=device), companion)

    def extract(
        self, captures: Iterable[tuple[Key, ImageSource]], *, batch_size: int | None = None
    ) -> Generator[FeatureBatch[Key], None, None]:
        """Look at captures in batches, reading the next ones meanwhile.

        Args:
            captures: key and file or image of each.
            batch_size: captures at a time; None for what the own network takes.
        """
        own, companion = self.own, self.companion
        if own is None and companion is None:
            return
        batches = read_batches(
            captures,
            batch_size=batch_size or (_BATCH if own is None else own.batch_size),
            size_px=_UNSEEN_PX if own is None else own.info.config.lr_size_px,
            second=None if companion is None else as_seen,
        )
        with contextlib.closing(batches):
            for batch in batches:
                read = tuple(one for one in batch if one.image is not None)
                nothing = np.empty((len(read), 0), np.float16)
                yield FeatureBatch(
                    read,
                    nothing if own is None or not read else own.features(_firsts(read)),
                    nothing if companion is None or not read else companion.features(_seconds(read)),
                    tuple(one for one in batch if one.image is None),
                )

    def extract_all(
        self,
        captures: Sequence[tuple[int, ImageSource]],
        *,
        on_done: Callable[[int], None] = lambda _done: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> CaptureFeatures:
        """Look at captures and keep everything in memory; those that can't be read are left out.

        Args:
            captures: id and file or image of each.
            on_done: told now and then how many are done.
            is_cancelled: asked as often.

        Raises:
            CancelledError: `is_cancelled` said so.
        """
        found: list[FeatureBatch[int]] = []
        done = 0
        with contextlib.closing(self.extract(captures)) as batches:
            for batch in batches:
                if is_cancelled():
                    raise CancelledError("The features were not computed: the job was cancelled.")
                found.append(batch)
                done += len(batch.read) + len(batch.unreadable)
                on_done(done)
        full = [batch for batch in found if batch.read]
        ids = np.array([key for batch in full for key in batch.keys], np.int64)
        order = np.argsort(ids, kind="stable")
        return CaptureFeatures(
            ids[order],
            _stacked([one.own for one in full])[order],
            _stacked([one.companion for one in full])[order],
        )


def _firsts(read: Sequence[ReadCapture[Key]]) -> list[npt.NDArray[np.uint8]]:
    return [one.image for one in read if one.image is not None]


def _seconds(read: Sequence[ReadCapture[Key]]) -> list[npt.NDArray[np.uint8]]:
    return [one.second for one in read if one.second is not None]


def _stacked(parts: Sequence[npt.NDArray[np.float16]]) -> npt.NDArray[np.float16]:
    return np.concatenate(parts) if parts else np.empty((0, 0), np.float16)
