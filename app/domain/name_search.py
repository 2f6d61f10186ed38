"""Fuzzy search of names: parts of words in any order, first letters, small slips. No Qt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from vimd_core.data.classes.class_identity import class_key

_WORD: Final = re.compile(r"[^\W_]+")
_SLIPS_FROM: Final = 4  # shorter words have too many neighbours
_TWO_SLIPS_FROM: Final = 8
_NO_MATCH: Final = 99.0
_Slips = dict[str, dict[str, bool]]  # for each typed word which words begin like it


class NameSearch:
    """A list of names that is searched again and again, as somebody types."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = [_Name(name) for name in names]
        self._keys = frozenset(name.key for name in self._names)

    def holds(self, typed: str) -> bool:
        """Whether one of the names is the same class."""
        return class_key(typed) in self._keys

    def find(self, typed: str) -> list[int]:
        """Positions of the names that fit, the best first; all of them in their order when nothing was typed."""
        wanted = _Name(typed)
        if not wanted.key:
            return list(range(len(self._names)))
        slips: _Slips = {}
        found = [
            (quality, len(name.plain), position)
            for position, name in enumerate(self._names)
            if (quality := _quality(wanted, name, slips)) < _NO_MATCH
        ]
        return [position for _, _, position in sorted(found)]


class _Name:
    __slots__ = ("compact", "key", "letters", "plain", "words")

    def __init__(self, name: str) -> None:
        self.key = class_key(name)
        # Marks are left out, so that "cafe" finds "Café".
        decomposed = unicodedata.normalize("NFKD", self.key)
        self.plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
        self.words = _WORD.findall(self.plain)
        self.compact = "".join(self.words) or self.plain
        self.letters = frozenset(self.compact)


def _quality(wanted: _Name, name: _Name, slips: _Slips) -> float:
    """The smaller, the better; `_NO_MATCH` when a word of what was typed has no place in the name."""
    foreign = len(wanted.letters - name.letters)
    if foreign == 0:
        return _quality_of_letters(wanted, name, slips)
    return _quality_of_slips(wanted, name, slips) if foreign <= 2 * len(wanted.words) else _NO_MATCH


def _quality_of_letters(wanted: _Name, name: _Name, slips: _Slips) -> float:
    if wanted.key == name.key:
        return 0.0
    if wanted.compact == name.compact:
        return 0.5
    if name.plain.startswith(wanted.plain) or name.compact.startswith(wanted.compact):
        return 1.0
    places = _places(wanted.words, name.words)
    if places is not None:
        return 2.0 if places == sorted(places) else 3.0
    if len(wanted.compact) > 1 and _are_beginnings(wanted.compact, name.words):
        return 4.0
    if wanted.compact in name.compact:
        return 5.0
    if wanted.words and all(word in name.compact for word in wanted.words):
        return 6.0
    return _quality_of_slips(wanted, name, slips)


def _quality_of_slips(wanted: _Name, name: _Name, slips: _Slips) -> float:
    for word in wanted.words:
        if not _has_like(name.words, word, slips):
            is_run_together = len(wanted.words) == 1 and _has_like([name.compact], wanted.compact, slips)
            return 8.0 if is_run_together else _NO_MATCH
    return 7.0


def _has_like(words: Sequence[str], typed: str, slips: _Slips) -> bool:
    """Whether one of the words begins as typed; the same words come in many names, and are compared once."""
    known = slips.setdefault(typed, {})
    for word in words:
        is_like = known.get(word)
        if is_like is None:
            is_like = known[word] = _is_like(typed, word, known)
        if is_like:
            return True
    return False


def _places(wanted: Sequence[str], words: Sequence[str]) -> list[int] | None:
    """Which word of the name each typed one is the beginning of, each of them once; None when one is of none."""
    places: list[int] = []
    for word in wanted:
        for place, other in enumerate(words):
            if other.startswith(word) and place not in places:
                places.append(place)
                break
        else:
            return None
    return places or None


def _are_beginnings(letters: str, words: Sequence[str]) -> bool:
    """Whether letters are the beginnings of words that follow each other, as "sl20" of "Speed limit 20"."""
    if not letters:
        return True
    if not words:
        return False
    word = words[0]
    for length in range(min(len(word), len(letters)), 0, -1):
        if word.startswith(letters[:length]) and _are_beginnings(letters[length:], words[1:]):
            return True
    return False


def _is_like(typed: str, word: str, known: dict[str, bool]) -> bool:
    """Whether a word begins as typed but for a slip: a letter too many, too few, another one, or two exchanged."""
    if word.startswith(typed):
        return True
    # A wrong figure is another class, not a slip.
    if len(typed) < _SLIPS_FROM or not typed.isalpha():
        return False
    allowed = 2 if len(typed) >= _TWO_SLIPS_FROM else 1
    beginning = word[: len(typed) + allowed]
    if beginning == word:
        return _begins_like(typed, word, allowed)
    is_like = known.get(beginning)
    if is_like is None:
        is_like = known[beginning] = _begins_like(typed, beginning, allowed)
    return is_like


def _begins_like(typed: str, word: str, allowed: int) -> bool:
    if len(word) < len(typed) - allowed or len(set(typed) - set(word)) > allowed:
        return False
    if typed[0] != word[0] and typed[:2] != word[1::-1]:  # few slip at once
        return False
    return _distance_to_beginning(typed, word, allowed) <= allowed


def _distance_to_beginning(typed: str, word: str, most: int) -> int:
    """The fewest slips between what was typed and any beginning of a word; more than `most` when there are more."""
    far = most + 1
    before: list[int] = []
    row = [min(j, far) for j in range(len(word) + 1)]
    for i, letter in enumerate(typed, start=1):
        older, before = before, row
        row = [min(i, far)] + [far] * len(word)
        # Further from the diagonal there are more slips than that anyway.
        for j in range(max(1, i - most), min(len(word), i + most) + 1):
            other = word[j - 1]
            cost = min(before[j - 1] + (letter != other), before[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > most:
            return far
    return min(row)
