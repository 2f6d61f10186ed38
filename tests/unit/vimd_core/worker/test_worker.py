"""The real child process, spoken to over real pipes."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np
import pytest
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image

from vimd_core.checkpoints.identity import model_id
from vimd_core.processes.messages import Pixels, encode
from vimd_core.processes.protocol import PROTOCOL_VERSION, FrameReader
from vimd_core.worker.conversation import ANSWERS
from vimd_core.worker.messages import (
    Answer,
    Cancel,
    Cancelled,
    CaptureFile,
    Classified,
    Classify,
    Embedded,
    Failed,
    Finished,
    FromWindow,
    Heartbeat,
    Hello,
    LoadModel,
    LookAt,
    Looked,
    ModelLoaded,
    Progress,
    Ready,
    Shutdown,
    SuperResolve,
    View,
    WindowRequest,
)

TIMEOUT_S = 120.0
AnswerT = TypeVar("AnswerT", bound=Answer)


class Child:
    """The window's side of the pipes."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vimd_core.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        self._answers: queue.Queue[tuple[Answer, int] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.heartbeats = 0

    def _read(self) -> None:
        assert self.process.stdout is not None
        frames = FrameReader()
        while data := self.process.stdout.read1():
            for frame in frames.feed(data):
                self._answers.put((ANSWERS.decode(frame.body), frame.request_id))
        self._answers.put(None)

    def send(self, message: FromWindow, request_id: int = 0) -> None:
        self.write(encode(message, request_id))

    def send_plain(self, fields: dict[str, Any], request_id: int) -> None:
        """Send what a program might that does not keep to the declared messages."""
        body = msgspec.msgpack.encode(fields)
        self.write(struct.pack("<4sHHII", b"ViMD", PROTOCOL_VERSION, 0, request_id, len(body)) + body)

    def write(self, data: bytes | bytearray) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def receive(self) -> tuple[Answer, int]:
        """The next answer that is no heartbeat, and the id of its request."""
        while True:
            received = self._answers.get(timeout=TIMEOUT_S)
            assert received is not None, "the child process has ended"
            if not isinstance(received[0], Heartbeat):
                return received
            self.heartbeats += 1

    def wait_for_heartbeat(self) -> None:
        received = self._answers.get(timeout=TIMEOUT_S)
        assert received is not None
        assert isinstance(received[0], Heartbeat)

    def ask(self, request: WindowRequest, request_id: int) -> list[Answer]:
        """Send a request, and give all of its answers."""
        self.send(request, request_id)
        answers: list[Answer] = []
        while not answers or not request.is_closed_by(answers[-1]):
            answer, answered_id = self.receive()
            if answered_id == request_id:
                answers.append(answer)
        return answers

    def closing(self, request_id: int) -> Answer:
        """The closing answer of a request; what else comes before it is skipped."""
        while True:
            answer, answered_id = self.receive()
            if answered_id == request_id and not isinstance(answer, Classified | Embedded | Progress):
                return answer

    def wait_for(self, kind: type[AnswerT]) -> tuple[AnswerT, int]:
        """The next answer of a class."""
        while True:
            answer, request_id = self.receive()
            if isinstance(answer, kind):
                return answer, request_id

    def wait_for_end(self) -> int:
        return self.process.wait(timeout=TIMEOUT_S)

    def close(self) -> str:
        """End it, and give what it wrote to stderr."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdin.close()
        said = self.process.stderr.read().decode()
        self.process.wait(timeout=TIMEOUT_S)
        self._reader.join(timeout=TIMEOUT_S)
        self.process.stdout.close()
        self.process.stderr.close()
        return said


@contextlib.contextmanager
def started() -> Iterator[Child]:
    child = Child()
    try:
        yield child
    finally:
        child.process.kill()
        with contextlib.suppress(BrokenPipeError, ValueError):
            child.close()


def load(child: Child, bundle: Path) -> Child:
    (loaded,) = child.ask(LoadModel(bundle, "cpu"), 1)
    assert isinstance(loaded, ModelLoaded)
    return child


def failure(answer: Answer) -> tuple[str, str]:
    """Of a failed request: the kind and the sentence."""
    assert isinstance(answer, Failed)
    return answer.kind, str(answer.reason)


@pytest.fixture
def child() -> Iterator[Child]:
    """A child of this test's own, without a model."""
    with started() as child:
        yield child


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny.safetensors")


@pytest.fixture
def own(child: Child, bundle: Path) -> Child:
    """A child of this test's own, with a model."""
    return load(child, bundle)


@pytest.fixture(scope="module")
def modelless() -> Iterator[Child]:
    """A child without a model, shared likewise."""
    with started() as child:
        yield child


@pytest.fixture(scope="module")
def loaded(bundle: Path) -> Iterator[Child]:
    """A child with a model, shared by the tests that leave it idle and alive."""
    with started() as child:
        yield load(child, bundle)


def make_captures(folder: Path, count: int) -> tuple[CaptureFile, ...]:
    chance = np.random.default_rng(0)
    captures = []
    for i in range(count):
        path = folder / f"{i}.png"
        Image.fromarray(chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)).save(path)
        captures.append(CaptureFile(i, path))
    return tuple(captures)


def test_hello_is_answered_and_the_heart_beats_before(child: Child) -> None:
    child.wait_for_heartbeat()
    child.send(Hello())
    ready, request_id = child.receive()
    assert isinstance(ready, Ready) and request_id == 0
    assert ready.pid == child.process.pid
    assert ready.torch[0].isdigit()
    assert str(ready.device_notice).endswith(".")


def test_load_model_describes_the_model(child: Child, bundle: Path) -> None:
    (loaded,) = child.ask(LoadModel(bundle, "cpu"), 7)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.model_id == model_id(bundle)
    assert loaded.classes == TINY_CLASSES
    assert (loaded.lr_size_px, loaded.upscale) == (8, 4)
    assert (loaded.device, loaded.preset) == ("cpu", "tiny")


def test_classify_answers_for_every_capture_also_bad_ones(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 5)
    captures[1].path.write_bytes(b"")
    captures[3].path.unlink()
    *classified, finished = loaded.ask(Classify(captures, top_k=2, batch_size=2), 2)
    assert isinstance(finished, Finished)
    assert (finished.done, finished.unreadable) == (5, 2)
    batches = [answer for answer in classified if isinstance(answer, Classified)]
    assert [answer.pace.done for answer in batches] == [2, 4, 5]
    pace = batches[1].pace
    assert pace.total == 5 and pace.rate_per_s > 0 and pace.eta_s is not None and pace.eta_s >= 0
    assert [result.id for answer in batches for result in answer.results] == [0, 2, 4]
    errors = {one.id: str(one.error) for answer in batches for one in answer.unreadable}
    assert set(errors) == {1, 3}
    assert "0 bytes" in errors[1]
    assert "no file" in errors[3]
    good = batches[0].results[0]
    assert (good.width_px, good.height_px) == (12, 9)
    assert len(good.top) == len(good.bicubic_top) == 2
    assert good.top[0][1] >= good.top[1][1] > 0
    assert 0 <= good.disagreement <= 1


def test_an_empty_batch_finishes(loaded: Child) -> None:
    (finished,) = loaded.ask(Classify(()), 2)
    assert isinstance(finished, Finished) and finished.done == 0


def test_super_resolve_gives_pixels(loaded: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    (view,) = loaded.ask(SuperResolve(capture), 3)
    assert isinstance(view, View)
    assert view.pixels.shape == (32, 32, 3)
    assert len(set(view.pixels.data)) > 10
    assert view.result.id == 0


def test_looks_are_classified_without_a_file_and_overtake_a_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 3)
    loaded.send(Classify(captures * 2000, batch_size=1), 4)
    loaded.wait_for(Classified)
    looks = tuple(Pixels.of(np.asarray(Image.open(capture.path).convert("RGB"))) for capture in captures)
    loaded.send(LookAt(looks, top_k=2, with_views=True), 5)
    looked, request_id = loaded.wait_for(Looked)
    assert request_id == 5
    assert [view.shape for view in looked.views] == [(32, 32, 3)] * 3
    loaded.send(Cancel(), 4)
    assert isinstance(loaded.closing(4), Cancelled)
    classified, _ = loaded.ask(Classify(captures, top_k=2), 6)
    assert isinstance(classified, Classified)
    for top, result in zip(looked.tops, classified.results, strict=True):
        assert [index for index, _ in top] == [index for index, _ in result.top]
    (looked,) = loaded.ask(LookAt(looks), 7)
    assert isinstance(looked, Looked) and not looked.views


def test_a_view_overtakes_a_running_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 3)
    loaded.send(Classify(captures * 2000, batch_size=1), 4)
    loaded.wait_for(Classified)
    loaded.send(SuperResolve(captures[0]), 5)
    _, request_id = loaded.wait_for(View)
    assert request_id == 5
    after, request_id = loaded.receive()
    assert isinstance(after, Classified) and request_id == 4
    loaded.send(Cancel(), 4)
    assert isinstance(loaded.closing(4), Cancelled)


def test_cancel_in_the_middle_of_a_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    loaded.send(Classify(captures * 5000, batch_size=2), 4)
    loaded.send(Classify(captures), 5)
    loaded.wait_for(Classified)
    loaded.send(Cancel(), 5)
    loaded.send(Cancel(), 4)
    closed = loaded.closing(4)
    assert isinstance(closed, Cancelled)
    assert 0 < closed.done < 10_000
    assert loaded.closing(5) == Cancelled(0)
    (view,) = loaded.ask(SuperResolve(captures[0]), 6)
    assert isinstance(view, View)


def test_cancel_of_an_ended_request_changes_nothing(loaded: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    loaded.send(Cancel(), 99)
    (view,) = loaded.ask(SuperResolve(capture), 99)
    assert isinstance(view, View)


def test_a_bad_model_leaves_the_good_one(loaded: Child, tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"nothing of the kind")
    (failed,) = loaded.ask(LoadModel(tmp_path / "bad.safetensors"), 8)
    kind, sentence = failure(failed)
    assert kind == "CheckpointError" and "not a safetensors file" in sentence
    assert isinstance(loaded.ask(Classify(make_captures(tmp_path, 1)), 9)[-1], Finished)


@pytest.mark.parametrize(
    ("request_", "error", "wanted"),
    [
        (Classify(()), "WorkerError", "No model is loaded"),
        (SuperResolve(CaptureFile(1, Path("x.png"))), "WorkerError", "No model is loaded"),
        (LoadModel(Path("none.safetensors")), "CheckpointError", "no model file"),
    ],
)
def test_what_can_not_be_done_fails_in_a_sentence(
    modelless: Child, request_: WindowRequest, error: str, wanted: str
) -> None:
    (failed,) = modelless.ask(request_, 3)
    kind, sentence = failure(failed)
    assert kind == error
    assert wanted in sentence


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"type": "dance"},
        {"type": "heartbeat"},
        {"type": "classify"},
        {"type": "classify", "captures": [[1]]},
        {"type": "classify", "captures": [["a", b"b"]]},
        {"type": "classify", "captures": [], "batch_size": 0},
        {"type": "load_model", "path": 3},
        {"type": "look_at", "looks": []},
        {"type": "look_at", "looks": [[[9, 12, 3], b"too few"]]},
    ],
)
def test_malformed_requests_fail_and_the_child_goes_on(loaded: Child, fields: dict[str, Any]) -> None:
    loaded.send_plain(fields, 3)
    kind, sentence = failure(loaded.closing(3))
    assert kind == "WorkerError" and "malformed" in sentence
    assert isinstance(loaded.ask(Classify(()), 4)[-1], Finished)


def test_an_unreadable_capture_has_no_view(loaded: Child, tmp_path: Path) -> None:
    (failed,) = loaded.ask(SuperResolve(CaptureFile(1, tmp_path / "none.png")), 3)
    assert failure(failed)[0] == "ImageError"


def test_an_unforeseen_error_is_told_and_the_child_goes_on(own: Child, tmp_path: Path) -> None:
    (failed,) = own.ask(LoadModel(Path("a\0b")), 3)  # no path at all: nothing expects it
    assert isinstance(failed, Failed) and failed.is_crash
    (capture,) = make_captures(tmp_path, 1)
    assert isinstance(own.ask(SuperResolve(capture), 4)[-1], View)
    assert "Traceback" in own.close()


def test_shutdown_ends_with_zero_also_in_a_batch(own: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    own.send(Classify(captures * 50_000, batch_size=2), 4)
    own.wait_for(Classified)
    own.send(Shutdown())
    assert own.wait_for_end() == 0


def test_shutdown_while_torch_is_imported(child: Child) -> None:
    child.wait_for_heartbeat()
    child.send(Shutdown())
    assert child.wait_for_end() == 0


def test_shutdown_does_not_wait_for_libraries_to_be_unloaded() -> None:
    """Python's own end, which unloads torch, takes seconds where the computer is busy: here it takes for ever."""
    program = (
        "import atexit, threading\n"
        "from vimd_core.worker.main import main\n"
        "atexit.register(threading.Event().wait)\n"
        "raise SystemExit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=bytes(encode(Shutdown())),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0


def test_it_does_not_outlive_the_window(own: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    own.send(Classify(captures * 50_000, batch_size=2), 4)
    own.wait_for(Classified)
    assert own.process.stdin is not None
    own.process.stdin.close()
    assert own.wait_for_end() == 3


def test_garbage_ends_it_with_a_reason(child: Child) -> None:
    child.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert child.wait_for_end() == 4
    assert "not a message" in child.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl+C to consoles, not to processes")
def test_ctrl_c_in_the_terminal_is_left_to_the_window(own: Child, tmp_path: Path) -> None:
    own.process.send_signal(signal.SIGINT)
    (capture,) = make_captures(tmp_path, 1)
    assert isinstance(own.ask(SuperResolve(capture), 4)[-1], View)


def test_stray_prints_do_not_reach_the_stream() -> None:
    """A library that prints, from Python or from C, must not damage the messages."""
    program = (
        "import os\n"
        "from vimd_core.processes.channel import take_over_standard_streams\n"
        "from vimd_core.worker.messages import Heartbeat\n"
        "channel = take_over_standard_streams(on_lost=lambda: None)\n"
        "print('stray', flush=True)\n"
        "os.write(1, b'from C')\n"
        "assert input is not None and os.read(0, 1) == b''\n"
        "channel.send(Heartbeat())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"secret", capture_output=True, check=True)
    assert done.stdout == encode(Heartbeat())
    assert done.stderr == b"stray\nfrom C"
