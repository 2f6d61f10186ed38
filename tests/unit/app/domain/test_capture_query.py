"""Filtering, sorting and grouping: what the columns say is what the database holds, whatever was written."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from storage_verbs import activate, add_captures, answer, new_capture, predict

from app.domain.capture_query import CaptureQuery, GroupField, SortField
from app.domain.errors import ProjectError
from app.domain.records import ActionKind, ReviewState
from app.storage.database import schema
from app.storage.database.paths import natural_key
from app.storage.project import Project
from vimd_core.user_messages import sentence

COUNT = 60


def find(project: Project, **wanted: object) -> list[int]:
    query = CaptureQuery(**wanted)  # type: ignore[arg-type]
    return project.read(lambda unit: unit.captures.find(query)).result().ids.tolist()


def stored(project: Project) -> list[dict[str, object]]:
    statement = select(schema.captures).order_by(schema.captures.c.id)
    return project._database.read(lambda c: [dict(row._mapping) for row in c.execute(statement)]).result()


@pytest.fixture
def filled(project: Project) -> Project:
    """Captures with answers and labels of all kinds, written in small steps while the columns follow."""
    generator = random.Random(0)
    ids = add_captures(project, COUNT // 2)
    model = activate(project)
    assert find(project) == list(ids)  # the columns are read here, and have to follow from now on
    assert find(project, unreadable=True) == []
    ids += add_captures_from(project, Path("/other"), range(COUNT // 2, COUNT))
    for capture_id in ids[: COUNT - 10]:
        first, bicubic = generator.randrange(3), generator.randrange(3)
        given = answer(capture_id, first=first, bicubic=bicubic, probability=round(generator.random(), 3))
        predict(project, model, [given])
    for capture_id in generator.sample(ids, 30):
        kind = generator.randrange(4)
        if kind == 0:
            project.write(lambda unit, i=capture_id: unit.labels.accept([i], "anna")).result()
        elif kind == 1:
            project.write(
                lambda unit, i=capture_id: unit.labels.mark(ActionKind.UNSURE, [i], "anna")
            ).result()
        else:
            project.write(lambda unit, i=capture_id, k=kind: unit.labels.label([i], k, "anna")).result()
    project.write(
        lambda unit: unit.captures.set_problems([(3, sentence("broken")), (40, sentence("gone"))])
    ).result()
    return project


def add_captures_from(project: Project, folder: Path, numbers: range) -> tuple[int, ...]:
    def work(unit):  # type: ignore[no-untyped-def]
        source = unit.captures.add_source(folder, is_folder=True)
        found = [new_capture(i, path=folder / f"Shot {i}.png") for i in numbers]
        return unit.captures.add(source, found).ids

    return project.write(work).result()


Row = dict[str, object]
FILTERS: list[tuple[dict[str, object], Callable[[Row], object]]] = [
    ({"states": frozenset({ReviewState.UNSURE})}, lambda r: r["state"] == 3),
    ({"unreadable": True}, lambda r: r["problem"] is not None),
    ({"unreadable": False}, lambda r: r["problem"] is None),
    ({"min_confidence": 0.4}, lambda r: r["probability"] is not None and r["probability"] >= 0.4),
    ({"max_confidence": 0.4}, lambda r: r["probability"] is not None and r["probability"] <= 0.4),
    ({"predicted_class_ids": frozenset({1, 3})}, lambda r: r["predicted_class_id"] in (1, 3)),
    ({"suggested_class_ids": frozenset({1})}, lambda r: False),
    ({"min_novelty": 0.5}, lambda r: False),
    ({"label_class_ids": frozenset({2})}, lambda r: r["label_class_id"] == 2),
    ({"class_ids": frozenset({2})}, lambda r: (r["label_class_id"] or r["predicted_class_id"]) == 2),
    ({"source_ids": frozenset({2})}, lambda r: r["source_id"] == 2),
    ({"min_size_px": 33}, lambda r: False),
    ({"max_size_px": 32}, lambda r: True),
    ({"min_disagreement": 0.25}, lambda r: r["disagreement"] is not None),
    ({"sr_changed": True}, lambda r: r["sr_changed"]),
    ({"sr_changed": False}, lambda r: r["sr_changed"] is not None and not r["sr_changed"]),
    ({"text": "SHOT 3"}, lambda r: "Shot 3" in str(r["path"])),
    ({"text": "%"}, lambda r: False),
    ({"text": "_"}, lambda r: False),
    ({"within": (5, 50, 9, 999)}, lambda r: r["id"] in (5, 9, 50)),
]


@pytest.mark.parametrize(("wanted", "passes"), FILTERS, ids=[",".join(wanted) for wanted, _ in FILTERS])
def test_filters_let_through_what_the_database_says(
    filled: Project, wanted: dict[str, object], passes: Callable[[Row], object]
) -> None:
    rows = stored(filled)
    assert len(rows) == COUNT
    assert find(filled, **wanted) == [row["id"] for row in rows if passes(row)]


def test_filters_combine(filled: Project) -> None:
    wanted = {"min_confidence": 0.2, "predicted_class_ids": frozenset({1, 2}), "unreadable": False}
    assert find(filled, **wanted) == [
        row["id"]
        for row in stored(filled)
        if row["problem"] is None
        and row["predicted_class_id"] in (1, 2)
        and float(str(row["probability"])) >= 0.2
    ]


@pytest.mark.parametrize("descending", [False, True])
def test_sorted_by_confidence_what_has_no_answer_comes_last(filled: Project, descending: bool) -> None:
    rows = {row["id"]: row["probability"] for row in stored(filled)}
    order = find(filled, sort=SortField.CONFIDENCE, descending=descending)
    given = [rows[i] for i in order if rows[i] is not None]
    assert given == sorted(given, key=float, reverse=descending)  # type: ignore[arg-type]
    assert [rows[i] for i in order[len(given) :]] == [None] * 10


def test_names_are_sorted_as_people_count(filled: Project) -> None:
    names = {row["id"]: Path(str(row["path"])).name for row in stored(filled)}
    order = [names[i] for i in find(filled, sort=SortField.NAME)]
    assert order == [f"{i}.png" for i in range(30)] + [f"Shot {i}.png" for i in range(30, 60)]
    assert natural_key("/b/IMG_10.png") > natural_key("/a/img_9.PNG")
    add_captures_from(filled, Path("/late"), range(100, 101))
    filled.write(
        lambda unit: unit.captures.add(1, [new_capture(7000, path=Path("/captures/7b.png"))])
    ).result()
    order = list(find(filled, sort=SortField.NAME))
    assert order.index(62) == 8  # after 7.png, and the order that was kept in memory is not used any more


def test_labels_are_sorted_by_their_names(filled: Project) -> None:
    labels = {row["id"]: row["label_class_id"] for row in stored(filled)}
    names = {1: "Stop", 2: "Give way", 3: "No entry"}
    order = [labels[i] for i in find(filled, sort=SortField.LABEL)]
    given = [names[i] for i in order if i is not None]  # type: ignore[index]
    assert given == sorted(given) and order[len(given) :] == [None] * (COUNT - len(given))


def test_a_given_order_is_kept(filled: Project) -> None:
    assert find(filled, within=(50, 5, 9), sort=SortField.GIVEN) == [50, 5, 9]


def test_groups_are_runs_of_one_class_or_source(filled: Project) -> None:
    query = CaptureQuery(group=GroupField.CLASS, sort=SortField.CONFIDENCE)
    answer_list = filled.read(lambda unit: unit.captures.find(query)).result()
    rows = {row["id"]: row["label_class_id"] or row["predicted_class_id"] or 0 for row in stored(filled)}
    assert sum(group.count for group in answer_list.groups) == COUNT
    for group in answer_list.groups:
        members = answer_list.ids[group.first : group.first + group.count]
        assert {rows[i] for i in members} == {group.key}
    by_source = filled.read(lambda unit: unit.captures.find(CaptureQuery(group=GroupField.SOURCE))).result()
    assert [(group.key, group.first, group.count) for group in by_source.groups] == [(1, 0, 30), (2, 30, 30)]
    nothing = CaptureQuery(min_size_px=99, group=GroupField.CLASS)
    assert filled.read(lambda unit: unit.captures.find(nothing)).result().groups == ()


def test_undone_labels_and_other_models_reach_the_columns(filled: Project) -> None:
    ids = find(filled)
    filled.write(lambda unit: unit.labels.mark(ActionKind.REJECT, ids, "anna")).result()
    assert find(filled, states=frozenset({ReviewState.REJECTED})) == ids
    filled.write(lambda unit: unit.labels.undo("anna")).result()
    assert find(filled, states=frozenset({ReviewState.REJECTED})) == []
    activate(filled, sha256="cd" * 32)  # has answered nothing yet
    assert find(filled, min_confidence=0.0) == []


def test_counts_follow(filled: Project) -> None:
    rows = stored(filled)
    counts = filled.read(lambda unit: unit.captures.class_counts()).result()
    for column, counted in (("label_class_id", counts.labelled), ("predicted_class_id", counts.predicted)):
        assert counted == {i: n for i in (1, 2, 3) if (n := sum(row[column] == i for row in rows))}
    assert counts.sources == {1: 30, 2: 30}


def test_a_failed_transaction_leaves_the_columns_as_they_were(filled: Project) -> None:
    before = find(filled, states=frozenset({ReviewState.UNSURE}))

    def fail(unit):  # type: ignore[no-untyped-def]
        unit.labels.mark(ActionKind.UNSURE, find_all, "anna")
        raise ProjectError("no")

    find_all = find(filled)
    with pytest.raises(ProjectError):
        filled.write(fail).result()
    assert find(filled, states=frozenset({ReviewState.UNSURE})) == before


def test_a_reopened_project_lists_the_same(filled: Project, folder: Path) -> None:
    query = {"sort": SortField.CONFIDENCE, "unreadable": False}
    before = find(filled, **query)
    filled.close()
    again = Project.open(folder)
    assert find(again) == list(range(1, COUNT + 1))
    assert find(again, **query) == before
    again.close()


@pytest.mark.parametrize(("wanted", "_passes"), FILTERS, ids=[",".join(wanted) for wanted, _ in FILTERS])
def test_queries_survive_json(wanted: dict[str, object], _passes: object) -> None:
    query = CaptureQuery(**wanted, sort=SortField.SIZE, group=GroupField.SOURCE)  # type: ignore[arg-type]
    assert CaptureQuery.from_dict(json.loads(json.dumps(query.to_dict()))) == query


@pytest.mark.parametrize("broken", [{"sort": "beauty"}, {"colour": 1}, {"states": [17]}])
def test_a_broken_saved_filter_is_said(broken: dict[str, object]) -> None:
    with pytest.raises(ProjectError, match="can't be read"):
        CaptureQuery.from_dict(broken)
