"""Features of a project's captures for its teacher: from the project's files, and computed where they lack."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.features import CaptureFeatures, open_features
from vimd_core.errors import DatasetError
from vimd_core.throughput import ThroughputMeter
from vimd_core.training.loop.events import ExtractingEvent
from vimd_core.training.project_teaching.listed_captures import ListedCapture


def features_of(
    captures: Sequence[ListedCapture],
    own_model: Path,
    files: tuple[Path, Path] | None,
    *,
    device: str,
    tell: Callable[[ExtractingEvent], object],
    check: Callable[[], None],
) -> CaptureFeatures:
    """What both frozen networks see in captures; those whose file can't be read are left out.

    Args:
        captures: which ones.
        own_model: the model that the active one was first made from.
        files: the project's own and companion features, which may lack some captures, or all; None: there are none.
        device: where what lacks is computed.
        tell: is told how far that is.
        check: is called several times a second; may raise.

    Raises:
        CheckpointError: the model is damaged.
        DeviceError: the device is not there.
    """
    kept = None if files is None else _kept(files, np.array([one.key for one in captures], np.int64))
    known = set() if kept is None else set(kept.ids.tolist())
    lacking = [one for one in captures if one.key not in known]
    if not lacking and kept is not None:
        return kept
    extractor = FeatureExtractor.load(own_model, device=device)
    if kept is not None and extractor.companion is None:
        # Without the companion all captures are seen by the own network alone.
        kept = CaptureFeatures(kept.ids, kept.own, kept.companion[:, :0])
    meter = ThroughputMeter(len(lacking))

    def count(done: int) -> None:
        check()
        meter.advance(done - meter.done)
        tell(ExtractingEvent(done, len(lacking), meter.eta_s))

    tell(ExtractingEvent(0, len(lacking), None))
    computed = extractor.extract_all([(one.key, one.path) for one in lacking], on_done=count)
    return computed if kept is None or len(kept) == 0 else _joined(kept, computed)


def _kept(files: tuple[Path, Path], ids: npt.NDArray[np.int64]) -> CaptureFeatures | None:
    """What the project has of them, in memory; None when it has nothing."""
    try:
        features = open_features(*files)
    except (DatasetError, OSError):
        return None
    rows = features.rows_of(np.sort(ids))
    return features.taken(rows[rows >= 0])


def _joined(first: CaptureFeatures, second: CaptureFeatures) -> CaptureFeatures:
    """Both, in the order of the captures; where nothing was readable the first alone."""
    if len(second) == 0:
        return first
    ids = np.concatenate([first.ids, second.ids])
    order = np.argsort(ids, kind="stable")
    return CaptureFeatures(
        ids[order],
        np.concatenate([first.own, second.own])[order],
        np.concatenate([first.companion, second.companion])[order],
    )
