"""A training that is stopped, killed or out of disk goes on as if nothing had happened, and never with other data."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from places import HELPERS
from tiny_trainings import (
    child_environment,
    quick_config,
    same_weights,
    teacher_trainer,
    train_teacher,
    write_class_folders,
)

from vimd_core.cli import main
from vimd_core.data.images.decoding import decode_image
from vimd_core.errors import CheckpointError
from vimd_core.training.loop.compute_place import ComputePlace
from vimd_core.training.loop.events import AnyEvent, EpochEvent, NoticeEvent, ProgressEvent
from vimd_core.training.loop.stopping import StopFlag, TrainingStoppedError
from vimd_core.training.runs.folder import RunFolder

torch.set_num_threads(1)
ENVIRONMENT = child_environment()
STEPS_PER_EPOCH = 3


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    return write_class_folders(tmp_path / "data")


def stop_at(count: int) -> Callable[[], bool]:
    """A `should_stop` that says yes when it is asked for the `count`-th time and ever after."""
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked >= count

    return should_stop


def logged_losses(folder: Path) -> list[dict[str, float]]:
    rows = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["losses"] for row in rows]


def looks(captures: Path, folder: Path) -> int:
    """How often a whole training of two epochs looks whether to stop."""
    asked = 0

    def never() -> bool:
        nonlocal asked
        asked += 1
        return False

    teacher_trainer(captures, quick_config(epochs=2, drop_path=0.2), folder).run(
        lambda event: None, should_stop=never
    )
    return asked


def test_a_run_stopped_anywhere_ends_as_an_uninterrupted_one(captures: Path, tmp_path: Path) -> None:
    config = quick_config(epochs=2, drop_path=0.2)
    whole = train_teacher(captures, config, tmp_path / "whole")
    total = looks(captures, tmp_path / "looks")
    # Many places a step: forward, backward, validation.
    assert total > 20 * 2 * STEPS_PER_EPOCH
    stopped_at = set()
    for part, count in enumerate([*range(2, total, total // 8), total]):
        folder = tmp_path / f"parts{part}"
        with pytest.raises(TrainingStoppedError, match="--resume") as stopped:
            teacher_trainer(captures, config, folder).run(lambda event: None, should_stop=stop_at(count))
        stopped_at.add(stopped.value.step)
        assert same_weights(train_teacher(captures, config, folder, resume=True), whole), count
        assert logged_losses(folder) == logged_losses(tmp_path / "whole"), count
    assert stopped_at == set(range(2 * STEPS_PER_EPOCH + 1))


def test_an_aborted_step_leaves_the_running_statistics_alone(captures: Path, tmp_path: Path) -> None:
    trainer = teacher_trainer(captures, quick_config(epochs=1), tmp_path / "run")
    before = {name: value.clone() for name, value in trainer._model.named_buffers()}
    assert any("running_mean" in name for name in before)
    with pytest.raises(TrainingStoppedError):
        trainer.run(lambda event: None, should_stop=stop_at(30))
    for name, value in trainer._model.named_buffers():
        assert torch.equal(before[name], value), name


def test_a_run_that_ended_is_not_trained_again(captures: Path, tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    first = train_teacher(captures, quick_config(epochs=1), tmp_path / "run")
    again = teacher_trainer(captures, quick_config(epochs=1), tmp_path / "run").run(
        events.append, resume=True
    )
    assert same_weights(first, again)
    assert [type(event) for event in events] == [NoticeEvent]


def test_checkpoints_come_inside_of_epochs_too(captures: Path, tmp_path: Path) -> None:
    steps = []

    class Watching(RunFolder):
        def save_last(self, state: dict[str, object]) -> None:
            steps.append(state["step"])
            super().save_last(state)

    trainer = teacher_trainer(
        captures, quick_config(epochs=1), Watching(tmp_path / "run"), ComputePlace(checkpoint_minutes=0.0)
    )
    trainer.run(lambda event: None)
    assert steps == [1, 2, 3, 3]


def test_twenty_kills_do_not_change_the_result(captures: Path, tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, HELPERS / "trainings/killed_training.py", captures, tmp_path, "20"],
        capture_output=True,
        text=True,
        timeout=240,
        env=ENVIRONMENT,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {"kills": 20, "equal": True, "epochs": [*range(1, 41)], "left": []}


def test_a_run_is_not_resumed_with_other_settings_or_data(captures: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    train_teacher(captures, quick_config(epochs=1), run)
    with pytest.raises(CheckpointError, match=r"other settings \(epochs was 1 and is 2\)"):
        train_teacher(captures, quick_config(epochs=2), run, resume=True)
    config = quick_config(epochs=1)
    smoother = replace(config, losses=replace(config.losses, label_smoothing=0.2))
    with pytest.raises(CheckpointError, match=r"losses\.label_smoothing was 0\.1 and is 0\.2"):
        train_teacher(captures, smoother, run, resume=True)
    (captures / "00" / "00000_00000.png").unlink()
    with pytest.raises(CheckpointError, match="other images or labels"):
        train_teacher(captures, config, run, resume=True)
    (run / "last.pt").write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match="damaged"):
        train_teacher(captures, config, run, resume=True)


def test_a_run_is_not_resumed_from_another_starting_file(captures: Path, tmp_path: Path) -> None:
    config = quick_config(epochs=1)
    teacher_trainer(captures, config, tmp_path / "run", ComputePlace(origin={"--teacher": "a"})).run(
        lambda event: None
    )
    with pytest.raises(CheckpointError, match=r"another file \(--teacher\)"):
        teacher_trainer(captures, config, tmp_path / "run", ComputePlace(origin={"--teacher": "b"})).run(
            lambda event: None, resume=True
        )


def test_a_run_that_an_older_version_began_is_resumed_from_the_file_that_it_knew(
    captures: Path, tmp_path: Path
) -> None:
    """That one knew a model by the hash of its file."""
    before = ComputePlace(origin={"--teacher": "hash of the file"})
    with pytest.raises(TrainingStoppedError):
        teacher_trainer(captures, quick_config(epochs=2), tmp_path / "run", before).run(
            lambda event: None, should_stop=lambda: True
        )
    now = ComputePlace(origin={"--teacher": "a"}, origin_before={"--teacher": "hash of the file"})
    trainer = teacher_trainer(captures, quick_config(epochs=2), tmp_path / "run", now)
    trainer.run(lambda event: None, resume=True)


def test_a_new_run_does_not_take_an_unfinished_ones_place(captures: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingStoppedError):
        teacher_trainer(captures, quick_config(), tmp_path / "run").run(
            lambda event: None, should_stop=stop_at(200)
        )
    with pytest.raises(CheckpointError, match="unfinished run: add --resume"):
        train_teacher(captures, quick_config(), tmp_path / "run")


def test_a_loss_that_is_no_number_is_said_and_the_last_checkpoint_stays(
    captures: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with pytest.raises(CheckpointError, match="lower learning rate"):
        train_teacher(captures, quick_config(learning_rate=1e12, max_gradient_norm=1e12), run)
    trainer = teacher_trainer(captures, quick_config(epochs=3), tmp_path / "later")

    def spoil(event: AnyEvent) -> None:
        if isinstance(event, EpochEvent) and event.epoch == 1:
            with torch.no_grad():
                trainer._model.head.weight.fill_(float("nan"))  # type: ignore[union-attr, operator]

    with pytest.raises(CheckpointError, match="in epoch 2"):
        trainer.run(spoil)
    last = RunFolder(tmp_path / "later").load_last()
    assert last is not None and last["step"] == STEPS_PER_EPOCH
    assert all(bool(torch.isfinite(value).all()) for value in last["model"].values())


@pytest.fixture
def small_files() -> Iterator[Callable[[], None]]:
    """Allows files of any size again when it is called; before, of 64 kB, which to a program is a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def allow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    yield allow
    allow()


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(
    captures: Path, tmp_path: Path, small_files: Callable[[], None]
) -> None:
    config = quick_config(epochs=2)
    with pytest.raises(CheckpointError, match=r"can't be written .*free some space"):
        train_teacher(captures, config, tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["log.jsonl"]
    small_files()
    resumed = train_teacher(captures, config, tmp_path / "run", resume=True)
    assert same_weights(resumed, train_teacher(captures, config, tmp_path / "whole"))


def test_sigterm_stops_the_command_with_its_own_exit_code(captures: Path, tmp_path: Path) -> None:
    command = [
        sys.executable, HELPERS / "trainings/tiny_vimd.py", "train-teacher", "--data", captures,
        "--run", tmp_path / "run", "--device", "cpu", "--epochs", "100000", "--batch-size", "6",
    ]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["step"] > 0:
                break
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "--resume to continue" in said
    last = RunFolder(tmp_path / "run").load_last()
    assert last is not None and last["step"] > 0


def test_a_signal_while_captures_are_read_ends_the_command_as_well(
    captures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def decode(path: Path, **_: object) -> object:
        os.kill(os.getpid(), signal.SIGTERM)
        return decode_image(path)

    monkeypatch.setattr("vimd_core.data.datasets.pixels.decode_image", decode)
    before = signal.getsignal(signal.SIGTERM)
    assert main(["train-teacher", "--data", str(captures), "--run", str(tmp_path / "run")]) == 4
    assert "before training began" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGTERM) is before


def test_events_tell_where_a_training_stands(captures: Path, tmp_path: Path) -> None:
    events: list[AnyEvent] = []
    train = teacher_trainer(captures, quick_config(epochs=2), tmp_path / "run")
    result = train.run(events.append)
    progress = [event for event in events if isinstance(event, ProgressEvent)]
    epochs = [event for event in events if isinstance(event, EpochEvent)]
    assert progress and [event.epoch for event in epochs] == [1, 2]
    assert epochs[-1].step == epochs[-1].steps == 2 * STEPS_PER_EPOCH
    assert epochs[-1].validation_top1 is not None and 0 <= epochs[-1].data_wait_share <= 1
    assert epochs[-1].eta_s == 0 and epochs[0].eta_s is not None and epochs[0].eta_s > 0
    assert epochs[-1].samples_per_s > 0 and set(epochs[-1].losses) == {"cross_entropy"}
    assert result.seconds >= epochs[-1].seconds > 0
    logged = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert logged == [json.loads(json.dumps(event.to_mapping())) for event in epochs]


def test_the_log_keeps_what_the_checkpoint_knows(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    for step in (3, 6, 9):
        run.log({"step": step})
    with (tmp_path / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write('{"step": 1')  # cut off by a crash
    run.forget_log_after(6)
    assert (tmp_path / "log.jsonl").read_text(encoding="utf-8") == '{"step": 3}\n{"step": 6}\n'
    run.forget_log_after(-1)
    assert (tmp_path / "log.jsonl").read_text(encoding="utf-8") == ""


def test_a_flag_is_a_question() -> None:
    flag = StopFlag()
    assert not flag()
    flag.request()
    assert flag()
