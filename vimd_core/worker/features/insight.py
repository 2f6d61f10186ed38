"""Requests of the window that compare captures by their features: similar, unlike, label errors, map."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from vimd_core.embeddings.features import CaptureFeatures, open_features
from vimd_core.embeddings.label_errors import FOLDS, are_enough, doubted_labels
from vimd_core.embeddings.layout import LayoutCancelledError, lay_out
from vimd_core.embeddings.reduction import reduced
from vimd_core.embeddings.search import Ids, Scores, similar, unlike
from vimd_core.processes.atomic_files import atomic_write
from vimd_core.processes.messages import Float32Array, Float32Matrix, Int64Array
from vimd_core.worker.messages import (
    Cancelled,
    Doubts,
    FindLabelErrors,
    FindSimilar,
    FindUnlike,
    LaidOut,
    LayOut,
    Progress,
    Ranking,
)
from vimd_core.worker.serving import ServedRequest, serves


@serves(FindSimilar)
def find_similar(request: FindSimilar, _job: ServedRequest) -> Ranking:
    """Rank captures by how alike they are to some."""
    features = _features(request)
    return _ranking(features, *similar(features, request.ids.to_numpy(), request.top_k))


@serves(FindUnlike)
def find_unlike(request: FindUnlike, job: ServedRequest) -> Ranking | Cancelled:
    """Rank captures by how unlike they are to all that is labelled."""
    features = _features(request)
    labelled = request.labelled.to_numpy()
    found = unlike(features, labelled, request.top_k, is_cancelled=job.is_cancelled)
    return Cancelled() if job.is_cancelled() else _ranking(features, *found)


@serves(FindLabelErrors)
def find_label_errors(request: FindLabelErrors, job: ServedRequest) -> Doubts | Cancelled:
    """Find labels that a classifier which never saw them contradicts."""
    features = _features(request)
    ids, labels, groups = (one.to_numpy() for one in (request.ids, request.labels, request.groups))
    rows = features.rows_of(ids)
    known = np.flatnonzero(rows >= 0)
    ids, labels, groups = ids[known], labels[known], groups[known]
    vectors = torch.from_numpy(reduced(features.vectors(rows[known])))

    def on_fold(done: int) -> bool:
        job.tell(Progress(done / FOLDS))
        return not job.is_cancelled()

    found = doubted_labels(vectors, labels, groups, on_fold=on_fold)
    if job.is_cancelled():
        return Cancelled()
    return Doubts(
        ids=_whole(ids[found.places]),
        suggested=_whole(found.suggested),
        margins=_floats(found.margins),
        checked=found.checked,
        classes=found.classes,
        are_enough=are_enough(labels),
        are_grouped=found.is_grouped,
    )


@serves(LayOut)
def lay_out_captures(request: LayOut, job: ServedRequest) -> LaidOut | Cancelled:
    """Put all captures on a map."""
    features = _features(request)
    ids = features.ids
    places = _read_layout(request.cache, ids)
    is_cached = places is not None
    if places is None:

        def on_progress(share: float) -> bool:
            job.tell(Progress(share))
            return not job.is_cancelled()

        try:
            places = lay_out(features, on_progress=on_progress).numpy()
        except LayoutCancelledError:
            return Cancelled()
        # It is only saved to be quick the next time.
        with (
            contextlib.suppress(OSError),
            atomic_write(request.cache) as temporary,
            temporary.open("wb") as file,
        ):
            np.savez(file, ids=ids, places=places)
    return LaidOut(_whole(ids), Float32Matrix.of(np.ascontiguousarray(places, np.float32)), is_cached)


def _features(
    request: FindSimilar | FindUnlike | FindLabelErrors | LayOut,
) -> CaptureFeatures:
    """What is known of captures, without those that are not in the project any more."""
    return open_features(request.features.own, request.features.companion, absent=request.absent)


def _ranking(features: CaptureFeatures, ids: Ids, scores: Scores) -> Ranking:
    return Ranking(_whole(ids), _floats(scores), len(features))


def _whole(numbers: npt.NDArray[np.int64]) -> Int64Array:
    return Int64Array.of(np.ascontiguousarray(numbers, np.int64))


def _floats(numbers: npt.NDArray[np.float32]) -> Float32Array:
    return Float32Array.of(np.ascontiguousarray(numbers, np.float32))


def _read_layout(cache: Path, ids: Ids) -> npt.NDArray[np.float32] | None:
    """A map that was computed for exactly these captures; None when there is none, or it is damaged."""
    try:
        with np.load(cache, allow_pickle=False) as file:
            places: npt.NDArray[np.float32] = file["places"]
            is_same = bool(np.array_equal(file["ids"], ids)) and places.shape == (len(ids), 2)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return places if is_same and bool(np.isfinite(places).all()) else None
