"""The data set: labelled captures, wherever they were described. Torch-free."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args

Split = Literal["", "train", "validation", "test"]
SPLITS: Final[tuple[Split, ...]] = get_args(Split)
"""From the one that anything may be learnt from to the one that nothing may leak from; "" is not decided yet."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A labelled image.

    Attributes:
        path: its file.
        label: index into the data set's classes.
        group: what must not be separated by a split, such as one physical sign or one camera.
        split: what it is for.
        hr: a high-resolution view of the same thing, one of the data set's views; None without one.
    """

    path: Path
    label: int
    group: str
    split: Split = ""
    hr: Path | None = None


@dataclass(frozen=True)
class Dataset:
    """Captures, and high-resolution views beside them.

    Attributes:
        source: the folder or manifest that describes it.
        classes: names, in the order of the labels.
        captures: what the model is for.
        views: high-resolution views, each once; some may belong to no capture.
        several_labels: captures that a manifest gives more than one class; they are not among the others.
    """

    source: Path
    classes: tuple[str, ...]
    captures: tuple[Capture, ...]
    views: tuple[Capture, ...] = ()
    several_labels: tuple[Path, ...] = ()

    @property
    def images(self) -> tuple[Capture, ...]:
        """The captures, then the views."""
        return self.captures + self.views


class GroupLinks:
    """Groups that belong together, because they share a view or an image (union-find).

    Args:
        names: of all groups.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def link(self, first: str, second: str) -> None:
        """Say that two groups belong together."""
        a, b = self.find(first), self.find(second)
        # The smaller name leads, so that the outcome does not depend on the order.
        self._parent[max(a, b)] = min(a, b)

    def find(self, name: str) -> str:
        """The name that stands for all groups that belong together with this one."""
        root = name
        while self._parent[root] != root:
            root = self._parent[root]
        while self._parent[name] != root:
            self._parent[name], name = root, self._parent[name]
        return root


def linked_groups(dataset: Dataset) -> GroupLinks:
    """The groups of a data set, where those that share a view belong together: they show the same thing."""
    links = GroupLinks(image.group for image in dataset.images)
    group_of = {view.path: view.group for view in dataset.views}
    for capture in dataset.captures:
        if capture.hr is not None and capture.hr in group_of:
            links.link(capture.group, group_of[capture.hr])
    return links
