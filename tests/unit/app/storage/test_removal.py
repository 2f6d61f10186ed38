"""Captures and sources are taken out of a project, and come back with all that was known of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from storage_verbs import activate, add_captures, answer, new_capture, predict

import app
from app.domain.capture_query import CaptureQuery, GroupField, SortField
from app.domain.errors import ProjectError
from app.domain.records import (
    ActionKind,
    BringBack,
    CaptureFilter,
    NewCapture,
    ReviewState,
)
from app.domain.stream_records import SeenCapture
from app.domain.training_records import CaptureOrigin, RevisionCapture, RevisionClass
from app.storage.captures.captures import Captures
from app.storage.captures.relinking import Relinking
from app.storage.captures.streams import Streams
from app.storage.database import schema
from app.storage.labels.insights import Insights
from app.storage.models.model_answers import ModelAnswers
from app.storage.models.revisions import Revisions
from app.storage.project import Project
from app.storage.project_preview import has_captures
from app.storage.unit import Unit
from vimd_core.training.retraining.split import CaptureSplit
from vimd_core.user_messages import sentence

KEPT: Final = 4
GONE: Final = 5


def in_project(project: Project) -> list[int]:
    return project.read(lambda unit: unit.captures.find(CaptureQuery()).ids.tolist()).result()


def remove(project: Project, *ids: int) -> Any:
    return project.write(lambda unit: unit.labels.remove(ids, "Ann")).result()


def undo(project: Project) -> Any:
    return project.write(lambda unit: unit.labels.undo("Ann")).result()


def redo(project: Project) -> Any:
    return project.write(lambda unit: unit.labels.redo("Ann")).result()


def find_again(project: Project, captures: list[NewCapture], bring_back: BringBack) -> Any:
    def work(unit: Unit) -> Any:
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        return unit.captures.add(source, captures, bring_back=bring_back)

    return project.write(work).result()


def label(project: Project, capture_id: int, class_id: int) -> None:
    project.write(lambda unit: unit.labels.label([capture_id], class_id, "Ann")).result()


def shown_label(project: Project, capture_id: int) -> str | None:
    return project.read(lambda unit: unit.captures.rows([capture_id])).result()[0].label


def test_undo_brings_back_what_was_removed_with_its_label_also_after_a_restart(
    project: Project, reopen: Callable[[], Project]
) -> None:
    ids = add_captures(project, 5)
    model = activate(project)
    label(project, ids[1], model.class_ids[2])
    result = remove(project, ids[1], ids[3])
    assert result.capture_ids == (ids[1], ids[3])
    assert result.is_membership_changed
    assert in_project(project) == [ids[0], ids[2], ids[4]]
    project = reopen()
    assert project.read(lambda unit: unit.undo_state()).result().undo is ActionKind.REMOVE
    back = undo(project)
    assert (back.kind, back.capture_ids) == (ActionKind.UNDO, (ids[1], ids[3]))
    assert in_project(project) == list(ids)
    assert shown_label(project, ids[1]) == "No entry"
    assert redo(project).capture_ids == (ids[1], ids[3])
    assert in_project(project) == [ids[0], ids[2], ids[4]]
    undo(project)
    undo(project)
    assert shown_label(project, ids[1]) is None, "the label before it is the next step"


def test_a_removal_that_removes_nothing_is_no_step(project: Project) -> None:
    ids = add_captures(project, 2)
    remove(project, ids[0])
    again = remove(project, ids[0], 999)
    assert again.capture_ids == ()
    assert not again.is_membership_changed
    undo(project)
    assert in_project(project) == list(ids)
    assert undo(project) is None


def test_lists_that_are_in_memory_follow_in_both_directions(project: Project) -> None:
    ids = add_captures(project, 6)
    by_name = CaptureQuery(sort=SortField.NAME, descending=True)
    find = lambda: project.read(lambda unit: unit.captures.find(by_name).ids.tolist()).result()  # noqa: E731
    assert find() == list(ids[::-1])
    remove(project, ids[0], ids[4])
    assert find() == [ids[5], ids[3], ids[2], ids[1]]
    undo(project)
    assert find() == list(ids[::-1]), "what comes back stands where it was"
    assert project.read(lambda unit: unit.captures.counts()).result().total == 6


def test_a_mere_rescan_leaves_a_removed_file_out_and_adding_it_brings_it_back(project: Project) -> None:
    ids = add_captures(project, 3)
    model = activate(project)
    label(project, ids[0], model.class_ids[0])
    remove(project, ids[0])
    captures = [new_capture(i) for i in range(4)]
    for rescan in (BringBack.NOTHING, BringBack.WITH_SOURCE):
        added = find_again(project, captures, rescan)
        assert (added.known, added.left_removed, added.returned_ids) == (
            2 + (rescan is BringBack.WITH_SOURCE),
            1,
            (),
        )
    moved = [new_capture(0, path=Path("/elsewhere/0.png"))]
    assert find_again(project, moved, BringBack.NOTHING).left_removed == 1, "known by its content"
    dropped = find_again(project, moved, BringBack.EVERYTHING)
    assert dropped.returned_ids == (ids[0],)
    assert dropped.ids == ()
    assert shown_label(project, ids[0]) == "Stop"
    assert project.read(lambda unit: unit.captures.paths([ids[0]])).result()[0][1] == Path("/elsewhere/0.png")
    history = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert [entry.label for entry in history] == ["Stop"]


def test_a_new_file_with_the_content_of_a_removed_one_twice_comes_back_once(project: Project) -> None:
    ids = add_captures(project, 2)
    remove(project, ids[0])
    copies = [new_capture(0, path=Path(f"/copies/{i}.png")) for i in range(2)]
    added = find_again(project, copies, BringBack.EVERYTHING)
    assert added.returned_ids == (ids[0],)
    assert added.duplicates == ((Path("/copies/1.png"), Path("/copies/0.png")),)


def two_sources(project: Project) -> tuple[list[int], list[int], int]:
    def work(unit: Unit) -> tuple[list[int], list[int], int]:
        first = unit.captures.add_source(Path("/first"), is_folder=True)
        second = unit.captures.add_source(Path("/second"), is_folder=True)
        of_first = [new_capture(i, path=Path(f"/first/{i}.png")) for i in range(3)]
        of_second = [new_capture(i + 3, path=Path(f"/second/{i}.png")) for i in range(3)]
        return (
            list(unit.captures.add(first, of_first).ids),
            list(unit.captures.add(second, of_second).ids),
            second,
        )

    return project.write(work).result()


def test_a_source_goes_with_its_captures_and_comes_back_with_those_that_went_with_it(
    project: Project,
) -> None:
    of_first, of_second, second = two_sources(project)
    remove(project, of_second[0])
    result = project.write(lambda unit: unit.labels.remove_sources([second], "Ann")).result()
    assert result.capture_ids == tuple(of_second[1:])
    assert in_project(project) == of_first
    headings = project.read(lambda unit: unit.captures.class_counts()).result().sources
    assert headings.get(second) is None
    assert [place.folder.name for place in project.read(lambda unit: unit.relinking.places()).result()] == [
        "first"
    ]

    def add_again(unit: Unit) -> Any:
        source = unit.captures.add_source(Path("/second"), is_folder=True)
        found = [new_capture(i + 3, path=Path(f"/second/{i}.png")) for i in range(3)]
        return source, unit.captures.add(source, found, bring_back=BringBack.WITH_SOURCE)

    source, added = project.write(add_again).result()
    assert source == second
    assert added.returned_ids == tuple(of_second[1:])
    assert added.left_removed == 1
    undo(project)  # of the removal of the source: all of it is back already
    assert in_project(project) == of_first + of_second[1:]
    undo(project)
    assert in_project(project) == of_first + of_second


def test_a_watched_source_is_watched_again_after_undo(project: Project) -> None:
    def work(unit: Unit) -> tuple[int, int]:
        source = unit.captures.add_source(Path("/watched"), is_folder=True)
        added = unit.streams.add(
            source, name="Gate", kind="folder", url="/watched", settings={"a": 1}, has_credentials=False
        )
        return source, added

    source, stream = project.write(work).result()
    project.write(lambda unit: unit.labels.remove_sources([source], "Ann")).result()
    assert project.read(lambda unit: unit.streams.all()).result() == []
    undo(project)
    (record,) = project.read(lambda unit: unit.streams.all()).result()
    assert (record.id, record.is_enabled, record.settings) == (stream, True, {"a": 1})
    redo(project)
    assert project.read(lambda unit: unit.streams.all()).result() == []


def test_a_watched_source_that_is_added_again_has_its_captures_again(project: Project) -> None:
    ids = add_captures(project, 4)
    stream = watch(project, ids)
    remove(project, ids[0])

    def remove_source(unit: Unit) -> Any:
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        return unit.labels.remove_sources([source], "Ann")

    project.write(remove_source).result()
    assert in_project(project) == []
    project.write(lambda unit: unit.streams.bring_back(stream, name="Gate", has_credentials=False)).result()
    assert in_project(project) == list(ids[1:])
    assert len(project.read(lambda unit: unit.relinking.places()).result()) == 1


def test_answers_and_labels_that_come_too_late_for_a_removed_capture_change_nothing(project: Project) -> None:
    ids = add_captures(project, 3)
    model = activate(project)
    remove(project, ids[0])
    predict(project, model, [answer(i) for i in ids])
    label(project, ids[0], model.class_ids[1])
    undo(project)  # the label, which was given to nothing
    undo(project)
    (row, *_) = project.read(lambda unit: unit.captures.rows(ids)).result()
    assert (row.predicted, row.label) == (None, None)
    assert project.read(lambda unit: unit.captures.unclassified_ids(model.id).tolist()).result() == [ids[0]]


def test_a_class_that_is_merged_meanwhile_is_merged_in_what_comes_back_too(project: Project) -> None:
    ids = add_captures(project, 2)
    model = activate(project)
    stop, give_way, _ = model.class_ids
    label(project, ids[0], stop)
    remove(project, ids[0])
    project.write(lambda unit: unit.labels.merge_classes([stop], give_way, "Ann")).result()
    find_again(project, [new_capture(0)], BringBack.EVERYTHING)
    assert shown_label(project, ids[0]) == "Give way"


def test_a_limit_may_delete_a_capture_that_was_removed_once(project: Project) -> None:
    ids = add_captures(project, 3)
    stream = watch(project, ids)
    remove(project, ids[0])
    undo(project)
    gone = project.write(lambda unit: unit.streams.delete_captures(stream, ids)).result()
    assert [capture.id for capture in gone] == list(ids[:2])
    assert redo(project).kind is ActionKind.REDO


def watch(project: Project, ids: tuple[int, ...]) -> int:
    def work(unit: Unit) -> int:
        source = unit.captures.add_source(Path("/captures"), is_folder=True)
        stream = unit.streams.add(
            source, name="Gate", kind="video", url="/gate.mp4", settings={}, has_credentials=False
        )
        for capture_id in ids:
            unit.streams.note(stream, capture_id, SeenCapture("", "motion", 1, 1, 1, None))
        return stream

    return project.write(work).result()


def test_what_is_being_trained_on_stays_frozen(project: Project) -> None:
    ids = add_captures(project, 3)
    model = activate(project)
    members = [
        RevisionCapture(i, model.class_ids[0], CaptureSplit.TRAIN, CaptureOrigin.HUMAN, "") for i in ids
    ]
    classes = [RevisionClass(model.class_ids[0], "Stop", (0,))]
    revision = project.write(
        lambda unit: unit.revisions.freeze(model.id, classes, members, {}, "Ann")
    ).result()
    remove(project, *ids)
    assert len(project.read(lambda unit: unit.revisions.captures(revision)).result()) == 3


# Every query, and how it is asked.

QUERIES: Final[Mapping[str, Callable[[Unit], Any]]] = {
    "Captures.ids": lambda unit: [unit.captures.ids(which) for which in CaptureFilter],
    "Captures.find": lambda unit: [
        unit.captures.find(query)
        for query in (
            CaptureQuery(),
            CaptureQuery(sort=SortField.NAME),
            CaptureQuery(group=GroupField.SOURCE, sort=SortField.CONFIDENCE),
            CaptureQuery(text="captures"),
            CaptureQuery(within=tuple(range(KEPT + GONE + 1, 0, -1)), sort=SortField.GIVEN),
            CaptureQuery(states=frozenset({ReviewState.ACCEPTED}), group=GroupField.CLASS),
            CaptureQuery(unreadable=True),
        )
    ],
    "Captures.class_counts": lambda unit: unit.captures.class_counts(),
    "Captures.shown_classes": lambda unit: unit.captures.shown_classes(),
    "Captures.unclassified_ids": lambda unit: unit.captures.unclassified_ids(2),
    "Captures.rows": lambda unit: unit.captures.rows(range(1, KEPT + GONE + 1)),
    "Captures.paths": lambda unit: unit.captures.paths(range(1, KEPT + GONE + 1)),
    "Captures.counts": lambda unit: unit.captures.counts(),
    "Captures.export_rows": lambda unit: [
        (row.id, row.label, row.predicted) for row in unit.captures.export_rows(range(1, KEPT + GONE + 1))
    ],
    "Insights.labelled": lambda unit: unit.insights.labelled(),
    "Insights.labels": lambda unit: unit.insights.labels(),
    "Insights.set_aside": lambda unit: unit.insights.set_aside(),
    "Insights.answered": lambda unit: unit.insights.answered(),
    "Insights.unreviewed_answers": lambda unit: unit.insights.unreviewed_answers(),
    "Insights.decisions": lambda unit: [
        (one.label_id, one.model_class_id) for one in unit.insights.decisions()
    ],
    "Revisions.verified": lambda unit: unit.revisions.verified(),
    "Revisions.model_labelled": lambda unit: unit.revisions.model_labelled(0.0, 10),
    "Revisions.unlabelled": lambda unit: unit.revisions.unlabelled(100),
    "Revisions.count_unlabelled": lambda unit: unit.revisions.count_unlabelled(),
    "Revisions.mean_confidence": lambda unit: unit.revisions.mean_confidence(),
    "Revisions.fresh_count": lambda unit: unit.revisions.fresh_count(),
    "Relinking.places": lambda unit: unit.relinking.places(),
    "Relinking.files": lambda unit: [unit.relinking.files(place) for place in unit.relinking.places()],
    "Streams.captures": lambda unit: unit.streams.captures(1),
    "ModelAnswers.compare": lambda unit: unit.answers.compare(1, 2),
    "ModelAnswers.right_of": lambda unit: unit.answers.right_of(1),
    "Unit.detail": lambda unit: [unit.detail(i) is None for i in range(1, KEPT + GONE + 1)],
    "LabelImport.marks": lambda unit: unit.label_import.marks(),
}
# These write, or speak of what was, or of one capture or source that is named.
OTHERS: Final = {
    *("Captures.add_source", "Captures.add", "Captures.set_problems", "Captures.clear_problems"),
    *("Revisions.earlier_splits", "Revisions.learnt_before", "Revisions.freeze", "Revisions.get"),
    *("Revisions.captures", "Relinking.move", "Streams.all", "Streams.add", "Streams.change"),
    *("Streams.remove", "Streams.note", "Streams.note_own", "Streams.seen", "Streams.delete_captures"),
    *("Streams.removed", "Streams.bring_back"),
}


def fill(project: Project, count: int) -> None:
    """A project with so many captures in which all kinds of things were done, always the same ones."""
    add_captures(project, KEPT)
    ids = list(range(1, KEPT + 1))
    if count > KEPT:
        ids += find_again(project, [new_capture(i) for i in range(KEPT, count)], BringBack.NOTHING).ids
    model = activate(project)
    predict(project, model, [answer(i, first=i % 3, probability=0.5 + i / 100) for i in ids])
    other = activate(project, sha256="cd" * 32)
    predict(project, other, [answer(i, first=(i + 1) % 3, probability=0.4 + i / 100) for i in ids[::2]])
    activate(project)
    for capture_id in ids:
        if capture_id % 3:
            label(project, capture_id, model.class_ids[capture_id % 2])
    watch(project, tuple(ids))
    bad = [(i, sentence("not an image")) for i in ids if i % 4 == 3]
    project.write(lambda unit: unit.captures.set_problems(bad)).result()


@pytest.mark.parametrize("are_columns_loaded", [False, True])
def test_no_query_sees_what_was_removed(tmp_path: Path, are_columns_loaded: bool) -> None:
    """Each gives the same as in a project that never had it."""
    without, with_removed = Project.open(tmp_path / "A.vimd"), Project.open(tmp_path / "B.vimd")
    try:
        fill(without, KEPT)
        fill(with_removed, KEPT + GONE)
        if are_columns_loaded:
            for project in (without, with_removed):
                project.read(lambda unit: unit.captures.class_counts()).result()
        remove(with_removed, *range(KEPT + 1, KEPT + GONE + 1))
        for name, ask in QUERIES.items():
            expected, found = (project.write(ask).result() for project in (without, with_removed))
            assert found == expected, name
        remove(without, *range(1, KEPT + 1))
        assert not has_captures(without.folder)
        assert has_captures(with_removed.folder)
    finally:
        without.close()
        with_removed.close()


@pytest.mark.parametrize("tables", [Captures, Insights, Revisions, Relinking, Streams, ModelAnswers])
def test_no_query_is_forgotten_above(tables: type) -> None:
    asked = {f"{tables.__name__}.{name}" for name in vars(tables) if not name.startswith("_")}
    assert asked <= {*QUERIES, *OTHERS}


def test_only_what_writes_or_must_know_of_removed_captures_names_the_table() -> None:
    folder = Path(app.__file__).parent
    naming = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if re.search(r"\ball_captures\b", path.read_text(encoding="utf-8")) and "migrations" not in path.parts
    }
    assert naming == {
        *(
            f"storage/captures/{name}.py"
            for name in ("captures", "contents", "relinking", "removal", "streams")
        ),
        *(f"storage/database/{name}.py" for name in ("capture_index_arrays", "capture_index", "schema")),
        *(f"storage/labels/{name}.py" for name in ("class_editing", "labels")),
        *(f"storage/models/{name}.py" for name in ("model_registry", "predictions")),
        "storage/groups/capture_groups.py",
    }


def test_the_view_has_the_columns_of_the_table(project: Project) -> None:
    """Also those that a later version adds to the table."""
    with closing(sqlite3.connect(project.database_path)) as connection:
        connection.execute("ALTER TABLE all_captures ADD COLUMN later INTEGER")
    with closing(sqlite3.connect(project.database_path)) as connection:
        names = {row[1] for row in connection.execute("PRAGMA table_info(captures)")}
    assert names == {*(column.name for column in schema.captures.columns), "later"}
    with pytest.raises(sqlite3.OperationalError, match="view"):
        connection = sqlite3.connect(project.database_path)
        try:
            connection.execute("UPDATE captures SET state = 1")
        finally:
            connection.close()


def test_a_capture_that_was_removed_can_not_be_written_past_the_view(project: Project) -> None:
    with pytest.raises(ProjectError):
        project.write(lambda unit: unit._connection.execute(schema.captures.delete())).result()
    assert (
        project.read(lambda unit: unit._connection.scalars(select(schema.captures.c.id)).all()).result() == []
    )
