"""Names that mean the same are one class; a class goes away again with the action that made it."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import insert, update
from storage_verbs import activate, add_captures, answer, predict

from app.domain.errors import ProjectError
from app.domain.label_records import TakenLabel
from app.domain.records import ActionKind, ClassRecord, LabelResult, ReviewState
from app.storage.database import schema
from app.storage.project import Project

CAFE = "Café"
SAME = ("Stop", "stop", "STOP", "  Stop ", "\tsToP\n")


def classes(project: Project) -> list[ClassRecord]:
    return project.read(lambda unit: unit.catalogue.classes()).result()


def names(project: Project) -> list[str]:
    return [record.name for record in classes(project)]


def ensure(project: Project, *wanted: str) -> list[int]:
    return list(project.write(lambda unit: unit.catalogue.ensure_classes(wanted)).result().values())


def label_as(project: Project, ids: tuple[int, ...], name: str) -> LabelResult:
    """What typing a name does."""

    def work(unit):  # type: ignore[no-untyped-def]
        made = unit.catalogue.make_missing([name])
        return unit.labels.label(ids, made.ids[name], "ada", made.made)

    return project.write(work).result()


def undo(project: Project) -> LabelResult | None:
    return project.write(lambda unit: unit.labels.undo("ada")).result()


def redo(project: Project) -> LabelResult | None:
    return project.write(lambda unit: unit.labels.redo("ada")).result()


def test_case_blanks_and_unicode_form_make_no_other_class(project: Project) -> None:
    decomposed = unicodedata.normalize("NFD", CAFE)
    assert len(set(ensure(project, *SAME))) == 1
    assert len(set(ensure(project, decomposed, CAFE, CAFE.upper()))) == 1
    assert names(project) == ["Stop", CAFE]
    assert ensure(project, "Stop  sign", "Stop sign") == [3, 4]  # blanks inside a name tell them apart


def test_a_name_of_nothing_is_refused(project: Project) -> None:
    for name in ("", "  ", "\u00a0"):
        with pytest.raises(ProjectError, match="Enter a class name"):
            ensure(project, name)
    assert names(project) == []


def test_a_class_is_not_renamed_to_what_another_one_is_called(project: Project) -> None:
    stop, tram = ensure(project, "Stop", "Tram")
    for name in SAME:
        with pytest.raises(ProjectError, match="A class named Stop already exists: merge"):
            project.write(lambda unit, n=name: unit.labels.rename_class(tram, n, "ada")).result()
    project.write(lambda unit: unit.labels.rename_class(stop, " STOP ", "ada")).result()
    assert names(project) == ["STOP", "Tram"]
    undo(project)
    assert names(project) == ["Stop", "Tram"]


def test_outputs_of_a_model_that_mean_the_same_are_one_class(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project, classes=("stop", "Stop", "Yield"))
    assert len(set(model.class_ids)) == 2
    assert names(project) == ["stop", "Yield"]
    predict(project, model, [answer(ids[0], first=1, bicubic=0)])
    detail = project.read(lambda unit: unit.detail(ids[0])).result()
    assert detail is not None
    assert [one.name for one in detail.top] == ["stop", "Yield"]  # each class once, by its likeliest output
    assert detail.row.predicted == "stop"
    assert not detail.row.sr_changed  # both enlargements mean the same class
    activate(project, sha256="cd" * 32)
    activate(project, classes=("stop", "Stop", "Yield"))
    row = project.read(lambda unit: unit.captures.rows(ids)).result()[0]
    assert (row.predicted, row.sr_changed) == ("stop", False)


def test_a_project_that_holds_both_spellings_opens_and_works(project: Project) -> None:
    """As projects from before do: none is merged unasked, and each name means the class that is spelt so."""

    def make(connection):  # type: ignore[no-untyped-def]
        for position, name in enumerate(("Stop", "stop")):
            connection.execute(insert(schema.classes).values(name=name, colour="#888888", position=position))

    project._database.write(make).result()
    assert ensure(project, "stop", "Stop", "STOP") == [2, 1, 1]
    ids = add_captures(project, 2)
    for capture_id, name in zip(ids, ("Stop", "stop"), strict=True):
        label_as(project, (capture_id,), name)
    project.write(lambda unit: unit.labels.recolour_class(2, "#ff0000", "ada")).result()
    project.write(lambda unit: unit.labels.merge_classes([2], 1, "ada")).result()
    assert names(project) == ["Stop"]
    assert {row.label for row in project.read(lambda unit: unit.captures.rows(ids)).result()} == {"Stop"}
    undo(project)
    assert sorted(names(project)) == ["Stop", "stop 2"]  # beside the other one it takes a name of its own


def test_undo_takes_a_class_away_that_was_made_for_the_label(project: Project) -> None:
    ids = add_captures(project, 3)
    result = label_as(project, ids, "rust")
    assert result.classes_changed
    made = classes(project)[0]
    undone = undo(project)
    assert undone is not None
    assert undone.classes_changed
    assert names(project) == []
    redone = redo(project)
    assert redone is not None
    assert redone.classes_changed
    assert classes(project) == [made]  # with its number and its colour
    assert {row.label for row in project.read(lambda unit: unit.captures.rows(ids)).result()} == {"rust"}


def test_the_name_can_be_used_anew_after_undo(project: Project) -> None:
    ids = add_captures(project, 2)
    label_as(project, ids[:1], "rust")
    undo(project)
    label_as(project, ids[1:], "Rust")
    assert names(project) == ["Rust"]
    undo(project)
    redo(project)
    assert names(project) == ["Rust"]


def test_a_class_that_something_else_uses_stays(project: Project) -> None:
    ids = add_captures(project, 2)
    label_as(project, ids[:1], "rust")
    activate(project, classes=("Rust", "Paint"))
    undo(project)
    assert names(project) == ["rust", "Paint"]


def test_a_class_that_was_added_by_itself_goes_with_undo(project: Project) -> None:
    result = project.write(lambda unit: unit.labels.add_class(" Tram ", "ada")).result()
    assert (result.kind, result.undo_state.undo) == (ActionKind.ADD_CLASS, ActionKind.ADD_CLASS)
    with pytest.raises(ProjectError, match="A class named Tram already exists"):
        project.write(lambda unit: unit.labels.add_class("TRAM", "ada")).result()
    undo(project)
    assert names(project) == []
    redo(project)
    assert names(project) == ["Tram"]


def test_an_import_takes_its_classes_away_again(project: Project) -> None:
    ensure(project, "Stop")
    ids = add_captures(project, 3)
    unreviewed = (ReviewState.UNREVIEWED, None)
    lines = [
        TakenLabel(capture_id, ReviewState.CORRECTED, name, unreviewed)
        for capture_id, name in zip(ids, ("STOP", "Tram", "tram "), strict=True)
    ]
    project.write(lambda unit: unit.label_import.take(lines, "ada")).result()
    assert names(project) == ["Stop", "Tram"]
    assert [row.label for row in project.read(lambda unit: unit.captures.rows(ids)).result()] == [
        "Stop",
        "Tram",
        "Tram",
    ]
    undo(project)
    assert names(project) == ["Stop"]


def test_a_name_that_only_a_deleted_class_has_is_free(project: Project) -> None:
    """Labelling with it must not bring the deleted one back to life."""
    ids = add_captures(project, 1)
    (tram,) = ensure(project, "Tram")
    project.write(lambda unit: unit.labels.delete_class(tram, "ada")).result()
    label_as(project, ids, "Tram (deleted)")
    assert names(project) == ["Tram (deleted)"]
    assert classes(project)[0].id != tram
    other = ensure(project, "Bus")[0]

    def hide(connection):  # type: ignore[no-untyped-def]
        connection.execute(update(schema.classes).where(schema.classes.c.id == other).values(retired=True))

    project._database.write(hide).result()
    renamed = classes(project)[0].id
    project.write(lambda unit: unit.labels.rename_class(renamed, "Bus", "ada")).result()
    assert names(project) == ["Bus"]
