"""What keeps a source's child process running, with children that do what a test says: see `test_stream_sources`
for the real one."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from watching import EVERY_FRAME, PATIENCE_S, Watched

from vimd_core.processes.child_process import EXIT_HUNG
from vimd_core.processes.policies import SOURCE_POLICY
from vimd_core.processes.protocol import FrameReader
from vimd_core.processes.supervision import SupervisionPolicy
from vimd_core.streaming.messages import (
    FROM_SUPERVISOR,
    Configure,
    FromSupervisor,
    Open,
    Pause,
    Show,
    Snap,
    StopSource,
    Take,
)
from vimd_core.streaming.sources.addresses import parse_source
from vimd_core.streaming.sources.settings import CaptureSettings, StreamSettings
from vimd_core.streaming.sources.status import StreamState, StreamStatus
from vimd_core.streaming.supervisor import StreamSupervisor

ADDRESS = "rtsp://anna:s3cret-word@127.0.0.1/door"

CHILD = """
import os, sys, time
import numpy as np
from vimd_core.processes.messages import encode
from vimd_core.processes.protocol import FrameReader
from vimd_core.user_messages import verbatim
from vimd_core.streaming.messages import FROM_SUPERVISOR, StatusHeartbeat, Refused, StopSource, Sighted, Snap, Take
from vimd_core.streaming.sightings.sightings import Look, Sighting
from vimd_core.streaming.sources.status import StreamState, StreamStatus

log, *deeds = sys.argv[1:]
LOOK = Look(np.zeros((2, 3, 3), np.uint8), 1, 0.5, 5, 6, (0, 0, 3, 2))


def say(message):
    os.write(1, encode(message))


frames, left = FrameReader(), list(deeds)
while data := os.read(0, 65536):
    for frame in frames.feed(data):
        message = FROM_SUPERVISOR.decode(frame.body)
        with open(log, "ab") as file:
            file.write(encode(message))
        if isinstance(message, Snap):
            say(StatusHeartbeat(StreamStatus(state=StreamState.LIVE, frames=8)))
        if isinstance(message, StopSource):
            time.sleep(3600 if "stay" in deeds else 0)
            sys.exit(0)
        if not isinstance(message, Take):
            continue
        while left:
            deed = left.pop(0)
            if deed == "beat":
                say(StatusHeartbeat(StreamStatus(state=StreamState.LIVE, frames=7, sightings=3, lost=2, missed=1,
                                           reconnections=4)))
            elif deed == "complain":
                say(Refused(verbatim("the lens is dirty")))
            elif deed == "sight":
                say(Sighted(Sighting("door", "demand", (LOOK,))))
            elif deed.startswith("close:"):
                os.close(1)
                time.sleep(0.2)
                os._exit(int(deed[6:]))
            elif deed == "babble":
                os.write(1, b"\\xff" * 64)
            elif deed.startswith("say:"):
                print(deed[4:], file=sys.stderr, flush=True)
            elif deed.startswith("exit:"):
                sys.exit(int(deed[5:]))
"""


class Children:
    """Starts supervisors of scripted children, and knows what these were told."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "told.frames"
        self._made: list[StreamSupervisor] = []

    def supervise(
        self, *deeds: str, policy: SupervisionPolicy = SOURCE_POLICY, max_frames: int = 0
    ) -> tuple[StreamSupervisor, Watched]:
        address, credentials = parse_source(ADDRESS)
        listener = Watched()
        made = StreamSupervisor(
            StreamSettings(address=address, capture=EVERY_FRAME),
            credentials,
            listener,
            max_frames=max_frames,
            command=[sys.executable, "-c", CHILD, str(self._log), *deeds],
            policy=policy,
        )
        listener.supervisor = made
        self._made.append(made)
        return made, listener

    def told(self) -> list[FromSupervisor]:
        frames = FrameReader().feed(self._log.read_bytes())
        return [FROM_SUPERVISOR.decode(frame.body) for frame in frames]

    def stop(self) -> None:
        for one in self._made:
            one.stop()


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    monkeypatch.setattr("vimd_core.processes.backoff.Backoff.next_s", lambda _self: 0.01)
    made = Children(tmp_path)
    yield made
    made.stop()


def test_a_child_is_told_everything_that_was_asked_for_before_it_ran(children: Children) -> None:
    supervisor, listener = children.supervise("beat", max_frames=9)
    capture = CaptureSettings(interval_s=7.0)
    supervisor.take(3)
    supervisor.take(2)
    supervisor.pause(True)
    supervisor.configure(capture)
    supervisor.snap()
    supervisor.start()
    supervisor.start()
    listener.wait_for(StreamState.LIVE)
    assert supervisor.process_id > 0
    supervisor.look(64, with_looks=True)
    supervisor.look(32)
    supervisor.take(4)
    supervisor.pause(False)
    supervisor.configure(EVERY_FRAME)
    supervisor.snap()
    listener.wait(lambda: listener.status.frames == 8, "an answer to the last request")
    supervisor.stop()
    told = children.told()
    address, credentials = parse_source(ADDRESS)
    assert told == [
        Open(StreamSettings(address=address, capture=capture), credentials, 9),
        *(Take(5), Pause(True), Show(64, with_looks=True), Show(32), Take(4), Pause(False)),
        *(Configure(EVERY_FRAME), Snap(), StopSource()),
    ]
    assert supervisor.process_id == 0 and supervisor.status.state is StreamState.STOPPED
    assert (supervisor.status.retry_in_s, supervisor.status.age_s) == (None, None)
    assert supervisor.status.frames_per_s == 0.0
    assert supervisor.status.frames == 8


def test_counts_go_on_where_a_child_that_died_had_left_off(children: Children) -> None:
    supervisor, listener = children.supervise("beat", "exit:3")
    supervisor.start()
    listener.wait(lambda: listener.status.restarts == 2, "the second restart")
    lives = [one for one in listener.statuses if one.state is StreamState.LIVE]
    assert [one.frames for one in lives[:2]] == [7, 14]
    second = lives[1]
    assert (second.sightings, second.lost, second.missed, second.reconnections) == (6, 4, 2, 8)
    assert [one.restarts for one in lives[:2]] == [0, 1]
    assert str(second.last_error) == "it exited with code 3, no output"
    waiting = next(one for one in listener.statuses if one.state is StreamState.RECONNECTING)
    assert (waiting.retry_in_s, waiting.frames, waiting.frames_per_s) == (0.01, 7, 0.0)
    # A child that is started again is told all that was wanted of the one before.
    supervisor.stop()
    assert [type(one) for one in children.told()][:4] == [Open, Take, Open, Take]


@pytest.mark.parametrize(
    ("deeds", "words"),
    [
        (("say:first", "say: a driver broke  ", "exit:1"), "a driver broke"),
        ((f"exit:{EXIT_HUNG}",), "its driver did not respond"),
        (("exit:3",), "it exited with code 3, no output"),
        (("babble",), "The child process sent something that is not a message."),
    ],
)
def test_the_last_words_of_a_child_say_what_happened(
    deeds: tuple[str, ...], words: str, children: Children
) -> None:
    supervisor, listener = children.supervise(*deeds)
    supervisor.start()
    listener.wait(lambda: listener.status.restarts >= 1, "the restart")
    error = next(str(one.last_error) for one in listener.statuses if one.restarts)
    assert error == words


def test_last_words_and_complaints_keep_the_password_to_themselves(
    children: Children, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor, listener = children.supervise("complain", "say:no entry for s3cret-word", "exit:1")
    supervisor.start()
    listener.wait(lambda: listener.status.restarts >= 1, "the restart")
    supervisor.stop()
    assert "no entry for" in caplog.text and "the lens is dirty" in caplog.text
    assert "s3cret-word" not in caplog.text + repr(listener.statuses)


def test_only_the_end_of_what_a_child_said_is_kept(children: Children) -> None:
    supervisor, listener = children.supervise("say:" + "x" * 9000, "exit:1")
    supervisor.start()
    listener.wait(lambda: listener.status.restarts >= 1, "the restart")
    assert len(next(str(one.last_error) for one in listener.statuses if one.restarts)) == 4095


def test_a_program_that_is_not_there_is_said_and_tried_again(tmp_path: Path, children: Children) -> None:
    address, credentials = parse_source(ADDRESS)
    listener = Watched()
    supervisor = StreamSupervisor(
        StreamSettings(address=address), credentials, listener, command=[str(tmp_path / "missing")]
    )
    supervisor.start()
    listener.wait(lambda: listener.status.restarts >= 2, "another try")
    supervisor.stop()
    assert "can't be started (No such file" in str(listener.statuses[1].last_error)


def test_a_child_that_does_not_end_is_ended(children: Children, caplog: pytest.LogCaptureFixture) -> None:
    supervisor, listener = children.supervise("beat", "stay", policy=replace(SOURCE_POLICY, stop_s=0.1))
    supervisor.start()
    listener.wait_for(StreamState.LIVE)
    stopper = threading.Thread(target=supervisor.stop)
    stopper.start()
    stopper.join(PATIENCE_S)
    assert not stopper.is_alive()
    assert supervisor.process_id == 0
    assert "did not end by itself" in caplog.text


def test_it_can_be_started_again_after_a_stop(children: Children) -> None:
    supervisor, listener = children.supervise("beat")
    assert supervisor.status == StreamStatus() and supervisor.process_id == 0
    for _ in range(2):
        supervisor.start()
        listener.wait_for(StreamState.LIVE)
        supervisor.stop()
    supervisor.stop()
    assert [one for one in listener.states if one is not StreamState.CONNECTING] == [
        *(StreamState.LIVE, StreamState.STOPPED) * 2
    ]


def test_what_was_delivered_is_not_asked_for_again(children: Children) -> None:
    """Watched asks for one more after each."""
    supervisor, listener = children.supervise("sight", "sight", "exit:1")
    supervisor.take(5)
    supervisor.start()
    listener.wait(lambda: listener.status.restarts == 2, "the second restart")
    supervisor.stop()
    assert listener.sightings[0].region == "door"
    told = children.told()
    opened = [number for number, one in enumerate(told) if isinstance(one, Open)]
    assert told[1] == told[opened[1] + 1] == Take(5)


def test_a_child_that_has_closed_its_pipe_may_end_by_itself(children: Children) -> None:
    supervisor, listener = children.supervise("close:7")
    supervisor.start()
    listener.wait(lambda: listener.status.restarts >= 1, "the restart")
    assert "exited with code 7" in next(str(one.last_error) for one in listener.statuses if one.restarts)
