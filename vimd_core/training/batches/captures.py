"""Training images: captures with their labels, groups and near views, and where their pixels are.

Sizes: N images, B of them in a batch, S image size of the classifier in px, K classes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from vimd_core.data.datasets.dataset import Dataset, Split
from vimd_core.data.datasets.pixels import PixelStore

UNLABELLED: Final = -1
"""The label of a capture that nobody has given a class: it is learnt from by soft answers alone."""


@dataclass(frozen=True)
class CaptureSet:
    """Images, all seen at one size, most of them labelled.

    Attributes:
        pixels: of more images than these, in general.
        rows: (N,) int64, index of each image in `pixels`.
        labels: (N,) int64, `UNLABELLED` for captures without one.
        groups: for each image what must not be separated by a split, such as one physical sign.
        near: (N,) int64, index in `pixels` of the high-resolution view of the same thing, -1 without one.
        is_view: (N,) bool, whether an image is a high-resolution view that was given beside the captures.
    """

    pixels: PixelStore
    rows: Tensor
    labels: Tensor
    groups: tuple[str, ...]
    near: Tensor
    is_view: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def size_px(self) -> int:
        """S."""
        return self.pixels.size_px

    @property
    def native_px(self) -> Tensor:
        """(N,) int64, the shorter side of each image in its file, in px."""
        return torch.tensor(
            [self.pixels.facts[row].shorter_px for row in self.rows.tolist()], dtype=torch.int64
        )

    @property
    def fingerprint(self) -> str:
        """Names the images and what is known about them: equal for equal files, labels, groups and near views."""
        digest = hashlib.blake2b(str(self.size_px).encode(), digest_size=16)
        near = self.near.tolist()
        facts = self.pixels.facts
        for index, row in enumerate(self.rows.tolist()):
            view = facts[near[index]].content if near[index] >= 0 else ""
            known = f"{facts[row].content}/{int(self.labels[index])}/{view}/{int(self.is_view[index])}/"
            digest.update(f"{known}{self.groups[index]}\0".encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    @property
    def is_labelled(self) -> Tensor:
        """(N,) bool, whether an image has a label."""
        return self.labels != UNLABELLED

    def views(self, indices: Tensor) -> Tensor:
        """The images at (B,) int64 indices, enlarged to the classifier's size: (B, 3, S, S) float32 in [0, 1]."""
        return enlarged_views(self.pixels, self.rows[indices])

    @property
    def capture_indices(self) -> list[int]:
        """Indices of the captures; of all images when there are only views."""
        return torch.nonzero(~self.is_view).flatten().tolist() or list(range(len(self)))

    def without_views(self) -> CaptureSet:
        """The captures alone; all images when there are only views."""
        return self.subset(self.capture_indices)

    def subset(self, indices: Sequence[int]) -> CaptureSet:
        """The images at some indices; the pixels are shared."""
        chosen = torch.as_tensor(indices, dtype=torch.int64)
        return replace(
            self,
            rows=self.rows[chosen],
            labels=self.labels[chosen],
            groups=tuple(self.groups[i] for i in indices),
            near=self.near[chosen],
            is_view=self.is_view[chosen],
        )

    def with_unlabelled(self, rows: Sequence[int]) -> CaptureSet:
        """These images, and behind them captures without a label.

        Args:
            rows: indices of those in `pixels`.
        """
        count = len(rows)
        return replace(
            self,
            rows=torch.cat([self.rows, torch.tensor(rows, dtype=torch.int64)]),
            labels=torch.cat([self.labels, torch.full((count,), UNLABELLED)]),
            groups=(*self.groups, *("" for _ in rows)),
            near=torch.cat([self.near, torch.full((count,), -1)]),
            is_view=torch.cat([self.is_view, torch.zeros(count, dtype=torch.bool)]),
        )


def enlarged_views(pixels: PixelStore, rows: Tensor) -> Tensor:
    """Images at the size that the classifier reads; smaller ones are enlarged (bicubic, a = -0.5, as Pillow does).

    Args:
        pixels: where they are.
        rows: (B,) int64, indices in `pixels`.

    Returns:
        (B, 3, S, S) float32 in [0, 1].
    """
    size_px = pixels.size_px
    images = [pixels.image(row) for row in rows.tolist()]
    sides = np.array([image.shape[-1] for image in images], dtype=np.int64)
    views = torch.empty(len(images), 3, size_px, size_px)
    for side in np.unique(sides).tolist():
        places = np.flatnonzero(sides == side)
        part = torch.from_numpy(np.stack([images[place] for place in places])).float().div_(255.0)
        if side != size_px:
            weights = _enlargement(side, size_px)
            part = (weights @ part @ weights.T).clamp_(0.0, 1.0)  # (b, 3, side, side) -> (b, 3, S, S)
        views[torch.from_numpy(places)] = part
    return views


@lru_cache(maxsize=32)
def _enlargement(side: int, size_px: int) -> Tensor:
    """Weights of the bicubic enlargement along one direction, (S, side): a product of matrices is several times faster
    than `interpolate`. The antialiased kernel is Pillow's; in enlarging it changes nothing else."""
    columns = torch.eye(side)[None, None]  # (1, 1, side, side)
    weights = functional.interpolate(columns, size=(size_px, side), mode="bicubic", antialias=True)
    return weights[0, 0]


def capture_set(dataset: Dataset, pixels: PixelStore, row_of: dict[Path, int]) -> CaptureSet:
    """A data set with its pixels: the captures, then the views.

    Args:
        dataset: all of its images are in `pixels`.
        pixels: of these images and perhaps of others.
        row_of: index in `pixels` of each file.
    """
    images = dataset.images
    captures = len(dataset.captures)
    return CaptureSet(
        pixels,
        torch.tensor([row_of[image.path] for image in images], dtype=torch.int64),
        torch.tensor([image.label for image in images], dtype=torch.int64),
        tuple(image.group for image in images),
        torch.tensor([-1 if image.hr is None else row_of.get(image.hr, -1) for image in images]),
        torch.arange(len(images)) >= captures,
    )


def indices_of_split(dataset: Dataset, split: Split) -> list[int]:
    """Indices, in the set that `capture_set` makes, of all images for one purpose."""
    return [index for index, image in enumerate(dataset.images) if image.split == split]
