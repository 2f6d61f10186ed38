"""What captures are for: the gate's are never learnt from, things stay together, choices last."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from vimd_core.groups.things import named_things
from vimd_core.training.retraining.split import CaptureSplit, SplitShares, assign_splits, held_back_share


class LabelledCapture(NamedTuple):
    id: int
    path: Path
    class_id: int


def groups_of(items: list[LabelledCapture]) -> dict[int, str]:
    return named_things({one.id: str(one.path) for one in items})


HELD, TRAIN, VALIDATION = CaptureSplit.HELD_BACK, CaptureSplit.TRAIN, CaptureSplit.VALIDATION


def verified(number: int, class_id: int, name: str = "") -> LabelledCapture:
    return LabelledCapture(number, Path(f"/c/{name or number}.png"), class_id)


def captures(per_class: int, classes: int = 3) -> list[LabelledCapture]:
    return [verified(number, 1 + number % classes) for number in range(per_class * classes)]


def split(items: list[LabelledCapture], earlier: dict[int, CaptureSplit] | None = None):  # type: ignore[no-untyped-def]
    return assign_splits(items, groups_of(items), earlier or {}, SplitShares())


def test_each_class_gives_its_share_to_the_gate_and_to_the_choice_of_the_epoch() -> None:
    items = captures(200)
    splits = split(items)
    for class_id in (1, 2, 3):
        counts = Counter(splits[one.id] for one in items if one.class_id == class_id)
        assert counts == {HELD: 40, VALIDATION: 19, TRAIN: 141}
    assert splits == split(items)


def test_with_few_captures_all_are_learnt_from() -> None:
    assert set(split(captures(2)).values()) == {TRAIN}
    assert Counter(split(captures(6)).values()) == {TRAIN: 14, HELD: 4}
    # The choice of an epoch by fifteen captures would be chance.
    assert Counter(split(captures(50)).values()) == {TRAIN: 129, HELD: 21}


@pytest.mark.parametrize(("labels", "held"), [(10, 2), (50, 10), (100, 20), (150, 20), (200, 25), (500, 100)])
def test_of_few_labels_the_gate_gets_what_a_figure_needs_and_little_more(labels: int, held: int) -> None:
    assert round(held_back_share(0.2, labels) * labels) == held
    # Nobody who asks for little gets more.
    assert held_back_share(0.05, labels) <= 0.05


def test_a_thing_of_many_captures_does_not_go_far_beyond_the_share() -> None:
    items = [
        verified(100 * thing + frame, 1, f"{thing:05d}_{frame:05d}")
        for thing in range(3)
        for frame in range(30)
    ]
    items += [verified(1000 + number, 1) for number in range(30)]
    assert 0 < Counter(split(items).values())[HELD] <= 25
    # Where there are but large things one of them judges.
    assert Counter(split(items[:90]).values())[HELD] == 30


def test_what_was_held_back_stays_so_and_what_was_learnt_from_is_never_held_back() -> None:
    items = captures(50)
    first = split(items[:60])
    later = split(items, first)
    assert all(later[number] is HELD for number, what in first.items() if what is HELD)
    assert all(later[number] is not HELD for number, what in first.items() if what is not HELD)
    assert Counter(later.values())[HELD] == 21
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


def split_by(items: list[LabelledCapture], shares: SplitShares, **more: object) -> dict[int, CaptureSplit]:
    earlier: dict[int, CaptureSplit] = more.pop("earlier", {})  # type: ignore[assignment]
    return assign_splits(items, groups_of(items), earlier, shares, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("of_class", "held"), [(3, 0), (7, 0), (8, 2), (9, 2)])
def test_a_class_of_eight_gives_its_share_to_the_gate_and_a_smaller_one_alone_none(
    of_class: int, held: int
) -> None:
    counts = Counter(split(captures(of_class, classes=1)).values())
    assert counts == Counter({TRAIN: of_class - held, HELD: held})


def test_an_epoch_is_chosen_by_fifty_captures_or_by_none() -> None:
    shares = SplitShares(held_back=0.0, validation=0.1)
    assert Counter(split_by(captures(500, classes=1), shares).values()) == {TRAIN: 450, VALIDATION: 50}
    assert Counter(split_by(captures(490, classes=1), shares).values()) == {TRAIN: 490}
    # A class of fewer than eight gives none of them.
    items = [*captures(500, classes=1), *(verified(1000 + number, 9) for number in range(7))]
    splits = split_by(items, shares)
    assert all(splits[one.id] is TRAIN for one in items if one.class_id == 9)
    assert VALIDATION in split_by([*items, verified(1007, 9)], shares).values()


def test_a_share_of_nothing_keeps_what_was_held_back_and_adds_nothing() -> None:
    shares = SplitShares(held_back=0.0, validation=0.0)
    items = captures(20)
    assert set(split_by(items, shares).values()) == {TRAIN}
    kept = split_by(items, shares, earlier={items[3].id: HELD, items[4].id: VALIDATION})
    assert [number for number, what in kept.items() if what is HELD] == [items[3].id]
    assert kept[items[4].id] is TRAIN


def test_what_is_held_back_already_counts_towards_the_share() -> None:
    items = captures(50, classes=1)
    earlier = {one.id: HELD for one in items[:8]}
    assert Counter(split_by(items, SplitShares(), earlier=earlier).values())[HELD] == 10
    earlier = {one.id: HELD for one in items[:15]}
    assert Counter(split_by(items, SplitShares(), earlier=earlier).values())[HELD] == 15


def test_no_class_gives_its_only_thing_away_nor_one_that_holds_the_last_of_another() -> None:
    one_thing = [verified(number, 1, f"00001_{number:05d}") for number in range(8)]
    others = [verified(100 + number, 2, f"{10 + number // 8:05d}_{number % 8:05d}") for number in range(32)]
    splits = split_by([*one_thing, *others], SplitShares())
    assert {splits[one.id] for one in one_thing} == {TRAIN}
    assert Counter(splits[one.id] for one in others) == {TRAIN: 24, HELD: 8}
    # All frames of class 3 are in the things of class 2.
    mixed = [verified(200 + number, 3, f"{10 + number:05d}_00099") for number in range(2)]
    for seed in range(5):
        splits = split_by([*one_thing, *others, *mixed], SplitShares(held_back=0.9), seed=seed)
        for class_id in (1, 2, 3):
            learnt = [one for one in (*one_thing, *others, *mixed) if one.class_id == class_id]
            assert any(splits[one.id] is TRAIN for one in learnt)


def test_another_seed_is_another_choice_of_as_many() -> None:
    items = captures(50)
    first, second = (split_by(items, SplitShares(), seed=seed) for seed in (0, 1))
    assert first != second and Counter(first.values()) == Counter(second.values())
    assert first == split(items)


def test_what_is_checked_by_is_another_choice_than_what_is_held_back() -> None:
    items = captures(600, classes=1)
    alone = split_by(items, SplitShares(held_back=0.2, validation=0.0))
    checked = split_by(items, SplitShares(held_back=0.0, validation=0.2))
    assert {n for n, what in alone.items() if what is HELD} != {
        n for n, what in checked.items() if what is VALIDATION
    }


def test_all_things_but_one_can_be_held_back() -> None:
    two = [verified(number, 1, f"{number // 4:05d}_{number:05d}") for number in range(8)]
    assert Counter(split(two).values()) == {TRAIN: 4, HELD: 4}
    four = [verified(number, 1, f"{number // 8:05d}_{number:05d}") for number in range(32)]
    assert Counter(split_by(four, SplitShares(held_back=0.9)).values()) == {TRAIN: 8, HELD: 24}


def test_a_version_chooses_what_the_one_before_chose() -> None:
    """Else a new version would hold other captures back than those that were never learnt from."""
    items = [*captures(10, classes=1), verified(99, 1, "caf\udce9")]
    assert sorted(number for number, what in split(items).items() if what is HELD) == [2, 7]


def test_small_classes_give_their_share_together() -> None:
    """Else the gate would see only classes with many labels, which are the easier ones."""
    items = [verified(number, number // 3) for number in range(60)]  # twenty classes of three
    splits = split(items)
    assert Counter(splits.values()) == {TRAIN: 48, HELD: 12}
    for class_id in range(20):
        assert any(splits[one.id] is TRAIN for one in items if one.class_id == class_id)
    # A class of one label can't be given away; seven labels in all are too few.
    assert HELD not in split([verified(number, number) for number in range(30)]).values()
    assert HELD not in split(items[:7]).values()


def test_what_is_found_to_belong_together_later_neither_judges_nor_teaches() -> None:
    items = captures(50)
    first = split(items)
    held = next(one.id for one in items if first[one.id] is HELD)
    taught = next(one.id for one in items if first[one.id] is TRAIN)
    groups = groups_of(items) | {held: "both", taught: "both"}
    fresh = verified(900, 1)
    later = assign_splits([*items, fresh], groups | {900: "both"}, first, SplitShares())
    assert held not in later
    assert later[taught] is TRAIN and later[900] is TRAIN
    assert all(later[n] is HELD for n, what in first.items() if what is HELD and n != held)
