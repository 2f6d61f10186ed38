"""Split of verified captures: training, validation to choose the best epoch, and held back for the gate.

A capture that a model of the project has learnt from is never used to judge one, and one that was held back stays
held back, so that comparisons mean the same from run to run. Captures that show one thing stay together. Where they
were found to do so only after some had been learnt from and others held back, those that were held back are used for
nothing: they would judge a model by what it knows, and teaching them would spoil what earlier models were judged by.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

HELD_BACK_SHARE: Final = 0.2
VALIDATION_SHARE: Final = 0.12
# What few labels teach is worth more than what they tell: beyond the first 20 that any figure needs, less than the
# share is held back, as the root of their number (of 200 labels 13 in 100). The gate's interval says what that tells.
_FEWEST_FOR_WHOLE_SHARE: Final = 500
_FEWEST_FOR_A_FIGURE: Final = 20
# One of a few captures of a class would be far more than a share. But if none of them were held back, the gate would
# only see classes with many labels, which are the easier ones: so small classes together give their share.
_FEWEST_TO_HOLD_BACK: Final = 8
_FEWEST_TOGETHER: Final = 8
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
        held_back: share of each class for the gate; of fewer than 500 captures in all it is less.
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
    """What each capture is for; captures that are used for nothing are not in the answer.

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
    set_aside = held & seen
    share = held_back_share(shares.held_back, len(captures))
    held = _choose(by_group, held - seen, seen, share, _FEWEST_TO_HOLD_BACK, f"{seed}/gate", _FEWEST_TOGETHER)
    rest = {group: members for group, members in by_group.items() if group not in held}
    checked = _choose(rest, set(), set(), shares.validation, _FEWEST_TO_VALIDATE, f"{seed}/epoch")
    if sum(len(rest[group]) for group in checked) < _FEWEST_VALIDATION:
        checked = set()

    def split_of(group: str) -> CaptureSplit:
        if group in held:
            return CaptureSplit.HELD_BACK
        return CaptureSplit.VALIDATION if group in checked else CaptureSplit.TRAIN

    return {
        capture.id: split_of(groups[capture.id])
        for capture in captures
        if groups[capture.id] not in set_aside or earlier.get(capture.id) is not CaptureSplit.HELD_BACK
    }


def held_back_share(share: float, captures: int) -> float:
    """The part of so many captures that is held back where `share` of many is."""
    part = share * math.sqrt(min(1.0, captures / _FEWEST_FOR_WHOLE_SHARE))
    return min(share, max(part, _FEWEST_FOR_A_FIGURE / max(1, captures)))


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
    fewest_together: int | None = None,
) -> set[str]:
    """Groups until each class that has enough captures has its share; no class loses its last group.

    Classes that have too few give their share together, where that many captures are in them.
    """
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
    large = [class_id for class_id in sorted(groups_of_class) if count_of[class_id] >= fewest]
    small = sorted(groups_of_class.keys() - set(large))
    takings: list[tuple[tuple[int, ...], int]] = [((class_id,), fewest) for class_id in large]
    if fewest_together is not None:
        takings.append((tuple(small), fewest_together))
    for class_ids, enough in takings:
        total = sum(count_of[one] for one in class_ids)
        wanted = max(1, round(share * total)) if total >= enough else 0
        candidates = {group for one in class_ids for group in groups_of_class[one]}
        order = sorted(candidates - excluded, key=lambda group: _place(seed, group))
        # A large group is taken only where no small one gives anything.
        for most in (wanted + max(1, wanted // 4), total):
            for group in order:
                so_far = sum(have[one] for one in class_ids)
                if so_far >= wanted:
                    break
                classes = Counter(capture.class_id for capture in by_group[group])
                taken = sum(classes[one] for one in class_ids)
                if group in result or so_far + taken > most or any(left[other] < 2 for other in classes):
                    continue
                result.add(group)
                have.update(classes)
                left.subtract(dict.fromkeys(classes, 1))
            if any(have[one] for one in class_ids):
                break
    return result


def _place(seed: str, group: str) -> bytes:
    return hashlib.blake2b(f"{seed}/{group}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
