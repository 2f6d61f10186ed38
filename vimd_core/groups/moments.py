"""Neighbouring frames of a stream: captures that one place of one source has shown within seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

# What passes a camera is seen again and again while it is there; a pause of so long says that it has gone.
_PAUSE_MS: Final = 3000
# Something always moves somewhere: a chain of frames ends after this many, or after this time.
_MOST_FRAMES: Final = 40
_LONGEST_MS: Final = 60_000


class Moment(NamedTuple):
    """Where and when a capture was seen.

    Attributes:
        stream: number of the source.
        region: part of its picture.
        taken_ms: milliseconds since 1970, or since the beginning of a video.
    """

    stream: int
    region: str
    taken_ms: int


def moments_of(seen: Mapping[int, Moment]) -> dict[int, int]:
    """The moment of each capture that was seen right after another one: the id of its first capture.

    Args:
        seen: captures by id.
    """
    by_place: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for capture_id, one in seen.items():
        by_place[one.stream, one.region].append((one.taken_ms, capture_id))
    moments: dict[int, int] = {}
    for frames in by_place.values():
        chain: list[tuple[int, int]] = []
        for taken_ms, capture_id in sorted(frames):
            is_over = chain and (
                taken_ms - chain[-1][0] > _PAUSE_MS
                or taken_ms - chain[0][0] > _LONGEST_MS
                or len(chain) >= _MOST_FRAMES
            )
            if is_over:
                chain = []
            chain.append((taken_ms, capture_id))
            if len(chain) > 1:
                moments[chain[0][1]] = moments[capture_id] = chain[0][1]
    return moments
