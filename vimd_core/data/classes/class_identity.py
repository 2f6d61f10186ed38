"""Class identity: when two names are the same class, typed, read from a table or the name of a folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

Key = TypeVar("Key")

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]+")
_NO_CHARACTER: Final = re.compile("[\ud800-\udfff]")


def tidy_class_name(name: str) -> str:
    """A name as it is kept and shown: one line of text in Unicode's composed form (NFC), without blanks around it.

    Line breaks and other control characters, which would command a terminal, become a blank. What is no character, as
    in the name of a folder in another encoding, becomes U+FFFD, since no database could hold it.
    """
    text = _NO_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", name))
    return unicodedata.normalize("NFC", text).strip()


def class_key(name: str) -> str:
    """Equal for names of the same class: those that differ only in case, Unicode form or surrounding blanks.

    "Stop", "STOP " and "stop" are one class, and so are a composed and a decomposed "Café"; "Stop sign" and
    "Stop  sign" are two.
    """
    # Case folding can undo the composed form (Unicode Standard, D145), so it is made again.
    folded = unicodedata.normalize("NFD", tidy_class_name(name)).casefold()
    return unicodedata.normalize("NFC", folded).strip()


def first_of_each(names: Iterable[str]) -> dict[str, str]:
    """The first spelling of each class, tidied, by its key; empty names are left out."""
    found: dict[str, str] = {}
    for name in names:
        if key := class_key(name):
            found.setdefault(key, tidy_class_name(name))
    return found


def distinct_names(names: Mapping[Key, str]) -> dict[Key, str]:
    """Names by what they stand for, so that no two mean the same: later ones get a number.

    A list that was made before names were compared so may hold "Stop" and "stop".
    """
    distinct: dict[Key, str] = {}
    taken = {class_key(name) for name in names.values()}
    used: set[str] = set()
    for key, name in names.items():
        free, number = name, 1
        while class_key(free) in used or (number > 1 and class_key(free) in taken):
            number += 1
            free = f"{name} {number}"
        used.add(class_key(free))
        distinct[key] = free
    return distinct
