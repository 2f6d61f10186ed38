"""Numbers as text, in the user's locale: counts with separators of thousands, decimals, percentages."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QLocale

_NBSP: Final = "\u00a0"


def locale() -> QLocale:
    """The one that the program writes numbers in; plain C, which separates no thousands, is English."""
    current = QLocale()
    return QLocale(QLocale.Language.English) if current.language() is QLocale.Language.C else current


def count(value: int) -> str:
    """How many, as 1,234."""
    return locale().toString(int(value))


def number(value: float, digits: int) -> str:
    """A decimal number with so many digits after the point."""
    return locale().toString(float(value), "f", digits)


def percent(fraction: float) -> str:
    """A probability; certainty is never rounded up to."""
    if 0.995 <= fraction < 1.0:
        return f">99{_NBSP}%"
    if 0.0 < fraction < 0.005:
        return f"<1{_NBSP}%"
    return f"{number(fraction * 100, 0)}{_NBSP}%"
