"""A folder of labelled captures in two parts: what may be labelled, and the rest that every row is measured on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.domain.training_records import VerifiedCapture
from vimd_core.checkpoints.bundle_info import read_bundle_info
from vimd_core.data.files.folders import find_class_folders
from vimd_core.errors import ConfigError
from vimd_core.training.retraining.split import groups_of


@dataclass(frozen=True)
class LabelledSet:
    """Class folders in two parts; captures of one thing are in one of them.

    Attributes:
        pool: name of the class of each capture that may be labelled.
        rest: the same of each capture that is only measured on.
    """

    pool: Mapping[Path, str]
    rest: Mapping[Path, str]


def split_in_two(
    folder: Path, *, rest_share: float, most_rest: int, most_pool: int, seed: int, classes: int = 0
) -> LabelledSet:
    """Put whole groups of each class into the rest until it has its share.

    Args:
        folder: one sub-folder for each class.
        rest_share: part of each class, in (0, 1).
        most_rest: captures at most, chosen evenly by chance.
        most_pool: the same of those that may be labelled.
        seed: of the choice.
        classes: only so many, the largest ones; 0 for all.

    Raises:
        DatasetError: it is no such folder.
        ConfigError: the share leaves nothing to label or to measure on.
    """
    found = find_class_folders(folder)
    captures = [
        VerifiedCapture(number, path.absolute(), label, 0, False, None, 0.0)
        for number, (path, label) in enumerate(found.captures)
    ]
    group_of = groups_of(captures)
    by_class: Mapping[int, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for capture in captures:
        by_class[capture.class_id][group_of[capture.id]].append(capture.path)
    if classes:
        largest = sorted(by_class, key=lambda label: -sum(map(len, by_class[label].values())))[:classes]
        by_class = {label: by_class[label] for label in sorted(largest)}
    pool: dict[Path, str] = {}
    rest: dict[Path, str] = {}
    for label, groups in by_class.items():
        name, wanted = found.classes[label], rest_share * sum(map(len, groups.values()))
        taken = 0
        for place, group in enumerate(sorted(groups, key=lambda group: _place(seed, f"{name}/{group}"))):
            # Each class keeps a group to be labelled from.
            is_rest = taken < wanted and place < len(groups) - 1
            taken += len(groups[group]) * is_rest
            (rest if is_rest else pool).update(dict.fromkeys(groups[group], name))

    def some(captures: dict[Path, str], most: int) -> dict[Path, str]:
        chosen = sorted(captures, key=lambda path: _place(seed, str(path.relative_to(folder.absolute()))))
        return {path: captures[path] for path in sorted(chosen[:most])}

    if not rest or not pool:
        raise ConfigError(f"{folder} is too small for --rest {rest_share}: nothing would be left.")
    return LabelledSet(some(pool, most_pool), some(rest, most_rest))


def with_own_names(labelled: LabelledSet, model: Path) -> LabelledSet:
    """Classes that a model knows by the names of their folders get the names that it gives them."""
    info = read_bundle_info(model)
    name_of = dict(zip(info.class_folders, info.classes, strict=True)) if info.class_folders else {}

    def named(captures: Mapping[Path, str]) -> dict[Path, str]:
        return {path: name_of.get(name, name) for path, name in captures.items()}

    return LabelledSet(named(labelled.pool), named(labelled.rest))


def _place(seed: int, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}/{name}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
