"""Limits on what is kept of a source: what is over them goes with its files, and nothing that a person touched."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from storage_verbs import activate, answer, predict

from app.domain.errors import ProjectError
from app.domain.records import ActionKind, NewCapture
from app.domain.stream_records import SeenCapture, StreamRecord
from app.storage.project import Project
from app.streams.retention import forget_old_captures
from vimd_core.streaming.sources.retention import Retention

NOW_MS = time.time_ns() // 1_000_000
DAY_MS = 24 * 60 * 60 * 1000


def add_stream(project: Project) -> StreamRecord:
    folder = project.folder / "captures" / "Gate"
    folder.mkdir(parents=True)

    def work(unit):  # type: ignore[no-untyped-def]
        unit.streams.add(
            unit.captures.add_source(folder, is_folder=True),
            name="Gate",
            kind="stream",
            url="http://gate/live",
            settings={},
            has_credentials=False,
        )
        return unit.streams.all()[-1]

    return project.write(work).result()


def add_captures(project: Project, stream: StreamRecord, count: int, *, reason: str = "motion") -> list[int]:
    """One capture a day, the last one today, each with a near view."""
    ids: list[int] = []
    for number in range(count):
        path = stream.folder / f"day {number}" / f"{number}.png"
        near = stream.folder / f"day {number}_near" / f"{number}.png"
        for file in (path, near):
            file.parent.mkdir()
            file.write_bytes(bytes(100))
        new = NewCapture(path, number.to_bytes(16, "big"), 100, 1, 32, 32)
        seen = SeenCapture(
            "Sign", reason, number, NOW_MS - (count - 1 - number) * DAY_MS, 5, near, 100, 4, True
        )

        def work(unit, new=new, seen=seen):  # type: ignore[no-untyped-def]
            (capture_id,) = unit.captures.add(stream.source_id, [new]).ids
            unit.streams.note(stream.id, capture_id, seen)
            return capture_id

        ids.append(project.write(work).result())
    return ids


def files(stream: StreamRecord) -> list[Path]:
    return sorted(path for path in stream.folder.rglob("*") if path.is_file())


def left(project: Project) -> list[int]:
    return [capture.id for capture in project.read(lambda unit: unit.streams.captures(1)).result()]


@pytest.mark.parametrize(
    "limits",
    [Retention(most=2), Retention(days=1.5), Retention(most_bytes=400)],
    ids=["most", "days", "bytes"],
)
def test_the_oldest_over_a_limit_go_with_their_files(project: Project, limits: Retention) -> None:
    stream = add_stream(project)
    ids = add_captures(project, stream, 5)
    predict(project, activate(project), [answer(capture_id) for capture_id in ids])
    assert forget_old_captures(project, stream, limits) == ids[:3]
    assert left(project) == ids[3:]
    assert len(files(stream)) == 4
    assert not (stream.folder / "day 0").exists()
    assert forget_old_captures(project, stream, limits) == []
    assert project.read(lambda unit: unit.captures.counts().total).result() == 2


def test_without_limits_nothing_goes(project: Project) -> None:
    stream = add_stream(project)
    add_captures(project, stream, 3)
    assert forget_old_captures(project, stream, Retention()) == []
    assert len(files(stream)) == 6


@pytest.mark.parametrize("kind", ["label", "unsure", "reject", "label taken back"])
def test_what_a_person_touched_stays(project: Project, kind: str) -> None:
    stream = add_stream(project)
    ids = add_captures(project, stream, 4)
    model = activate(project)
    predict(project, model, [answer(capture_id) for capture_id in ids])

    def touch(unit):  # type: ignore[no-untyped-def]
        if kind in ("unsure", "reject"):
            unit.labels.mark(ActionKind(kind), [ids[0]], "Ada")
        else:
            unit.labels.label([ids[0]], model.class_ids[1], "Ada")

    project.write(touch).result()
    if kind == "label taken back":
        project.write(lambda unit: unit.labels.undo("Ada")).result()
    assert forget_old_captures(project, stream, Retention(most=0)) == ids[1:3]
    assert left(project) == [ids[0], ids[3]]  # the newest keeps its number from being used again
    assert (stream.folder / "day 0" / "0.png").exists()


def test_labelled_captures_take_no_room_from_others(project: Project) -> None:
    stream = add_stream(project)
    ids = add_captures(project, stream, 5)
    model = activate(project)
    predict(project, model, [answer(capture_id) for capture_id in ids])
    project.write(lambda unit: unit.labels.label(ids[3:], model.class_ids[1], "Ada")).result()
    assert forget_old_captures(project, stream, Retention(most=2)) == [ids[0]]
    assert left(project) == ids[1:]


def test_a_file_that_is_gone_or_lies_elsewhere_is_no_obstacle(project: Project, tmp_path: Path) -> None:
    stream = add_stream(project)
    elsewhere = tmp_path / "elsewhere.png"
    elsewhere.write_bytes(bytes(100))

    def add_one_without_near_view(unit):  # type: ignore[no-untyped-def]
        new = NewCapture(elsewhere, (77).to_bytes(16, "big"), 100, 1, 32, 32)
        (capture_id,) = unit.captures.add(stream.source_id, [new]).ids
        seen = SeenCapture("Sign", "motion", 9, NOW_MS - 9 * DAY_MS, 5, None, 0, 4, True)
        unit.streams.note(stream.id, capture_id, seen)
        return capture_id

    other = project.write(add_one_without_near_view).result()
    ids = add_captures(project, stream, 4)
    (stream.folder / "day 0" / "0.png").unlink()
    (stream.folder / "day 1" / "notes.txt").write_text("of a person")
    predict(project, activate(project), [answer(capture_id) for capture_id in [*ids, other]])
    gone = forget_old_captures(project, stream, Retention(days=0.5))
    assert sorted(gone) == sorted([other, *ids[:3]])
    assert [path.name for path in (stream.folder / "day 1").iterdir()] == ["notes.txt"]
    assert elsewhere.exists() and not (stream.folder / "day 2").exists()


def test_files_of_a_watched_folder_are_never_deleted(project: Project) -> None:
    stream = add_stream(project)
    add_captures(project, stream, 3, reason="file")
    assert forget_old_captures(project, stream, Retention(most=0)) == []
    assert len(files(stream)) == 6


def test_an_answer_that_comes_too_late_does_no_harm(project: Project) -> None:
    stream = add_stream(project)
    ids = add_captures(project, stream, 3)
    model = activate(project)
    forget_old_captures(project, stream, Retention(most=1))
    predict(project, model, [answer(capture_id) for capture_id in ids])
    rows = project.read(lambda unit: unit.captures.rows(ids)).result()
    assert [(row.id, row.predicted) for row in rows] == [(ids[2], "Stop")]


def test_what_was_seen_is_remembered(project: Project) -> None:
    stream = add_stream(project)
    (capture_id,) = add_captures(project, stream, 1)
    seen = project.read(lambda unit: unit.streams.seen(capture_id)).result()
    assert (seen.region, seen.looks, seen.votes, seen.is_agreed, seen.near_bytes) == ("Sign", 5, 4, True, 100)


def test_as_many_labelled_ones_as_the_limit_leave_room_for_new_ones(project: Project) -> None:
    stream = add_stream(project)
    ids = add_captures(project, stream, 5)
    model = activate(project)
    predict(project, model, [answer(capture_id) for capture_id in ids])
    project.write(lambda unit: unit.labels.label(ids[:3], model.class_ids[1], "Ada")).result()
    limits = Retention(most=2, most_bytes=400)
    assert forget_old_captures(project, stream, limits) == []
    assert left(project) == ids


def test_names_are_unique_and_a_removed_source_comes_back_as_it_was(project: Project) -> None:
    first = add_stream(project)

    def add_another(unit):  # type: ignore[no-untyped-def]
        other = project.folder / "captures" / "Other"
        unit.streams.add(
            unit.captures.add_source(other, is_folder=True),
            name="gate",
            kind="stream",
            url="http://other/live",
            settings={"x": 1},
            has_credentials=False,
        )
        return unit.streams.all()[-1]

    second = project.write(add_another).result()
    assert second.name == "gate 2"
    with pytest.raises(ProjectError, match="A source named GATE already exists"):
        project.write(lambda unit: unit.streams.change(second.id, name="GATE")).result()
    project.write(lambda unit: unit.streams.change(first.id, name="Gate", has_ended=True)).result()
    project.write(lambda unit: unit.streams.remove(second.id)).result()
    assert project.read(lambda unit: unit.streams.removed("stream", "http://gate/live")).result() is None
    gone = project.read(lambda unit: unit.streams.removed("stream", "http://other/live")).result()
    assert gone is not None and gone.settings == {"x": 1}
    project.write(lambda unit: unit.streams.bring_back(gone.id, name="Gate", has_credentials=True)).result()
    known = project.read(lambda unit: unit.streams.all()).result()
    assert [(one.id, one.name, one.has_ended) for one in known] == [
        (first.id, "Gate", True),
        (second.id, "Gate 2", False),
    ]


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://a:b@cam/x",
            "rtsp://cam/user=a_password=b_channel=1",
            "http://cam/?pwd=x",
            "rtsp://a:1/b@cam",
        ),
    ],
)
def test_no_credentials_are_stored(project: Project, url: str) -> None:
    stream = add_stream(project)
    with pytest.raises(ProjectError, match="must not contain credentials"):
        project.write(lambda unit: unit.streams.change(stream.id, url=url)).result()
    project.write(lambda unit: unit.streams.change(stream.id, url="http://cam/?pwd=***")).result()
