"""Labels: nothing is overwritten, and undo lives in the ledger itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from storage_verbs import activate, add_captures, answer, predict

from app.domain.records import ActionKind, CaptureRow, ReviewState
from app.domain.suggestions import ShownClass
from app.storage.database import schema
from app.storage.labels.undo import UNDO_STEPS, UndoStacks
from app.storage.project import Project


def row(project: Project, capture_id: int) -> CaptureRow:
    return project.read(lambda unit: unit.captures.rows([capture_id])).result()[0]


def test_a_correction_keeps_what_the_model_had_said(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project)
    predict(project, model, [answer(ids[0], first=1, probability=0.75)])
    project.write(lambda unit: unit.labels.label(ids, model.class_ids[2], "ada")).result()

    shown = row(project, ids[0])
    assert (shown.state, shown.label, shown.predicted) == (ReviewState.CORRECTED, "No entry", "Give way")
    (entry,) = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert entry.kind is ActionKind.LABEL
    assert (entry.label, entry.previous_label, entry.author) == ("No entry", None, "ada")
    assert (entry.model_name, entry.model_said, entry.model_probability) == ("signs", "Give way", 0.75)


def test_choosing_the_models_own_answer_counts_as_accepted(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project)
    predict(project, model, [answer(ids[0], first=1)])
    project.write(lambda unit: unit.labels.label(ids, model.class_ids[1], "ada")).result()
    assert row(project, ids[0]).state is ReviewState.ACCEPTED


def test_accept_skips_captures_without_an_answer(project: Project) -> None:
    ids = add_captures(project, 3)
    model = activate(project)
    predict(project, model, [answer(ids[1], first=2)])
    result = project.write(lambda unit: unit.labels.accept(ids, "ada")).result()
    assert result.capture_ids == (ids[1],)
    assert result.skipped == 2
    assert row(project, ids[1]).label == "No entry"
    assert row(project, ids[0]).state is ReviewState.UNREVIEWED


def test_what_was_shown_is_accepted_whatever_is_said_by_now(project: Project) -> None:
    """The model answers anew between the look and the key; each label is what its user has seen."""
    ids = add_captures(project, 4)
    model = activate(project)
    _stop, give_way, no_entry = model.class_ids
    predict(project, model, [answer(i, first=1, probability=0.75) for i in ids[:3]])
    seen = [ShownClass(ids[0], give_way, 0.75, False), ShownClass(ids[1], no_entry, 0.6, True)]
    predict(project, model, [answer(i, first=0) for i in ids[:3]])
    result = project.write(lambda unit: unit.labels.accept(ids, "ada", seen)).result()
    assert sorted(result.capture_ids) == list(ids[:3]) and result.skipped == 1
    labels = [row(project, i).label for i in ids]
    assert labels == ["Give way", "No entry", "Stop", None]
    assert {row(project, i).state for i in ids[:3]} == {ReviewState.ACCEPTED}


def test_an_accepted_suggestion_is_no_answer_of_the_model(project: Project) -> None:
    ids = add_captures(project, 2)
    model = activate(project)
    stop, _give_way, no_entry = model.class_ids
    predict(project, model, [answer(i, first=0) for i in ids])
    seen = [ShownClass(ids[0], no_entry, 0.6, True)]
    project.write(lambda unit: unit.labels.accept(ids, "ada", seen)).result()
    (entry,) = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert (entry.model_name, entry.model_said, entry.model_probability) == (None, "No entry", 0.6)
    # Only what the model itself had said judges it.
    decided = project.read(lambda unit: unit.insights.decisions()).result()
    assert [(one.capture_id, one.model_class_id) for one in decided] == [(ids[1], stop)]
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert {row(project, i).state for i in ids} == {ReviewState.UNREVIEWED}
    project.write(lambda unit: unit.labels.redo("ada")).result()
    assert [row(project, i).label for i in ids] == ["No entry", "Stop"]
    # Nor does it become one when it is done again.
    (entry, *_) = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert (entry.model_name, entry.model_said, entry.model_probability) == (None, "No entry", 0.6)
    decided = project.read(lambda unit: unit.insights.decisions()).result()
    assert [one.capture_id for one in decided] == [ids[1]]


def test_a_label_outranks_what_is_accepted_where_labels_are_kept(project: Project) -> None:
    ids = add_captures(project, 3)
    model = activate(project)
    _stop, give_way, no_entry = model.class_ids
    predict(project, model, [answer(i, first=0) for i in ids])
    project.write(lambda unit: unit.labels.label(ids[:2], give_way, "ada")).result()
    seen = [ShownClass(ids[0], no_entry, 0.6, True)]
    kept = project.write(lambda unit: unit.labels.accept(ids, "ada", seen, keeps_labels=True)).result()
    assert kept.capture_ids == (ids[2],) and kept.unchanged == 2
    assert [row(project, i).label for i in ids] == ["Give way", "Give way", "Stop"]
    project.write(lambda unit: unit.labels.accept(ids, "ada")).result()
    assert [row(project, i).label for i in ids] == ["Stop"] * 3


def test_a_class_that_was_merged_meanwhile_can_be_accepted_no_more(project: Project) -> None:
    ids = add_captures(project, 1)
    stop, give_way, _ = activate(project).class_ids
    project.write(lambda unit: unit.labels.merge_classes([stop], give_way, "ada")).result()
    seen = [ShownClass(ids[0], stop, 0.6, True)]
    result = project.write(lambda unit: unit.labels.accept(ids, "ada", seen)).result()
    assert result.capture_ids == () and result.skipped == 1


def test_a_new_answer_of_a_model_leaves_the_human_label(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project)
    predict(project, model, [answer(ids[0], first=0)])
    project.write(lambda unit: unit.labels.label(ids, model.class_ids[1], "ada")).result()
    predict(project, model, [answer(ids[0], first=2, probability=0.9)])
    activate(project, sha256="cd" * 32, classes=("Stop", "Bus"))
    shown = row(project, ids[0])
    assert (shown.state, shown.label) == (ReviewState.CORRECTED, "Give way")
    (entry,) = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert entry.model_said == "Stop"


def test_undo_and_redo_survive_restarts(reopen: Callable[[], Project]) -> None:
    project = reopen()
    ids = add_captures(project, 1)
    model = activate(project)
    stop, give_way = model.class_ids[:2]
    project.write(lambda unit: unit.labels.label(ids, stop, "ada")).result()
    project.write(lambda unit: unit.labels.label(ids, give_way, "ada")).result()

    project = reopen()
    assert project.read(lambda unit: unit.undo_state()).result().undo is ActionKind.LABEL
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert row(project, ids[0]).label == "Stop"

    project = reopen()
    project.write(lambda unit: unit.labels.undo("ada")).result()
    assert row(project, ids[0]).state is ReviewState.UNREVIEWED
    assert project.write(lambda unit: unit.labels.undo("ada")).result() is None

    project = reopen()
    project.write(lambda unit: unit.labels.redo("ada")).result()
    project.write(lambda unit: unit.labels.redo("ada")).result()
    assert row(project, ids[0]).label == "Give way"
    assert project.write(lambda unit: unit.labels.redo("ada")).result() is None
    history = project.read(lambda unit: unit.labels.history(ids[0])).result()
    assert [entry.kind for entry in history][::-1] == [
        ActionKind.LABEL,
        ActionKind.LABEL,
        ActionKind.UNDO,
        ActionKind.UNDO,
        ActionKind.REDO,
        ActionKind.REDO,
    ]


def test_a_new_label_ends_what_could_be_redone(project: Project) -> None:
    ids = add_captures(project, 1)
    model = activate(project)
    for class_id in model.class_ids[:2]:
        project.write(lambda unit, c=class_id: unit.labels.label(ids, c, "ada")).result()
    project.write(lambda unit: unit.labels.undo("ada")).result()
    result = project.write(lambda unit: unit.labels.mark(ActionKind.UNSURE, ids, "ada")).result()
    assert result.undo_state.redo is None


def test_forty_thousand_captures_are_labelled_and_undone_as_one_step(project: Project) -> None:
    ids = add_captures(project, 40_000)
    model = activate(project)
    result = project.write(lambda unit: unit.labels.label(ids, model.class_ids[0], "ada")).result()
    assert result.capture_ids == ids
    assert len(project.read(lambda unit: unit.captures.rows(ids)).result()) == 40_000
    assert project.read(lambda unit: unit.captures.counts()).result().corrected == 40_000
    undone = project.write(lambda unit: unit.labels.undo("ada")).result()
    assert undone is not None
    assert len(undone.capture_ids) == 40_000
    assert project.read(lambda unit: unit.captures.counts()).result().unreviewed == 40_000


@pytest.mark.parametrize("table", ["label_events", "label_actions"])
@pytest.mark.parametrize("statement", ["UPDATE {0} SET id = id", "DELETE FROM {0}"])
def test_the_database_itself_refuses_to_change_the_ledger(
    project: Project, table: str, statement: str
) -> None:
    ids = add_captures(project, 1)
    project.write(lambda unit: unit.labels.mark(ActionKind.UNSURE, ids, "ada")).result()
    changed = project._database.write(lambda connection: connection.execute(text(statement.format(table))))
    with pytest.raises(IntegrityError, match="append-only"):
        changed.result()


def test_label_on_the_capture_equals_the_last_event(project: Project) -> None:
    ids = add_captures(project, 20)
    model = activate(project)
    for step in range(60):
        chosen = ids[step % 20 : step % 20 + 3]
        class_id = model.class_ids[step % 3]
        if step % 5 == 4:
            project.write(lambda unit: unit.labels.undo("ada")).result()
        elif step % 7 == 6:
            project.write(lambda unit, c=chosen: unit.labels.mark(ActionKind.UNSURE, c, "ada")).result()
        else:
            project.write(lambda unit, c=chosen, k=class_id: unit.labels.label(c, k, "ada")).result()
    events, captures = schema.label_events, schema.captures
    last: dict[int, tuple[int, int | None]] = {}
    rows = project._database.read(
        lambda connection: connection.execute(select(events).order_by(events.c.id)).all()
    ).result()
    for event in rows:
        last[event.capture_id] = (event.state, event.class_id)
    current = project._database.read(lambda connection: connection.execute(select(captures)).all()).result()
    assert {c.id: (c.state, c.label_class_id) for c in current if c.id in last} == last


def test_undo_stacks_follow_the_order_of_actions() -> None:
    label, undo, redo = ActionKind.LABEL, ActionKind.UNDO, ActionKind.REDO
    stacks = UndoStacks.from_actions(
        [(1, label, None), (2, label, None), (3, undo, 2), (4, undo, 1), (5, redo, 1), (6, undo, 1)]
    )
    assert stacks.undo_target is None
    assert stacks.redo_target == 1
    # What was done before the window that is read is simply not known.
    assert UndoStacks.from_actions([(3, undo, 2), (4, label, None)]).undo_target == 4


def test_two_hundred_actions_can_be_undone_after_a_restart(reopen: Callable[[], Project]) -> None:
    project = reopen()
    ids = add_captures(project, UNDO_STEPS + 10)
    for capture_id in ids:
        project.write(lambda unit, i=capture_id: unit.labels.mark(ActionKind.UNSURE, [i], "ada")).result()
    project = reopen()
    for _ in range(UNDO_STEPS):
        assert project.write(lambda unit: unit.labels.undo("ada")).result() is not None
    states = [row.state for row in project.read(lambda unit: unit.captures.rows(ids)).result()]
    assert states.count(ReviewState.UNREVIEWED) == UNDO_STEPS
    project = reopen()
    for _ in range(UNDO_STEPS):
        assert project.write(lambda unit: unit.labels.redo("ada")).result() is not None
    states = [row.state for row in project.read(lambda unit: unit.captures.rows(ids)).result()]
    assert set(states) == {ReviewState.UNSURE}
