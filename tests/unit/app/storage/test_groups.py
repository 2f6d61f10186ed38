"""The project knows which captures show one thing: by tables, names, streams and likeness; nothing of it goes stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from storage_verbs import add_captures, new_capture

from app.domain.records import GroupCounts, NewCapture
from app.domain.stream_records import SeenCapture
from app.storage.project import Project
from app.storage.regrouping import regroup
from vimd_core.groups.things import GroupKind


def add_named(project: Project, names: list[str]) -> list[int]:
    captures = [
        NewCapture(Path(f"/captures/{name}.png"), name.encode().ljust(16)[:16], 900, 1, 32, 32)
        for name in names
    ]

    def work(unit):  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        return unit.captures.add(source, captures).ids

    return list(project.write(work).result())


def things(project: Project, ids: list[int]) -> list[int]:
    found = project.read(lambda unit: unit.groups.of(ids)).result()
    return [found[one] for one in ids]


def look_alike(project: Project, groups: dict[int, tuple[int, int]]) -> None:
    project.write(lambda unit: unit.groups.set_look_alikes(groups)).result()


def is_settled(project: Project) -> bool:
    return project.read(lambda unit: unit.groups.is_settled).result()


def test_things_are_known_at_once_and_stay_known_when_they_are_written_down(project: Project) -> None:
    ids = add_named(project, ["t1_1", "t1_2", "a", "b", "c"])
    assert things(project, ids) == [1, 1, 3, 4, 5]
    look_alike(project, {ids[2]: (3, 0), ids[4]: (3, 0)})
    expected = [1, 1, 3, 4, 3]
    assert things(project, ids) == expected and not is_settled(project)
    assert regroup(project) == GroupCounts(5, 3)
    assert is_settled(project) and things(project, ids) == expected
    assert project.read(lambda unit: unit.groups.mates(ids[4])).result() == (GroupKind.LOOK_ALIKE, (3, 5))
    assert project.read(lambda unit: unit.groups.mates(ids[3])).result() == (None, (4,))


def test_whatever_changes_is_noticed(project: Project) -> None:
    ids = add_named(project, ["t1_1", "a", "b", "c"])
    look_alike(project, {ids[1]: (2, 2), ids[2]: (2, 2)})
    regroup(project)
    ids += add_named(project, ["t1_2"])
    assert things(project, ids) == [1, 2, 2, 4, 1]
    regroup(project)
    # A file that holds another picture now looks like nothing that is known.
    changed = NewCapture(Path("/captures/b.png"), b"x" * 16, 5, 2, 32, 32)
    project.write(lambda unit: unit.contents.note_changed([(ids[2], changed)])).result()
    assert things(project, ids) == [1, 2, 3, 4, 1]
    regroup(project)
    assert things(project, ids) == [1, 2, 3, 4, 1]
    # A renamed file may be of another track.
    project.write(lambda unit: unit.contents.move([(ids[4], Path("/captures/t9_1.png"))])).result()
    assert things(project, ids) == [1, 2, 3, 4, 5]
    project.write(lambda unit: unit.groups.set_given({ids[0]: "door", ids[3]: "door"})).result()
    assert things(project, ids) == [1, 2, 3, 1, 5]
    assert regroup(project) == GroupCounts(5, 4)


def test_removed_captures_are_not_counted_and_are_known_when_they_come_back(project: Project) -> None:
    ids = add_named(project, ["t1_1", "t1_2", "t1_3", "a"])
    assert regroup(project) == GroupCounts(4, 2)
    project.write(lambda unit: unit.labels.remove(ids[:2], "ada")).result()
    assert project.read(lambda unit: unit.groups.counts()).result() == GroupCounts(2, 2)
    assert project.read(lambda unit: unit.groups.mates(ids[2])).result() == (GroupKind.TRACK, (ids[2],))
    # What was learnt from is known to show the same thing all the same.
    assert things(project, ids) == [1, 1, 1, 4]


def test_frames_of_a_stream_within_seconds_are_one_thing(project: Project) -> None:
    ids = add_captures(project, 3)

    def note(unit):  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(Path("/captures/cam"), is_folder=True)
        stream = unit.streams.add(
            source, name="cam", kind="camera", url="0", settings={}, has_credentials=False
        )
        for capture_id, taken_ms in zip(ids, (1000, 2000, 60_000), strict=True):
            unit.streams.note(stream, capture_id, SeenCapture("", "motion", 0, taken_ms, 1, None, 0))

    project.write(note).result()
    assert things(project, list(ids)) == [1, 1, 3]
    regroup(project)
    assert project.read(lambda unit: unit.groups.mates(2)).result() == (GroupKind.MOMENT, (1, 2))


def test_look_alikes_whose_labels_differ_are_not_one_thing(project: Project) -> None:
    ids = list(add_captures(project, 40))
    look_alike(project, {one: (1 + one // 4, 0) for one in ids})
    assert len(set(things(project, ids))) < 40
    classes = project.write(lambda unit: unit.catalogue.ensure_classes(["a", "b", "c", "d"])).result()
    for place, class_id in enumerate(classes.values()):
        part = [one for one in ids if one % 4 == place]
        project.write(lambda unit, part=part, of=class_id: unit.labels.label(part, of, "ada")).result()
    assert regroup(project, always=True) == GroupCounts(40, 40)
    assert things(project, ids) == ids


def test_what_a_column_says_is_kept_and_given_back(project: Project) -> None:
    ids = list(add_captures(project, 3))
    project.write(lambda unit: unit.groups.set_given({ids[0]: "5eba04bb", ids[1]: ""})).result()
    look_alike(project, {ids[0]: (1, 0), ids[1]: (1, 0)})
    look_alike(project, {})
    assert project.read(lambda unit: unit.groups.given(ids)).result() == {ids[0]: "5eba04bb"}


@pytest.mark.parametrize("always", [False, True])
def test_a_large_project_is_regrouped_in_parts(project: Project, always: bool) -> None:
    found = [new_capture(number, path=Path(f"/c/{number // 2}a_{number}.png")) for number in range(12_000)]

    def work(unit):  # type: ignore[no-untyped-def]
        return unit.captures.add(unit.captures.add_source(Path("/c"), is_folder=True), found)

    project.write(work).result()
    assert regroup(project, always=always) == GroupCounts(12_000, 6000)
    assert is_settled(project)
