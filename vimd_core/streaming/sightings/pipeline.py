"""From frames to sightings: regions, tiles, motion, triggers and near-duplicates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.sightings.duplicates import Duplicates
from vimd_core.streaming.sightings.motion import MotionFinder
from vimd_core.streaming.sightings.sameness import Appearance
from vimd_core.streaming.sightings.sightings import Look, Reason, Sighting
from vimd_core.streaming.sightings.tracks import Tracker, cut_look, look_at
from vimd_core.streaming.sources.regions import Region, crop, tiles, whole_frame
from vimd_core.streaming.sources.settings import CaptureSettings

MOST_LOOKS: Final = 16
_COMPARED_PX: Final = 32


class Pipeline:
    """Takes frames in order and says what is worth a capture.

    Args:
        settings: what is made of the frames.
    """

    def __init__(self, settings: CaptureSettings) -> None:
        self._settings = settings
        self._places: dict[str, _Place] = {}
        self._appearances: dict[
            tuple[str, int], Appearance
        ] = {}  # by region and track, as `looks` saw them last

    def process(self, frame: Frame, *, on_demand: bool = False) -> list[Sighting]:
        """The sightings that a frame completes.

        Args:
            frame: the next frame.
            on_demand: every region becomes a capture now, whatever its trigger says.
        """
        height, width = frame.image.shape[:2]
        sightings: list[Sighting] = []
        for region in self._settings.regions or (whole_frame(width, height),):
            if self._settings.motion is not None and not on_demand:
                sightings += self._moving(frame, region)
                continue
            for part in self._parts(frame, region):
                sighting = self._still(frame, part, on_demand)
                if sighting is not None:
                    sightings.append(sighting)
        return sightings

    def looks(self, frame: Frame) -> list[tuple[str, Look]]:
        """What is in the regions of a frame, or what moves in them, whatever the triggers say.

        It changes nothing for the rest, and may be called from another thread, always from the same one. Each look
        tells by its number whether it shows the same thing as in the frame before.

        Returns:
            Name of the region and the look, at most `MOST_LOOKS`.
        """
        height, width = frame.image.shape[:2]
        found: list[tuple[str, int, Look]] = []
        for region in self._settings.regions or (whole_frame(width, height),):
            if self._settings.motion is not None:
                found += [(region.name, number, look) for number, look in self._moving_now(frame, region)]
                continue
            for part in self._parts(frame, region):
                image = crop(frame.image, part)
                if image is not None:
                    found.append((part.name, 0, _look(frame, image, part)))
        found = found[:MOST_LOOKS]
        before, self._appearances = self._appearances, {}
        for name, number, look in found:
            appearance = self._appearances[name, number] = before.get((name, number)) or Appearance(
                is_moving=number > 0
            )
            appearance.update(look.image, frame.at_s)
        return [(name, self._appearances[name, number].seen_in(look)) for name, number, look in found]

    def flush(self) -> list[Sighting]:
        """The sightings that are still open, at the end of the source."""
        return [
            Sighting(name, "motion", _moved(looks, place.origin))
            for name, place in self._places.items()
            if place.tracker is not None
            for looks in place.tracker.flush()
            if place.has_not_seen(looks)
        ]

    def _parts(self, frame: Frame, region: Region) -> Iterable[Region]:
        if not self._settings.tile_px:
            return (region,)
        height, width = frame.image.shape[:2]
        return tiles(region.on(width, height), self._settings.tile_px)

    def _moving_now(self, frame: Frame, region: Region) -> list[tuple[int, Look]]:
        place = self._places.get(region.name)
        if place is None or place.tracker is None:
            return []
        image = crop(frame.image, region)
        if image is None:
            return []
        height, width = image.shape[:2]
        followed = place.tracker.followed
        looks = [cut_look(frame, image, box.grown(width, height)) for _, box in followed]
        numbers = [number for number, _ in followed]
        return list(zip(numbers, _moved(tuple(looks), place.origin), strict=True))

    def _still(self, frame: Frame, region: Region, on_demand: bool) -> Sighting | None:
        place = self._place(region.name)
        reason: Reason = "demand"
        if not on_demand:
            if self._settings.trigger == "demand" or not place.is_due(frame.at_s, self._settings.interval_s):
                return None
            reason = "change" if self._settings.trigger == "change" else "interval"
        image = crop(frame.image, region)
        if image is None:
            return None
        if reason == "change" and not place.has_changed(image, self._settings.change):
            return None
        if not on_demand and not place.duplicates.is_new(image):
            place.last_s = frame.at_s
            return None
        place.remember(image, frame.at_s)
        return Sighting(region.name, reason, (_look(frame, image, region),))

    def _moving(self, frame: Frame, region: Region) -> list[Sighting]:
        place = self._place(region.name)
        if place.tracker is None or place.finder is None or self._settings.motion is None:
            return []
        image = crop(frame.image, region)
        if image is None:
            return []
        place.origin = _origin(frame, region)
        found: list[Sighting] = []
        for looks in place.tracker.update(frame, image, place.finder.find(image)):
            if place.has_not_seen(looks):
                found.append(Sighting(region.name, "motion", _moved(looks, place.origin)))
        return found

    def _place(self, name: str) -> _Place:
        if name not in self._places:
            self._places[name] = _Place(self._settings)
        return self._places[name]


class _Place:
    """What is remembered of one region or tile."""

    def __init__(self, settings: CaptureSettings) -> None:
        self.duplicates = Duplicates(settings.duplicate_distance)
        self.finder = None if settings.motion is None else MotionFinder(settings.motion)
        self.tracker = None if settings.motion is None else Tracker(settings.motion, settings.track_frames)
        self.last_s: float | None = None
        self.origin = (0, 0)
        self._last: npt.NDArray[np.float32] | None = None

    def is_due(self, at_s: float, interval_s: float) -> bool:
        # A source that began anew, such as a video that was opened again, has an earlier time.
        return self.last_s is None or at_s < self.last_s or at_s - self.last_s >= interval_s - 1e-6

    def has_changed(self, image: npt.NDArray[np.uint8], share: float) -> bool:
        small = _small(image)
        return self._last is None or float(np.abs(small - self._last).mean()) / 255.0 >= share

    def has_not_seen(self, looks: tuple[Look, ...]) -> bool:
        nearest = max(looks, key=lambda look: look.size_px)
        return self.duplicates.is_new(nearest.image[:, :, ::-1])  # looks are RGB

    def remember(self, image: npt.NDArray[np.uint8], at_s: float) -> None:
        self.last_s = at_s
        self._last = _small(image)


def _small(image: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (_COMPARED_PX, _COMPARED_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.float32)


def _look(frame: Frame, image: npt.NDArray[np.uint8], region: Region) -> Look:
    height, width = frame.image.shape[:2]
    placed = region.on(width, height)
    box = (round(placed.x_px), round(placed.y_px), round(placed.width_px), round(placed.height_px))
    return look_at(frame, image, box)


def whole_look(frame: Frame) -> Look:
    """A look at all of a frame."""
    height, width = frame.image.shape[:2]
    return _look(frame, frame.image, whole_frame(width, height))


def _origin(frame: Frame, region: Region) -> tuple[int, int]:
    """Where a region's own pixels begin in the frame; boxes in a rotated one stay in that, turned upright."""
    if region.angle_deg % 360.0 != 0.0:
        return (0, 0)
    placed = region.on(frame.image.shape[1], frame.image.shape[0])
    return (max(0, round(placed.x_px)), max(0, round(placed.y_px)))


def _moved(looks: tuple[Look, ...], origin: tuple[int, int]) -> tuple[Look, ...]:
    """Boxes in the frame instead of in the region."""
    left, top = origin
    return tuple(
        replace(look, box=(look.box[0] + left, look.box[1] + top, look.box[2], look.box[3])) for look in looks
    )
