"""What labels say of likeness: whether captures that look alike are one thing in this project.

On a shelf, photographs that look alike are of one visit and show one product. On a dial they show the same meter with
another value: whoever labels them says so, and then likeness is no reason to keep captures together. Nor is it where a
whole class looks alike, as parts on a belt do: nothing would be left to judge by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from vimd_core.groups.things import Likeness

_LEAST_AGREEMENT: Final = 0.5
# So many captures that agree are assumed before any label is there.
_ASSUMED: Final = 5
# Of the labels in classes of at least this size half must be in classes that show several things.
_FEWEST_OF_CLASS: Final = 4


def likeness_of(
    look_alike: Mapping[int, int], near_duplicate: Mapping[int, int], classes: Mapping[int, int]
) -> Likeness:
    """How much alike captures of one thing are.

    Args:
        look_alike: number of the group of look-alikes, by capture; 0 for none.
        near_duplicate: the same of nearly equal pictures.
        classes: of labelled captures.
    """
    if labels_agree(look_alike, classes) and classes_vary(look_alike, classes):
        return Likeness.LOOK_ALIKE
    return Likeness.NEAR_DUPLICATE if classes_vary(near_duplicate, classes) else Likeness.NONE


def labels_agree(groups: Mapping[int, int], classes: Mapping[int, int]) -> bool:
    """Whether labelled captures mostly have the class of those that look like them."""
    by_group: dict[int, Counter[int]] = defaultdict(Counter)
    for capture_id, class_id in classes.items():
        group = groups.get(capture_id, 0)
        if group:
            by_group[group][class_id] += 1
    compared, agreeing = 0, 0.0
    for counts in by_group.values():
        total = counts.total()
        if total > 1:
            compared += total
            # Of each capture the share of its labelled look-alikes that have its class.
            agreeing += sum(count * (count - 1) for count in counts.values()) / (total - 1)
    return agreeing + _ASSUMED >= _LEAST_AGREEMENT * (compared + _ASSUMED)


def classes_vary(groups: Mapping[int, int], classes: Mapping[int, int]) -> bool:
    """Whether most labels are in classes that several groups show."""
    sizes: Counter[int] = Counter(classes.values())
    groups_of: dict[int, set[int]] = defaultdict(set)
    for capture_id, class_id in classes.items():
        groups_of[class_id].add(groups.get(capture_id, 0) or -capture_id)
    large = {class_id: size for class_id, size in sizes.items() if size >= _FEWEST_OF_CLASS}
    varied = sum(size for class_id, size in large.items() if len(groups_of[class_id]) > 1)
    return 2 * varied >= sum(large.values())
