"""File names in the order in which people count: capture 9 before capture 10."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = re.compile(r"\d+")
_WIDTH: Final = 12


def natural_key(path: str) -> str:
    """A text that sorts as the file's name should, its folder deciding between equal names.

    Args:
        path: as it is stored.
    """
    folder, _, name = path.replace("\\", "/").rpartition("/")
    padded = _DIGITS.sub(lambda digits: digits[0].zfill(_WIDTH), name.casefold())
    return f"{padded}\x01{folder.casefold()}"
