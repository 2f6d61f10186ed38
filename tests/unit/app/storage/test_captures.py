"""Adding, listing and reading captures."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage_verbs import activate, add_captures, answer, new_capture, predict

from app.domain.capture_query import CaptureQuery
from app.domain.records import CaptureFilter, NewCapture
from app.storage.project import Project
from vimd_core.user_messages import sentence


def add(project: Project, captures: list[NewCapture]):  # type: ignore[no-untyped-def]
    def work(unit):  # type: ignore[no-untyped-def]
        return unit.captures.add(unit.captures.add_source(Path("/captures"), is_folder=True), captures)

    return project.write(work).result()


def test_the_same_path_and_the_same_content_are_added_once(project: Project) -> None:
    first = add(project, [new_capture(1), new_capture(2), new_capture(3, content=2)])
    assert len(first.ids) == 2
    assert first.duplicates == ((Path("/captures/3.png"), Path("/captures/2.png")),)
    second = add(project, [new_capture(1), new_capture(4, content=1), new_capture(5)])
    assert (len(second.ids), second.known) == (1, 1)
    assert second.duplicates == ((Path("/captures/4.png"), Path("/captures/1.png")),)


def test_captures_inside_the_project_move_with_it(tmp_path: Path) -> None:
    project = Project.open(tmp_path / "Old.vimd")
    inside = tmp_path / "Old.vimd" / "captures" / "crop.png"
    outside = tmp_path / "elsewhere" / "crop.png"
    add(project, [new_capture(1, path=inside), new_capture(2, path=outside)])
    project.close()
    (tmp_path / "Old.vimd").rename(tmp_path / "New.vimd")
    moved = Project.open(tmp_path / "New.vimd")
    paths = [path for _, path in moved.read(lambda unit: unit.captures.paths([1, 2])).result()]
    moved.close()
    assert paths == [tmp_path / "New.vimd" / "captures" / "crop.png", outside]


def test_a_list_with_gaps_leaves_them_out(project: Project, reopen: Callable[[], Project]) -> None:
    ids = add_captures(project, 5)
    reopen().close()
    with closing(sqlite3.connect(project.database_path)) as connection, connection:
        connection.execute("DELETE FROM all_captures WHERE id IN (?, ?)", (ids[0], ids[2]))
    opened = reopen()
    assert (
        tuple(opened.read(lambda unit: unit.captures.find(CaptureQuery())).result().ids) == ids[1:2] + ids[3:]
    )


def test_filters_and_counts_agree(project: Project) -> None:
    ids = add_captures(project, 6)
    model = activate(project)
    predict(project, model, [answer(i, first=0) for i in ids[:4]])
    project.write(lambda unit: unit.labels.accept(ids[:1], "ada")).result()
    project.write(lambda unit: unit.labels.label(ids[1:3], model.class_ids[2], "ada")).result()
    project.write(lambda unit: unit.captures.set_problems([(ids[5], sentence("It is damaged."))])).result()
    counts = project.read(lambda unit: unit.captures.counts()).result()
    expected = {
        CaptureFilter.ALL: ids,
        CaptureFilter.UNREVIEWED: ids[3:5],
        CaptureFilter.ACCEPTED: ids[:1],
        CaptureFilter.CORRECTED: ids[1:3],
        CaptureFilter.UNSURE: (),
        CaptureFilter.REJECTED: (),
        CaptureFilter.UNREADABLE: ids[5:],
    }
    for which, wanted in expected.items():
        assert tuple(project.read(lambda unit, w=which: unit.captures.ids(w)).result()) == wanted
    # The lists above have read the columns, and from now on those are counted.
    assert project.read(lambda unit: unit.captures.counts()).result() == counts
    assert counts.total == 6
    for which in set(expected) - {CaptureFilter.ALL}:
        assert getattr(counts, which.value) == len(expected[which])


def test_only_readable_captures_without_an_answer_of_this_model_are_classified(project: Project) -> None:
    ids = add_captures(project, 4)
    first = activate(project)
    predict(project, first, [answer(ids[0])])
    project.write(lambda unit: unit.captures.set_problems([(ids[1], sentence("It is damaged."))])).result()
    missing = project.read(lambda unit: unit.captures.unclassified_ids(first.id)).result()
    assert tuple(missing) == ids[2:]
    second = activate(project, sha256="cd" * 32)
    missing = project.read(lambda unit: unit.captures.unclassified_ids(second.id)).result()
    assert tuple(missing) == (ids[0], *ids[2:])


def test_going_back_to_a_model_brings_its_answers_back(project: Project) -> None:
    ids = add_captures(project, 2)
    first = activate(project)
    predict(project, first, [answer(ids[0], first=1, bicubic=0)])
    second = activate(project, sha256="cd" * 32, classes=("Bus", "Give way"))
    (shown,) = project.read(lambda unit: unit.captures.rows(ids[:1])).result()
    assert (shown.predicted, shown.probability) == (None, None)
    assert second.class_ids[1] == first.class_ids[1]  # classes are known by their names
    activate(project)
    (shown,) = project.read(lambda unit: unit.captures.rows(ids[:1])).result()
    assert (shown.predicted, shown.probability, shown.sr_changed) == ("Give way", 0.75, True)


def test_the_detail_holds_the_answer_with_names(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project)
    predict(project, model, [answer(ids[0], first=2, bicubic=1)])
    detail = project.read(lambda unit: unit.detail(ids[0])).result()
    assert detail is not None
    assert [(c.name, c.probability) for c in detail.top] == [
        ("No entry", 0.75),
        ("Stop", 0.15),
        ("Give way", 0.1),
    ]
    assert detail.bicubic is not None
    assert (detail.bicubic.name, detail.bicubic.probability) == ("Give way", 0.5)
    assert project.read(lambda unit: unit.detail(999)).result() is None


def test_lines_of_the_table_come_in_the_order_that_was_asked_for(project: Project) -> None:
    ids = list(reversed(add_captures(project, 1200)))
    rows = project.read(lambda unit: unit.captures.export_rows([*ids, 9999])).result()
    assert [row.id for row in rows] == ids
