"""Likely misspellings: names that are near one another (edit distance). Torch-free."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vimd_core.data.classes.class_identity import class_key

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"[0-9]+")
_SHORTEST = 3  # letters from which one more, one less or two exchanged is taken for a slip


class NearNames:
    """Known names, to be found by names that are nearly the same.

    Near are names that differ by one letter that is wrong, missing or too many, by two that are exchanged, by the order
    of words or by what stands between them; numbers must be the same.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._by_trace: dict[str, dict[str, None]] = {}
        for name in names:
            for trace in _traces(name):
                self._by_trace.setdefault(trace, {})[name] = None

    def near(self, name: str) -> tuple[str, ...]:
        """The known names that are near one, other than itself, the nearest first."""
        key, numbers = class_key(name), _DIGITS.findall(name)
        found: dict[str, int] = {}
        for trace in _traces(name):
            for known in self._by_trace.get(trace, ()):
                if class_key(known) != key and _DIGITS.findall(known) == numbers:
                    found[known] = found.get(known, 0) + 1
        return tuple(sorted(found, key=lambda known: (-found[known], known)))


def _traces(name: str) -> set[str]:
    """What a name has in common with those near it: its words in order, and itself without one of its letters."""
    words = _BETWEEN_WORDS.split(class_key(name))
    plain = "".join(words)
    traces = {plain, " ".join(sorted(filter(None, words)))} - {""}
    if len(plain) >= _SHORTEST:
        traces |= {plain[:place] + plain[place + 1 :] for place in range(len(plain))}
    return traces
