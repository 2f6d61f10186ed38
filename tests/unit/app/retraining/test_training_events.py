"""Events of a training: one line of JSON each, which every later version reads."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from app.retraining.curves import TrainingCurves
from app.retraining.process import EventReader
from vimd_core.errors import CheckpointError
from vimd_core.training.loop.events import (
    ComparingEvent,
    EpochEvent,
    NoticeEvent,
    ProgressEvent,
    SuperResolutionEpochEvent,
    notice,
    read_event,
)
from vimd_core.training.runs.comparison import (
    FirstPrediction,
    HeldBackAnswer,
    HeldBackComparison,
    MeasuredModel,
    read_comparison,
)
from vimd_core.training.runs.files import COMPARISON, EVENTS
from vimd_core.user_messages import sentence

STANDING = (
    '"step": 4, "steps": 8, "epoch": 1, "epochs": 2, "samples_per_s": 12.5, "eta_s": null, '
    '"losses": {"cross_entropy": 0.5, "distillation": 0.25}, "learning_rate": 0.001, "data_wait_share": 0.0'
)
# As they stand in projects since runs of 2026: no later version may lose one of them.
PROGRESS = f'{{"event": "progress", {STANDING}, "activity": "validating"}}'
EPOCH = (
    f'{{"event": "epoch", {STANDING}, "validation_top1": 0.875, "validation_top5": 1.0, '
    '"validation_ece": 0.0312, "best": true, "seconds": 12.0}'
)
FIRST_NOTICE = '{"event": "notice", "message": "Resumed after step 3.", "step": 3}'  # without its arguments
COMPARING = '{"event": "comparing", "done": 1, "total": 4}'
STANDING_FIELDS = {
    "step": 4,
    "steps": 8,
    "epoch": 1,
    "epochs": 2,
    "samples_per_s": 12.5,
    "eta_s": None,
    "losses": {"cross_entropy": 0.5, "distillation": 0.25},
    "learning_rate": 0.001,
    "data_wait_share": 0.0,
}
EVENTS_OF_LINES = [
    (PROGRESS, ProgressEvent(**STANDING_FIELDS, activity="validating")),  # type: ignore[arg-type]
    (
        EPOCH,
        EpochEvent(
            **STANDING_FIELDS,  # type: ignore[arg-type]
            validation_top1=0.875,
            validation_top5=1.0,
            validation_ece=0.0312,
            best=True,
            seconds=12.0,
        ),
    ),
    (COMPARING, ComparingEvent(done=1, total=4)),
]


@pytest.mark.parametrize(("line", "event"), EVENTS_OF_LINES)
def test_lines_are_written_and_read_as_ever(line: str, event: ProgressEvent) -> None:
    assert read_event(line.encode()) == event
    assert event.to_line() == line


def test_what_no_figure_is_given_for_is_read_too() -> None:
    event = read_event(EPOCH.replace("0.0312", "NaN").replace("0.875", "null").encode())
    assert isinstance(event, EpochEvent) and event.validation_top1 is None and event.step == 4


def test_a_sentence_keeps_its_arguments() -> None:
    said = sentence("Resumed after step {step}.", step=3)
    assert read_event(notice(said, 3).to_line().encode()) == notice(said, 3)
    assert notice(said, 3).said == said
    first = read_event(FIRST_NOTICE.encode())
    assert isinstance(first, NoticeEvent) and str(first.said) == "Resumed after step 3."


def test_numbers_of_numpy_travel_as_numbers() -> None:
    event = SuperResolutionEpochEvent(
        **{**STANDING_FIELDS, "losses": {"l1": np.float32(0.5)}},  # type: ignore[arg-type]
        validation_psnr_db=np.float64(30.5),
        validation_bicubic_psnr_db=28.0,
        best=False,
        seconds=1.0,
    )
    told = json.loads(event.to_line())
    assert (told["event"], told["validation_psnr_db"], told["losses"]) == ("epoch", 30.5, {"l1": 0.5})


def test_a_log_is_read_on_past_what_can_not_be_read(tmp_path: Path) -> None:
    """What a crash has cut off, what a later version tells, and what is not complete yet."""
    reader = EventReader(tmp_path)
    assert reader.new_events() == []
    cut = EPOCH[:40]
    later = '{"event": "weather", "degrees": 20}'
    (tmp_path / EVENTS).write_text("\n".join([PROGRESS, cut, later, "7", FIRST_NOTICE, EPOCH, COMPARING[:9]]))
    curves = TrainingCurves()
    for event in reader.new_events():
        curves.add(event)
    assert (curves.step, curves.epoch, curves.activity) == (4, 1, "training")
    assert curves.top1 == [(4, 0.875)] and curves.losses[""] == [(4, 0.75)]
    assert [str(one) for one in curves.notices] == ["Resumed after step 3."]
    with (tmp_path / EVENTS).open("a") as file:
        file.write(COMPARING[9:] + "\n")
    (last,) = reader.new_events()
    assert last == ComparingEvent(done=1, total=4)


def test_a_comparison_is_read_as_it_was_written_and_as_older_versions_wrote_it(tmp_path: Path) -> None:
    assert read_comparison(tmp_path) is None
    comparison = HeldBackComparison(
        MeasuredModel(8.0, 1), MeasuredModel(6.0),
        (HeldBackAnswer(7, FirstPrediction(0, 0.75), FirstPrediction(2, 0.5)),),
    )  # fmt: skip
    comparison.write(tmp_path)
    assert read_comparison(tmp_path) == comparison
    (tmp_path / COMPARISON).write_text(
        '{"baseline": {"milliseconds": 8.0, "unreadable": 1}, "candidate": {"milliseconds": 6.0, "unreadable": 0}, '
        '"answers": [[7, [0, 0.75], [2, 0.5]]]}'
    )
    assert read_comparison(tmp_path) == comparison
    (tmp_path / COMPARISON).write_text('{"baseline": {"milliseconds": 8.0}, "answers": []}')
    with pytest.raises(CheckpointError, match="damaged"):
        read_comparison(tmp_path)
