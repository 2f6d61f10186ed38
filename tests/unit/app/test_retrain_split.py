"""What captures are for: the gate's are never learnt from, things stay together, choices last."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from app.services.retrain_split import SplitShares, assign_splits, groups_of
from app.storage.training_records import CaptureSplit, VerifiedCapture

HELD, TRAIN, VALIDATION = CaptureSplit.HELD_BACK, CaptureSplit.TRAIN, CaptureSplit.VALIDATION


def verified(number: int, class_id: int, name: str = "") -> VerifiedCapture:
    return VerifiedCapture(number, Path(f"/c/{name or number}.png"), class_id, 30, True, None, 0.0)


def captures(per_class: int, classes: int = 3) -> list[VerifiedCapture]:
    return [verified(number, 1 + number % classes) for number in range(per_class * classes)]


def split(items: list[VerifiedCapture], earlier: dict[int, CaptureSplit] | None = None):  # type: ignore[no-untyped-def]
    return assign_splits(items, groups_of(items), earlier or {}, SplitShares())


def test_each_class_gives_its_share_to_the_gate_and_to_the_choice_of_the_epoch() -> None:
    items = captures(200)
    splits = split(items)
    for class_id in (1, 2, 3):
        counts = Counter(splits[one.id] for one in items if one.class_id == class_id)
        assert counts == {HELD: 40, VALIDATION: 19, TRAIN: 141}
    assert splits == split(items)


def test_with_few_captures_all_are_learnt_from() -> None:
    assert set(split(captures(3)).values()) == {TRAIN}
    assert Counter(split(captures(6)).values()) == {TRAIN: 15, HELD: 3}
    # The choice of an epoch by fifteen captures would be chance.
    assert Counter(split(captures(50)).values()) == {TRAIN: 120, HELD: 30}


def test_what_was_held_back_stays_so_and_what_was_learnt_from_is_never_held_back() -> None:
    items = captures(50)
    first = split(items[:60])
    later = split(items, first)
    assert all(later[number] is HELD for number, what in first.items() if what is HELD)
    assert all(later[number] is not HELD for number, what in first.items() if what is not HELD)
    assert Counter(later.values())[HELD] == 30
    # Whatever was learnt from, also as the model's own answer, can't be used to judge.
    assert HELD not in split(items, {one.id: TRAIN for one in items}).values()


def test_frames_of_one_thing_stay_together() -> None:
    items = [
        verified(10 * thing + frame, 1 + thing % 2, f"{thing:05d}_{frame:05d}")
        for thing in range(12)
        for frame in range(8)
    ]
    groups = groups_of(items)
    assert len(set(groups.values())) == 12
    splits = split(items)
    of_group: dict[str, set[CaptureSplit]] = {}
    for one in items:
        of_group.setdefault(groups[one.id], set()).add(splits[one.id])
    assert all(len(found) == 1 for found in of_group.values())
    assert {HELD, TRAIN} <= set(splits.values())
    # One frame that was learnt from makes all frames of its thing known.
    held = next(one.id for one in items if splits[one.id] is HELD)
    again = split(items, {held: TRAIN})
    assert again[held] is not HELD
    assert all(again[one.id] is not HELD for one in items if groups[one.id] == groups[held])


def test_the_name_of_a_camera_or_a_series_is_no_thing() -> None:
    series = [verified(number, 1, f"IMG_{number:04d}") for number in range(20)]
    assert len(set(groups_of(series).values())) == 20
    camera = [verified(number, 1, f"cam2_{number:04d}") for number in range(60)]
    assert len(set(groups_of(camera).values())) == 60
