"""What a training asks of the source of its batches, and how it recognises the data they are drawn from."""

from __future__ import annotations

import hashlib
from typing import Protocol

from vimd_core.distillation.batch import Batch
from vimd_core.distillation.captures import CaptureSet


class BatchSource(Protocol):
    """Gives the batch of any step without those before it, so that a training can go on from any step."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one pass."""

    def draw(self, step: int) -> Batch:
        """This process's rows of the batch of a step, from 0; the same each time they are asked for."""


def fingerprint(captures: CaptureSet) -> str:
    """Names a set of captures: equal for equal images, labels and groups, and for nothing else."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(str(tuple(captures.images.shape)).encode())
    for tensor in (captures.images, captures.labels):
        digest.update(tensor.contiguous().numpy().data)
    digest.update("\0".join(captures.groups).encode("utf-8", "surrogateescape"))
    return digest.hexdigest()
