"""From frames to captures: regions, triggers, duplicates, motion and agreement."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from vimd_core.errors import SourceError, WorkerError
from vimd_core.processes.messages import encode
from vimd_core.processes.protocol import FrameReader
from vimd_core.streaming.grabbers.frames import Frame
from vimd_core.streaming.messages import FROM_SOURCE, Sighted
from vimd_core.streaming.sightings.consensus import agree
from vimd_core.streaming.sightings.duplicates import distance, perceptual_hash
from vimd_core.streaming.sightings.pipeline import MOST_LOOKS, Pipeline
from vimd_core.streaming.sightings.sightings import Look, Sighting
from vimd_core.streaming.sources.addresses import SourceAddress, SourceKind
from vimd_core.streaming.sources.regions import Region, crop, tiles
from vimd_core.streaming.sources.retention import Retention
from vimd_core.streaming.sources.settings import (
    CaptureSettings,
    MotionSettings,
    ReadSettings,
    StreamSettings,
    from_stored,
    to_stored,
)

Picture = npt.NDArray[np.uint8]


def noise(seed: int, height: int = 120, width: int = 160) -> Picture:
    """A smooth pattern, other for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def frame(image: Picture, at_s: float, number: int = 1) -> Frame:
    return Frame(image, at_s, taken_ns=round(at_s * 1e9), time_ms=round(at_s * 1000), number=number)


def look(side: int, number: int = 1, sharp: float = 0.0) -> Look:
    return Look(np.full((side, side, 3), number, np.uint8), number, 0.0, 0, 0, (0, 0, side, side), sharp)


def run(settings: CaptureSettings, images: list[Picture], fps: float = 10.0) -> list[Sighting]:
    pipeline = Pipeline(settings)
    found = [s for i, image in enumerate(images) for s in pipeline.process(frame(image, i / fps, i + 1))]
    return found + pipeline.flush()


def test_an_upright_region_is_cut_without_touching_a_pixel() -> None:
    image = noise(0)
    region = Region(name="a", x_px=10, y_px=20, width_px=30, height_px=40)
    cut = crop(image, region)
    assert cut is not None and np.array_equal(cut, image[20:60, 10:40])
    at_the_edge = crop(image, msgspec.structs.replace(region, x_px=150, y_px=-10))
    assert at_the_edge is not None and np.array_equal(at_the_edge, image[:30, 150:])
    assert crop(image, msgspec.structs.replace(region, x_px=200)) is None


def test_a_region_follows_the_size_of_the_frame() -> None:
    region = Region(
        name="a", x_px=40, y_px=30, width_px=80, height_px=60, frame_width_px=160, frame_height_px=120
    )
    cut = crop(noise(0, 240, 320), region)
    assert cut is not None and cut.shape == (120, 160, 3)


@pytest.mark.parametrize("angle", [90.0, -90.0, 180.0, 30.0, -75.0])
def test_a_rotated_region_comes_out_upright(angle: float) -> None:
    # An upright picture of 40 x 24 is drawn turned clockwise by the angle; the same angle brings it back.
    wanted = noise(3, 24, 40)
    centre = (80.0, 60.0)
    turn = cv2.getRotationMatrix2D((20, 12), -angle, 1.0)
    turn[:, 2] += (centre[0] - 20, centre[1] - 12)
    scene = cv2.warpAffine(wanted, turn, (160, 120), flags=cv2.INTER_CUBIC)
    region = Region(name="a", x_px=60, y_px=48, width_px=40, height_px=24, angle_deg=angle)
    cut = crop(np.asarray(scene, np.uint8), region)
    assert cut is not None and cut.shape == wanted.shape
    inner = (slice(3, -3), slice(3, -3))
    assert np.abs(cut[inner].astype(int) - wanted[inner].astype(int)).mean() < 6
    flipped = np.abs(cut[::-1, ::-1][inner].astype(int) - wanted[inner].astype(int)).mean()
    assert flipped > 20


def test_tiles_cover_the_region() -> None:
    region = Region(name="belt", x_px=5, y_px=7, width_px=100, height_px=50)
    parts = list(tiles(region, 40))
    assert [part.name for part in parts] == [
        "belt 1.1",
        "belt 1.2",
        "belt 1.3",
        "belt 2.1",
        "belt 2.2",
        "belt 2.3",
    ]
    covered = np.zeros((120, 160), bool)
    for part in parts:
        assert (part.width_px, part.height_px) == (40, 40)
        covered[int(part.y_px) : int(part.y_px) + 40, int(part.x_px) : int(part.x_px) + 40] = True
    assert covered[7:57, 5:105].all() and covered.sum() == 100 * 50


@pytest.mark.parametrize(
    "wrong",
    [{"width_px": 1.0, "height_px": 9.0}, {"width_px": float("nan"), "height_px": 9.0}, {}],
)
def test_a_region_without_size_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SourceError):
        Region(name="a", **wrong)  # type: ignore[arg-type]


def test_settings_travel_as_they_are() -> None:
    settings = StreamSettings(
        address=SourceAddress(SourceKind.STREAM, "rtsp://cam/live"),
        capture=CaptureSettings(
            regions=(Region(name="a", x_px=1, y_px=2, width_px=30, height_px=40, angle_deg=12.5),),
            motion=MotionSettings(min_size_px=9),
            trigger="change",
            duplicate_distance=None,
        ),
    )
    stored = json.loads(json.dumps(to_stored(settings)))
    assert from_stored(stored) == settings
    for wrong in (
        {"regions": 3},
        {"trigger": "now"},
        {"sound": True},
        {"tile_px": 2},
        {"agreeing_frames": 9},
        {"regions": [{"name": "a", "width_px": 1.0, "height_px": 9.0}]},
    ):
        with pytest.raises(SourceError):
            from_stored({**stored, "capture": wrong})
    with pytest.raises(SourceError, match="malformed"):
        from_stored({})


def test_settings_that_version_0_1_stored_are_read_as_they_were() -> None:
    stored = {
        "address": {"kind": "stream", "url": "rtsp://cam/live"},
        "read": {
            "transport": "udp",
            "pace": "real time",
            "connect_timeout_s": 4.0,
            "read_timeout_s": 6.0,
            "stall_after_s": 1.5,
            "hang_after_s": 5.0,
            "settle_s": 1.0,
            "verify_certificate": False,
        },
        "capture": {
            "regions": [
                {
                    "name": "door",
                    "x_px": 1,
                    "y_px": 2.5,
                    "width_px": 30.0,
                    "height_px": 40.0,
                    "angle_deg": 12.5,
                    "frame_width_px": 640,
                    "frame_height_px": 480.0,
                }
            ],
            "tile_px": 0,
            "motion": {"min_size_px": 9, "cool_down_s": 2.0, "threshold": 25.0, "max_track_s": 4.0},
            "trigger": "change",
            "interval_s": 1,
            "change": 0.04,
            "duplicate_distance": None,
            "track_frames": 5,
            "agreeing_frames": 3,
        },
        "keep_below": 0.8,
        "retention": {"most": 100, "days": 2, "most_bytes": None},
        "starts_with_project": False,
    }
    region = Region(
        name="door", x_px=1, y_px=2.5, width_px=30, height_px=40, angle_deg=12.5, frame_width_px=640,
        frame_height_px=480,
    )  # fmt: skip
    settings = from_stored(stored)
    assert settings == StreamSettings(
        address=SourceAddress(SourceKind.STREAM, "rtsp://cam/live"),
        read=ReadSettings(transport="udp", pace="real time", read_timeout_s=6.0, verify_certificate=False),
        capture=CaptureSettings(
            regions=(region,),
            motion=MotionSettings(min_size_px=9),
            trigger="change",
            duplicate_distance=None,
        ),
        keep_below=0.8,
        retention=Retention(most=100, days=2),
        starts_with_project=False,
    )
    assert json.loads(json.dumps(to_stored(settings))) == stored
    assert from_stored({"address": stored["address"]}) == StreamSettings(address=settings.address)


def test_the_interval_is_kept() -> None:
    images = [noise(i) for i in range(31)]
    found = run(CaptureSettings(interval_s=1.0), images)
    assert [s.looks[0].frame_number for s in found] == [1, 11, 21, 31]
    assert {s.reason for s in found} == {"interval"}
    assert np.array_equal(found[1].looks[0].image, images[10][:, :, ::-1])


def test_two_regions_have_clocks_of_their_own() -> None:
    regions = tuple(
        Region(name=name, x_px=x, y_px=0, width_px=40, height_px=40)
        for name, x in (("left", 0), ("right", 100))
    )
    found = run(CaptureSettings(regions=regions, interval_s=0.5), [noise(i) for i in range(11)])
    assert [(s.region, s.looks[0].frame_number) for s in found] == [
        *(("left", 1), ("right", 1), ("left", 6), ("right", 6), ("left", 11), ("right", 11))
    ]
    assert found[1].looks[0].box == (100, 0, 40, 40)


def test_only_what_changes_is_captured() -> None:
    still, other = noise(1), noise(2)
    faint = np.clip(still.astype(int) + 3, 0, 255).astype(np.uint8)
    settings = CaptureSettings(trigger="change", interval_s=0.2, duplicate_distance=None)
    found = run(settings, [still, still, faint, still, still, other, other, other, still])
    assert [s.looks[0].frame_number for s in found] == [1, 6, 9]


def test_on_demand_means_at_no_other_time() -> None:
    pipeline = Pipeline(CaptureSettings(trigger="demand", motion=None))
    assert pipeline.process(frame(noise(1), 0.0)) == []
    (one,) = pipeline.process(frame(noise(1), 0.1), on_demand=True)
    (two,) = pipeline.process(frame(noise(1), 0.2), on_demand=True)  # whatever it looks like
    assert (one.reason, two.reason) == ("demand", "demand")


def test_what_looks_the_same_is_dropped() -> None:
    first = noise(1)
    brighter = np.clip(first.astype(int) + 12, 0, 255).astype(np.uint8)
    noisy = np.clip(first + np.random.default_rng(0).normal(0, 3, first.shape), 0, 255).astype(np.uint8)
    images = [first, brighter, noisy, noise(2), first]
    found = run(CaptureSettings(interval_s=0.0), images)
    assert [s.looks[0].frame_number for s in found] == [1, 4]
    assert len(run(CaptureSettings(interval_s=0.0, duplicate_distance=None), images)) == 5


def test_hashes_are_near_for_what_is_alike_at_any_size() -> None:
    image = noise(5, 60, 60)
    small = np.asarray(cv2.resize(image, (30, 30), interpolation=cv2.INTER_AREA), np.uint8)
    assert distance(perceptual_hash(image), perceptual_hash(small)) <= 3
    others = [
        distance(perceptual_hash(image), perceptual_hash(noise(seed, 60, 60))) for seed in range(10, 30)
    ]
    assert min(others) > 10


def road(number: int, things: list[tuple[int, int, int]]) -> Picture:
    """A textured background with some camera noise, and bright patterned squares (left, top, side)."""
    scene = noise(99).astype(int) // 2 + np.random.default_rng(number).integers(-2, 3, (120, 160, 3))
    for left, top, side in things:
        pattern = cv2.resize(noise(7, 24, 24), (side, side), interpolation=cv2.INTER_AREA)
        visible = pattern[max(0, -top) : 120 - top, max(0, -left) : 160 - left]
        y, x = max(0, top), max(0, left)
        scene[y : y + visible.shape[0], x : x + visible.shape[1]] = 127 + visible.astype(int) // 2
    return np.clip(scene, 0, 255).astype(np.uint8)


MOTION = CaptureSettings(
    motion=MotionSettings(min_size_px=10, cool_down_s=0.5, max_track_s=30), track_frames=5
)
EMPTY = [road(i, []) for i in range(15)]


def test_one_thing_that_passes_is_one_sighting_with_its_nearest_look() -> None:
    # It comes nearer: from 14 to 38 px.
    passing = [road(100 + i, [(20 + 4 * i, 30, 14 + i)]) for i in range(25)]
    found = run(MOTION, [*EMPTY, *passing, *EMPTY, *EMPTY])
    assert [s.reason for s in found] == ["motion"]
    (sighting,) = found
    assert 5 <= len(sighting.looks) <= 6
    numbers = [one.frame_number for one in sighting.looks]
    assert numbers == sorted(numbers) and numbers[0] > 15 and numbers[-1] <= 40
    nearest = max(sighting.looks, key=lambda one: one.size_px)
    assert nearest.frame_number >= 38
    left, top, width, height = nearest.box
    # Its box holds the thing (38 px at 116, 30) and little more.
    assert left <= 116 and top <= 30 and left + width >= 116 + 37 and width <= 62
    assert nearest.image.shape == (height, width, 3)


def test_two_things_at_once_are_two_sightings() -> None:
    passing = [road(100 + i, [(10 + 4 * i, 10, 20), (120 - 4 * i, 80, 24)]) for i in range(20)]
    found = run(msgspec.structs.replace(MOTION, duplicate_distance=None), [*EMPTY, *passing, *EMPTY])
    assert len(found) == 2
    tops = sorted(int(np.mean([one.box[1] for one in s.looks])) for s in found)
    assert tops[0] < 30 < 60 < tops[1]


def test_what_is_small_flickers_or_is_the_light_is_nothing() -> None:
    small = [road(100 + i, [(20 + 4 * i, 30, 6)]) for i in range(20)]
    flicker = [road(200 + i, [(60, 60, 30)] if i == 5 else []) for i in range(20)]
    light = [np.clip(road(300 + i, []).astype(int) + 60, 0, 255).astype(np.uint8) for i in range(20)]
    assert run(MOTION, [*EMPTY, *small, *EMPTY]) == []
    assert run(MOTION, [*EMPTY, *flicker]) == []
    assert run(MOTION, [*EMPTY, *light]) == []


def test_a_thing_that_comes_back_is_reported_again_only_after_the_cool_down() -> None:
    passing = [road(100 + i, [(20 + 4 * i, 30, 20)]) for i in range(25)]
    for cool_down_s, count in ((0.5, 2), (60.0, 1)):
        motion = MotionSettings(min_size_px=10, cool_down_s=cool_down_s, max_track_s=30)
        settings = msgspec.structs.replace(MOTION, motion=motion, duplicate_distance=None)
        again = [road(400 + i, [(116 - i, 30, 20)]) for i in range(15)]
        assert len(run(settings, [*EMPTY, *passing, *EMPTY, *again, *EMPTY])) == count


def test_motion_is_looked_for_in_its_region_and_placed_in_the_frame() -> None:
    region = Region(name="lane", x_px=0, y_px=60, width_px=160, height_px=60)
    passing = [road(100 + i, [(10 + 4 * i, 10, 20), (10 + 4 * i, 80, 24)]) for i in range(20)]
    (sighting,) = run(msgspec.structs.replace(MOTION, regions=(region,)), [*EMPTY, *passing, *EMPTY])
    assert sighting.region == "lane"
    assert all(60 <= one.box[1] <= 80 for one in sighting.looks)


def test_the_end_of_a_film_reports_what_is_still_there() -> None:
    passing = [road(100 + i, [(20 + 4 * i, 30, 20)]) for i in range(15)]
    assert len(run(MOTION, [*EMPTY, *passing])) == 1


def answers(*rows: tuple[float, ...]) -> npt.NDArray[np.float32]:
    return np.array(rows, np.float32)


def test_looks_vote_and_the_surest_of_the_winner_is_the_best() -> None:
    looks = [look(10, 1), look(12, 2), look(14, 3), look(30, 4)]
    agreed = agree(answers((0.6, 0.4), (0.9, 0.1), (0.2, 0.8), (0.55, 0.45)), looks, 3)
    assert (agreed.class_index, agreed.votes, agreed.looks, agreed.is_agreed) == (0, 3, 4, True)
    assert (agreed.best, agreed.nearest, agreed.has_nearer_view) == (1, 3, True)


def test_one_sure_look_does_not_outvote_two() -> None:
    looks = [look(10, n) for n in range(3)]
    agreed = agree(answers((0.99, 0.01, 0), (0.3, 0.7, 0), (0.3, 0.7, 0)), looks, 3)
    assert (agreed.class_index, agreed.is_agreed, agreed.has_nearer_view) == (1, False, False)
    tie = agree(answers((0.9, 0.1), (0.4, 0.6)), looks[:2], 1)
    assert (tie.class_index, tie.best) == (0, 0)


def test_a_single_look_agrees_with_itself() -> None:
    agreed = agree(answers((0.1, 0.9)), [look(8)], 3)
    assert (agreed.class_index, agreed.is_agreed, agreed.has_nearer_view) == (1, True, False)


def test_a_sighting_goes_through_the_pipe_as_it_is() -> None:
    sighting = Sighting("a", "motion", (look(9, 1, 2.5), look(20, 2)), "x.png")
    (sent,) = FrameReader().feed(encode(Sighted(sighting)))
    received = FROM_SOURCE.decode(sent.body)
    assert isinstance(received, Sighted)
    back = received.sighting
    assert (back.region, back.reason, back.path) == ("a", "motion", "x.png")
    for ours, theirs in zip(sighting.looks, back.looks, strict=True):
        assert np.array_equal(ours.image, theirs.image)
        assert (ours.frame_number, ours.box, ours.sharpness) == (
            theirs.frame_number,
            theirs.box,
            theirs.sharpness,
        )
    (sent,) = FrameReader().feed(encode(Sighted(replace(sighting, reason="whim"))))  # type: ignore[arg-type]
    with pytest.raises(WorkerError):
        FROM_SOURCE.decode(sent.body)
    grey = replace(look(1), image=np.zeros((4, 4, 1), np.uint8))
    for looks in ((grey,), ()):
        with pytest.raises(ValueError, match=r"RGB|without looks"):
            Sighted(replace(sighting, looks=looks))


def test_no_torch_is_loaded_in_the_capturing_process() -> None:
    program = (
        "import sys, vimd_core.streaming.child, vimd_core.streaming.supervisor, vimd_core.streaming.sightings.saving\n"
        "loaded = {'torch', 'numba', 'PySide6', 'sqlalchemy'} & set(sys.modules)\n"
        "sys.exit(str(loaded) if loaded else 0)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_what_moves_can_be_looked_at_while_it_does() -> None:
    pipeline = Pipeline(CaptureSettings(motion=MotionSettings(min_size_px=10)))
    background = noise(1)
    for number in range(12):
        pipeline.process(frame(background, number / 10, number))
    assert pipeline.looks(frame(background, 1.2)) == []
    seen = []
    for number in range(12, 18):
        scene = background.copy()
        left = 20 + 4 * (number - 12)
        scene[40:64, left : left + 24] = (255, 0, 255)
        pipeline.process(frame(scene, number / 10, number))
        seen = pipeline.looks(frame(scene, number / 10, number))
    ((name, found),) = seen
    assert name == ""
    assert abs(found.box[0] + found.box[2] / 2 - (left + 12)) <= 8
    assert abs(found.box[1] + found.box[3] / 2 - 52) <= 4
    assert (found.image == (255, 0, 255)).all(axis=2).sum() > 400


def test_looks_at_regions_and_tiles_change_nothing() -> None:
    region = Region(name="lane", x_px=0, y_px=0, width_px=80, height_px=40)
    pipeline = Pipeline(CaptureSettings(regions=(region,), tile_px=40, interval_s=1.0))
    picture = frame(noise(2), 0.0)
    assert [name for name, _ in pipeline.looks(picture)] == ["lane 1.1", "lane 1.2"]
    assert [s.region for s in pipeline.process(picture)] == ["lane 1.1", "lane 1.2"]
    many = Pipeline(CaptureSettings(tile_px=8))
    assert len(many.looks(picture)) == MOST_LOOKS
