"""The request for features of captures: what the two frozen networks see."""

from __future__ import annotations

import contextlib

import numpy as np
import numpy.typing as npt

from vimd_core.processes.messages import Float16Matrix
from vimd_core.throughput import ThroughputMeter
from vimd_core.worker.messages import BatchProgress, Cancelled, Embed, Embedded, Finished, ReadFile
from vimd_core.worker.serving import ServedRequest, serves


@serves(Embed)
def embed(request: Embed, job: ServedRequest) -> Finished | Cancelled:
    """Compute features of captures in batches."""
    extractor = job.extractor(request.own, with_companion=request.with_companion)
    meter = ThroughputMeter(len(request.captures))
    unreadable = 0
    batches = extractor.extract(
        [(one.id, one.path) for one in request.captures], batch_size=request.batch_size
    )
    with contextlib.closing(batches):
        for batch in batches:
            if job.is_cancelled():
                return Cancelled(meter.done)
            meter.advance(len(batch.read) + len(batch.unreadable))
            unreadable += len(batch.unreadable)
            job.tell(
                Embedded(
                    tuple(ReadFile(one.key, one.file_size_bytes, one.modified_ns) for one in batch.read),
                    tuple(one.key for one in batch.unreadable),
                    _matrix(batch.own),
                    _matrix(batch.companion),
                    BatchProgress(meter.done, meter.total, meter.rate_per_s, meter.eta_s),
                )
            )
    return Finished(meter.done, unreadable, meter.elapsed_s)


def _matrix(features: npt.NDArray[np.float16]) -> Float16Matrix:
    return Float16Matrix.of(np.ascontiguousarray(features))
