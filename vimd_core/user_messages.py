"""Localizable messages: what is said to a user, kept as a message id and arguments until it is shown.

As in gettext, the id of a message is its English template. Whoever says something gives the template and what stands in
its places; whoever shows it looks up the template in the user's language and fills it then. So it travels between
processes and into a project's database, and is still read in another language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Final

import msgspec

_JSON_BEGINS: Final = '{"wording":'


class Sentence(msgspec.Struct, frozen=True):
    """A localizable message; `str` gives it in English. Made by `sentence`.

    Args:
        wording: the English template, with a place {name} or {name:format} for each argument. Without arguments it is
            taken as it is, braces too.
        arguments: what stands in the places; a message among them is itself worded in the user's language.
    """

    wording: str
    arguments: dict[str, str | int | float | Sentence] = {}

    def __str__(self) -> str:
        return self.text(_english)

    def __hash__(self) -> int:
        return hash(str(self))

    def text(self, translate: Callable[[str], str]) -> str:
        """The message in another language.

        Args:
            translate: gives for an English template the one of that language.
        """
        template = translate(self.wording)
        if not self.arguments:
            return template
        return template.format_map(
            {
                name: value.text(translate) if isinstance(value, Sentence) else value
                for name, value in self.arguments.items()
            }
        )

    def with_texts(self, change: Callable[[str], str]) -> Sentence:
        """The same with every text among its arguments changed, as where passwords are taken out."""
        changed: dict[str, str | int | float | Sentence] = {}
        for name, value in self.arguments.items():
            if isinstance(value, Sentence):
                changed[name] = value.with_texts(change)
            else:
                changed[name] = change(value) if isinstance(value, str) else value
        return Sentence(self.wording, changed)

    def to_json(self) -> str:
        """The message as text for a database or a file: of no arguments its wording, else a JSON object."""
        return msgspec.json.encode(self).decode() if self.arguments else self.wording


def sentence(wording: str, /, **arguments: object) -> Sentence:
    """A localizable message.

    Args:
        wording: the English template, written out where the message is made, so that translators find it.
        arguments: what stands in its places: texts, paths, numbers, other messages, and errors of ours.
    """
    return Sentence(wording, {name: _argument(value) for name, value in arguments.items()})


def verbatim(text: str) -> Sentence:
    """What a system, a library or an older version has said: it is shown as it is, in every language."""
    return Sentence("{text}", {"text": text})


def plural(count: int, one: str, many: str) -> str:
    """The English template for a count, as ngettext; both name the count, and both are translated."""
    return one if count == 1 else many


def joined(said: Sequence[Sentence], separator: str = " ") -> Sentence:
    """Several messages one after the other; at least one."""
    return Sentence(
        separator.join(f"{{part_{index}}}" for index in range(len(said))),
        {f"part_{index}": part for index, part in enumerate(said)},
    )


def listed(names: Sequence[object], most: int) -> Sentence:
    """The first names of a list, and how many more there are."""
    shown = ", ".join(map(str, names[:most]))
    if len(names) <= most:
        return verbatim(shown)
    return sentence("{names} and {count} more", names=shown, count=len(names) - most)


def sentence_from_json(text: str) -> Sentence:
    """What `Sentence.to_json` gave; a text that is none is what an older version has said."""
    if text.startswith(_JSON_BEGINS):
        try:
            return msgspec.json.decode(text, type=Sentence)
        except msgspec.DecodeError:
            return verbatim(text)
    return Sentence(text)


def _english(wording: str) -> str:
    return wording


def _argument(value: object) -> str | int | float | Sentence:
    value = getattr(value, "sentence", value)  # an error says what its message says
    if isinstance(value, Sentence):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return str(value)
