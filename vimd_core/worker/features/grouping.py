"""Look-alike requests of the window."""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt

from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.embeddings.extractor import FeatureExtractor
from vimd_core.embeddings.features import open_features
from vimd_core.embeddings.file import append_embeddings
from vimd_core.groups.look_alikes import find_look_alikes
from vimd_core.inference.predictor import Predictor
from vimd_core.processes.messages import Int64Array
from vimd_core.worker.features.group_messages import FindLookAlikes, LookAlikesFound
from vimd_core.worker.messages import Cancelled, Progress
from vimd_core.worker.serving import ServedRequest, serves


@serves(FindLookAlikes)
def group_look_alikes(request: FindLookAlikes, job: ServedRequest) -> LookAlikesFound | Cancelled:
    """Compute what features lack, and group captures by them."""
    job.tell(Progress(0.0))
    if request.missing and not _extract(request, job):
        return Cancelled()
    found = find_look_alikes(
        open_features(request.own, None, absent=request.absent),
        read_bundle_info(request.own_model).config.classifier.embed_dim,
        on_progress=lambda share: job.tell(Progress(share)),
        is_cancelled=job.is_cancelled,
    )
    if job.is_cancelled():
        return Cancelled()
    is_grouped = found.look_alike > 0
    return LookAlikesFound(
        *(_whole(one[is_grouped]) for one in (found.ids, found.look_alike, found.near_duplicate))
    )


def _extract(request: FindLookAlikes, job: ServedRequest) -> bool:
    """Look at captures with the own network alone; whether it was let to the end."""
    extractor = FeatureExtractor(Predictor.load(request.own_model), None)
    captures = ((one.id, one.path) for one in request.missing)
    done = 0
    with contextlib.closing(extractor.extract(captures)) as batches:
        for batch in batches:
            if job.is_cancelled():
                return False
            if batch.keys:
                append_embeddings(request.own, batch.own.shape[1], batch.keys, batch.own.tobytes())
            done += len(batch.keys) + len(batch.unreadable)
            job.tell(Progress(done / len(request.missing)))
    return True


def _whole(numbers: npt.NDArray[np.int64]) -> Int64Array:
    return Int64Array.of(np.ascontiguousarray(numbers, np.int64))
