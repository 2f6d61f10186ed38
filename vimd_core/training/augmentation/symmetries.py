"""Mirror and half-turn augmentation: classes whose image, so changed, is again a thing of a known class.

A priority road mirrored is a priority road; a curve to the left mirrored is one to the right. A general flip would be
wrong for both the second and for letters, so classes are named one by one.

Sizes: B images, S side in px, K classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from vimd_core.data.datasets.keyed_random import KeyedRandom
from vimd_core.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class SymmetriesConfig:
    """Which classes are symmetric; names as in the data (folders, labels of a manifest).

    Attributes:
        mirrored: classes that stay what they are when mirrored left to right, each as ["12"], and pairs that become
            each other, each as ["19", "20"].
        turned: the same for half a turn.
    """

    mirrored: tuple[tuple[str, ...], ...] = ()
    turned: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        for name in ("mirrored", "turned"):
            groups = getattr(self, name)
            classes = [one for group in groups for one in group]
            if any(len(group) not in (1, 2) for group in groups) or len(set(classes)) < len(classes):
                raise ConfigError(
                    'symmetries.{name} must be a list of classes, each as ["A"], and of pairs that '
                    'become each other, each as ["A", "B"]; no class may be named twice.',
                    name=name,
                )


class Symmetries:
    """Mirrors and turns the images of a batch where their classes allow it, each with a probability of one half.

    Args:
        config: which classes.
        classes: K names, in the order of the labels.

    Raises:
        ConfigError: a class is not among them.
    """

    def __init__(self, config: SymmetriesConfig, classes: Sequence[str]) -> None:
        self._mirrored = _label_after(config.mirrored, classes)
        self._turned = _label_after(config.turned, classes)

    def apply(self, images: Tensor, labels: Tensor, random: KeyedRandom) -> tuple[Tensor, Tensor]:
        """Change some images.

        Args:
            images: (B, 3, S, S); changed in place.
            labels: (B,) int64; negative ones stand for captures without a label, which stay as they are.
            random: one stream of numbers for each image.

        Returns:
            (B,) int64 labels of the images as they are now, and (B,) bool, which of them were changed.
        """
        changed = torch.zeros(len(labels), dtype=torch.bool)
        for label_after, axes in ((self._mirrored, [3]), (self._turned, [2, 3])):
            after = torch.where(labels < 0, labels, label_after[labels])
            wanted = torch.from_numpy(random.uniform()) < 0.5
            rows = torch.nonzero(wanted & (after >= 0)).flatten()
            if len(rows):
                images[rows] = images[rows].flip(axes)
                labels = labels.index_put((rows,), after[rows])
                changed[rows] = True
        return labels, changed


def _label_after(groups: Sequence[Sequence[str]], classes: Sequence[str]) -> Tensor:
    """(K,) int64: the label that an image has after the change, -1 where it may not be changed."""
    label_of = {name: label for label, name in enumerate(classes)}
    after = torch.full((len(classes),), -1)
    for group in groups:
        for name, becomes in zip(group, reversed(group), strict=True):
            if name not in label_of:
                raise ConfigError(
                    "The symmetries name the class {name}, which the data don't have: name theirs, or "
                    "set training.symmetries.mirrored=[] and training.symmetries.turned=[].",
                    name=repr(name),
                )
            after[label_of[name]] = label_of[becomes]
    return after
