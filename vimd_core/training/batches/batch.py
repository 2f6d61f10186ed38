"""The batch of one training step, the stream each of its rows came from, and what gives the batches of all steps.

Sizes: B images, S image size of the classifier in px, s side of the student's captures in px, K classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Final, Literal, Protocol, Self, TypeVar, get_args

import torch
from torch import Tensor

Stream = Literal["aligned", "near", "single"]
STREAMS: Final[tuple[Stream, ...]] = get_args(Stream)
"""Aligned: a high-resolution view and the capture that was made from it. Near: a real capture, and the teacher's
answer on a near view of the same thing. Single: a real capture by itself."""


@dataclass(frozen=True)
class Batch:
    """What a step sees. What is None is not there for any row.

    Attributes:
        images: (B, 3, S, S) in [0, 1], augmented views at the classifier's size, as the teacher sees them.
        labels: (B,) int64; -1 where an image has none.
        near_logits: (B, K) of the teacher on the near view of each image.
        has_near: (B,) 1.0 where an image has a near view.
        captures: (B, 3, s, s) in [0, 1], what the student sees of `images`; None: their bicubic reduction.
        streams: (B,) int64, index into `STREAMS`; None: all are aligned.
        previous_logits: (B, K) of the model that is to be improved.
        has_previous: (B,) 1.0 where that model's answer is to be kept.
        other_labels: (B,) int64, the label of what was mixed into an image; None: nothing was.
        label_share: (B,) in [0, 1], how much `labels` counts beside `other_labels`.
        answers: (B, K) at least 0, soft answers of the project's teacher, each row times its weight; where images were
            mixed, those of both by their shares.
    """

    images: Tensor
    labels: Tensor
    near_logits: Tensor | None = None
    has_near: Tensor | None = None
    captures: Tensor | None = None
    streams: Tensor | None = None
    previous_logits: Tensor | None = None
    has_previous: Tensor | None = None
    other_labels: Tensor | None = None
    label_share: Tensor | None = None
    answers: Tensor | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def rows(self, chosen: slice | Tensor) -> Batch:
        """A part of the batch; with parts of one size, the mean of their losses is the loss of the whole."""
        return Batch(*(None if part is None else part[chosen] for part in self._parts()))  # type: ignore[arg-type]

    def to(self, device: torch.device) -> Batch:
        """The same on a device, pictures with their channels last."""
        return Batch(
            *(
                None
                if part is None
                else part.to(
                    device,
                    non_blocking=True,
                    memory_format=torch.channels_last if part.ndim == 4 else torch.preserve_format,
                )
                for part in self._parts()
            )  # type: ignore[arg-type]
        )

    def _parts(self) -> tuple[Tensor | None, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))


class Rows(Protocol):
    """What a step asks of its batch, whatever that holds."""

    def __len__(self) -> int: ...

    def rows(self, chosen: slice) -> Self:
        """A part of the batch."""

    def to(self, device: torch.device) -> Self:
        """The same on a device."""


AnyBatch = TypeVar("AnyBatch", bound=Rows)
_Drawn = TypeVar("_Drawn", bound=Rows, covariant=True)


class BatchSource(Protocol[_Drawn]):
    """Gives the batch of any step without those before it, so that a training can go on from any step."""

    def draw(self, step: int) -> _Drawn:
        """This process's rows of the batch of a step, from 0; the same each time they are asked for."""


def parts_of(count: int, parts: int) -> Iterator[tuple[int, int]]:
    """Share rows out as equally as can be.

    Args:
        count: rows.
        parts: how many of them are wanted; never more than there are rows.

    Returns:
        First row, and the one after the last, of each part.
    """
    parts = min(parts, count)
    for index in range(parts):
        yield index * count // parts, (index + 1) * count // parts
