"""Agreement of labels with groups of look-alikes: whether captures that look alike are one thing in this project.

On a shelf, photographs that look alike are of one visit and show one product. On a dial they show the same meter with
another value: whoever labels them says so, and then likeness is no reason to keep captures together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

_LEAST_AGREEMENT: Final = 0.5
# So many captures that agree are assumed before any label is there.
_ASSUMED: Final = 5


def labels_agree(groups: Mapping[int, int], classes: Mapping[int, int]) -> bool:
    """Whether labelled captures mostly have the class of those that look like them.

    Args:
        groups: number of the group of look-alikes, by capture; 0 for none.
        classes: of labelled captures.
    """
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
