"""What progress says in a terminal and elsewhere, on a clock of its own."""

from __future__ import annotations

import io

import pytest

from vimd_core.commands.shared.progress import ProgressLine, duration
from vimd_core.throughput import ThroughputMeter


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_rate_and_time_left(clock: Clock) -> None:
    meter = ThroughputMeter(100, clock=clock)
    assert (meter.rate_per_s, meter.eta_s) == (0.0, None)
    clock.now += 2
    meter.advance(20)
    assert (meter.rate_per_s, meter.eta_s, meter.elapsed_s) == (10.0, 8.0, 2.0)


def test_a_slow_start_is_forgotten(clock: Clock) -> None:
    meter = ThroughputMeter(10_000, clock=clock)
    clock.now += 60
    meter.advance(1)
    for _ in range(40):
        clock.now += 1
        meter.advance(100)
    assert meter.rate_per_s == pytest.approx(100)


def test_a_terminal_redraws_one_line(clock: Clock) -> None:
    stream = Terminal()
    with ProgressLine("classifying", 2000, stream=stream, clock=clock) as progress:
        for _ in range(2):
            clock.now += 1
            progress.advance(1000)
    text = stream.getvalue()
    assert text.count("\r") == 2
    assert text.endswith("\n")
    assert "1,000 of 2,000  1000.0/s  0:01 left" in text
    assert "2,000 of 2,000" in text


def test_a_terminal_is_not_flooded(clock: Clock) -> None:
    stream = Terminal()
    with ProgressLine("x", 1000, stream=stream, clock=clock) as progress:
        for _ in range(999):
            clock.now += 0.001
            progress.advance(1)
    assert stream.getvalue().count("\r") == 9


def test_a_file_gets_a_line_now_and_then(clock: Clock) -> None:
    stream = io.StringIO()
    with ProgressLine("x", 20, stream=stream, clock=clock) as progress:
        for _ in range(20):
            clock.now += 1
            progress.advance(1)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 4
    assert "\r" not in stream.getvalue()
    assert lines[-1].endswith("took 0:20")


def test_quiet(clock: Clock) -> None:
    stream = Terminal()
    with ProgressLine("x", 1, quiet=True, stream=stream, clock=clock) as progress:
        progress.advance(1)
    assert stream.getvalue() == ""


def test_durations() -> None:
    assert [duration(seconds) for seconds in (0, 7.4, 65, 3723)] == ["0:00", "0:07", "1:05", "1:02:03"]
