"""A set in two parts: the captures of a project, and others of things that no capture of the project shows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vimd_core.errors import ConfigError

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class HonestSplit:
    """Row numbers of a set.

    Attributes:
        pool: captures of the project, which may be labelled.
        others: captures in no project, which are only measured on.
    """

    pool: Rows
    others: Rows


def split_honestly(
    labels: Sequence[str],
    groups: Sequence[str],
    *,
    share: float,
    most_pool: int,
    most_others: int,
    seed: int,
) -> HonestSplit:
    """Hold back whole groups, by chance, until each class has about its share.

    A group of several classes goes as a whole; no group is held back that would take more than the share of a class.

    Args:
        labels: class of each row.
        groups: group of each row.
        share: part of each class, in (0, 1).
        most_pool: captures of the project at most, chosen by chance.
        most_others: the same of the others.
        seed: of all choices.

    Raises:
        ConfigError: nothing can be held back.
    """
    total = Counter(labels)
    members: dict[str, list[int]] = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    random = np.random.default_rng(seed)
    held: Counter[str] = Counter()
    others: list[int] = []
    for index in random.permutation(len(members)):
        rows = members[sorted(members)[index]]
        count = Counter(labels[row] for row in rows)
        if all(
            held[one] + more <= min(share * total[one] + 1, total[one] - 1) for one, more in count.items()
        ):
            held.update(count)
            others += rows
    pool = np.setdiff1d(np.arange(len(labels)), others)
    if not others or not len(pool):
        raise ConfigError("The set is too small, or its groups are too large, to hold back some of them.")
    return HonestSplit(_some(pool, most_pool, random), _some(np.array(others), most_others, random))


def _some(rows: Rows, most: int, random: np.random.Generator) -> Rows:
    return np.sort(random.permutation(rows)[:most]).astype(np.int64)
