"""Eliding: shortens names so that what tells them apart stays readable. No widget here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_ELLIPSIS: Final = "…"
_BREAK_AFTER: Final = re.compile(r"(?<=[\s_\-/.,;:])(?=\S)")


def in_two_lines(
    text: str, first_width: int, second_width: int, measure: Callable[[str], int]
) -> tuple[str, ...]:
    """Break a name into one or two lines that fit.

    "Speed limit 30" and "Speed limit 50" differ at the end, so that a name which is too long for both lines loses
    its middle and keeps beginning and end.

    Args:
        text: the name.
        first_width: room in the first line.
        second_width: room in the second line; 0 for none.
        measure: width of a text.
    """
    if measure(text) <= first_width:
        return (text,)
    if second_width <= 0:
        return (keep_ends(text, first_width, measure),)
    breaks = [match.start() for match in _BREAK_AFTER.finditer(text)]
    fitting = [place for place in breaks if measure(text[:place].rstrip()) <= first_width]
    place = fitting[-1] if fitting else _longest_fit(text, first_width, measure)
    rest = text[place:].lstrip()
    if measure(rest) > second_width:
        rest = _keep_end(rest, second_width, measure)
    return (text[:place].rstrip(), rest)


def keep_ends(text: str, width: int, measure: Callable[[str], int]) -> str:
    """Shorten in the middle, two thirds of what is left for the end."""
    if measure(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:  # the most characters that can stay
        kept = (low + high + 1) // 2
        if measure(_without_middle(text, kept)) <= width:
            low = kept
        else:
            high = kept - 1
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    head = kept // 3
    tail = kept - head
    return text[:head].rstrip() + _ELLIPSIS + (text[-tail:].lstrip() if tail else "")


def _keep_end(text: str, width: int, measure: Callable[[str], int]) -> str:
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if measure(_ELLIPSIS + text[len(text) - kept :]) <= width:
            low = kept
        else:
            high = kept - 1
    return _ELLIPSIS + text[len(text) - low :].lstrip()


def _longest_fit(text: str, width: int, measure: Callable[[str], int]) -> int:
    low, high = 1, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        if measure(text[:kept]) <= width:
            low = kept
        else:
            high = kept - 1
    return low
