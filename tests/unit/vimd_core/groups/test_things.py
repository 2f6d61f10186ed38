"""Which captures show one thing, by all that is known of them."""

from __future__ import annotations

from vimd_core.groups.agreement import classes_vary, labels_agree, likeness_of
from vimd_core.groups.moments import Moment, moments_of
from vimd_core.groups.names import tracks_of
from vimd_core.groups.things import Evidence, GroupKind, Likeness, Thing, named_things, things_of


def numbers(evidence: dict[int, Evidence], likeness: Likeness = Likeness.LOOK_ALIKE) -> dict[int, int]:
    return {i: one.number for i, one in things_of(evidence, likeness).items()}


def test_frames_of_a_track_are_one_thing_and_series_are_not() -> None:
    paths = {1: "/c/00001_00003.png", 2: "/c/00001_00009.png", 3: "/c/00002_00001.png", 4: "/c/IMG_0001.png"}
    assert named_things(paths) == paths | {2: paths[1]}
    camera = {number: f"/c/cam2_{number:04d}.png" for number in range(1, 42)}
    assert tracks_of(camera) == {}
    assert len(tracks_of(dict(list(camera.items())[:40]))) == 40
    # Another folder is another track; a folder that is called so is a class.
    assert tracks_of({1: "/a/t1_1.png", 2: "/b/t1_1.png"}) == {}
    assert tracks_of({1: "/c/0.5/0.5_1.png", 2: "/c/0.5/0.5_2.png"}) == {}


def test_frames_within_seconds_at_one_place_are_one_moment() -> None:
    def at(*seconds: float, stream: int = 1, region: str = "") -> list[Moment]:
        return [Moment(stream, region, int(1000 * one)) for one in seconds]

    seen = dict(enumerate([*at(0, 2, 4, 9), *at(3, stream=2), *at(3, region="door")], 1))
    assert moments_of(seen) == {1: 1, 2: 1, 3: 1}
    # What never stops moving is not one moment: it ends after a minute, or after forty frames.
    long = moments_of(dict(enumerate(at(*range(0, 120, 2)), 1)))
    assert len(set(long.values())) == 2
    many = moments_of(dict(enumerate(at(*(number / 10 for number in range(100))), 1)))
    assert sorted(list(many.values()).count(one) for one in set(many.values())) == [20, 40, 40]


def test_what_a_table_says_outranks_names_and_likeness() -> None:
    evidence = {
        1: Evidence("/c/t1_1.png", given="a", look_alike=1),
        2: Evidence("/c/t1_2.png", given="b", look_alike=1),
        3: Evidence("/c/x.png", given="a", look_alike=3),
        4: Evidence("/c/y.png", look_alike=3),
        5: Evidence("/c/z.png", look_alike=1),
    }
    found = things_of(evidence)
    # 4 looks like one thing only and joins it; 5 looks like two and stays alone.
    assert {i: one.number for i, one in found.items()} == {1: 1, 3: 1, 4: 1}
    assert found[4] == Thing(1, GroupKind.GIVEN)
    assert numbers(evidence, Likeness.NEAR_DUPLICATE) == {1: 1, 3: 1}


def test_near_duplicates_belong_together_whatever_else_is_said() -> None:
    evidence = {
        1: Evidence("/c/t1_1.png"),
        2: Evidence("/c/t1_2.png", near_duplicate=2),
        3: Evidence("/c/t2_1.png", near_duplicate=2),
        4: Evidence("/c/t2_2.png"),
    }
    assert numbers(evidence, Likeness.NEAR_DUPLICATE) == {1: 1, 2: 1, 3: 1, 4: 1}
    assert numbers(evidence, Likeness.NONE) == {1: 1, 2: 1, 3: 3, 4: 3}
    assert things_of(evidence)[4].kind is GroupKind.TRACK


def test_no_chain_of_near_duplicates_swallows_the_project() -> None:
    # A hundred days of a fixed camera, each of which has the same empty picture once.
    evidence = {
        10 * day + frame: Evidence(given=f"day {day}", near_duplicate=1 if frame == 0 else 0)
        for day in range(1, 101)
        for frame in range(10)
    }
    sizes: dict[int, int] = {}
    for one in numbers(evidence).values():
        sizes[one] = sizes.get(one, 0) + 1
    assert max(sizes.values()) <= 40 and len(sizes) > 90


def test_labels_say_whether_look_alikes_are_one_thing() -> None:
    groups = {number: 1 + number // 4 for number in range(1, 81)}
    assert labels_agree(groups, {})
    assert labels_agree(groups, {number: groups[number] % 7 for number in groups})
    assert not labels_agree(groups, {number: number % 4 for number in groups})
    # A few labels prove nothing.
    assert labels_agree(groups, {4: 1, 5: 2, 6: 3})
    # Captures without look-alikes say nothing of likeness.
    assert labels_agree(dict.fromkeys(range(100), 0), {number: number % 4 for number in range(100)})


def test_a_class_that_looks_alike_as_a_whole_is_many_things() -> None:
    """Else nothing could be held back, and nobody would know whether a new model is better."""
    classes = {number: number % 3 for number in range(30)}
    alike = {number: 100 + number % 3 for number in range(30)}
    assert labels_agree(alike, classes) and not classes_vary(alike, classes)
    assert likeness_of(alike, {}, classes) is Likeness.NEAR_DUPLICATE
    assert likeness_of(alike, alike, classes) is Likeness.NONE
    # One class that shows a single thing does not matter, nor do classes of few labels.
    mixed = {number: group if number % 3 == 0 else 0 for number, group in alike.items()}
    assert likeness_of(mixed, mixed, classes) is Likeness.LOOK_ALIKE
    assert classes_vary({1: 1, 2: 1, 3: 1}, {1: 5, 2: 5, 3: 5})
