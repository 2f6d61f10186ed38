"""What each action on labels says that it has done, and what it writes of each capture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from storage_verbs import activate, add_captures, answer, new_capture, predict

from app.domain.records import ActionKind, CaptureRow, LabelResult, LedgerEntry, ReviewState
from app.storage.labels.labels import Labels
from app.storage.project import Project
from app.storage.unit import Unit

STOP, GIVE_WAY, NO_ENTRY = 1, 2, 3
ACCEPTED, CORRECTED, UNREVIEWED = ReviewState.ACCEPTED, ReviewState.CORRECTED, ReviewState.UNREVIEWED
UNSURE, REJECTED = ReviewState.UNSURE, ReviewState.REJECTED


@pytest.fixture
def signs(project: Project) -> Project:
    """Four captures, numbered from 1: the model says Stop, Stop, Give way, nothing."""
    ids = add_captures(project, 4)
    predict(project, activate(project), [answer(ids[0]), answer(ids[1]), answer(ids[2], first=1)])
    return project


def do(project: Project, work: Callable[[Labels], LabelResult | None]) -> LabelResult:
    def on_labels(unit: Unit) -> LabelResult | None:
        return work(unit.labels)

    result = project.write(on_labels).result()
    assert result is not None
    return result


def rows(project: Project) -> list[CaptureRow]:
    return list(project.read(lambda unit: unit.captures.rows([1, 2, 3, 4])).result())


def shown(project: Project) -> list[tuple[ReviewState, str | None]]:
    return [(row.state, row.label) for row in rows(project)]


def history(project: Project, capture_id: int, limit: int = 50) -> tuple[LedgerEntry, ...]:
    return project.read(lambda unit: unit.labels.history(capture_id, limit)).result()


def test_agreeing_with_the_model_replaces_another_label_and_says_nothing_twice(signs: Project) -> None:
    do(signs, lambda labels: labels.label([1], GIVE_WAY, "ada"))
    do(signs, lambda labels: labels.label([2], STOP, "ada"))
    do(signs, lambda labels: labels.mark(ActionKind.UNSURE, [3], "ada"))
    result = do(signs, lambda labels: labels.accept([1, 2, 3, 4], "bob"))
    assert (result.kind, result.capture_ids, result.unchanged) == (ActionKind.ACCEPT, (1, 3), 1)
    assert result.skipped == 1 and not result.classes_changed
    assert shown(signs) == [
        (ACCEPTED, "Stop"),
        (ACCEPTED, "Stop"),
        (ACCEPTED, "Give way"),
        (UNREVIEWED, None),
    ]
    again = do(signs, lambda labels: labels.accept([1, 2, 3, 4], "bob"))
    assert (again.capture_ids, again.unchanged, again.skipped) == ((), 3, 1)
    assert [(one.kind, one.author) for one in history(signs, 1)] == [
        (ActionKind.ACCEPT, "bob"),
        (ActionKind.LABEL, "ada"),
    ]


def test_the_history_says_what_was_before_and_what_the_model_said(signs: Project) -> None:
    do(signs, lambda labels: labels.label([1, 4], GIVE_WAY, "ada"))
    do(signs, lambda labels: labels.label([1, 4], NO_ENTRY, "bob"))
    do(signs, lambda labels: labels.mark(ActionKind.REJECT, [1], "eve"))
    do(signs, lambda labels: labels.undo("joe"))
    undone, rejected, second, first = history(signs, 1)
    assert (first.previous_label, first.label, first.state) == (None, "Give way", CORRECTED)
    assert (second.previous_label, second.label, second.author) == ("Give way", "No entry", "bob")
    assert (rejected.previous_label, rejected.label, rejected.state) == ("No entry", None, REJECTED)
    assert (undone.kind, undone.label, undone.author) == (ActionKind.UNDO, "No entry", "joe")
    assert undone.state is CORRECTED
    assert all((one.model_name, one.model_said) == ("signs", "Stop") for one in (undone, rejected, first))
    assert all(
        one.model_probability == 0.75 and one.created_ms > 1_600_000_000_000 for one in (undone, first)
    )
    assert history(signs, 1, limit=2) == (undone, rejected)
    (last, _) = history(signs, 4)
    assert (last.label, last.model_name, last.model_said, last.model_probability) == ("No entry", *[None] * 3)


def test_the_same_again_is_unchanged_and_writes_nothing(signs: Project) -> None:
    first = do(signs, lambda labels: labels.label([1, 3], STOP, "ada"))
    assert (first.capture_ids, first.unchanged, first.skipped) == ((1, 3), 0, 0)
    second = do(signs, lambda labels: labels.label([1, 2, 3, 99], STOP, "ada"))
    assert (second.capture_ids, second.unchanged, second.skipped) == ((2,), 2, 1)
    assert shown(signs)[:3] == [(ACCEPTED, "Stop"), (ACCEPTED, "Stop"), (CORRECTED, "Stop")]
    nothing = do(signs, lambda labels: labels.label([1, 2, 3], STOP, "ada"))
    assert (nothing.kind, nothing.capture_ids, nothing.unchanged) == (ActionKind.LABEL, (), 3)
    assert nothing.undo_state.undo is ActionKind.LABEL
    assert len(history(signs, 1)) == 1
    for kind, state in ((ActionKind.UNSURE, UNSURE), (ActionKind.REJECT, REJECTED)):
        marked = do(signs, lambda labels, kind=kind: labels.mark(kind, [4], "ada"))
        again = do(signs, lambda labels, kind=kind: labels.mark(kind, [4], "ada"))
        assert (marked.kind, marked.capture_ids, again.capture_ids) == (kind, (4,), ())
        assert again.unchanged == 1
        assert shown(signs)[3] == (state, None)
    cleared = do(signs, lambda labels: labels.mark(ActionKind.CLEAR, [3, 4], "ada"))
    assert cleared.capture_ids == (3, 4)
    assert shown(signs)[2:] == [(UNREVIEWED, None)] * 2


def test_what_is_taken_over_is_one_step_with_every_kind_of_decision(signs: Project) -> None:
    do(signs, lambda labels: labels.label([2], STOP, "ada"))
    decisions = [
        (1, CORRECTED, GIVE_WAY),
        (2, ACCEPTED, STOP),
        (3, UNSURE, None),
        (4, REJECTED, None),
    ]
    result = do(signs, lambda labels: labels.take_over(decisions, "csv"))
    assert (result.kind, set(result.capture_ids), result.unchanged) == (ActionKind.IMPORT, {1, 3, 4}, 1)
    assert result.skipped == 0 and not result.classes_changed
    assert shown(signs) == [
        (CORRECTED, "Give way"),
        (ACCEPTED, "Stop"),
        (UNSURE, None),
        (REJECTED, None),
    ]
    (entry,) = history(signs, 3)
    assert (entry.kind, entry.author) == (ActionKind.IMPORT, "csv")
    undone = do(signs, lambda labels: labels.undo("ada"))
    assert (undone.kind, set(undone.capture_ids)) == (ActionKind.UNDO, {1, 3, 4})
    assert undone.undo_state.redo is ActionKind.IMPORT and undone.undo_state.undo is ActionKind.LABEL
    assert shown(signs) == [(UNREVIEWED, None), (ACCEPTED, "Stop"), (UNREVIEWED, None), (UNREVIEWED, None)]
    redone = do(signs, lambda labels: labels.redo("ada"))
    assert (redone.kind, redone.undo_state.redo) == (ActionKind.REDO, None)
    assert shown(signs)[3] == (REJECTED, None)


def names(project: Project) -> list[str]:
    return [one.name for one in project.read(lambda unit: unit.catalogue.classes()).result()]


@pytest.mark.parametrize("act", ["label", "take over"])
def test_classes_that_an_action_has_made_go_with_it(signs: Project, act: str) -> None:
    made = list(signs.write(lambda unit: unit.catalogue.ensure_classes(["Bus", "Tram"])).result().values())

    def work(labels: Labels) -> LabelResult:
        if act == "label":
            return labels.label([1], made[0], "ada", made)
        return labels.take_over([(1, CORRECTED, made[0])], "ada", made)

    result = do(signs, work)
    assert result.classes_changed and result.capture_ids == (1,)
    undone = do(signs, lambda labels: labels.undo("ada"))
    assert undone.classes_changed and names(signs) == ["Stop", "Give way", "No entry"]
    assert do(signs, lambda labels: labels.redo("ada")).classes_changed
    assert names(signs)[3:] == ["Bus", "Tram"] and shown(signs)[0] == (CORRECTED, "Bus")


def test_classes_without_a_label_are_a_step_too(signs: Project) -> None:
    made = list(signs.write(lambda unit: unit.catalogue.ensure_classes(["Bus"])).result().values())
    result = do(signs, lambda labels: labels.take_over([], "ada", made))
    assert (result.capture_ids, result.classes_changed) == ((), True)
    assert result.undo_state.undo is ActionKind.IMPORT
    do(signs, lambda labels: labels.undo("ada"))
    assert "Bus" not in names(signs)


def test_each_change_of_classes_says_what_it_is_and_is_the_next_to_be_undone(signs: Project) -> None:
    bus: list[int] = []

    def add(labels: Labels) -> LabelResult:
        return labels.add_class("Bus", "ada")

    steps: list[tuple[ActionKind, Callable[[Labels], LabelResult]]] = [
        (ActionKind.ADD_CLASS, add),
        (ActionKind.RENAME_CLASS, lambda labels: labels.rename_class(bus[0], "Tram", "ada")),
        (ActionKind.RECOLOUR_CLASS, lambda labels: labels.recolour_class(bus[0], "#123456", "ada")),
        (ActionKind.RETIRE_CLASSES, lambda labels: labels.delete_class(bus[0], "ada")),
        (ActionKind.RETIRE_CLASSES, lambda labels: labels.merge_classes([STOP], GIVE_WAY, "ada")),
    ]
    for kind, work in steps:
        result = do(signs, work)
        assert (result.kind, result.classes_changed, result.undo_state.undo) == (kind, True, kind)
        if kind is ActionKind.ADD_CLASS:
            bus += signs.write(lambda unit: unit.catalogue.ensure_classes(["Bus"])).result().values()
    assert names(signs) == ["Give way", "No entry"]
    for kind, _ in reversed(steps):
        undone = do(signs, lambda labels: labels.undo("ada"))
        assert (undone.kind, undone.classes_changed, undone.undo_state.redo) == (ActionKind.UNDO, True, kind)
    assert names(signs) == ["Stop", "Give way", "No entry"]
    for kind, _ in steps:
        redone = do(signs, lambda labels: labels.redo("ada"))
        assert (redone.kind, redone.undo_state.undo) == (ActionKind.REDO, kind)
    assert names(signs) == ["Give way", "No entry"]


def test_a_removal_and_its_undo_name_the_captures(signs: Project) -> None:
    do(signs, lambda labels: labels.label([2], STOP, "ada"))
    result = do(signs, lambda labels: labels.remove([3, 2], "ada"))
    assert (result.kind, result.capture_ids, result.skipped) == (ActionKind.REMOVE, (2, 3), 0)
    assert result.is_membership_changed and result.undo_state.undo is ActionKind.REMOVE
    nothing = do(signs, lambda labels: labels.remove([3, 2], "ada"))
    assert (nothing.capture_ids, nothing.is_membership_changed) == ((), False)
    undone = do(signs, lambda labels: labels.undo("ada"))
    assert undone.kind is ActionKind.UNDO and sorted(undone.capture_ids) == [2, 3]
    assert undone.is_membership_changed and undone.undo_state.redo is ActionKind.REMOVE
    assert shown(signs)[1] == (ACCEPTED, "Stop")
    redone = do(signs, lambda labels: labels.redo("ada"))
    assert redone.is_membership_changed and len(rows(signs)) == 2


def test_one_undo_takes_one_step_back_of_one_capture_and_leaves_the_others(signs: Project) -> None:
    do(signs, lambda labels: labels.label([1, 2], STOP, "ada"))
    do(signs, lambda labels: labels.label([2, 3], NO_ENTRY, "ada"))
    do(signs, lambda labels: labels.undo("ada"))
    assert shown(signs)[:3] == [(ACCEPTED, "Stop"), (ACCEPTED, "Stop"), (UNREVIEWED, None)]
    do(signs, lambda labels: labels.undo("ada"))
    assert shown(signs) == [(UNREVIEWED, None)] * 4
    assert signs.write(lambda unit: unit.labels.undo("ada")).result() is None
    do(signs, lambda labels: labels.redo("ada"))
    assert shown(signs)[:2] == [(ACCEPTED, "Stop")] * 2


def overwrite(project: Project, *capture_ids: int) -> None:
    changed = [
        (capture_id, new_capture(capture_id - 1, content=100 + capture_id)) for capture_id in capture_ids
    ]
    project.write(lambda unit: unit.contents.note_changed(changed)).result()


def marked(project: Project) -> list[int]:
    return [row.id for row in rows(project) if row.changed]


def test_the_answer_about_changed_files_names_all_of_them_and_is_a_step(signs: Project) -> None:
    do(signs, lambda labels: labels.label([1, 3], STOP, "ada"))
    do(signs, lambda labels: labels.mark(ActionKind.UNSURE, [4], "ada"))
    overwrite(signs, 1, 2, 3, 4)
    assert marked(signs) == [1, 2, 3, 4] and shown(signs) == [(UNREVIEWED, None)] * 4

    dropped = do(signs, lambda labels: labels.drop_earlier([4, 2], "bob"))
    assert (dropped.kind, dropped.capture_ids, dropped.skipped) == (ActionKind.DROP_LABELS, (2, 4), 0)
    assert marked(signs) == [1, 3]
    undone = do(signs, lambda labels: labels.undo("ada"))
    assert (undone.kind, undone.capture_ids, undone.classes_changed) == (ActionKind.UNDO, (2, 4), False)
    assert marked(signs) == [1, 2, 3, 4]

    earlier = signs.read(lambda unit: unit.contents.earlier_labels([1, 2, 3, 4])).result()
    kept = do(signs, lambda labels: labels.keep_earlier(earlier, [1, 2, 3, 4], "bob"))
    assert kept.kind is ActionKind.KEEP_LABELS and sorted(kept.capture_ids) == [1, 2, 3, 4]
    assert (kept.skipped, kept.unchanged, kept.undo_state.undo) == (0, 0, ActionKind.KEEP_LABELS)
    assert marked(signs) == []
    labelled = shown(signs)
    assert [name for _, name in labelled] == ["Stop", None, "Stop", None] and labelled[3][0] is UNSURE
    assert history(signs, 1)[0].author == "bob" and history(signs, 1)[0].kind is ActionKind.KEEP_LABELS
    undone = do(signs, lambda labels: labels.undo("ada"))
    assert sorted(undone.capture_ids) == [1, 2, 3, 4] and len(set(undone.capture_ids)) == 4
    assert marked(signs) == [1, 2, 3, 4] and shown(signs)[0] == (UNREVIEWED, None)
    do(signs, lambda labels: labels.redo("ada"))
    assert marked(signs) == [] and shown(signs) == labelled


def test_a_label_of_a_changed_file_takes_its_mark_away_and_undo_brings_it_back(signs: Project) -> None:
    overwrite(signs, 1, 2)
    result = do(signs, lambda labels: labels.label([1, 3], STOP, "ada"))
    assert result.capture_ids == (1, 3)
    assert marked(signs) == [2]
    assert not do(signs, lambda labels: labels.undo("ada")).classes_changed
    assert marked(signs) == [1, 2]
    do(signs, lambda labels: labels.redo("ada"))
    assert marked(signs) == [2]


def test_sources_go_and_come_back_as_one_step(signs: Project) -> None:
    result = do(signs, lambda labels: labels.remove_sources([1], "ada"))
    assert (result.kind, result.capture_ids, result.is_membership_changed) == (
        *(ActionKind.REMOVE, (1, 2, 3, 4), True),
    )
    assert rows(signs) == []
    nothing = do(signs, lambda labels: labels.remove_sources([1], "ada"))
    assert (nothing.capture_ids, nothing.is_membership_changed) == ((), False)
    do(signs, lambda labels: labels.undo("ada"))
    assert len(rows(signs)) == 4
