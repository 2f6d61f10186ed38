"""A capture that kills the classifier is found and left out, and no other."""

from __future__ import annotations

import pytest

from app.classification.crash_blame import CRASHES_BEFORE_SKIPPING, CrashBlame


def simulate(
    num_captures: int, killers: set[int], batch: int = 8, chunk: int = 64
) -> tuple[list[int], int, list[int]]:
    """Classify with a child that dies of some captures; returns (answered, crashes, skipped)."""
    blame = CrashBlame()
    queue = list(range(num_captures))
    answered: list[int] = []
    skipped: list[int] = []
    crashes = 0
    while queue:
        size = blame.limit(min(chunk, len(queue)), queue)
        sent, queue = queue[:size], queue[size:]
        while sent:
            part = sent[:batch]
            if killers & set(part):
                crashes += 1
                culprit = blame.note_crash(sent)
                if culprit is not None:
                    skipped.append(culprit)
                    sent.remove(culprit)
                queue = sent + queue
                break
            blame.note_answered(part)
            answered += part
            sent = sent[batch:]
    return answered, crashes, skipped


@pytest.mark.parametrize("killer", [0, 5, 17, 63, 64, 199])
def test_one_killer_is_skipped_after_three_crashes(killer: int) -> None:
    answered, crashes, skipped = simulate(200, {killer})
    assert skipped == [killer]
    assert crashes == CRASHES_BEFORE_SKIPPING
    assert sorted(answered) == [i for i in range(200) if i != killer]


def test_several_killers_are_all_found() -> None:
    killers = {3, 4, 20, 90}
    answered, crashes, skipped = simulate(120, killers)
    assert set(skipped) == killers
    assert sorted(answered) == [i for i in range(120) if i not in killers]
    assert crashes <= CRASHES_BEFORE_SKIPPING * len(killers)


def test_a_single_death_convicts_nobody() -> None:
    blame = CrashBlame()
    assert blame.note_crash([7]) is None
    assert blame.limit(32, [7, 8, 9]) == 32
