"""Change detection: whether a place still shows the same thing, so that a prediction never stands on another one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vimd_core.streaming.sightings.sightings import Look

_SIDE: Final = 20
# A thing may move by a tenth of its box between two looks, and the light may change by half.
_SHIFTS: Final = (0, -1, 1, -2, 2)
_LEAST_GAIN, _MOST_GAIN = 0.5, 2.0
_BLOCK: Final = 5
# Grey levels by which a block may differ, as a share of the picture's contrast and within bounds. Tried on traffic
# signs before a landscape that goes by (see its test): no sign that stays is taken for another one, and of those that
# are replaced 97 of 100 are noticed.
_SHARE, _LEAST, _MOST = 0.6, 10.0, 40.0
# How fast a place is known to be restless, and from when on it is; what bears less likeness is another thing there.
_RESTLESS_STEP, _RESTLESS, _LIKE = 0.2, 0.5, 0.45
# The same for a thing that moves, and for the place of one that does not, where each difference counts.
_LIKE_MOVING, _ALL = 0.75, 2.0
# Grey levels below which a picture is an even surface.
_PLAIN: Final = 2.5

Image = npt.NDArray[np.uint8]
Small = npt.NDArray[np.float32]

_numbers: Iterator[int] = itertools.count(1)


def small(image: Image) -> Small:
    """A picture as it is compared, (20, 20, 3)."""
    shrunk = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(shrunk.astype(np.float32), (3, 3), 0))


def is_same(first: Small, second: Small, strictness: float = 1.0) -> bool:
    """Whether two pictures show the same thing, perhaps moved a little, in another light or with noise.

    Args:
        first: see `small`.
        second: see `small`.
        strictness: above 1 smaller differences count.
    """
    contrast = float(min(first.std(), second.std()))
    limit = min(max(_SHARE * contrast, _LEAST), _MOST) / strictness
    return any(_difference(first, second, down, across) <= limit for down in _SHIFTS for across in _SHIFTS)


def likeness(first: Small, second: Small) -> float:
    """Correlation of two pictures, the best of those when one is moved a little; 1 for the same, about 0 for others."""
    return max(_correlation(first, second, down, across) for down in _SHIFTS for across in _SHIFTS)


def is_plain(picture: Small) -> bool:
    """Whether there is nothing to see but an even surface."""
    return float((picture - picture.mean(axis=(0, 1))).std()) < _PLAIN


class Appearance:
    """What one place shows from look to look.

    Args:
        is_moving: whether it follows a thing that moves before a background.

    Attributes:
        thing: a number that no other thing of this process has, and another one once the thing has changed.
        still_s: for how long nothing has changed there that can be seen.
        is_plain: whether it is an even surface.
    """

    def __init__(self, *, is_moving: bool) -> None:
        self.thing = next(_numbers)
        self.still_s = 0.0
        self.is_plain = False
        self._restless = 1.0 if is_moving else 0.0
        self._calm_limit = _LIKE_MOVING if is_moving else _ALL
        self._last: Small | None = None
        self._anchor: tuple[Small, float] | None = None

    def update(self, image: Image, at_s: float) -> None:
        """Take the next look.

        Args:
            image: (H, W, 3) uint8.
            at_s: its time within the source.
        """
        now = small(image)
        self.is_plain = is_plain(now)
        if self._last is not None and self._has_changed(self._last, now):
            self.thing = next(_numbers)
        self._last = now
        if self._anchor is None or not self._anchor[1] <= at_s or not is_same(self._anchor[0], now, 2.0):
            self._anchor = (now, at_s)
        self.still_s = at_s - self._anchor[1]

    def _has_changed(self, before: Small, now: Small) -> bool:
        differs = not is_same(before, now)
        self._restless += _RESTLESS_STEP * (differs - self._restless)
        # Where everything changes all the time, as with a thing that turns or a camera that moves, only what bears no
        # likeness at all is another thing.
        limit = _LIKE if self._restless >= _RESTLESS else self._calm_limit
        return differs and likeness(before, now) < limit

    def seen_in(self, look: Look) -> Look:
        """The look with what is known of its place."""
        return replace(look, thing=self.thing, still_s=self.still_s, is_plain=self.is_plain)


def _difference(first: Small, second: Small, down: int, across: int) -> float:
    """The largest mean difference of a block when the second picture is moved and its light is made the first's."""
    a = _part(first, down, across)
    b = _part(second, -down, -across)
    a, b = a - a.mean(axis=(0, 1)), b - b.mean(axis=(0, 1))
    power = float((b * b).sum())
    gain = float((a * b).sum()) / power if power > 1e-6 else 1.0
    left = np.abs(a - min(max(gain, _LEAST_GAIN), _MOST_GAIN) * b).mean(axis=2)
    return float(cv2.blur(left, (_BLOCK, _BLOCK), borderType=cv2.BORDER_REFLECT).max())


def _correlation(first: Small, second: Small, down: int, across: int) -> float:
    a, b = _part(first, down, across), _part(second, -down, -across)
    a, b = a - a.mean(axis=(0, 1)), b - b.mean(axis=(0, 1))
    power = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / power if power > 1e-6 else 1.0


def _part(picture: Small, down: int, across: int) -> Small:
    return picture[max(0, down) : _SIDE + min(0, down), max(0, across) : _SIDE + min(0, across)]
