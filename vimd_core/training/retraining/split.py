"""Split of verified captures: training, validation to choose the best epoch, and held back for the gate.

A capture that a model of the project has learnt from is never used to judge one, and one that was held back stays
held back, so that comparisons mean the same from run to run. Captures that show one physical thing stay together.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

HELD_BACK_SHARE: Final = 0.2
VALIDATION_SHARE: Final = 0.12
# With fewer captures of a class every one is needed to learn from.
_FEWEST_TO_HOLD_BACK: Final = 4
_FEWEST_TO_VALIDATE: Final = 8
# With fewer in all, the best epoch would be chosen by chance, and what they teach is worth more.
_FEWEST_VALIDATION: Final = 50


class CaptureSplit(StrEnum):
    """What a capture of a revision is for; the words are stored and are those of manifests."""

    TRAIN = "train"
    VALIDATION = "validation"
    HELD_BACK = "held-back"  # for the gate: learnt from by no model of the project


class LabelledCapture(Protocol):
    """A capture with the class that the user has given it."""

    @property
    def id(self) -> int: ...  # noqa: D102
    @property
    def class_id(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class SplitShares:
    """How much is not learnt from.

    Attributes:
        held_back: share of each class for the gate.
        validation: share of what is left, for choosing the best epoch.
    """

    held_back: float = HELD_BACK_SHARE
    validation: float = VALIDATION_SHARE


def assign_splits(
    captures: Sequence[LabelledCapture],
    groups: Mapping[int, str],
    earlier: Mapping[int, CaptureSplit],
    shares: SplitShares,
    *,
    seed: int = 0,
) -> dict[int, CaptureSplit]:
    """What each capture is for.

    Args:
        captures: verified ones.
        groups: the thing that each capture shows (`vimd_core.groups`).
        earlier: what captures were for in earlier revisions.
        shares: how much is not learnt from.
        seed: of the choice.
    """
    by_group: dict[str, list[LabelledCapture]] = defaultdict(list)
    for capture in captures:
        by_group[groups[capture.id]].append(capture)
    held = _decided(by_group, earlier, CaptureSplit.HELD_BACK)
    seen = _decided(by_group, earlier, CaptureSplit.TRAIN) | _decided(
        by_group, earlier, CaptureSplit.VALIDATION
    )
    held = _choose(by_group, held - seen, seen, shares.held_back, _FEWEST_TO_HOLD_BACK, f"{seed}/gate")
    rest = {group: members for group, members in by_group.items() if group not in held}
    checked = _choose(rest, set(), set(), shares.validation, _FEWEST_TO_VALIDATE, f"{seed}/epoch")
    if sum(len(rest[group]) for group in checked) < _FEWEST_VALIDATION:
        checked = set()

    def split_of(group: str) -> CaptureSplit:
        if group in held:
            return CaptureSplit.HELD_BACK
        return CaptureSplit.VALIDATION if group in checked else CaptureSplit.TRAIN

    return {capture.id: split_of(groups[capture.id]) for capture in captures}


def _decided(
    by_group: Mapping[str, Sequence[LabelledCapture]],
    earlier: Mapping[int, CaptureSplit],
    split: CaptureSplit,
) -> set[str]:
    return {
        group
        for group, members in by_group.items()
        if any(earlier.get(capture.id) is split for capture in members)
    }


def _choose(
    by_group: Mapping[str, Sequence[LabelledCapture]],
    chosen: set[str],
    excluded: set[str],
    share: float,
    fewest: int,
    seed: str,
) -> set[str]:
    """Groups until each class that has enough captures has its share; no class loses its last group."""
    count_of: Counter[int] = Counter()
    have: Counter[int] = Counter()
    left: Counter[int] = Counter()
    groups_of_class: dict[int, list[str]] = defaultdict(list)
    for group, members in by_group.items():
        for class_id in {capture.class_id for capture in members}:
            count = sum(capture.class_id == class_id for capture in members)
            count_of[class_id] += count
            groups_of_class[class_id].append(group)
            if group in chosen:
                have[class_id] += count
            else:
                left[class_id] += 1
    result = set(chosen)
    if share <= 0:
        return result
    for class_id in sorted(groups_of_class):
        total = count_of[class_id]
        wanted = max(1, round(share * total)) if total >= fewest else 0
        for group in sorted(groups_of_class[class_id], key=lambda group: _place(seed, group)):
            if have[class_id] >= wanted:
                break
            classes = Counter(capture.class_id for capture in by_group[group])
            if group in result or group in excluded or any(left[other] < 2 for other in classes):
                continue
            result.add(group)
            have.update(classes)
            left.subtract(dict.fromkeys(classes, 1))
    return result


def _place(seed: str, group: str) -> bytes:
    return hashlib.blake2b(f"{seed}/{group}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
