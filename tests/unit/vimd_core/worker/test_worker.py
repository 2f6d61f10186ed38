"""The real child process, spoken to over real pipes."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bundles import TINY_CLASSES, write_tiny_bundle
from PIL import Image

from vimd_core.checkpoints.identity import model_id
from vimd_core.processes.protocol import Decoder, Message, encode

TIMEOUT_S = 120.0
CLOSING = {"finished", "cancelled", "failed", "view", "looked", "model_loaded"}


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
        self._messages: queue.Queue[Message | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.heartbeats = 0

    def _read(self) -> None:
        assert self.process.stdout is not None
        decoder = Decoder()
        while data := self.process.stdout.read1():
            for message in decoder.feed(data):
                self._messages.put(message)
        self._messages.put(None)

    def send(self, kind: str, request_id: int | None = None, *, payload: bytes = b"", **fields: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(encode(Message(kind, fields, request_id, payload)))
        self.process.stdin.flush()

    def receive(self) -> Message:
        """The next message that is no heartbeat."""
        while True:
            message = self._messages.get(timeout=TIMEOUT_S)
            assert message is not None, "the child process has ended"
            if message.type != "heartbeat":
                return message
            self.heartbeats += 1

    def wait_for_heartbeat(self) -> None:
        message = self._messages.get(timeout=TIMEOUT_S)
        assert message is not None
        assert message.type == "heartbeat"

    def closing(self, request_id: int) -> Message:
        """The closing message of a request; what else comes before it is skipped."""
        while True:
            message = self.receive()
            if message.request_id == request_id and message.type in CLOSING:
                return message

    def wait_until(self, wanted: Callable[[Message], bool]) -> Message:
        while not wanted(message := self.receive()):
            pass
        return message

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
    child.send("load_model", 1, path=str(bundle), device="cpu")
    assert child.closing(1).type == "model_loaded"
    return child


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


def make_captures(folder: Path, count: int) -> list[dict[str, Any]]:
    chance = np.random.default_rng(0)
    captures = []
    for i in range(count):
        path = folder / f"{i}.png"
        Image.fromarray(chance.integers(0, 255, (9, 12, 3), dtype=np.uint8)).save(path)
        captures.append({"id": i, "path": str(path)})
    return captures


def test_hello_is_answered_and_the_heart_beats_before(child: Child) -> None:
    child.wait_for_heartbeat()
    child.send("hello")
    ready = child.receive()
    assert ready.type == "ready"
    assert ready.request_id is None
    assert ready.fields["pid"] == child.process.pid
    assert ready.fields["torch"][0].isdigit()
    assert ready.fields["device_notice"].endswith(".")


def test_load_model_describes_the_model(child: Child, bundle: Path) -> None:
    child.send("load_model", 7, path=str(bundle), device="cpu")
    loaded = child.closing(7)
    assert loaded.type == "model_loaded"
    assert loaded.fields["model_id"] == model_id(bundle)
    assert loaded.fields["classes"] == list(TINY_CLASSES)
    assert (loaded.fields["lr_size_px"], loaded.fields["upscale"]) == (8, 4)
    assert (loaded.fields["device"], loaded.fields["preset"]) == ("cpu", "tiny")


def test_classify_answers_for_every_capture_also_bad_ones(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 5)
    Path(captures[1]["path"]).write_bytes(b"")
    Path(captures[3]["path"]).unlink()
    loaded.send("classify", 2, captures=captures, top_k=2, batch_size=2)
    answers = [loaded.receive() for _ in range(4)]
    assert [(a.type, a.fields["done"]) for a in answers] == [
        *(("classified", 2), ("classified", 4), ("classified", 5), ("finished", 5))
    ]
    assert answers[-1].fields["unreadable"] == 2
    assert answers[1].fields["total"] == 5
    assert answers[1].fields["rate_per_s"] > 0
    assert answers[1].fields["eta_s"] >= 0
    results = [result for answer in answers[:-1] for result in answer.fields["results"]]
    assert [result["id"] for result in results] == [0, 1, 2, 3, 4]
    assert "0 bytes" in results[1]["error"]
    assert "no file" in results[3]["error"]
    good = results[0]
    assert (good["width_px"], good["height_px"]) == (12, 9)
    assert len(good["top"]) == len(good["bicubic_top"]) == 2
    assert good["top"][0][1] >= good["top"][1][1] > 0
    assert 0 <= good["disagreement"] <= 1


def test_an_empty_batch_finishes(loaded: Child) -> None:
    loaded.send("classify", 2, captures=[])
    assert loaded.closing(2).fields["done"] == 0


def test_super_resolve_gives_pixels(loaded: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    loaded.send("super_resolve", 3, **capture)
    view = loaded.closing(3)
    assert view.type == "view"
    assert (view.fields["width_px"], view.fields["height_px"]) == (32, 32)
    assert len(view.payload) == 32 * 32 * 3
    assert len(set(view.payload)) > 10
    assert view.fields["result"]["id"] == 0


def test_looks_are_classified_without_a_file_and_overtake_a_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 3)
    loaded.send("classify", 4, captures=captures * 2000, batch_size=1)
    loaded.wait_until(lambda message: message.type == "classified")
    images = [np.asarray(Image.open(capture["path"]).convert("RGB")) for capture in captures]
    looks = [{"width_px": image.shape[1], "height_px": image.shape[0]} for image in images]
    pixels = b"".join(image.tobytes() for image in images)
    loaded.send("look_at", 5, payload=pixels, looks=looks, top_k=2, with_views=True)
    looked = loaded.wait_until(lambda message: message.type in CLOSING)
    assert (looked.type, looked.request_id) == ("looked", 5)
    assert looked.fields["view_px"] == 32 and len(looked.payload) == 3 * 32 * 32 * 3
    loaded.send("cancel", 4)
    assert loaded.closing(4).type == "cancelled"
    loaded.send("classify", 6, captures=captures, top_k=2)
    (classified,) = (m for m in [loaded.receive()] if m.type == "classified")
    for top, result in zip(looked.fields["tops"], classified.fields["results"], strict=True):
        assert [index for index, _ in top] == [index for index, _ in result["top"]]
    loaded.closing(6)
    loaded.send("look_at", 7, payload=pixels[:-1], looks=looks)
    assert "needs looks" in loaded.closing(7).fields["message"]


def test_a_view_overtakes_a_running_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 3)
    loaded.send("classify", 4, captures=captures * 2000, batch_size=1)
    loaded.wait_until(lambda message: message.type == "classified")
    loaded.send("super_resolve", 5, **captures[0])
    view = loaded.wait_until(lambda message: message.type in CLOSING)
    assert (view.type, view.request_id) == ("view", 5)
    after = loaded.receive()
    assert (after.type, after.request_id) == ("classified", 4)
    loaded.send("cancel", 4)
    assert loaded.closing(4).type == "cancelled"


def test_cancel_in_the_middle_of_a_batch(loaded: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    loaded.send("classify", 4, captures=captures * 5000, batch_size=2)
    loaded.send("classify", 5, captures=captures)
    loaded.wait_until(lambda message: message.type == "classified")
    loaded.send("cancel", 5)
    loaded.send("cancel", 4)
    closed = loaded.closing(4)
    assert closed.type == "cancelled"
    assert 0 < closed.fields["done"] < 10_000
    assert loaded.closing(5) == Message("cancelled", {"done": 0}, 5)
    loaded.send("super_resolve", 6, **captures[0])
    assert loaded.closing(6).type == "view"


def test_cancel_of_an_ended_request_changes_nothing(loaded: Child, tmp_path: Path) -> None:
    (capture,) = make_captures(tmp_path, 1)
    loaded.send("cancel", 99)
    loaded.send("super_resolve", 99, **capture)
    assert loaded.closing(99).type == "view"


def test_a_bad_model_leaves_the_good_one(loaded: Child, tmp_path: Path) -> None:
    (tmp_path / "bad.safetensors").write_bytes(b"nothing of the kind")
    loaded.send("load_model", 8, path=str(tmp_path / "bad.safetensors"))
    failed = loaded.closing(8)
    assert (failed.type, failed.fields["kind"]) == ("failed", "CheckpointError")
    assert "not a safetensors file" in failed.fields["message"]
    loaded.send("classify", 9, captures=make_captures(tmp_path, 1))
    assert loaded.closing(9).type == "finished"


@pytest.mark.parametrize(
    ("kind", "fields", "error", "wanted"),
    [
        ("classify", {"captures": []}, "WorkerError", "No model is loaded"),
        ("super_resolve", {"id": 1, "path": "x.png"}, "WorkerError", "No model is loaded"),
        ("load_model", {}, "WorkerError", "path"),
        ("load_model", {"path": "none.safetensors"}, "CheckpointError", "no model file"),
        ("dance", {}, "WorkerError", "dance"),
    ],
)
def test_what_can_not_be_done_fails_in_a_sentence(
    modelless: Child, kind: str, fields: dict[str, Any], error: str, wanted: str
) -> None:
    modelless.send(kind, 3, **fields)
    failed = modelless.closing(3)
    assert (failed.type, failed.fields["kind"]) == ("failed", error)
    assert wanted in failed.fields["message"]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"captures": [{"id": 1}]},
        {"captures": [{"id": "a", "path": "b"}]},
        {"captures": [], "batch_size": 0},
    ],
)
def test_malformed_requests_fail(loaded: Child, fields: dict[str, Any]) -> None:
    loaded.send("classify", 3, **fields)
    assert loaded.closing(3).fields["kind"] == "WorkerError"


def test_an_unreadable_capture_has_no_view(loaded: Child, tmp_path: Path) -> None:
    loaded.send("super_resolve", 3, id=1, path=str(tmp_path / "none.png"))
    assert loaded.closing(3).fields["kind"] == "ImageError"


def test_an_unforeseen_error_is_told_and_the_child_goes_on(own: Child, tmp_path: Path) -> None:
    own.send("load_model", 3, path="a\0b")  # no path at all: nothing expects it
    failed = own.closing(3)
    assert failed.fields["kind"] == "crash"
    (capture,) = make_captures(tmp_path, 1)
    own.send("super_resolve", 4, **capture)
    assert own.closing(4).type == "view"
    assert "Traceback" in own.close()


def test_shutdown_ends_with_zero_also_in_a_batch(own: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    own.send("classify", 4, captures=captures * 50_000, batch_size=2)
    own.wait_until(lambda message: message.type == "classified")
    own.send("shutdown")
    assert own.wait_for_end() == 0


def test_shutdown_while_torch_is_imported(child: Child) -> None:
    child.wait_for_heartbeat()
    child.send("shutdown")
    assert child.wait_for_end() == 0


def test_it_does_not_outlive_the_window(own: Child, tmp_path: Path) -> None:
    captures = make_captures(tmp_path, 2)
    own.send("classify", 4, captures=captures * 50_000, batch_size=2)
    own.wait_until(lambda message: message.type == "classified")
    assert own.process.stdin is not None
    own.process.stdin.close()
    assert own.wait_for_end() == 3


def test_garbage_ends_it_with_a_reason(child: Child) -> None:
    assert child.process.stdin is not None
    child.process.stdin.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    child.process.stdin.flush()
    assert child.wait_for_end() == 4
    assert "not a message" in child.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl+C to consoles, not to processes")
def test_ctrl_c_in_the_terminal_is_left_to_the_window(own: Child, tmp_path: Path) -> None:
    own.process.send_signal(signal.SIGINT)
    (capture,) = make_captures(tmp_path, 1)
    own.send("super_resolve", 4, **capture)
    assert own.closing(4).type == "view"


def test_stray_prints_do_not_reach_the_stream() -> None:
    """A library that prints, from Python or from C, must not damage the messages."""
    program = (
        "import os\n"
        "from vimd_core.processes.channel import take_over_standard_streams\n"
        "from vimd_core.processes.protocol import Message\n"
        "channel = take_over_standard_streams(on_lost=lambda: None)\n"
        "print('stray', flush=True)\n"
        "os.write(1, b'from C')\n"
        "assert input is not None and os.read(0, 1) == b''\n"
        "channel.send(Message('heartbeat'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"secret", capture_output=True, check=True)
    assert list(Decoder().feed(done.stdout)) == [Message("heartbeat")]
    assert done.stdout == encode(Message("heartbeat"))
    assert done.stderr == b"stray\nfrom C"
