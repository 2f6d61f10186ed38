"""Names and figures as the report shows them, and SVG from Python calls; escaped unless it is markup already.

Class names and file names come from whoever made the data, so nothing but `Markup` is ever taken as markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

_LONGEST_NAME: Final = 64
_LONGEST_PATH: Final = 160
# Control characters (but white space), and halves of a character that a file name of other bytes is read as.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Characters that change the direction of what follows would let a name disguise its neighbours.
_DIRECTION: Final = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


Child = str | Markup | None
Attribute = str | int | float | bool | None


def printable(text: str) -> str:
    """Text without control characters and halves of characters, which no page can show."""
    return _UNPRINTABLE.sub("\ufffd", text)


def escaped(text: str) -> Markup:
    """Text as markup that shows it, in an element or in an attribute.

    Args:
        text: anything; taken as it is when it is markup already.
    """
    return text if isinstance(text, Markup) else escape(printable(text))


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
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
    parts += [escaped(child) for child in children if child is not None]
    parts.append(f"</{tag}>")
    return Markup("".join(parts))


def joined(parts: Iterable[str]) -> Markup:
    """Pieces of text or markup one after the other."""
    return Markup("".join(escaped(part) for part in parts))


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


def name(text: str, longest: int = _LONGEST_NAME) -> Markup:
    """Somebody's name for a thing, kept from affecting the direction of the text around it."""
    return element("bdi", shortened(text, longest))


def path_name(text: str) -> Markup:
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
