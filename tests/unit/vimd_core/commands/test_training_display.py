"""Events in a terminal and in a pipe, the pace they are made of."""

from __future__ import annotations

import io
import json

import pytest

from vimd_core.commands.shared.training_display import TrainingDisplay, progress_line
from vimd_core.training.loop.events import EpochEvent, NoticeEvent, ProgressEvent
from vimd_core.training.loop.pace import WINDOW_S, Pace


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(**changes: object) -> ProgressEvent:
    values: dict[str, object] = {
        "step": 30, "steps": 120, "epoch": 1, "epochs": 4, "samples_per_s": 51.25, "eta_s": 95.0,
        "losses": {"cross_entropy": 1.5, "hidden_states": 0.25}, "learning_rate": 1e-3, "data_wait_share": 0.0,
    }  # fmt: skip
    return ProgressEvent(**{**values, **changes})  # type: ignore[arg-type]


def epoch() -> EpochEvent:
    return EpochEvent(
        step=60, steps=120, epoch=2, epochs=4, samples_per_s=50.0, eta_s=60.0, losses={"cross_entropy": 0.5},
        learning_rate=1e-3, data_wait_share=0.0, validation_top1=0.875, validation_top5=1.0, validation_ece=0.0312,
        best=True, seconds=12.0,
    )  # fmt: skip


def test_a_terminal_gets_a_line_with_the_time_left() -> None:
    assert progress_line(progress()) == (
        "training [#####---------------] epoch 2/4, step 30/120  51.2 images/s  loss 1.750  1:35 left"
    )
    assert "40% waiting for data" in progress_line(progress(data_wait_share=0.4))
    assert progress_line(progress(samples_per_s=0.0, eta_s=None, losses={})).endswith("step 30/120")


def test_programs_get_json_lines_and_no_bar() -> None:
    output, terminal = io.StringIO(), io.StringIO()
    with TrainingDisplay(output=output, terminal=terminal) as display:
        for event in (progress(), epoch(), NoticeEvent("Resumed.", 30)):
            display.show(event)
    rows = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [row["event"] for row in rows] == ["progress", "epoch", "notice"]
    assert rows[0]["eta_s"] == 95.0 and rows[1]["validation_top1"] == 0.875 and terminal.getvalue() == ""


def test_people_get_a_line_for_each_epoch_below_which_the_bar_goes_on() -> None:
    output, terminal = Terminal(), Terminal()
    with TrainingDisplay(output=output, terminal=terminal) as display:
        display.show(progress())
        display.show(epoch())
        display.show(NoticeEvent("Ended early."))
    assert output.getvalue() == (
        "epoch 2/4  cross_entropy 0.500  top-1 87.50%, calibration error 3.12%  best so far  50.0 images/s\n"
        "Ended early.\n"
    )
    shown, cleared = terminal.getvalue().split("left")
    assert shown.startswith("\rtraining") and cleared.strip() == "" and cleared.endswith("\r")


def test_quiet_is_quiet() -> None:
    output = io.StringIO()
    TrainingDisplay(quiet=True, output=output).show(epoch())
    assert output.getvalue() == ""


def test_pace_looks_at_the_last_seconds_alone() -> None:
    pace = Pace()
    assert pace.eta_s(steps=10, validations=1) is None and pace.data_wait_share == 0
    for _ in range(10):
        pace.add_step(4.0, 2.0)
    for _ in range(130):
        pace.add_step(WINDOW_S / 100, 0.0)
    assert pace.steps_per_s == pytest.approx(100 / WINDOW_S, rel=0.05)
    assert pace.data_wait_share == pytest.approx(0.0, abs=1e-9)
    pace.add_validation(7.0)
    assert pace.eta_s(steps=100, validations=2) == pytest.approx(WINDOW_S + 14.0, rel=0.05)
