"""Validation splits that never separate a group. Torch-free."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

from vimd_core.data.datasets.dataset import Dataset, GroupLinks, Split, linked_groups
from vimd_core.errors import DatasetError


def assign_splits(dataset: Dataset, fraction: float, seed: int) -> Dataset:
    """Decide what each image without a split is for.

    Where the data set names validation captures, all others without a split are for training. Otherwise a part of
    the captures for training, and of those without a split, is held back: whole groups, so that each class with two
    groups or more is on both sides.

    Args:
        dataset: what to split.
        fraction: share of each class's groups that is held back, in [0, 1); 0 holds nothing back.
        seed: of the choice.

    Returns:
        The data set, each image with a split.

    Raises:
        DatasetError: every class has a single group, so there is nothing to hold back.
    """
    decided = any(capture.split == "validation" for capture in dataset.captures)
    held_back: set[str] = set()
    links = linked_groups(dataset)
    if fraction > 0 and not decided:
        held_back = _choose(dataset, links, fraction, seed)
        if not held_back:
            raise DatasetError(
                "Each class in {source} has only one image or one group of images: at least one class "
                "needs two, for validation.",
                source=dataset.source,
            )

    def split_of(split: Split, group: str) -> Split:
        if split in ("validation", "test"):
            return split
        return "validation" if links.find(group) in held_back else "train"

    captures = tuple(
        replace(capture, split=split_of(capture.split, capture.group)) for capture in dataset.captures
    )
    views = tuple(replace(view, split=split_of(view.split, view.group)) for view in dataset.views)
    return replace(dataset, captures=captures, views=views)


def _choose(dataset: Dataset, links: GroupLinks, fraction: float, seed: int) -> set[str]:
    classes_of: dict[str, set[int]] = defaultdict(set)
    fixed: set[str] = set()
    # Only captures are checked by; a group of views alone is for training.
    for capture in dataset.captures:
        if capture.split in ("", "train"):
            classes_of[links.find(capture.group)].add(capture.label)
    for image in dataset.images:
        if image.split in ("validation", "test"):
            fixed.add(links.find(image.group))
    groups_of: dict[int, list[str]] = defaultdict(list)
    for group in sorted(classes_of.keys() - fixed):
        for label in classes_of[group]:
            groups_of[label].append(group)
    remaining = {label: len(groups) for label, groups in groups_of.items()}
    held_back: set[str] = set()
    for label, groups in sorted(groups_of.items()):
        wanted = min(len(groups) - 1, max(1, round(fraction * len(groups))))
        wanted -= sum(group in held_back for group in groups)
        # A seed of its own for each class, so that more captures in one do not change the choice in another.
        order = random.Random(f"{seed}/{label}").sample(groups, len(groups))
        for group in order:
            if wanted <= 0:
                break
            # A group such as a camera can hold several classes, and none of them may lose its last group.
            if group in held_back or any(remaining[other] < 2 for other in classes_of[group]):
                continue
            held_back.add(group)
            wanted -= 1
            for other in classes_of[group]:
                remaining[other] -= 1
    return held_back
