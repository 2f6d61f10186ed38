"""Whether a place still shows the same thing: signs before a landscape that goes by, and what replaces them."""

from __future__ import annotations

import itertools
from typing import Any

import cv2
import numpy as np
import pytest
from sign_scene import CAPTURES, FRAMES_EACH, SIGN, scene, signs

from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.sightings.pipeline import Pipeline
from vimd_core.streaming.sightings.sameness import Appearance, is_plain, is_same, small
from vimd_core.streaming.sources.regions import Region
from vimd_core.streaming.sources.settings import CaptureSettings, MotionSettings

LEFT, TOP, SIDE = SIGN


def things(margin: int, step: int = 1) -> list[tuple[int, int]]:
    """Frame number and thing number of each look at the sign with so much landscape around it."""
    region = Region(
        name="sign",
        x_px=LEFT - margin,
        y_px=TOP - margin,
        width_px=SIDE + 2 * margin,
        height_px=SIDE + 2 * margin,
    )
    pipeline = Pipeline(CaptureSettings(regions=(region,), trigger="demand"))
    found = []
    for number in range(0, FRAMES_EACH * len(signs()), step):
        ((_, look),) = pipeline.looks(Frame(scene(number), number / 15, number=number))
        found.append((number, look.thing))
    return found


def sign(number: int) -> np.ndarray[Any, Any]:
    return scene(number)[TOP : TOP + SIDE, LEFT : LEFT + SIDE]


@pytest.mark.parametrize(("margin", "most_missed"), [(0, 0), (4, 0), (9, 1), (18, 1)])
def test_a_sign_that_is_replaced_is_noticed_in_the_first_frame(margin: int, most_missed: int) -> None:
    seen = things(margin)
    changes = {number for (_, before), (number, now) in itertools.pairwise(seen) if now != before}
    replaced = set(range(FRAMES_EACH, FRAMES_EACH * len(signs()), FRAMES_EACH))
    assert len(replaced - changes) <= most_missed
    assert changes <= replaced  # and no sign that stays is taken for another one


def test_what_is_the_same_stays_so_in_noise_in_another_light_and_a_little_moved() -> None:
    chance = np.random.default_rng(0)
    for path in sorted(CAPTURES.glob("*.png")):
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        assert image is not None
        noisy = np.clip(image + chance.normal(0, 10, image.shape), 0, 255).astype(np.uint8)
        darker = (image * 0.6 + 10).astype(np.uint8)
        by = max(1, round(0.04 * image.shape[1]))
        for one, other in ((image, noisy), (image, darker), (image[:, by:], image[:, :-by])):
            assert is_same(small(one), small(other)), path.name


def test_an_even_surface_is_plain_and_a_dark_sign_is_not() -> None:
    chance = np.random.default_rng(0)
    wall = np.clip(120 + chance.normal(0, 6, (60, 60, 3)), 0, 255).astype(np.uint8)
    assert is_plain(small(wall))
    assert not any(is_plain(small(cv2.imread(str(path)))) for path in CAPTURES.glob("*.png"))


def test_what_nothing_has_changed_in_is_still() -> None:
    appearance = Appearance(is_moving=False)
    chance = np.random.default_rng(0)
    for number in range(40):
        noisy = np.clip(sign(0) + chance.normal(0, 4, sign(0).shape), 0, 255).astype(np.uint8)
        appearance.update(noisy, number / 2)
    assert appearance.still_s == pytest.approx(19.5)
    thing = appearance.thing
    appearance.update(sign(FRAMES_EACH), 20.0)
    assert appearance.still_s == 0.0 and appearance.thing != thing


def test_another_thing_in_the_same_place_has_another_number_though_it_moves_on_in_one_track() -> None:
    """One thing leaves and another comes where it was: the tracker may take both for one."""
    chance = np.random.default_rng(1)
    background = chance.integers(90, 110, (120, 160, 3), dtype=np.uint8)
    patterns = [
        cv2.resize(
            chance.integers(0, 255, (6, 6, 3), dtype=np.uint8), (30, 30), interpolation=cv2.INTER_NEAREST
        )
        for _ in range(2)
    ]
    pipeline = Pipeline(CaptureSettings(motion=MotionSettings(min_size_px=10)))
    numbers: dict[int, set[int]] = {0: set(), 1: set()}
    for number in range(34):
        picture = background.copy()
        if number >= 12:
            which, left = (0 if number < 23 else 1), 30 + 4 * (number - 12)
            picture[40:70, left : left + 30] = patterns[which]
        frame = Frame(picture, number / 15, number=number)
        pipeline.process(frame)
        for _, look in pipeline.looks(frame):
            numbers[0 if number < 23 else 1].add(look.thing)
    assert numbers[0] and numbers[1] and not numbers[0] & numbers[1]
    assert len(numbers[0]) == 1  # what only moves on stays the same


def turning(number: int) -> np.ndarray[Any, Any]:
    """A colourful thing crosses the picture and turns as it goes."""
    chance = np.random.default_rng(4)
    coarse = chance.integers(60, 160, (30, 40, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC)
    if number >= 15:
        step = number - 15
        image = cv2.resize(chance.integers(0, 255, (6, 6, 3), dtype=np.uint8), (44, 44), interpolation=0)
        matrix = cv2.getRotationMatrix2D((22, 22), 6.0 * step, 1.0)
        left = 5 + 6 * step
        picture[90:134, left : left + 44] = cv2.warpAffine(
            image, matrix, (44, 44), borderMode=cv2.BORDER_REFLECT
        )
    return picture


def test_a_thing_that_turns_as_it_passes_stays_the_same() -> None:
    pipeline = Pipeline(CaptureSettings(motion=MotionSettings(min_size_px=10)))
    seen: list[int] = []
    for number in range(58):
        frame = Frame(turning(number), number / 15, number=number)
        pipeline.process(frame)
        seen += [look.thing for _, look in pipeline.looks(frame)]
    assert len(seen) > 30 and len(set(seen)) == 1


def test_where_everything_moves_all_the_time_a_label_can_stand_and_a_cut_is_noticed() -> None:
    pipeline = Pipeline(CaptureSettings(trigger="demand"))
    coarse = np.random.default_rng(5).integers(0, 255, (12, 48, 3), dtype=np.uint8)
    landscape = cv2.resize(coarse, (1920, 480), interpolation=cv2.INTER_CUBIC)
    seen: list[int] = []
    for number in range(40):
        picture = np.roll(landscape, -95 * number, axis=1)[:, :640].copy()
        if number >= 30:
            picture = np.rot90(picture, 2).copy()
        ((_, look),) = pipeline.looks(Frame(picture, number / 10, number=number))
        seen.append(look.thing)
    assert len(set(seen[:8])) > 2  # until it is known to be restless
    assert len(set(seen[8:30])) <= 2
    assert seen[30] != seen[29]
