"""Classes are renamed, merged and deleted as steps of the ledger: undone, done again, nothing overwritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from storage_verbs import activate, add_captures, answer, predict

from app.domain.capture_query import CaptureQuery, SortField
from app.domain.errors import ProjectError
from app.domain.records import ActionKind, CaptureRow, ReviewState
from app.storage.project import Project

STOP, GIVE_WAY, NO_ENTRY = 1, 2, 3


@pytest.fixture
def signs(project: Project) -> Project:
    """Four captures: the model says Stop, Stop, Give way, nothing; labels are Stop, Give way, none, No entry."""
    ids = add_captures(project, 4)
    model = activate(project)
    predict(project, model, [answer(ids[0]), answer(ids[1]), answer(ids[2], first=1)])
    for capture_id, class_id in ((ids[0], STOP), (ids[1], GIVE_WAY), (ids[3], NO_ENTRY)):
        project.write(lambda unit, i=capture_id, c=class_id: unit.labels.label([i], c, "ada")).result()
    return project


def rows(project: Project) -> list[CaptureRow]:
    return project.read(lambda unit: unit.captures.rows([1, 2, 3, 4])).result()


def shown(project: Project) -> list[tuple[str | None, str | None, ReviewState]]:
    return [(row.label, row.predicted, row.state) for row in rows(project)]


def names(project: Project) -> list[str]:
    return [record.name for record in project.read(lambda unit: unit.catalogue.classes()).result()]


def undo(project: Project) -> None:
    assert project.write(lambda unit: unit.labels.undo("ada")).result().classes_changed


def redo(project: Project) -> None:
    assert project.write(lambda unit: unit.labels.redo("ada")).result().classes_changed


def test_a_renamed_class_is_renamed_everywhere_and_back(signs: Project) -> None:
    before = shown(signs)
    result = signs.write(lambda unit: unit.labels.rename_class(STOP, " Halt ", "ada")).result()
    assert result.classes_changed and result.capture_ids == ()
    assert names(signs) == ["Halt", "Give way", "No entry"]
    assert shown(signs)[0] == ("Halt", "Halt", ReviewState.ACCEPTED)
    undo(signs)
    assert shown(signs) == before
    redo(signs)
    assert names(signs)[0] == "Halt"


@pytest.mark.parametrize(("name", "said"), [("Give way", "merge the two"), ("  ", "Enter a class name")])
def test_names_that_cannot_be_given_are_refused(signs: Project, name: str, said: str) -> None:
    with pytest.raises(ProjectError, match=said):
        signs.write(lambda unit: unit.labels.rename_class(STOP, name, "ada")).result()
    assert names(signs) == ["Stop", "Give way", "No entry"]


def test_merged_labels_and_answers_follow_and_come_back(signs: Project) -> None:
    before = shown(signs)
    result = signs.write(lambda unit: unit.labels.merge_classes([STOP], GIVE_WAY, "ada")).result()
    # The first capture's label changes; in the second, model and human now say the same.
    assert result.capture_ids == (1, 2)
    assert names(signs) == ["Give way", "No entry"]
    assert shown(signs) == [
        ("Give way", "Give way", ReviewState.ACCEPTED),
        ("Give way", "Give way", ReviewState.ACCEPTED),
        (None, "Give way", ReviewState.UNREVIEWED),
        ("No entry", None, ReviewState.CORRECTED),
    ]
    detail = signs.read(lambda unit: unit.detail(1)).result()
    assert [entry.label for entry in detail.history] == ["Give way", "Stop (merged into Give way)"]
    assert detail.top[0].name == "Give way"
    undo(signs)
    assert shown(signs) == before and names(signs) == ["Stop", "Give way", "No entry"]
    redo(signs)
    assert names(signs) == ["Give way", "No entry"]
    undo(signs)
    assert shown(signs) == before


def test_what_a_model_says_after_a_merge_means_the_merged_class(signs: Project) -> None:
    model = signs.read(lambda unit: unit.models.active_record()).result()
    signs.write(lambda unit: unit.labels.merge_classes([STOP, NO_ENTRY], GIVE_WAY, "ada")).result()
    merged = signs.read(lambda unit: unit.models.active_record()).result()
    assert merged.class_ids == (GIVE_WAY,) * 3
    predict(signs, merged, [answer(4, first=2)])
    assert rows(signs)[3].predicted == "Give way"
    undo(signs)
    assert signs.read(lambda unit: unit.models.active_record()).result() == model
    assert rows(signs)[3].predicted == "No entry"  # said after the merge, and meant what it says now


def test_the_columns_follow_a_merge(signs: Project) -> None:
    query = CaptureQuery(label_class_ids=frozenset({GIVE_WAY}), sort=SortField.LABEL)
    assert signs.read(lambda unit: unit.captures.find(query)).result().ids.tolist() == [2]
    signs.write(lambda unit: unit.labels.merge_classes([STOP], GIVE_WAY, "ada")).result()
    assert signs.read(lambda unit: unit.captures.find(query)).result().ids.tolist() == [1, 2]


def test_a_class_that_a_model_knows_is_merged_not_deleted(signs: Project) -> None:
    with pytest.raises(ProjectError, match="merge it into another"):
        signs.write(lambda unit: unit.labels.delete_class(STOP, "ada")).result()


def test_a_class_of_ones_own_is_deleted_and_comes_back(signs: Project) -> None:
    own = signs.write(lambda unit: unit.catalogue.ensure_classes(["Tram"])["Tram"]).result()
    signs.write(lambda unit: unit.labels.label([3, 4], own, "ada")).result()
    before = shown(signs)
    signs.write(lambda unit: unit.labels.delete_class(own, "ada")).result()
    assert shown(signs)[2:] == [
        (None, "Give way", ReviewState.UNREVIEWED),
        (None, None, ReviewState.UNREVIEWED),
    ]
    # A new one of the same name is another class, and the old one gets out of its way.
    signs.write(lambda unit: unit.catalogue.ensure_classes(["Tram"])).result()
    undo(signs)
    assert names(signs)[-2:] == ["Tram 2", "Tram"]
    assert [state for _, _, state in shown(signs)] == [state for _, _, state in before]


def test_a_change_of_classes_is_undone_in_its_turn_after_a_restart(
    signs: Project, reopen: Callable[[], Project]
) -> None:
    before = shown(signs)
    signs.write(lambda unit: unit.labels.merge_classes([STOP], GIVE_WAY, "ada")).result()
    signs.write(lambda unit: unit.labels.label([4], GIVE_WAY, "ada")).result()
    again = reopen()
    assert again.read(lambda unit: unit.undo_state()).result().undo is ActionKind.LABEL
    again.write(lambda unit: unit.labels.undo("ada")).result()
    assert again.read(lambda unit: unit.undo_state()).result().undo is ActionKind.RETIRE_CLASSES
    undo(again)
    assert shown(again) == before


def test_a_class_that_is_gone_is_said(signs: Project) -> None:
    signs.write(lambda unit: unit.labels.merge_classes([STOP], GIVE_WAY, "ada")).result()
    with pytest.raises(ProjectError, match="no longer exists"):
        signs.write(lambda unit: unit.labels.rename_class(STOP, "Halt", "ada")).result()
    with pytest.raises(ProjectError, match="into itself"):
        signs.write(lambda unit: unit.labels.merge_classes([GIVE_WAY], GIVE_WAY, "ada")).result()


def test_colour_key_and_pin(signs: Project) -> None:
    signs.write(lambda unit: unit.labels.recolour_class(STOP, "#ff0000", "ada")).result()
    signs.write(lambda unit: unit.catalogue.set_key(STOP, "s")).result()
    signs.write(lambda unit: unit.catalogue.set_key(GIVE_WAY, "s")).result()
    signs.write(lambda unit: unit.catalogue.set_pinned(NO_ENTRY, True)).result()
    stop, give_way, no_entry = signs.read(lambda unit: unit.catalogue.classes()).result()
    assert (stop.colour, stop.key, give_way.key, no_entry.pinned) == ("#ff0000", None, "s", True)
    undo(signs)
    assert signs.read(lambda unit: unit.catalogue.classes()).result()[0].colour != "#ff0000"


def test_filters_are_saved_in_the_project(signs: Project) -> None:
    unsure = CaptureQuery(states=frozenset({ReviewState.UNSURE}))
    small = CaptureQuery(max_size_px=20)
    for name, query in (("Unsure", small), ("Small", small), ("Unsure", unsure)):
        signs.write(lambda unit, n=name, q=query: unit.catalogue.save_filter(n, q)).result()
    assert signs.read(lambda unit: unit.catalogue.saved_filters()).result() == [
        ("Unsure", unsure),
        ("Small", small),
    ]
    signs.write(lambda unit: unit.catalogue.delete_filter("Unsure")).result()
    assert [name for name, _ in signs.read(lambda unit: unit.catalogue.saved_filters()).result()] == ["Small"]
