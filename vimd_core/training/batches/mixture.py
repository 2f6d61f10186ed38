"""Draws the batches of a training from three streams of captures; any step can be drawn without those before it.

Sizes: N captures, B images of a batch, S image size of the classifier in px, s side of the student's captures in px,
K classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.data.datasets.keyed_random import KeyedRandom, Keys, mix_keys
from vimd_core.errors import ConfigError, DatasetError
from vimd_core.training.augmentation.augment import AugmentationConfig, augment
from vimd_core.training.augmentation.cutmix import cut_and_mix
from vimd_core.training.augmentation.degradation import DegradationConfig, degrade
from vimd_core.training.augmentation.symmetries import Symmetries
from vimd_core.training.batches.batch import STREAMS, Batch, Stream
from vimd_core.training.batches.captures import CaptureSet
from vimd_core.training.batches.drawing_order import ORDER, DrawingOrder
from vimd_core.training.batches.near_answers import NearAnswers
from vimd_core.training.batches.soft_answers import SoftAnswers

# Keep apart what a capture's numbers are drawn for.
_AUGMENTATION: Final = 2
_DEGRADATION: Final = 3
_MIXING: Final = 4
_SYMMETRY: Final = 5


@dataclass(frozen=True, kw_only=True)
class StreamsConfig:
    """How a batch is put together; see `batch.STREAMS` for what each stream is.

    Attributes:
        aligned_share: part of the batch, relative to the other shares; -1 takes the number of captures.
        near_share: the same for real captures with a near view.
        single_share: the same for real captures by themselves.
        aligned_from_px: a capture whose shorter side in its file is at least this is a high-resolution view, from
            which the student's capture is made; 0 takes all as such, -1 takes twice the student's side.
        degradation: how captures are made from high-resolution views.
    """

    aligned_share: float = -1.0
    near_share: float = -1.0
    single_share: float = -1.0
    aligned_from_px: int = -1
    degradation: DegradationConfig = field(default_factory=DegradationConfig)

    def __post_init__(self) -> None:
        for name in STREAMS:
            share = getattr(self, f"{name}_share")
            if not (share == -1 or 0 <= share < math.inf):
                raise ConfigError(
                    "{name}_share must be at least 0, or -1, not {share}.", name=name, share=repr(share)
                )
        if all(getattr(self, f"{name}_share") == 0 for name in STREAMS):
            raise ConfigError("One of the shares of the streams must be above 0.")
        if self.aligned_from_px < -1:
            raise ConfigError("aligned_from_px must be at least 0, or -1.")


class StreamSampler:
    """Draws batches that depend on the seed and the step alone.

    Within a stream all captures are drawn once before any is drawn again, or, with `class_balance`, as often as
    their class wants; how a capture is changed depends on the seed, the pass over its stream and its index.

    Args:
        captures: to learn from.
        batch_size: B, of all processes together.
        epoch_images: images of an epoch at least; there are as many as captures otherwise.
        seed: of order, augmentation and degradation.
        augmentation: strengths.
        streams: shares, and how captures are made from views.
        symmetries: classes that may be mirrored or turned; None: none.
        class_balance: 0 draws captures as they are, 1 draws all classes equally often.
        labelled_share: part of the images drawn that are labelled, at least; the others have soft answers alone.
        lr_size_px: s; None makes no captures, for a teacher, and takes all as one stream.
        near: what a teacher says of the near views of captures; None: no near stream.
        previous_logits: (N, K) of the model that is to be improved on each capture; None: there is none.
        answers: of the project's teacher on each capture; None: there is none, and all captures are labelled.
        rank: of this process, from 0: it gets every `world_size`-th row of the batch.
        world_size: number of processes.

    Raises:
        DatasetError: there are no captures, or none in any stream that has a share.
    """

    def __init__(
        self,
        captures: CaptureSet,
        *,
        batch_size: int,
        epoch_images: int = 0,
        seed: int,
        augmentation: AugmentationConfig,
        streams: StreamsConfig,
        symmetries: Symmetries | None = None,
        class_balance: float = 0.0,
        labelled_share: float = 0.0,
        lr_size_px: int | None = None,
        near: NearAnswers | None = None,
        previous_logits: Tensor | None = None,
        answers: SoftAnswers | None = None,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        if len(captures) == 0:
            raise DatasetError("No captures to train on.")
        self._captures = captures
        self._batch_size = batch_size
        self._epoch_images = epoch_images
        self._seed = seed
        self._augmentation = augmentation
        self._symmetries = symmetries
        self._degradation = streams.degradation
        self._lr_size_px = lr_size_px
        self._near = near
        self._previous_logits = previous_logits
        self._answers = answers
        self._shard = slice(rank, None, world_size)
        stream_of = _assign(captures, streams, lr_size_px, near)
        members = [np.flatnonzero(stream_of == index) for index in range(len(STREAMS))]
        self._members = members
        self._rows = _share_out(
            batch_size, [_share(streams, name, members[i]) for i, name in enumerate(STREAMS)]
        )
        weights = _weights(captures, answers, class_balance, labelled_share)
        self._order = [
            DrawingOrder(indices, None if weights is None else weights[indices], seed, stream)
            for stream, indices in enumerate(members)
        ]
        self.stream_counts: dict[Stream, int] = {
            name: len(indices) for name, indices in zip(STREAMS, members, strict=True)
        }
        """Captures in each stream."""
        self.batch_rows: dict[Stream, int] = dict(zip(STREAMS, self._rows, strict=True))
        """Rows of a batch from each stream."""

    @property
    def steps_per_epoch(self) -> int:
        """Steps that draw about as many images as an epoch has; at least 1."""
        return max(1, max(self._epoch_images, len(self._captures)) // self._batch_size)

    def take_answers(self, answers: SoftAnswers) -> None:
        """Have batches that are drawn from now on teach other soft answers on the same captures."""
        self._answers = answers

    @property
    def captures(self) -> CaptureSet:
        """What batches are drawn from."""
        return self._captures

    def draw(self, step: int) -> Batch:
        """The batch of a step, or this process's rows of it.

        Args:
            step: from 0, over all epochs.
        """
        drawn = [
            order.draw(step * rows, rows) for order, rows in zip(self._order, self._rows, strict=True) if rows
        ]
        streams = np.repeat(np.arange(len(STREAMS)), self._rows)[self._shard]
        indices, passes, repeats = (np.concatenate(part)[self._shard] for part in zip(*drawn, strict=True))
        chosen = torch.from_numpy(indices)
        keys = mix_keys(self._seed, passes, indices, repeats)
        images, labels, is_another = self._pictures(chosen, keys)
        answers = self._answers_on(chosen, is_another)
        other_labels, label_share = self._mix(images, labels, answers, streams, keys)
        captures = None
        if self._lr_size_px is not None:
            captures = self._make_captures(images, streams, keys, self._lr_size_px)
        near_logits = has_near = previous_logits = has_previous = None
        if self._near is not None:
            near_logits = self._near.logits[chosen]
            has_near = self._near.has_answer[chosen].float()
        if self._previous_logits is not None:
            previous_logits = self._previous_logits[chosen]
            right = previous_logits.argmax(dim=1) == labels
            has_previous = (right & ~self._captures.is_view[chosen]).float()
        if label_share is not None or self._symmetries is not None:
            # What was said of the capture as it was says nothing of a mixed or mirrored one.
            same = ~is_another if label_share is None else ~is_another & (label_share == 1.0)
            whole = same.float()
            has_near = None if has_near is None else has_near * whole
            has_previous = None if has_previous is None else has_previous * whole
        return Batch(
            images=images.contiguous(memory_format=torch.channels_last),
            labels=labels,
            near_logits=near_logits,
            has_near=has_near,
            captures=captures,
            streams=torch.from_numpy(streams),
            previous_logits=previous_logits,
            has_previous=has_previous,
            other_labels=other_labels,
            label_share=label_share,
            answers=answers,
        )

    def _answers_on(self, chosen: Tensor, is_another: Tensor) -> Tensor | None:
        """(B, K) soft answers; none on what was mirrored or turned, of which they say nothing."""
        if self._answers is None:
            return None
        return self._answers.on(chosen) * (~is_another).float()[:, None]

    def _pictures(self, chosen: Tensor, keys: Keys) -> tuple[Tensor, Tensor, Tensor]:
        """Captures as a step sees them: (B, 3, S, S) images, their (B,) labels, (B,) whether mirrored or turned."""
        images, labels = self._captures.views(chosen), self._captures.labels[chosen]
        is_another = torch.zeros(len(chosen), dtype=torch.bool)
        if self._symmetries is not None:
            labels, is_another = self._symmetries.apply(
                images, labels, KeyedRandom(mix_keys(keys, _SYMMETRY))
            )
        images = augment(images, self._augmentation, KeyedRandom(mix_keys(keys, _AUGMENTATION)))
        return images, labels, is_another

    def _mix(
        self,
        images: Tensor,
        labels: Tensor,
        answers: Tensor | None,
        streams: npt.NDArray[np.int64],
        keys: Keys,
    ) -> tuple[Tensor | None, Tensor | None]:
        """Mix captures of the same stream into some images, in place, and their soft answers into those: the labels of
        what was mixed in, and the images' shares."""
        probability = self._augmentation.cutmix_probability
        if probability == 0:
            return None, None
        random = KeyedRandom(mix_keys(keys, _MIXING))
        rows = np.flatnonzero(random.uniform() < probability)
        other_labels, share = labels.clone(), torch.ones(len(labels))
        if len(rows):
            members = [self._members[stream] for stream in streams[rows]]
            places = random.uniform()[rows]
            partners = torch.tensor(
                [of[min(int(at * len(of)), len(of) - 1)] for of, at in zip(members, places, strict=True)]
            )
            mixed = torch.from_numpy(rows)
            partner_keys = mix_keys(keys[rows], _MIXING)
            others, labels_of_others, is_another = self._pictures(partners, partner_keys)
            cut = images[mixed]
            share[mixed] = cut_and_mix(cut, others, KeyedRandom(mix_keys(partner_keys, ORDER)))
            images[mixed] = cut
            other_labels[mixed] = labels_of_others
            answers_on_others = self._answers_on(partners, is_another)
            if answers is not None and answers_on_others is not None:
                own = share[mixed][:, None]
                answers[mixed] = own * answers[mixed] + (1.0 - own) * answers_on_others
        return other_labels, share

    def _make_captures(
        self, images: Tensor, streams: npt.NDArray[np.int64], keys: Keys, size_px: int
    ) -> Tensor:
        """Degraded where the image is a high-resolution view; a real capture is degraded enough."""
        captures = degrade(images, size_px, DegradationConfig(), KeyedRandom(keys))
        aligned = np.flatnonzero(streams == STREAMS.index("aligned"))
        if self._degradation.kind != "bicubic" and len(aligned):
            rows = torch.from_numpy(aligned)
            random = KeyedRandom(mix_keys(keys[aligned], _DEGRADATION))
            captures[rows] = degrade(images[rows], size_px, self._degradation, random)
        return captures.contiguous(memory_format=torch.channels_last)


def _assign(
    captures: CaptureSet, config: StreamsConfig, lr_size_px: int | None, near_answers: NearAnswers | None
) -> npt.NDArray[np.int64]:
    """(N,) index into `STREAMS` of each capture."""
    aligned, near, single = (STREAMS.index(name) for name in STREAMS)
    if lr_size_px is None:
        return np.full(len(captures), aligned)
    smallest_px = 2 * lr_size_px if config.aligned_from_px < 0 else config.aligned_from_px
    is_high = (captures.is_view | (captures.native_px >= smallest_px)).numpy()
    has_near = False if near_answers is None else near_answers.has_answer.numpy()
    return np.where(is_high, aligned, np.where(has_near, near, single))


def _weights(
    captures: CaptureSet, answers: SoftAnswers | None, class_balance: float, labelled_share: float
) -> npt.NDArray[np.float64] | None:
    """(N,) how often each capture is drawn, relative to the others; None draws all alike.

    Over all streams, so that a class that is frequent in one of them is not drawn too rarely in another. The class of
    a capture without a label is the likeliest one.
    """
    is_labelled = captures.is_labelled.numpy()
    too_few = answers is not None and 0 < is_labelled.mean() < labelled_share
    if class_balance == 0 and not too_few:
        return None
    labels = captures.labels.numpy()
    if answers is not None:
        labels = np.where(is_labelled, labels, answers.likeliest.numpy())
    weights: npt.NDArray[np.float64] = np.bincount(labels)[labels].astype(np.float64) ** -class_balance
    share = float(weights[is_labelled].sum() / weights.sum())
    if too_few and share < labelled_share:
        weights[is_labelled] *= labelled_share * (1.0 - share) / (share * (1.0 - labelled_share))
    return weights


def _share(config: StreamsConfig, name: Stream, members: npt.NDArray[np.int64]) -> float:
    share: float = getattr(config, f"{name}_share")
    if len(members) == 0:
        return 0.0
    return float(len(members)) if share < 0 else share


def _share_out(rows: int, shares: list[float]) -> list[int]:
    """Whole numbers of rows in proportion to the shares (largest remainders), 1 at least for each share above 0.

    Raises:
        DatasetError: no stream with a share has captures.
        ConfigError: there are fewer rows than streams.
    """
    total = sum(shares)
    if total == 0:
        raise DatasetError("No capture belongs to a stream with a share above 0: change the shares.")
    if rows < sum(share > 0 for share in shares):
        raise ConfigError(
            "A batch of {rows} has no room for all streams of captures: use a larger batch.", rows=rows
        )
    exact = [rows * share / total for share in shares]
    counts = [max(math.floor(value), int(value > 0)) for value in exact]
    while sum(counts) < rows:
        counts[max(range(len(exact)), key=lambda i: exact[i] - counts[i])] += 1
    while sum(counts) > rows:
        # Only where a small share was given its one row: the largest stream pays for it.
        counts[max(range(len(exact)), key=lambda i: counts[i])] -= 1
    return counts
