"""Training images in memory: captures with their labels, groups and near views.

Sizes: N images, S image size of the classifier in px.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vimd_core.data.decoding import decode_image
from vimd_core.data.folders import find_class_folders
from vimd_core.data.resizing import resize_square
from vimd_core.errors import DatasetError, ImageError

GROUP_SEPARATOR = "_"


@dataclass(frozen=True)
class CaptureSet:
    """Labelled images, all stretched to one size.

    Attributes:
        images: (N, 3, S, S) uint8 RGB.
        labels: (N,) int64.
        groups: for each image what must not be separated by a split, such as one physical sign.
        near: (N,) int64, index of the near view of the same group in the set of near views, -1 without one.
        native_px: (N,) int64, the shorter side of each image in its file, in px.
        is_view: (N,) bool, whether an image is a high-resolution view that was given beside the captures.
        unreadable: files that were left out, with the reason.
    """

    images: Tensor
    labels: Tensor
    groups: tuple[str, ...]
    near: Tensor
    native_px: Tensor
    is_view: Tensor
    unreadable: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def size_px(self) -> int:
        """S."""
        return int(self.images.shape[-1])

    def views(self, indices: Tensor) -> Tensor:
        """The images at (B,) int64 indices, enlarged to the classifier's size: (B, 3, S, S) float32 in [0, 1]."""
        return self.images[indices].float() / 255.0

    def subset(self, indices: Sequence[int]) -> CaptureSet:
        """The images at some indices."""
        chosen = torch.as_tensor(indices, dtype=torch.int64)
        return CaptureSet(
            self.images[chosen],
            self.labels[chosen],
            tuple(self.groups[i] for i in indices),
            self.near[chosen],
            self.native_px[chosen],
            self.is_view[chosen],
        )


def load_captures(
    folder: Path, size_px: int, *, classes: Sequence[str] | None = None
) -> tuple[CaptureSet, list[str]]:
    """Read class folders.

    The group of a file is its class and the part of its name before the first underscore; where that would make a
    whole class one group, each file is its own.

    Args:
        folder: one sub-folder for each class.
        size_px: S.
        classes: names that the sub-folders must be among, in the order of the labels; found when None.

    Returns:
        The images and the class names.

    Raises:
        DatasetError: nothing to read, or a folder that is no known class.
    """
    found = find_class_folders(folder, allow_few=classes is not None)
    names = list(classes) if classes is not None else list(found.classes)
    unknown = sorted(set(found.classes) - set(names))
    if unknown:
        raise DatasetError(
            f"{folder} holds the unknown class {unknown[0]!r}: its classes must be those trained on."
        )
    label_of = [names.index(name) for name in found.classes]

    def read(path: Path) -> tuple[npt.NDArray[np.uint8], int] | str:
        try:
            image = decode_image(path)
            return resize_square(image, size_px), min(image.shape[:2])
        except ImageError as e:
            return str(e)

    with ThreadPoolExecutor(2) as pool:
        decoded = list(pool.map(read, [path for path, _ in found.captures]))
    images: list[Tensor] = []
    native: list[int] = []
    labels: list[int] = []
    groups: list[str] = []
    file_names: list[str] = []
    unreadable: list[str] = []
    for (path, found_index), result in zip(found.captures, decoded, strict=True):
        if isinstance(result, str):
            unreadable.append(result)
            continue
        image, shorter_px = result
        native.append(shorter_px)
        images.append(torch.from_numpy(image.copy()).permute(2, 0, 1))
        labels.append(label_of[found_index])
        groups.append(f"{path.parent.name}/{path.stem.split(GROUP_SEPARATOR)[0]}")
        file_names.append(f"{path.parent.name}/{path.stem}")
    if not images:
        raise DatasetError(f"No image in {folder} can be read.")
    return (
        CaptureSet(
            torch.stack(images),
            torch.tensor(labels),
            tuple(_separate_single_groups(groups, labels, file_names)),
            torch.full((len(images),), -1),
            torch.tensor(native),
            torch.zeros(len(images), dtype=torch.bool),
            tuple(unreadable),
        ),
        names,
    )


def join_near_views(captures: CaptureSet, near: CaptureSet) -> CaptureSet:
    """Captures and near views as one set in which each capture knows the near view of its group.

    Args:
        captures: far captures.
        near: near views of some of the same groups.

    Returns:
        The captures, then the near views; `near` holds indices into the whole set.
    """
    offset = len(captures)
    index_of = {group: offset + i for i, group in enumerate(near.groups)}
    pointers = [index_of.get(group, -1) for group in captures.groups] + [-1] * len(near)
    return CaptureSet(
        torch.cat([captures.images, near.images]),
        torch.cat([captures.labels, near.labels]),
        captures.groups + near.groups,
        torch.tensor(pointers),
        torch.cat([captures.native_px, near.native_px]),
        torch.cat([captures.is_view, torch.ones_like(near.is_view)]),
        captures.unreadable + near.unreadable,
    )


def split_by_group(captures: CaptureSet, fraction: float, seed: int) -> tuple[list[int], list[int]]:
    """Split indices so that no group is in both parts and each class with two groups or more is in both.

    Args:
        captures: what to split.
        fraction: share of each class's groups that goes to the second part, in [0, 1); 0 leaves it empty.
        seed: of the choice.

    Returns:
        Indices of the first and of the second part.

    Raises:
        DatasetError: every class has a single image, so there is nothing to hold back.
    """
    if fraction == 0:
        return list(range(len(captures))), []
    groups_of_class: dict[int, set[str]] = {}
    for group, label in zip(captures.groups, captures.labels.tolist(), strict=True):
        groups_of_class.setdefault(label, set()).add(group)
    generator = torch.Generator().manual_seed(seed)
    held_back: set[str] = set()
    for _, groups in sorted(groups_of_class.items()):
        count = min(len(groups) - 1, max(1, round(fraction * len(groups))))
        order = torch.randperm(len(groups), generator=generator).tolist()
        held_back.update(sorted(groups)[i] for i in order[:count])
    first = [i for i, group in enumerate(captures.groups) if group not in held_back]
    second = [i for i, group in enumerate(captures.groups) if group in held_back]
    if not second:
        raise DatasetError(
            "Each class has only one image: at least two are needed in one of them, to check by."
        )
    return first, second


def _separate_single_groups(groups: list[str], labels: list[int], names: list[str]) -> list[str]:
    """Where all images of a class seem to be one group, its names do not tell groups (as in IMG_0001): take each
    image for itself."""
    groups_of_class: dict[int, set[str]] = {}
    for group, label in zip(groups, labels, strict=True):
        groups_of_class.setdefault(label, set()).add(group)
    return [
        group if len(groups_of_class[label]) > 1 else name
        for group, label, name in zip(groups, labels, names, strict=True)
    ]
