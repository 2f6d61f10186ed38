"""HTML and SVG from Python calls, escaped unless it is markup already. Standard library alone.

Class names and file names come from whoever made the data, so nothing but `Html` is ever taken as markup.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_VOID: Final = frozenset({"meta", "img", "br", "hr"})
_LONGEST_NAME: Final = 64
_LONGEST_PATH: Final = 160
# Control characters (but white space), and halves of a character that a file name of other bytes is read as.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that change the direction of what follows would let a name disguise its neighbours.
_DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | Html | None
Attribute = str | int | float | bool | None


def escaped(text: str) -> Html:
    """Text as markup that shows it, in an element or in an attribute.

    Args:
        text: anything; taken as it is when it is markup already.
    """
    if isinstance(text, Html):
        return text
    return Html(html.escape(_UNPRINTABLE.sub("\ufffd", text), quote=True))


def element(tag: str, *children: Child, **attributes: Attribute) -> Html:
    """An element.

    Args:
        tag: its name.
        children: text, which is escaped, or markup; None is left out.
        attributes: a trailing underscore is cut off ("class_"), other underscores become hyphens; None and
            False are left out, True stands without a value, numbers are rounded to two digits.
    """
    parts = [f"<{tag}"]
    for key, value in attributes.items():
        name = key.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            parts.append(f" {name}")
            continue
        shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else escaped(str(value))
        parts.append(f' {name}="{shown}"')
    parts.append(">")
    if tag not in _VOID:
        parts += [escaped(child) for child in children if child is not None]
        parts.append(f"</{tag}>")
    return Html("".join(parts))


def joined(parts: Iterable[str]) -> Html:
    """Pieces of text or markup one after the other."""
    return Html("".join(escaped(part) for part in parts))


def shortened(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name without direction marks, its middle left out where it is long.

    Args:
        text: a name that somebody else gave.
        longest: most characters.
    """
    plain = _DIRECTION.sub("\ufffd", unicodedata.normalize("NFC", text))
    if len(plain) <= longest:
        return plain
    tail = longest // 3
    return f"{plain[: longest - tail - 1]}…{plain[-tail:]}"


def name(text: str, longest: int = _LONGEST_NAME) -> Html:
    """Somebody's name for a thing, kept from affecting the direction of the text around it."""
    return element("bdi", shortened(text, longest))


def path_name(text: str) -> Html:
    """The path of a file; its end, which tells files apart, is kept."""
    return element("bdi", shortened(text, _LONGEST_PATH), class_="path")


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction as people read it, "–" for what is not known.

    Args:
        fraction: in [0, 1], NaN, or None.
        digits: after the point.
    """
    if fraction is None or fraction != fraction:
        return "–"
    return f"{fraction * 100:.{digits}f} %"


def points(difference: float) -> str:
    """A difference of fractions in percentage points, with its sign."""
    return f"{difference * 100:+.1f} points".replace("-", "\N{MINUS SIGN}")
