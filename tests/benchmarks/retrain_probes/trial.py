"""One set with one seed: what may be labelled, what is measured on, and the order in which labels are given."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrain_probes.choosers import CHOOSERS, Choice, Order
from retrain_probes.frozen.features import FrozenFeatures
from retrain_probes.honest_split import HonestSplit
from retrain_probes.pictures import PictureSet
from vimd_core.groups.agreement import likeness_of
from vimd_core.groups.look_alikes import LookAlikes, find_look_alikes
from vimd_core.groups.things import Evidence, things_of


@dataclass(frozen=True)
class Trial:
    """A split of a set; rows of arrays are pictures of the set.

    Attributes:
        pictures: the set.
        files: the file of each picture, as a project gets it.
        names: of the classes.
        classes: (N,) class of each picture.
        features: of each picture.
        split: which are captures of the project, and which are measured on.
        seed: of the split and of all choices.
    """

    pictures: PictureSet
    files: Sequence[Path]
    names: tuple[str, ...]
    classes: npt.NDArray[np.int64]
    features: FrozenFeatures
    split: HonestSplit
    seed: int
    _orders: dict[str, Order] = field(default_factory=dict, init=False)

    @property
    def name(self) -> str:
        """Of the set."""
        return self.pictures.source.name

    def things(self, labelled: Order) -> npt.NDArray[np.int64]:
        """(L,) what the product takes for one thing in a project with these labels: by a column, names, and looks."""
        pool, given = self.split.pool, self.given_groups()
        alike, near = self._look_alikes.look_alike.tolist(), self._look_alikes.near_duplicate.tolist()
        ids = (pool + 1).tolist()
        classes = dict(zip((labelled + 1).tolist(), self.classes[labelled].tolist(), strict=True))
        likeness = likeness_of(dict(zip(ids, alike, strict=True)), dict(zip(ids, near, strict=True)), classes)
        things = things_of(
            {
                one: Evidence(
                    str(self.files[one - 1]),
                    given.get(self.files[one - 1], ""),
                    look_alike=alike[place],
                    near_duplicate=near[place],
                )
                for place, one in enumerate(ids)
            },
            likeness,
        )
        return np.array([things[one].number if one in things else one for one in classes], np.int64)

    @functools.cached_property
    def _look_alikes(self) -> LookAlikes:
        return find_look_alikes(self.features.captures.taken(self.split.pool), self.features.embed_dim)

    def given_groups(self) -> Mapping[Path, str]:
        """What a column says of each file, as it would be imported with the captures; empty without one."""
        if self.pictures.grouped_by != "column":
            return {}
        return {path: one.group for path, one in zip(self.files, self.pictures.pictures, strict=True)}

    def order(self, chooser: str, most: int) -> Order:
        """(L,) rows of the set in the order in which they are labelled.

        Args:
            chooser: a key of `CHOOSERS`.
            most: L at most; a larger one begins with the same captures.
        """
        pool = self.split.pool
        if chooser not in self._orders or len(self._orders[chooser]) < min(most, len(pool)):
            captures = self.features.captures.taken(pool)
            choice = Choice(captures, self.classes[pool], self._things_in_pool, most, self.seed)
            self._orders[chooser] = pool[CHOOSERS[chooser](choice)]
        return self._orders[chooser][:most]

    def _things_in_pool(self, places: Order) -> npt.NDArray[np.int64]:
        return self.things(self.split.pool[places])

    def truth(self, rows: npt.NDArray[np.int64]) -> Mapping[Path, str]:
        """Name of the class of each file."""
        return {self.files[row]: self.names[self.classes[row]] for row in rows}
