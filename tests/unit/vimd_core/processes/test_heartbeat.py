"""How long a child may be silent, with a clock that a test moves."""

from __future__ import annotations

import pytest

from vimd_core.processes.heartbeat import Watchdog
from vimd_core.processes.supervision import TICK_S


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def silent_for(*steps_s: float, is_ready: bool) -> tuple[float | None, float]:
    """What the watchdog says of a child that is silent for such steps: its first complaint, and after how long."""
    clock = Clock()
    watchdog = Watchdog(60.0, 10.0, clock=clock)
    if is_ready:
        watchdog.note_heard()
        watchdog.note_ready()
    for step_s in steps_s:
        clock.now_s += step_s
        overdue_s = watchdog.overdue_s()
        if overdue_s is not None:
            return overdue_s, clock.now_s - 1000.0
    return None, clock.now_s - 1000.0


@pytest.mark.parametrize(("is_ready", "patience_s"), [(True, 10.0), (False, 60.0)])
def test_a_silent_child_is_given_up_after_its_time(is_ready: bool, patience_s: float) -> None:
    ticks = int(patience_s / TICK_S)
    assert silent_for(*[TICK_S] * ticks, is_ready=is_ready) == (None, patience_s)
    assert silent_for(*[TICK_S] * 400, is_ready=is_ready) == (patience_s, patience_s + TICK_S)


@pytest.mark.parametrize(("is_ready", "patience_s"), [(True, 10.0), (False, 60.0)])
def test_a_child_is_not_blamed_for_the_time_that_the_machine_slept(is_ready: bool, patience_s: float) -> None:
    waking = [TICK_S] * 3 + [28_800.0] + [TICK_S] * int(patience_s / TICK_S)
    assert silent_for(*waking, is_ready=is_ready) == (None, sum(waking))
    overdue_s, after_s = silent_for(*waking, *[TICK_S] * 9, is_ready=is_ready)
    assert overdue_s and after_s == sum(waking) + TICK_S, "it has its time anew, and no more"


def test_a_machine_that_is_slow_has_not_slept() -> None:
    assert silent_for(*[2.0] * 40, is_ready=True) == (10.0, 12.0)


def test_each_word_of_a_child_gives_it_its_time_anew() -> None:
    clock = Clock()
    watchdog = Watchdog(1.0, 1.0, clock=clock)
    for _ in range(10):
        clock.now_s += 0.9
        assert watchdog.overdue_s() is None
        watchdog.note_heard()


def test_who_need_not_say_anything_may_be_silent_for_ever() -> None:
    clock = Clock()
    watchdog = Watchdog(None, None, clock=clock)
    for _ in range(1000):
        clock.now_s += 1.0
        assert watchdog.overdue_s() is None
