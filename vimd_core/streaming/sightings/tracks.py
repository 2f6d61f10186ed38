"""Tracking: follows what moves from frame to frame, and keeps of each thing its best looks and its nearest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.sightings.motion import Box
from vimd_core.streaming.sightings.sightings import Look
from vimd_core.streaming.sources.settings import MotionSettings

_SAME_OVERLAP: Final = 0.1
_SAME_GAP: Final = 1.5
_LOST_AFTER_S: Final = 0.5
_SEEN_AT_LEAST: Final = 3


@dataclass(eq=False)
class _Track:
    number: int
    began_s: float
    last_s: float
    box: Box
    seen: int = 0
    looks: list[Look] = field(default_factory=list)
    cut_looks: list[Look] = field(default_factory=list)
    nearest: Look | None = None


class Tracker:
    """Assigns boxes to things by overlap and nearness, which is enough for few things and many frames a second.

    Args:
        settings: cool-down and longest track.
        kept: n, looks kept of a thing besides its nearest.
    """

    def __init__(self, settings: MotionSettings, kept: int) -> None:
        self._settings = settings
        self._kept = kept
        self._tracks: list[_Track] = []
        self._numbers = itertools.count(1)
        self._followed: tuple[tuple[int, Box], ...] = ()
        self._cooling: list[tuple[Box, float]] = []

    def update(self, frame: Frame, image: npt.NDArray[np.uint8], boxes: list[Box]) -> list[tuple[Look, ...]]:
        """Take the boxes of one frame.

        Args:
            frame: where and when they were seen.
            image: (H, W, 3) BGR, the part of the frame that the boxes are in.
            boxes: what moves, largest first.

        Returns:
            The looks of each thing that has gone, or has stayed for long.
        """
        open_tracks = list(self._tracks)
        for box in boxes:
            track = self._nearest_track(open_tracks, box)
            if track is not None:
                open_tracks.remove(track)
            elif self._is_cooling(box, frame.at_s):
                continue
            else:
                track = _Track(next(self._numbers), frame.at_s, frame.at_s, box)
                self._tracks.append(track)
            track.box, track.last_s, track.seen = box, frame.at_s, track.seen + 1
            self._add_look(track, frame, image, box)
        self._followed = tuple(
            (track.number, track.box)
            for track in self._tracks
            if track.seen >= _SEEN_AT_LEAST and track.last_s == frame.at_s
        )
        return self._ended(frame.at_s)

    @property
    def followed(self) -> tuple[tuple[int, Box], ...]:
        """Numbers and places of the things that were seen in the last frame, and are no flicker."""
        return self._followed

    def flush(self) -> list[tuple[Look, ...]]:
        """The looks of everything that is still followed, at the end of a source."""
        return self._ended(float("inf"))

    def _nearest_track(self, tracks: list[_Track], box: Box) -> _Track | None:
        fitting = [
            track
            for track in tracks
            if track.box.overlap(box) >= _SAME_OVERLAP or track.box.gap(box) <= _SAME_GAP
        ]
        return min(fitting, key=lambda track: track.box.gap(box), default=None)

    def _is_cooling(self, box: Box, at_s: float) -> bool:
        self._cooling = [(b, until_s) for b, until_s in self._cooling if until_s > at_s]
        return any(cooling.overlap(box) > 0 for cooling, _ in self._cooling)

    def _add_look(self, track: _Track, frame: Frame, image: npt.NDArray[np.uint8], box: Box) -> None:
        height, width = image.shape[:2]
        look = cut_look(frame, image, box.grown(width, height))
        if box.touches_edge(width, height):
            # A part of the thing: of use only if it is never seen whole.
            track.cut_looks = sorted([*track.cut_looks, look], key=_worth, reverse=True)[: self._kept]
            return
        if track.nearest is None or look.size_px > track.nearest.size_px:
            track.nearest = look
        track.looks = sorted([*track.looks, look], key=_worth, reverse=True)[: self._kept]

    def _ended(self, at_s: float) -> list[tuple[Look, ...]]:
        ended: list[tuple[Look, ...]] = []
        going_on: list[_Track] = []
        for track in self._tracks:
            is_gone = at_s - track.last_s >= _LOST_AFTER_S
            if not is_gone and at_s - track.began_s < self._settings.max_track_s:
                going_on.append(track)
                continue
            self._cooling.append((track.box, track.last_s + self._settings.cool_down_s))
            if track.seen < _SEEN_AT_LEAST:
                continue  # a flicker
            looks = {look.frame_number: look for look in track.looks or track.cut_looks}
            if track.nearest is not None:
                looks.setdefault(track.nearest.frame_number, track.nearest)
            ended.append(tuple(looks[number] for number in sorted(looks)))
        self._tracks = going_on
        return ended


def cut_look(frame: Frame, image: npt.NDArray[np.uint8], box: Box) -> Look:
    """Cut a box out.

    Args:
        frame: where and when it was seen.
        image: (H, W, 3) BGR, the part of the frame that the box is in.
        box: what to cut out; it must lie inside.
    """
    cut = image[box.top : box.top + box.height, box.left : box.left + box.width]
    return look_at(frame, cut, (box.left, box.top, box.width, box.height))


def look_at(frame: Frame, cut: npt.NDArray[np.uint8], box: tuple[int, int, int, int]) -> Look:
    """A look of pixels that were cut out.

    Args:
        frame: what they were cut out of.
        cut: (h, w, 3) BGR.
        box: left, top, width and height in the frame, in px.
    """
    rgb = np.ascontiguousarray(cut[:, :, ::-1])
    return Look(rgb, frame.number, frame.at_s, frame.time_ms, frame.taken_ns, box, sharpness(cut))


def sharpness(image: npt.NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of the grey image, at one size for all so that near looks gain nothing by it."""
    grey = cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), (48, 48), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _worth(look: Look) -> float:
    return look.sharpness * look.size_px
