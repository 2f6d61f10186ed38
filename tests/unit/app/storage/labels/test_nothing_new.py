"""What says nothing new is not written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from storage_verbs import activate, add_captures, answer, predict

from app.domain.records import ActionKind, LabelResult, ReviewState
from app.storage.database import schema
from app.storage.project import Project

Act = Callable[[Any, tuple[int, ...]], LabelResult]


def lines(project: Project) -> tuple[int, int]:
    """How many actions and events the ledger has."""

    def count(connection: Any) -> tuple[int, int]:
        tables = (schema.label_actions, schema.label_events)
        actions, events = (connection.scalar(select(func.count()).select_from(table)) for table in tables)
        return actions, events

    return project._database.read(count).result()


ACTS: dict[str, Act] = {
    "label": lambda unit, ids: unit.labels.label(ids, 3, "ada"),
    "accept": lambda unit, ids: unit.labels.accept(ids, "ada"),
    "unsure": lambda unit, ids: unit.labels.mark(ActionKind.UNSURE, ids, "ada"),
    "reject": lambda unit, ids: unit.labels.mark(ActionKind.REJECT, ids, "ada"),
    "import": lambda unit, ids: unit.labels.take_over([(i, ReviewState.CORRECTED, 3) for i in ids], "ada"),
    "import of a mark": lambda unit, ids: unit.labels.take_over(
        [(i, ReviewState.UNSURE, None) for i in ids], "ada"
    ),
}


@pytest.fixture
def signs(project: Project) -> Project:
    """Four captures, of which the model says class 1."""
    ids = add_captures(project, 4)
    predict(project, activate(project), [answer(i) for i in ids])
    return project


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_the_same_again_writes_nothing(signs: Project, act: Act) -> None:
    signs.write(lambda unit: act(unit, (1, 2))).result()
    before, undo_state = lines(signs), signs.read(lambda unit: unit.undo_state()).result()
    for _ in range(3):
        again = signs.write(lambda unit: act(unit, (1, 2))).result()
        assert (again.capture_ids, again.unchanged, again.skipped) == ((), 2, 0)
        assert again.undo_state == undo_state
    assert lines(signs) == before
    partly = signs.write(lambda unit: act(unit, (1, 2, 3))).result()
    assert (partly.capture_ids, partly.unchanged) == ((3,), 2)
    assert lines(signs) == (before[0] + 1, before[1] + 1)
    signs.write(lambda unit: unit.labels.undo("ada")).result()
    shown = signs.read(lambda unit: unit.captures.rows([1, 3])).result()
    assert [row.state is ReviewState.UNREVIEWED for row in shown] == [False, True]


def test_nothing_is_cleared_twice(signs: Project) -> None:
    clear = signs.write(lambda unit: unit.labels.mark(ActionKind.CLEAR, (1, 2), "ada")).result()
    assert (clear.capture_ids, clear.unchanged) == ((), 2)
    assert lines(signs) == (0, 0)


def test_what_was_undone_can_still_be_redone_after_a_key_that_did_nothing(signs: Project) -> None:
    signs.write(lambda unit: unit.labels.accept((1,), "ada")).result()
    signs.write(lambda unit: unit.labels.accept((2,), "ada")).result()
    signs.write(lambda unit: unit.labels.undo("ada")).result()
    signs.write(lambda unit: unit.labels.accept((1,), "ada")).result()
    assert signs.read(lambda unit: unit.undo_state()).result().redo is ActionKind.ACCEPT


def test_a_label_that_the_model_comes_to_agree_with_is_no_new_label(signs: Project) -> None:
    """The state says what the human decided then, and accepting it now changes the label of no capture."""
    signs.write(lambda unit: unit.labels.label((1,), 2, "ada")).result()
    other = activate(signs, sha256="cd" * 32)
    predict(signs, other, [answer(1, first=1)])
    before = lines(signs)
    for act in (
        lambda unit: unit.labels.accept((1,), "ada"),
        lambda unit: unit.labels.label((1,), 2, "ada"),
    ):
        assert signs.write(act).result().unchanged == 1
    assert lines(signs) == before
    assert signs.read(lambda unit: unit.captures.rows([1])).result()[0].state is ReviewState.CORRECTED


def test_accepting_counts_apart_what_has_no_answer_and_what_is_accepted(signs: Project) -> None:
    source = signs.read(lambda unit: unit.captures.rows([1])).result()[0]
    assert source.predicted == "Stop"
    activate(signs, sha256="cd" * 32)  # it has said nothing yet
    none = signs.write(lambda unit: unit.labels.accept((1, 2), "ada")).result()
    assert (none.capture_ids, none.unchanged, none.skipped) == ((), 0, 2)
    assert lines(signs) == (0, 0)
